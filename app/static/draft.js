// The form of a round: what is typed is kept as a draft, and Ctrl+Enter goes on.
// Only eases: every button keeps the draft too, and nothing is sent from here.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = form.querySelector(".draft");
  const { draft, kept, lost } = form.dataset;
  const PAUSE = 800; // milliseconds after the last key
  let timer = 0;
  let sent = false;

  const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const keep = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "keep");
    try {
      const answer = await fetch(draft, { method: "POST", body, redirect: "manual" });
      if (!sent) said.textContent = answer.status === 204 ? kept.replace("{time}", clock()) : lost;
    } catch {
      said.textContent = lost;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });

  // On to the messages; once they are read and nothing was changed since, away with them.
  const send = document.getElementById("send");
  let changed = false;
  form.addEventListener("input", (event) => (changed = changed || event.target.id !== "override_reason"));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    form.requestSubmit(send && !changed ? send : document.getElementById("see"));
  });
})();
