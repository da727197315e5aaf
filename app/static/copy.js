// What only eases: a button copies the words of a field; without it they are selected by hand.
"use strict";

document.querySelectorAll("button.copy").forEach((button) => {
  const field = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return; // the words are selected: Ctrl+C copies them
    }
    status.textContent = button.dataset.done;
  });
  field.addEventListener("focus", () => field.select());
});
