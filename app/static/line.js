// A form is sent only over a line that is there: else the page says so and keeps what was typed.
// Pressing again is never a second time: each form carries its own key, and the server knows it.
"use strict";

(() => {
  const WAIT = 4000; // milliseconds
  const there = async () => {
    try {
      return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(WAIT) })).ok;
    } catch {
      return false;
    }
  };
  const words = document.documentElement.dataset;
  let said = null;
  const say = (text, look) => {
    if (!said) {
      said = document.createElement("p");
      said.id = "lost-line";
      said.setAttribute("role", "alert");
      document.body.append(said);
    }
    said.className = look;
    said.textContent = text;
  };
  const wait = async () => {
    if (await there()) say(words.back, "back");
    else setTimeout(wait, 3000);
  };
  const sure = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || sure.has(form)) return;
    event.preventDefault();
    const by = event.submitter;
    if (await there()) {
      sure.add(form);
      form.requestSubmit(by);
      setTimeout(() => sure.delete(form));
      return;
    }
    say(words.lost, "lost");
    wait();
  });
})();
