// Switching the language keeps what was typed: it is put back into the same fields of the same page.
"use strict";

(() => {
  const kept = "tingqi-typed"; // in this tab, from one page to the next
  const chosen = (field) => ["radio", "checkbox"].includes(field.type);
  const fields = () => [...document.querySelectorAll("main :is(input, select, textarea)[name]")]
    .filter((field) => !["hidden", "password", "file"].includes(field.type));
  const told = (field) => [field.name, chosen(field) ? field.checked : field.value];

  document.querySelectorAll("a[hreflang]").forEach((link) => link.addEventListener("click", () => {
    sessionStorage.setItem(kept, JSON.stringify([location.pathname, fields().map(told)]));
  }));

  const [path, typed] = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
  sessionStorage.removeItem(kept);
  if (path !== location.pathname) return;
  fields().forEach((field, n) => {
    const [name, value] = typed[n] ?? [];
    if (name !== field.name || told(field)[1] === value) return;
    field[chosen(field) ? "checked" : "value"] = value;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
