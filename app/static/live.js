// A hearing's page: answers and deliveries as they come; says when it lost the line.
// Without this the page shows the same when it is asked for again.
"use strict";

(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const said = document.getElementById("line");
  const { at, lost, out } = live.dataset;
  const EVERY = 10_000; // milliseconds
  let tag = live.dataset.tag;

  // What somebody is writing, or has opened, is not taken from under their hands.
  const busy = () =>
    live.contains(document.activeElement) ||
    [...live.querySelectorAll("textarea")].some((field) => field.value) ||
    live.querySelector("details[open]");

  const look = async () => {
    if (document.visibilityState !== "visible" || busy()) return;
    try {
      const answer = await fetch(at, { headers: { "If-None-Match": tag }, redirect: "manual" });
      if (answer.status === 200) {
        const html = await answer.text();
        if (busy()) return;
        live.innerHTML = html;
        tag = answer.headers.get("ETag");
      }
      const words = answer.status === 200 || answer.status === 304 ? "" : answer.ok ? "" : out;
      if (said.textContent !== words) said.textContent = words;
    } catch {
      said.textContent = lost;
    }
  };
  setInterval(look, EVERY);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
})();
