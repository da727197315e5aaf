// The calendar's panels: a new hearing (time, courtroom, case), and the move of a hearing with the
// messages that it sends. What they do is done by the pages that they lead to or are a part of.
"use strict";

(() => {
  const grid = document.getElementById("grid");
  if (!grid) return;
  const words = JSON.parse(grid.dataset.words);
  const PAUSE = 250; // milliseconds after the last key
  const MARGIN = 12; // pixels between a panel, its block and the edge of the window
  const narrow = matchMedia("(max-width: 40rem)");

  function place(panel, block) {
    panel.classList.toggle("beside", Boolean(block) && !narrow.matches);
    if (!block || narrow.matches) {
      panel.style.left = panel.style.top = "";
      return;
    }
    const at = block.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const right = at.right + MARGIN;
    const left = right + width < innerWidth - MARGIN ? right : at.left - MARGIN - width;
    const top = Math.min(at.top, innerHeight - height - MARGIN);
    panel.style.left = `${Math.max(left, MARGIN) + scrollX}px`;
    panel.style.top = `${Math.max(top, MARGIN) + scrollY}px`;
  }

  function later(work) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(work, PAUSE);
    };
  }

  // --- a new hearing ----------------------------------------------------------------------------
  const panel = document.getElementById("new-hearing");
  const form = panel.querySelector("form");
  const [on, room, from, to] = ["on", "room", "from", "to"].map((name) => document.getElementById(`new-${name}`));
  const search = document.getElementById("new-case");
  const found = panel.querySelector(".found");
  const chosen = form.elements.case_id;
  const opener = document.getElementById("new-at");
  let looking = null; // the search that is under way
  let active = null; // the match that the arrows have reached
  let lane; // the courtroom or judge in whose lane was drawn

  const minutesOf = (clock) => parseInt(clock, 10) * 60 + Number(clock.slice(3));
  const span = () => ({ start: `${on.value}T${from.value}`, end: `${on.value}T${to.value}`, room: room.value, lane });
  const draftBlock = () => grid.querySelector(".is-draft");

  function openNew({ start, end, room: name, lane: drawnIn }) {
    lane = drawnIn;
    [on.value, from.value, to.value] = [start.slice(0, 10), start.slice(11, 16), end.slice(11, 16)];
    if ([...room.options].some((option) => option.value === name)) room.value = name;
    if (!panel.open) {
      search.value = "";
      choose(null);
      panel.show();
    }
    timed();
    if (narrow.matches) draftBlock()?.scrollIntoView(); // above the panel, which covers the foot
    search.focus({ preventScroll: true });
  }

  function closeNew() {
    panel.close();
    grid.dispatchEvent(new CustomEvent("draft", { detail: null }));
    opener.focus({ preventScroll: true });
  }

  // The time or the courtroom is another: the box in the grid follows, and so does who is free.
  function timed() {
    if (!on.value || !from.value || !to.value) return;
    const date = new Date(`${on.value}T00:00Z`);
    const day = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", {
      weekday: "short", day: "numeric", month: "long", timeZone: "UTC",
    });
    document.getElementById("new-title").textContent = day.format(date).replace(",", "");
    to.setCustomValidity("");
    if (to.value > from.value) grid.dispatchEvent(new CustomEvent("draft", { detail: span() }));
    look();
  }

  async function look() {
    looking?.abort();
    looking = new AbortController();
    const address = new URL(form.dataset.cases, location.href);
    const [begin, length] = [span().start, minutesOf(to.value) - minutesOf(from.value)];
    address.search = new URLSearchParams({ q: search.value, starts_at: begin, minutes: length, courtroom: room.value });
    try {
      const answer = await fetch(address, { signal: looking.signal, redirect: "manual" });
      if (!answer.ok) throw new Error(answer.statusText);
      found.innerHTML = await answer.text();
    } catch (fault) {
      if (fault.name === "AbortError") return;
      found.textContent = words.lost;
    }
    if (chosen.value) onlyChosen();
    else mark(null);
    place(panel, draftBlock());
  }

  const matches = () => [...found.querySelectorAll("[role=option]")];

  function mark(option) {
    matches().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    active = option;
    search.setAttribute("aria-expanded", String(matches().length > 0 && !chosen.value));
    if (option) {
      search.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else search.removeAttribute("aria-activedescendant");
  }

  function onlyChosen() {
    matches().forEach((each) => { each.hidden = each.dataset.case !== chosen.value; });
    mark(matches().find((each) => !each.hidden) ?? null);
  }

  function choose(option) {
    chosen.value = option?.dataset.case ?? "";
    chosen.disabled = !option;
    if (!option) return;
    search.value = option.dataset.number;
    onlyChosen();
  }

  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const options = JSON.parse(grid.dataset.options);
    const [first] = options.lanes;
    openNew({ ...options.next, lane: first?.[0], room: options.by === "courtroom" ? first?.[1] : "" });
  });
  grid.addEventListener("drawn", ({ detail }) => openNew(detail));
  [on, room, from, to].forEach((field) => field.addEventListener("change", timed));
  const lookLater = later(look);
  search.addEventListener("input", () => {
    choose(null);
    lookLater();
  });
  search.addEventListener("keydown", (event) => {
    const all = matches().filter((each) => !each.hidden);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) mark(all[(all.indexOf(active) + step + all.length) % all.length]);
    else if (event.key === "Enter" && !chosen.value && all.length && (active || search.value.trim())) choose(active ?? all[0]);
    else return;
    event.preventDefault();
  });
  found.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    choose(option);
    search.focus();
  });
  form.addEventListener("submit", (event) => {
    const length = minutesOf(to.value) - minutesOf(from.value);
    if (length <= 0) {
      event.preventDefault();
      to.setCustomValidity(words.end);
      to.reportValidity();
      return;
    }
    form.elements.starts_at.value = span().start;
    form.elements.minutes.value = length;
    search.disabled = Boolean(chosen.value); // its number is not searched for, it is chosen
  });
  addEventListener("pageshow", () => { search.disabled = false; });

  // --- the move of a hearing --------------------------------------------------------------------
  const move = document.getElementById("move");
  const loaded = move.querySelector(".loaded");
  const noMove = move.querySelector(".no-move");
  let drag = null; // what was dragged, until it is moved or put back

  function putBack() {
    drag?.revert?.();
    if (drag) drag.revert = null;
  }

  function closeMove() {
    const block = drag?.at;
    putBack();
    drag = null;
    move.close();
    block?.()?.focus({ preventScroll: true });
  }

  function openMove(refusal) {
    noMove.hidden = !refusal;
    noMove.querySelector("p").textContent = refusal ?? "";
    loaded.hidden = Boolean(refusal);
    if (!move.open) move.show();
    place(move, drag?.at?.());
    (loaded.querySelector("textarea") ?? move.querySelector("h2")).focus({ preventScroll: true });
  }

  function load(html) {
    loaded.innerHTML = html;
    if (loaded.querySelector("[data-refused]")) putBack();
    openMove();
  }

  function addressOf({ hearing, start, room: name }) {
    const at = new URL(grid.dataset.move.replace("/0/", `/${hearing}/`), location.href);
    at.search = new URLSearchParams({ starts_at: start, courtroom: name, how: "order" });
    return at;
  }

  grid.addEventListener("not-moved", ({ detail }) => {
    drag = null;
    openMove(detail.words);
  });

  grid.addEventListener("moved", async ({ detail }) => {
    if (panel.open) closeNew();
    putBack();
    drag = detail;
    loaded.textContent = words.loading;
    openMove();
    const page = addressOf(detail);
    const part = new URL(page);
    part.searchParams.set("panel", "1");
    const answer = await fetch(part, { redirect: "manual" }).catch(() => null);
    if (drag !== detail) return; // another was dragged meanwhile
    if (!answer) {
      putBack();
      openMove(words.lost);
    } else if (answer.type === "opaqueredirect") location.assign(page); // signed out, or cancelled
    else load(await answer.text());
  });

  async function post(what) {
    const sent = move.querySelector("form");
    const body = new URLSearchParams(new FormData(sent));
    body.set("do", what);
    return fetch(sent.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  }

  // Only what the reason changes is replaced: whoever types goes on typing.
  function refresh(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const parts = [...fresh.querySelectorAll(".seen")];
    [...loaded.querySelectorAll(".seen")].forEach((old, n) => {
      const [fold, next] = [old.querySelector("details"), parts[n]?.querySelector("details")];
      if (next) next.open = Boolean(fold?.open);
      old.replaceWith(parts[n] ?? "");
    });
    const hidden = (where) => [...where.querySelectorAll("input[type=hidden]")];
    hidden(loaded).forEach((each) => each.remove());
    loaded.querySelector("form").prepend(...hidden(fresh));
  }

  const preview = later(async () => {
    if (!move.open) return;
    const answer = await post("preview");
    if (answer?.status === 200 && move.open) refresh(await answer.text());
  });
  loaded.addEventListener("input", preview);
  loaded.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
  });
  loaded.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("send");
    const say = (text) => { loaded.querySelector(".review").textContent = text; };
    if (!answer) say(words.lost);
    else if (answer.type === "opaqueredirect") location.reload(); // moved: the page says what was sent
    else if (answer.status === 401) location.assign(addressOf(drag)); // signed out meanwhile
    else if (answer.status === 200) {
      refresh(await answer.text());
      say(words.review);
      loaded.querySelector(".messages details").open = true;
    } else load(await answer.text());
  });

  // --- the filter: what opens over the calendar is closed by a press beside it ---------------------
  const menu = document.querySelector("details.menu");
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target) && !narrow.matches) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // --- both --------------------------------------------------------------------------------------
  const blocks = new Map([[panel, draftBlock], [move, () => drag?.at?.()]]);
  const resized = new ResizeObserver(() => blocks.forEach((block, dialog) => dialog.open && place(dialog, block())));
  for (const [dialog, close] of [[panel, closeNew], [move, closeMove]]) {
    resized.observe(dialog);
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("button[value=close]")) close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !dialog.open) return;
      event.preventDefault();
      close();
    });
  }
})();
