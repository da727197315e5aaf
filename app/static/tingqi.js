// What only eases: keys that lead to places and through lists, and the focus on what is wrong.
// Without this every page does the same.
"use strict";

(() => {
  // The error summary has the focus; each of its links leads into its field.
  const summary = document.getElementById("error-summary");
  summary?.focus();
  summary?.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!place) return;
    event.preventDefault();
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const control = "input:not([type=hidden]), select, textarea, button, a[href]";
    const field = place.matches(control) ? place : place.querySelector(control) ?? place;
    place.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
})();

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
  places.forEach((link, key) => tell(key, link.dataset.words ?? link.textContent.trim()));
  tell("j k", list.dataset.rows);
  tell("Enter", list.dataset.open);
  tell("Ctrl Enter", list.dataset.on);
  tell("?", list.dataset.list);

  const on = document.getElementById("keys-on");
  on.checked = localStorage.getItem(kept) !== "off";
  on.addEventListener("change", () => localStorage.setItem(kept, on.checked ? "on" : "off"));

  const open = document.querySelector(".keys-open");
  open.hidden = false;
  open.addEventListener("click", () => keys.showModal());

  // The rows of a list, each with the link that opens it: j to the next, k to the one before.
  const step = (by) => {
    const links = [...document.querySelectorAll("[data-row]")].filter((link) => link.getClientRects().length);
    const at = links.findIndex((link) => link === document.activeElement || link.closest("tr, li")?.contains(document.activeElement));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return links.length > 0;
  };

  // `n`, a case number and Enter may be typed in one go: the page opens at the first pause, or with
  // Enter at what was typed, so that no key falls between two pages (the rest is in ahead.js).
  const PAUSE = 250; // milliseconds
  let typed = null;
  let timer = 0;
  const propose = (link) => {
    [typed, timer] = ["", setTimeout(() => leave(link), PAUSE)];
  };
  const leave = (link) => {
    sessionStorage.setItem("tingqi-ahead", typed);
    link.click();
  };
  const take = (event, link) => {
    clearTimeout(timer);
    event.preventDefault();
    if (event.key === "Escape") typed = null;
    else if (event.key === "Enter" && typed) location.assign(`${link.href}?${new URLSearchParams({ find: typed })}`);
    else {
      if (event.key.length === 1) typed += event.key;
      timer = setTimeout(() => leave(link), PAUSE);
    }
  };
  addEventListener("pageshow", () => { typed = null; });

  document.addEventListener("keydown", (event) => {
    if (typed !== null && !event.ctrlKey && !event.metaKey && !event.altKey) {
      take(event, places.get("n"));
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    // From a page's own search box the arrow leads down into what was found.
    if (event.key === "ArrowDown" && event.target.matches("main input[type=search]") && step(1)) event.preventDefault();
    if (typing || keys.open || event.ctrlKey || event.metaKey || event.altKey || !on.checked) return;
    if (event.key === "/" && search) {
      search.focus();
      search.select();
    } else if (event.key === "?") {
      keys.showModal();
    } else if (event.key === "j" || event.key === "k") {
      if (!step(event.key === "j" ? 1 : -1)) return;
    } else if (event.key === "n" && places.has("n")) {
      propose(places.get("n"));
    } else if (places.has(event.key)) {
      places.get(event.key).click();
    } else return;
    event.preventDefault();
  });
})();

(() => {
  // Ctrl+Enter in a field goes on to the messages; on their page it sends them.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    const form = event.target.closest("form[data-ctrl-enter]");
    const button = form ? form.querySelector("button:not([formaction])") : document.querySelector("#send[data-confirms]");
    if (!button) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });
})();
