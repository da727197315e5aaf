// Enhances counsel's page: shows at once what is missing, and reports that a person has it open.
// Every act works without it; it submits no answer by itself.
"use strict";

(() => {
  const page = document.querySelector(".reply[data-opened-url]");
  if (!page) return;

  // A person: a trusted event, on a visible page, in a browser that no program drives. Scroll
  // events are left out, for those that a script causes count as trusted.
  const gestures = ["pointerdown", "touchstart", "keydown", "wheel"];
  const report = (event) => {
    if (!event.isTrusted || navigator.webdriver || document.visibilityState !== "visible") return;
    gestures.forEach((type) => removeEventListener(type, report, { capture: true }));
    fetch(page.dataset.openedUrl, {
      method: "POST",
      body: new URLSearchParams({ nonce: page.dataset.nonce }),
      credentials: "same-origin",
      keepalive: true,
    }).catch(() => undefined); // not needed by the page; the next visit reports it again
  };
  gestures.forEach((type) => addEventListener(type, report, { capture: true, passive: true }));

  const form = document.querySelector("form.answer");
  if (form) watch(form);
  showOwnClock(page);

  // What the bar says follows from the choices by counsel.css. Here "none of these" chooses every
  // No, and a press with something missing leads to it, the error beside it, without a request.
  function watch(form) {
    const none = form.elements.none ?? {}; // a form of two choices has no "none of these"
    const slots = [...form.querySelectorAll("fieldset.slot")];
    const chosen = (slot) => slot.querySelector("input:checked");
    const show = (slot, isMissing) => {
      slot.classList.toggle("is-missing", isMissing);
      slot.querySelector(".error")?.remove();
      slot.removeAttribute("aria-describedby");
      if (!isMissing) return;
      const error = document.getElementById("missing").content.firstElementChild.cloneNode(true);
      error.id = `${slot.id}-error`;
      slot.querySelector("legend").after(error);
      slot.setAttribute("aria-describedby", error.id);
    };
    let before = []; // the choices that "none of these" replaced
    const update = () => {
      slots.forEach((slot) => chosen(slot) && slot.classList.contains("is-missing") && show(slot, false));
      const allNo = slots.every((slot) => chosen(slot)?.value === "no");
      form.classList.toggle("all-no", allNo && !none.checked);
    };

    form.addEventListener("change", (event) => {
      if (event.target === none && none.checked) {
        before = slots.map(chosen);
        slots.forEach((slot) => (slot.querySelector("[value=no]").checked = true));
      } else if (event.target === none) {
        slots.forEach((slot, n) => {
          slot.querySelector("[value=no]").checked = false;
          if (before[n]) before[n].checked = true;
        });
      } else if (event.target.type === "radio" && event.target.value !== "no") {
        none.checked = false;
      }
      update();
    });
    form.addEventListener("submit", (event) => {
      const missing = slots.filter((slot) => !chosen(slot));
      if (!missing.length || none.checked) return;
      event.preventDefault();
      missing.forEach((slot) => show(slot, true));
      missing[0].querySelector("input").focus({ preventScroll: true });
      missing[0].scrollIntoView({ block: "center" });
    });
    addEventListener("pageshow", update); // a page from the back/forward cache keeps its choices
  }

  // The time on counsel's own clock, if the browser knows their zone and the court does not.
  function showOwnClock(page) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || page.dataset.ownZone) return;
    const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const inZone = (timeZone) =>
      new Intl.DateTimeFormat(lang, { ...day, ...clock, timeZone });
    document.querySelectorAll(".own[data-starts]").forEach((element) => {
      const [starts, ends] = [new Date(element.dataset.starts), new Date(element.dataset.ends)];
      const own = inZone(zone);
      const sameDay = own.format(starts).slice(0, -5) === own.format(ends).slice(0, -5);
      if (own.format(starts) === inZone(page.dataset.courtZone).format(starts)) return;
      element.textContent = page.dataset.ownWords
        .replace("{zone}", zone)
        .replace("{when}", `${own.format(starts)}–${sameDay ? own.format(ends).slice(-5) : own.format(ends)}`);
      element.hidden = false;
    });
  }
})();
