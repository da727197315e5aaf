// What only eases: a button that prints the page; without it the browser's own menu does.
"use strict";

document.querySelectorAll("button.print").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
