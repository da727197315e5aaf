// The calendar by the hour: days side by side, courtrooms or judges as lanes in each. It reports a
// span that was drawn and a hearing that was dragged to the panels (calendar_panels.js). The list
// below says the same and needs none of this. A phone shows a day, or a week as the list alone.
"use strict";

(() => {
  const grid = document.getElementById("grid");
  if (!grid || !window.EventCalendar) return;
  const options = JSON.parse(grid.dataset.options);
  const words = JSON.parse(grid.dataset.words);
  if (options.view === "week" && matchMedia("(max-width: 40rem)").matches) {
    const here = new URL(location.href);
    if (here.searchParams.has("view")) return;
    here.searchParams.set("view", "day");
    location.replace(here);
    return;
  }

  const EVERY = 30000; // milliseconds between two looks for changes
  const WIDE = 180; // pixels of a lane in which a case's number and title can be read
  const HOUR = 3600000;
  const line = document.getElementById("line");
  const list = document.getElementById("as-list");
  const loadedAt = performance.now();
  const days = new Map(options.days.map((day) => [day.on, day]));
  const lanes = new Map(options.lanes.map(([id, name]) => [String(id), name]));
  const tags = [...document.querySelectorAll(".states .tag")];
  const looks = new Map(options.states.map((state, n) => [
    state, { icon: tags[n].querySelector("svg"), word: tags[n].textContent.trim() },
  ]));
  let blocks = []; // the last that were received, shown while the connection is lost
  let draft = null; // the span for which the panel is open
  let dragging = false;

  // Times are the court's wall clock, written without a zone and read as if in UTC: no hour is
  // skipped or doubled by the clock of whoever looks. The library hands out dates whose local
  // parts are that wall clock.
  const wall = (date) => new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const now = () => new Date(Date.parse(`${options.now}Z`) + performance.now() - loadedAt).toISOString().slice(0, 16);
  const minutesLater = (clock, minutes, grid_ = 1, round = Math.floor) => {
    const exact = parseInt(clock, 10) * 60 + Number(clock.slice(3)) + minutes;
    const at = Math.min(Math.max(round(exact / grid_) * grid_, 0), 24 * 60);
    return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  };

  const calendar = EventCalendar.create(grid, {
    view: options.view === "week" ? "resourceTimeGridWeek" : "resourceTimeGridDay",
    date: options.first,
    timeZone: "UTC",
    locale: document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang,
    firstDay: 1,
    hiddenDays: options.hidden,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    datesAboveResources: true,
    columnWidth: "minmax(var(--lane), 1fr)",
    slotMinTime: minutesLater(options.opens, -15, 60),
    slotMaxTime: minutesLater(options.closes, 15, 60, Math.ceil),
    flexibleSlotTimeLimits: true,
    slotDuration: "00:30",
    slotLabelInterval: "01:00",
    snapDuration: "00:15",
    slotHeight: 27,
    slotEventOverlap: false,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    dayHeaderFormat: dayHead,
    resources: options.lanes.map(([id, title]) => ({ id: String(id), title })),
    selectable: true,
    longPressDelay: 500, // milliseconds; a finger that moves at once scrolls
    unselectAuto: false,
    editable: false,
    eventDurationEditable: false,
    eventSources: [{ events: fetched }],
    eventContent: content,
    eventClassNames: ({ event }) => sizes(event),
    resourceLabelContent: ({ resource }) => (resource.id === "0" ? "–" : resource.title),
    resourceLabelDidMount: ({ el, resource }) => { el.title = resource.title; },
    eventDidMount: mounted,
    eventClick: ({ event }) => {
      if (event.extendedProps.hearing) location.assign(grid.dataset.shown.replace(/0$/, event.extendedProps.hearing));
    },
    eventDragStart: () => { dragging = true; },
    eventDragStop: () => { dragging = false; },
    eventDrop: dropped,
    eventAllUpdated: forReaders,
    selectConstraint: ({ start }) => wall(start) >= now(), // how far; the first step is in drawn()
    dragConstraint: ({ event }) => wall(event.start) >= now(),
    select: ({ start, end, resource }) => drawn(wall(start), wall(end), resource),
    dateClick: ({ date, resource }) => clicked(wall(date), resource),
  });
  grid.hidden = false;
  document.querySelector(".how-to").hidden = false;
  list.open = false;

  // Browsers without ::details-content print a closed list as nothing.
  let closed = true;
  addEventListener("beforeprint", () => {
    closed = !list.open;
    list.open = true;
  });
  addEventListener("afterprint", () => { list.open = !closed; });

  setInterval(() => {
    const busy = dragging || document.querySelector("dialog[open]");
    if (!busy && document.visibilityState === "visible") calendar.refetchEvents();
  }, EVERY);

  async function fetched() {
    try {
      const answer = await fetch(grid.dataset.events);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      line.textContent = "";
      blocks = (await answer.json()).map((block, n) => ({
        ...block, id: `block-${n}`, classNames: [`is-${block.extendedProps.state}`],
      }));
    } catch {
      line.textContent = words.lost;
    }
    return [...blocks, ...shades(), ...(draft ? [draft] : [])];
  }

  // Hours and days in which the court does not sit, and what is past: behind the hearings.
  function shades() {
    const today = now().slice(0, 10);
    const [noon, afternoon] = options.lunch;
    return options.days.flatMap((day) => {
      const shut = day.closed ? [["00:00", "24:00"]] : [["00:00", options.opens], [noon, afternoon], [options.closes, "24:00"]];
      const spans = shut.filter(([from, to]) => from < to).map((span) => [...span, "is-closed"]);
      if (day.on <= today) spans.push(["00:00", day.on < today ? "24:00" : now().slice(11), day.on < today ? "is-past" : "is-past until-now"]);
      return spans.map(([from, to, look], n) => ({
        id: `shade-${day.on}-${n}`,
        start: `${day.on}T${from}`,
        end: to === "24:00" ? `${nextDay(day.on)}T00:00` : `${day.on}T${to}`,
        display: "background",
        resourceIds: [...lanes.keys()],
        classNames: look.split(" "),
      }));
    });
  }

  function nextDay(day) {
    return new Date(Date.parse(`${day}T00:00Z`) + 24 * HOUR).toISOString().slice(0, 10);
  }

  // What is short leaves out lines that would be cut: of an hour or less the word of the state.
  function sizes({ start, end, display, extendedProps: { state } }) {
    if (display === "background" || !state) return [];
    const minutes = (end - start) / 60000;
    return [[15, "one-line"], [30, "two-lines"], [45, "three-lines"]].filter(([most]) => minutes <= most).map(([, look]) => look).slice(0, 1);
  }

  function part(name, look, text) {
    return Object.assign(document.createElement(name), { className: look, textContent: text });
  }

  function dayHead(date) {
    const day = days.get(wall(date).slice(0, 10));
    if (!day) return "";
    const head = part("a", "day-name", "");
    head.href = grid.dataset.day.replace(/on=0/, `on=${day.on}`);
    head.append(part("b", "", day.weekday), ` ${day.date}`);
    const marks = [];
    if (day.on === now().slice(0, 10)) marks.push(part("small", "today", words.today));
    if (day.closed) marks.push(Object.assign(part("small", "closed-day", day.closed), { title: day.closed }));
    return { domNodes: [head, ...marks] };
  }

  function facts({ resourceIds: [lane], extendedProps }) {
    const own = lanes.get(lane);
    const [room, judge] = options.by === "courtroom" ? [lane === "0" ? "" : own, extendedProps.other] : [extendedProps.other, own];
    return { ...extendedProps, room, judge };
  }

  function content({ event, timeText }) {
    const { state, short, judge, room, kind, about, other, needs } = facts(event);
    if (event.display === "background") return "";
    if (!state) return { domNodes: timeText.split("–").map((each) => part("b", "at", each)) }; // drawn
    const { icon, word } = looks.get(state);
    const long = event.end - event.start > HOUR;
    const wide = grid.clientWidth / lanes.size / options.days.length > WIDE;
    return { domNodes: [
      part("b", "at", wide ? timeText : wall(event.start).slice(11)), icon.cloneNode(true),
      part("span", "number", wide ? [event.title, about].filter(Boolean).join(" · ") : short),
      part("span", "who", other),
      part("em", long ? "state" : "state visually-hidden", word),
      ...(needs ? [part("span", long ? "needs" : "visually-hidden", needs)] : []),
      part("span", "visually-hidden", [timeText, event.title, room, kind, about].filter(Boolean).join(", ")),
    ] };
  }

  function mounted({ el, event, timeText }) {
    const { state, judge, bench, room, kind, about, needs } = facts(event);
    el.dataset.block = event.id;
    if (!state) return;
    const all = [timeText, looks.get(state).word, event.title, bench || judge, room, kind, about, needs];
    el.title = all.filter(Boolean).join(" · ");
  }

  // The library's tables are none that a screen reader could walk through: the list below is. What
  // scrolls is reached by keyboard although nothing may be in it.
  function forReaders() {
    grid.querySelectorAll("[role]:not([role=button])").forEach((each) => each.removeAttribute("role"));
    for (const name of ["aria-colindex", "aria-colspan"]) {
      grid.querySelectorAll(`[${name}]`).forEach((each) => each.removeAttribute(name));
    }
    grid.querySelectorAll("time[aria-label]").forEach((each) => each.removeAttribute("aria-label"));
    grid.querySelectorAll(".ec-main").forEach((each) => { each.tabIndex = 0; });
    grid.querySelectorAll(".ec-body .ec-day").forEach((each, n) => {
      each.classList.toggle("day-end", (n + 1) % lanes.size === 0);
    });
  }

  function report(name, detail) {
    grid.dispatchEvent(new CustomEvent(name, { detail }));
  }

  function drawn(start, end, resource) {
    calendar.unselect();
    if (start < now()) return;
    report("drawn", { start, end, lane: resource?.id, room: options.by === "courtroom" ? resource?.title : "" });
  }

  function clicked(at, resource) {
    const start = `${at.slice(0, 14)}${at.slice(14) < "30" ? "00" : "30"}`;
    drawn(start, `${start.slice(0, 11)}${minutesLater(start.slice(11), options.minutes)}`, resource);
  }

  // The panel's span, drawn in the grid while the panel is open.
  grid.addEventListener("draft", ({ detail }) => {
    if (draft) calendar.removeEventById(draft.id);
    draft = detail;
    if (!detail) return;
    const byRoom = options.lanes.find(([, name]) => name === detail.room);
    draft = {
      id: "draft", start: detail.start, end: detail.end, classNames: ["is-draft"],
      resourceIds: [String(options.by === "courtroom" ? byRoom?.[0] : detail.lane)],
    };
    calendar.addEvent(draft);
  });

  function dropped({ event, newResource, revert }) {
    if (newResource && options.by === "judge") {
      revert();
      report("not-moved", { words: words.judge });
      return;
    }
    const { hearing, room } = facts(event);
    report("moved", {
      hearing, revert, room, start: wall(event.start),
      at: () => grid.querySelector(`[data-block="${event.id}"]`),
    });
  }
})();
