// What only eases: single keys that lead to places; without this every page does the same.
"use strict";

(() => {
  const search = document.getElementById("q");
  const keys = document.getElementById("keys");
  if (!keys) return;
  const kept = "tingqi-keys"; // single letters can be turned off: WCAG 2.1.4
  const places = new Map();
  document.querySelectorAll("[data-key]").forEach((link) => places.set(link.dataset.key, link));

  const list = keys.querySelector("dl");
  const tell = (key, words) => {
    const [name, what] = [document.createElement("dt"), document.createElement("dd")];
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    what.textContent = words;
    list.append(name, what);
  };
  tell("/", list.dataset.search);
  places.forEach((link, key) => tell(key, link.textContent.trim()));
  tell("?", list.dataset.list);

  const on = document.getElementById("keys-on");
  on.checked = localStorage.getItem(kept) !== "off";
  on.addEventListener("change", () => localStorage.setItem(kept, on.checked ? "on" : "off"));

  const open = document.querySelector(".keys-open");
  open.hidden = false;
  open.addEventListener("click", () => keys.showModal());

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || keys.open || event.ctrlKey || event.metaKey || event.altKey || !on.checked) return;
    if (event.key === "/" && search) {
      search.focus();
      search.select();
    } else if (event.key === "?") {
      keys.showModal();
    } else if (places.has(event.key)) {
      places.get(event.key).click();
    } else return;
    event.preventDefault();
  });
})();
