// Uploads files as soon as they are chosen, says how far they are, and files the papers once the
// last byte is there if that was asked for meanwhile. Without it the form sends the same by itself.
"use strict";

(() => {
  const form = document.querySelector("form.draft");
  if (!form) return;
  form.classList.add("scripted");
  const status = form.querySelector(".progress");
  const [words, bar] = status.children;
  let sending = null;
  let file = false;

  const say = (text) => {
    status.hidden = false;
    words.textContent = text;
  };
  const sent = () => {
    if (sending.status < 500 && sending.responseURL) {
      const rejected = sending.status >= 400;
      if (file && !rejected) {
        submitFresh();
        return;
      }
      if (rejected) {
        document.open();
        document.write(sending.responseText);
        document.close();
        return;
      }
      location.replace(sending.responseURL);
      if (new URL(sending.responseURL).pathname === location.pathname) location.reload();
      return;
    }
    lost();
  };
  const lost = () => {
    sending = null;
    file = false;
    say(form.dataset.lost);
  };
  const submitFresh = () => {
    for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
    // The page that came back holds the draft as it is now, its papers with their fields.
    const fresh = new DOMParser().parseFromString(sending.responseText, "text/html");
    const next = fresh.querySelector("form.draft");
    sending = null;
    form.replaceChildren(...next.childNodes);
    const button = form.querySelector("button[value=file]");
    if (button) form.requestSubmit(button);
    else location.reload();
  };

  form.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.files.length || sending) return;
    const data = new FormData(form);
    data.set("do", "add");
    sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = Math.floor((100 * loaded) / total);
      bar.value = percent;
      if (!file) say(form.dataset.uploading.replace("{percent}", percent));
    });
    sending.addEventListener("load", sent);
    sending.addEventListener("error", lost);
    sending.addEventListener("abort", lost);
    sending.open("POST", form.action);
    sending.send(data);
  });
  form.addEventListener("submit", (event) => {
    if (!sending) return;
    event.preventDefault();
    file = event.submitter?.value === "file";
    if (file) say(form.dataset.waiting);
  });
})();
