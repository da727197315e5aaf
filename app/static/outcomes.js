// The outcomes of a day by keyboard: a digit chooses in the row that has the focus, and goes on: to
// the next row, or to the fields of a reason. Elsewhere digits lead to other pages (tingqi.js).
"use strict";

(() => {
  const rows = [...document.querySelectorAll("form .outcome-rows > li")];
  const radios = (row) => [...row.querySelectorAll(".outcome-choice input")];
  const chosen = (row) => radios(row).find((each) => each.checked);
  const focus = (row) => (chosen(row) ?? radios(row)[0]).focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const at = document.activeElement;
    if (at?.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const row = at?.closest(".outcome-rows > li");
    const radio = rows.includes(row) && /^[1-9]$/.test(event.key) && radios(row)[event.key - 1];
    if (!radio) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    radio.checked = true;
    const more = row.querySelector(".outcome-more");
    const next = rows[rows.indexOf(row) + 1];
    if (radio.dataset.asks) {
      more.open = true;
      more.querySelector("input, select, textarea").focus();
    } else if (next) focus(next);
    else document.getElementById("save").focus();
    document.activeElement.scrollIntoView({ block: "nearest" });
  }, true);

  const first = rows.find((each) => !chosen(each));
  if (first && document.activeElement === document.body) focus(first);
})();
