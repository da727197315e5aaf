// A button that prints the page: hidden where no script could do so, as the browser's menu can.
"use strict";

document.querySelectorAll("button.print").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
