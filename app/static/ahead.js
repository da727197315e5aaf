// What was typed while this page was on its way belongs into the box that gets its focus.
// Loaded in the head, so that no key is lost.
"use strict";

(() => {
  const kept = "tingqi-ahead"; // in this tab, from the page before (tingqi.js)
  let typed = sessionStorage.getItem(kept) ?? "";
  sessionStorage.removeItem(kept);
  const take = (event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || (key.length > 1 && key !== "Enter")) return;
    typed += key === "Enter" ? "\n" : key;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", take, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("keydown", take, true);
    const box = document.querySelector("input[autofocus]");
    const [words, enter] = typed.split("\n");
    if (!box || !words) return;
    box.value = words + box.value;
    box.focus();
    if (enter !== undefined) box.form.requestSubmit();
  });
})();
