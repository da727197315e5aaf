// A hearing's page: answers and deliveries as they come; says when it lost the line.
// Without this the page shows the same when it is asked for again.
"use strict";

(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const said = document.getElementById("line");
  const { at, lost, out } = live.dataset;
  const EVERY = 10_000; // milliseconds
  const SOON = [1_000, 2_000, 4_000]; // milliseconds after loading, while messages are going out
  let tag = live.dataset.tag;

  // The text somebody is writing, and the control that has the focus, are not replaced. The
  // summary of a details is replaced by its successor, which gets the focus.
  const busy = () => {
    const focused = document.activeElement;
    return (
      (live.contains(focused) && !focused.matches("details[id] > summary")) ||
      [...live.querySelectorAll("textarea")].some((field) => field.value)
    );
  };

  const replace = (html) => {
    const next = document.createElement("template");
    next.innerHTML = html;
    for (const { id } of live.querySelectorAll("details[open][id]")) {
      next.content.getElementById(id)?.setAttribute("open", "");
    }
    const focused = live.contains(document.activeElement) && document.activeElement.parentElement.id;
    live.replaceChildren(next.content);
    if (focused) document.getElementById(focused)?.querySelector("summary").focus();
  };

  const look = async () => {
    if (document.visibilityState !== "visible" || busy()) return;
    try {
      const answer = await fetch(at, { headers: { "If-None-Match": tag }, redirect: "manual" });
      if (answer.status === 200) {
        const html = await answer.text();
        if (busy()) return;
        replace(html);
        tag = answer.headers.get("ETag");
      }
      const words = answer.status === 200 || answer.status === 304 ? "" : answer.ok ? "" : out;
      if (said.textContent !== words) said.textContent = words;
    } catch {
      said.textContent = lost;
    }
  };
  if (live.querySelector("[data-soon]")) for (const after of SOON) setTimeout(look, after);
  setInterval(look, EVERY);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
})();
