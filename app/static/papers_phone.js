// The draft on two devices: asks whether the other one changed it, and has papers.js put in place
// what changed. Without it the page shows the same when it is loaded again.
"use strict";

(() => {
  // Where the browser can make an app of this page, a button asks it to.
  const install = document.querySelector("[data-install]");
  let offer = null;
  if (install) {
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      offer = event;
      install.parentElement.hidden = false;
    });
    install.addEventListener("click", () => offer?.prompt());
    addEventListener("appinstalled", () => { install.parentElement.hidden = true; });
  }
})();

(() => {
  const EVERY = 2_000; // milliseconds
  const AT_MOST = 60 * 60_000;
  const started = Date.now();
  let panel = document.querySelector("#phone[data-live]");
  if (!panel) return;
  const { url } = panel.dataset;
  let { mark, state } = panel.dataset;

  const showPanel = async () => {
    const shown = await fetch(location.href, { credentials: "same-origin" });
    if (!shown.ok) return;
    const page = new DOMParser().parseFromString(await shown.text(), "text/html");
    panel.replaceWith(document.importNode(page.querySelector("#phone"), true));
    panel = document.querySelector("#phone");
  };
  const look = async () => {
    if (document.visibilityState !== "visible") return;
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = await answer.json();
    if (now.draft !== mark) document.querySelector("form.draft")?.dispatchEvent(new Event("refresh"));
    if (now.phone !== state) await showPanel();
    ({ draft: mark, phone: state } = now);
  };
  const again = () => {
    if (Date.now() - started > AT_MOST || !panel.dataset.live) return;
    setTimeout(() => look().catch(() => undefined).finally(again), EVERY);
  };
  again();
})();
