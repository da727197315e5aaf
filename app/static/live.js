// A hearing's page while it stays open: htmx asks what is new and changes only what differs, so that
// folds stay open and the focus stays where it is. The record is asked for when something else has
// changed. Without this the page shows the same when it is asked for again.
"use strict";

(() => {
  const live = document.getElementById("live");
  const record = document.getElementById("record-part");
  const line = document.getElementById("line");
  if (!live) return;
  const SOON = [1_000, 2_000, 4_000]; // milliseconds after loading, while messages are going out
  let etag = "";
  let before = ""; // the words of the live part before a change

  // Nothing is changed under the hands of somebody who writes.
  const writing = () =>
    [...live.querySelectorAll("textarea, input:not([type=hidden])")].some(
      (field) => field === document.activeElement || field.value !== field.defaultValue,
    );
  const say = (words) => {
    line.textContent = words;
    line.hidden = !words;
  };

  live.addEventListener("htmx:config:request", ({ detail }) => {
    if (etag) detail.ctx.request.headers["If-None-Match"] = etag;
  });
  live.addEventListener("htmx:before:request", (event) => {
    if (document.visibilityState !== "visible" || writing()) event.preventDefault();
  });
  live.addEventListener("htmx:before:response", (event) => {
    const answer = event.detail.ctx.response.raw;
    const fresh = answer.ok && !answer.redirected;
    if (fresh || answer.status === 304) say("");
    else say(answer.redirected ? line.dataset.out : line.dataset.lost);
    if (!fresh || writing()) event.preventDefault();
    else etag = answer.headers.get("ETag") ?? "";
  });
  live.addEventListener("htmx:error", () => say(line.dataset.lost));
  live.addEventListener("htmx:before:swap", () => { before = live.textContent; });
  live.addEventListener("htmx:after:swap", () => {
    if (live.textContent !== before) record.dispatchEvent(new Event("changed"));
  });
  record.addEventListener("htmx:before:response", (event) => {
    const answer = event.detail.ctx.response.raw;
    if (!answer.ok || answer.redirected) event.preventDefault();
  });

  // What has the focus keeps it, and its place in the window.
  for (const part of [live, record]) {
    let focused = null;
    part.addEventListener("htmx:before:swap", () => {
      const control = document.activeElement;
      const on = control && control !== document.body;
      focused = on ? { control, id: control.id, top: control.getBoundingClientRect().top } : null;
    });
    part.addEventListener("htmx:after:swap", () => {
      if (!focused) return;
      const { control, id, top } = focused;
      const kept = control.isConnected ? control : document.getElementById(id);
      if (!kept) return;
      if (kept !== document.activeElement) kept.focus({ preventScroll: true });
      const moved = kept.getBoundingClientRect().top - top;
      if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
    });
  }
  if (live.querySelector("[data-soon]")) {
    for (const after of SOON) setTimeout(() => live.dispatchEvent(new Event("look")), after);
  }

  // A link to a part that is folded opens it; a menu closes once something in it was chosen.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest('a[href^="#"]');
    const part = link && document.getElementById(link.hash.slice(1));
    if (part) part.closest("details")?.setAttribute("open", "");
    const menu = document.querySelector("details.menu[open]");
    if (menu && (link || !menu.contains(target))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
