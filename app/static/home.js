// Home while it stays open: what is new comes by itself, moves nothing that is in use, and a lost
// line is said. Without this the page is as it was when it was opened.
"use strict";

(() => {
  const live = document.getElementById("live");
  const line = document.getElementById("line");
  if (!live) return;
  const REST = 15000; // milliseconds after the last sign of a hand until rows may move
  const signs = ["pointermove", "pointerdown", "wheel", "keydown", "focusin"];
  const name = document.title.replace(/^\(\d+\) /, "");
  let used = -REST;
  signs.forEach((sign) => live.addEventListener(sign, () => { used = performance.now(); }, { passive: true }));

  const say = (words) => {
    line.textContent = words.replace("{time}", document.getElementById("as-of").dataset.time);
    line.hidden = !words;
  };
  // The fields in the rows make requests of their own, which bubble up to here.
  const on = (name, act) => live.addEventListener(name, (event) => { if (event.target === live) act(event); });
  on("htmx:before:request", (event) => {
    if (performance.now() - used < REST) event.preventDefault();
  });
  on("htmx:before:response", (event) => {
    const answer = event.detail.ctx.response.raw;
    if (answer.ok && !answer.redirected) return;
    event.preventDefault();
    say(answer.redirected ? line.dataset.out : line.dataset.lost);
  });
  // A row whose question somebody else has answered stays while words are in its field.
  on("htmx:after:request", (event) => {
    const writing = [...live.querySelectorAll("form.answer-question")].filter((form) => form.elements.words.value);
    if (writing.every((form) => event.detail.ctx.text.includes(`id="${form.id}"`))) return;
    event.preventDefault();
    say(line.dataset.answered);
  });
  on("htmx:error", () => say(line.dataset.lost));
  on("htmx:after:swap", () => {
    say("");
    const { waiting } = document.getElementById("as-of").dataset;
    document.title = Number(waiting) ? `(${waiting}) ${name}` : name;
  });
})();
