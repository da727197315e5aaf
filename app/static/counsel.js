// Counsel's page with scripts: says at once what is missing, and that a person is here.
// Everything that decides works without it; it sends no answer by itself.
"use strict";

(() => {
  const page = document.querySelector(".reply[data-seen]");
  if (!page) return;

  // A person: an event that the browser vouches for, on a visible page, in a browser that
  // no program drives. Scrolling is left out, for a script's own scrolling counts as trusted.
  const signs = ["pointerdown", "touchstart", "keydown", "wheel"];
  const seen = (event) => {
    if (!event.isTrusted || navigator.webdriver || document.visibilityState !== "visible") return;
    signs.forEach((sign) => removeEventListener(sign, seen, { capture: true }));
    fetch(page.dataset.seen, {
      method: "POST",
      body: new URLSearchParams({ nonce: page.dataset.nonce }),
      credentials: "same-origin",
      keepalive: true,
    }).catch(() => undefined); // the page does not need it; the next visit says it again
  };
  signs.forEach((sign) => addEventListener(sign, seen, { capture: true, passive: true }));

  const form = document.querySelector("form.answer");
  if (form) watch(form);
  sayOwnClock(page);

  function watch(form) {
    const status = form.querySelector(".missing");
    const words = JSON.parse(status.dataset.words);
    const none = form.elements.none;
    const slots = [...form.querySelectorAll("fieldset.slot")];
    const unanswered = () => slots.filter((slot) => !slot.querySelector("input:checked"));
    let pressed = false;
    const say = () => {
      const missing = unanswered();
      const noneSuits = none.checked && slots.every((slot) => slot.querySelector("[value=no]:checked"));
      const numbers = missing.map((slot) => slots.indexOf(slot) + 1).join(", ");
      const open = pressed && missing.length ? status.dataset.open.replace("{numbers}", numbers) : "";
      const said = noneSuits ? status.dataset.none : `${words[missing.length]} ${open}`.trim();
      if (status.textContent !== said) status.textContent = said;
      if (!missing.length) status.classList.remove("error");
      status.classList.toggle("ready", !missing.length);
      slots.forEach((slot) => missing.includes(slot) || slot.classList.remove("is-missing"));
    };

    form.addEventListener("change", (event) => {
      if (event.target === none && none.checked) {
        slots.forEach((slot) => (slot.querySelector("input[value=no]").checked = true));
      } else if (event.target.type === "radio" && event.target.value !== "no") {
        none.checked = false;
      }
      say();
    });
    form.addEventListener("submit", (event) => {
      const missing = unanswered();
      if (!missing.length || none.checked) return;
      event.preventDefault();
      pressed = true;
      say();
      status.classList.add("error");
      missing.forEach((slot) => slot.classList.add("is-missing"));
      missing[0].querySelector("input").focus();
      missing[0].scrollIntoView({ block: "center" });
    });
    addEventListener("pageshow", say); // a page from the browser's memory keeps its choices
  }

  // The reader's own clock, where the court does not know their zone and the browser does.
  function sayOwnClock(page) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || page.dataset.ownZone) return;
    const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const inZone = (timeZone) =>
      new Intl.DateTimeFormat(lang, { ...day, ...clock, timeZone });
    document.querySelectorAll(".own[data-starts]").forEach((line) => {
      const [starts, ends] = [new Date(line.dataset.starts), new Date(line.dataset.ends)];
      const own = inZone(zone);
      const sameDay = own.format(starts).slice(0, -5) === own.format(ends).slice(0, -5);
      if (own.format(starts) === inZone(page.dataset.courtZone).format(starts)) return;
      line.textContent = page.dataset.ownWords
        .replace("{zone}", zone)
        .replace("{when}", `${own.format(starts)}–${sameDay ? own.format(ends).slice(-5) : own.format(ends)}`);
      line.hidden = false;
    });
  }
})();
