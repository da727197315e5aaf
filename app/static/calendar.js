// The calendar drawn by the hour: spans to propose in, dates to move. The table below it says the
// same and needs none of this; on a narrow screen it stands alone.
"use strict";

(() => {
  const place = document.getElementById("drawn");
  const narrow = matchMedia("(max-width: 40rem)").matches;
  if (!place || narrow || !window.EventCalendar) return;
  const read = (name) => JSON.parse(place.dataset[name]);
  const [asked, words, shut, resources] = ["asked", "words", "shut", "resources"].map(read);
  const line = document.getElementById("line");
  const list = document.getElementById("as-list");
  const dialog = document.getElementById("move");
  const EVERY = 30000; // milliseconds
  const HOUR = 3600000;
  let busy = false;
  let last = []; // what was heard before the line was lost

  const one = asked.whose !== null && asked.view === "week";
  const shown = resources.filter(([id]) => asked.whose === null || id === asked.whose);
  const names = new Map(resources.map(([id, name]) => [String(id), name]));
  const view = one ? "timeGridWeek" : asked.view === "week" ? "resourceTimelineWeek" : "resourceTimeGridDay";
  const begin = Math.max(0, parseInt(asked.opens, 10) - 1);
  const end = Math.min(24, parseInt(asked.closes, 10) + 2);
  const hours = (7 - asked.unseen.length) * (end - begin);
  // The calendar hands out dates whose local parts are the court's wall clock.
  const wall = (date) => new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

  // Times are the court's wall clock, written without a zone and read as if in UTC: no hour is
  // skipped or doubled by the clock of whoever looks.
  const calendar = EventCalendar.create(place, {
    view,
    date: asked.first,
    timeZone: "UTC",
    locale: document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang,
    firstDay: 1,
    hiddenDays: asked.unseen,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotMinTime: `${String(begin).padStart(2, "0")}:00`,
    slotMaxTime: `${String(end).padStart(2, "0")}:00`,
    slotDuration: view === "resourceTimelineWeek" ? "01:00" : "00:30",
    snapDuration: "00:15",
    slotHeight: 32, // an hour holds the three lines of a hearing
    slotWidth: Math.max(44, Math.floor((place.parentElement.clientWidth - 130) / hours)),
    slotLabelFormat: view === "resourceTimelineWeek"
      ? (date) => wall(date).slice(11, 13)
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
    highlightedDates: shut,
    resources: shown.map(([id, title]) => ({ id: String(id), title })),
    selectable: true,
    editable: false,
    eventDurationEditable: false,
    eventSources: [{ events: fetched }],
    eventContent: content,
    eventDidMount: ({ el, event, timeText }) => { el.title = [timeText, ...told(event)].join(" · "); },
    eventClick: ({ event }) => location.assign(place.dataset.shown.replace(/0$/, event.extendedProps.hearing)),
    eventDragStart: () => { busy = true; },
    eventDragStop: () => { busy = false; },
    eventDrop: prepareMove,
    eventAllUpdated: forReaders,
    select: propose,
  });
  place.hidden = false;
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
    if (!busy && !dialog.open && document.visibilityState === "visible") calendar.refetchEvents();
  }, EVERY);

  async function fetched() {
    try {
      const answer = await fetch(place.dataset.events);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      line.textContent = "";
      last = (await answer.json()).map((each, n) => ({
        ...each, id: String(n), classNames: [`is-${each.extendedProps.how}`],
      }));
    } catch {
      line.textContent = words.lost;
    }
    return last;
  }

  // Its rows are none that a screen reader could walk through: the list below is their table. What
  // scrolls is reached by keyboard although nothing may be in it.
  function forReaders() {
    place.querySelectorAll("[role]:not([role=button])").forEach((each) => each.removeAttribute("role"));
    place.querySelectorAll("[aria-colindex]").forEach((each) => each.removeAttribute("aria-colindex"));
    place.querySelectorAll(".ec-main").forEach((each) => { each.tabIndex = 0; });
  }

  function told({ title, extendedProps: of }) {
    return [words[of.how], title, of.place, of.kind, of.about].filter(Boolean);
  }

  function content({ event, timeText }) {
    if (!event.extendedProps.how) return timeText; // a span that is being drawn
    const [sure, number, ...rest] = told(event);
    const part = (name, text) => {
      const node = document.createElement("span");
      node.className = name;
      node.textContent = text;
      return node;
    };
    const short = part("number", event.extendedProps.tab);
    if (view === "resourceTimelineWeek") return { domNodes: [short, part("sure", sure)] };
    if (event.end - event.start < HOUR) return { domNodes: [part("number", `${event.extendedProps.tab} · ${sure}`)] };
    return { domNodes: [
      part("sure numbers", `${timeText} · ${sure}`), part("number", number),
      part("place", rest.join(" · ")),
    ] };
  }

  function propose({ start, end, resource }) {
    const to = new URL(place.dataset.new, location.href);
    to.searchParams.set("starts_at", wall(start));
    to.searchParams.set("minutes", Math.round((end - start) / 60000));
    const whose = resource ? String(resource.id) : String(asked.whose ?? "");
    if (asked.by === "courtroom" && names.has(whose)) to.searchParams.set("courtroom", names.get(whose));
    location.assign(to);
  }

  async function prepareMove({ event, oldEvent, newResource, revert }) {
    if (newResource && asked.by === "judge") {
      revert();
      line.textContent = words.judge;
      return;
    }
    const hearing = event.extendedProps.hearing;
    const say = (name, text) => { dialog.querySelector(name).textContent = text; };
    const where = (one) => `${wall(one.start).replace("T", " ")} ${asked.by === "courtroom" ? names.get(one.resourceIds[0]) ?? "" : ""}`.trim();
    say(".what", event.title);
    say(".from", where(oldEvent));
    say(".to", where(event));
    const to = new URL(place.dataset.move.replace("/0/", `/${hearing}/`), location.href);
    to.searchParams.set("starts_at", wall(event.start));
    to.searchParams.set("how", "order");
    const room = asked.by === "courtroom" ? names.get(event.resourceIds[0]) : event.extendedProps.place;
    if (room) to.searchParams.set("courtroom", room);
    dialog.querySelector("a").href = to;
    dialog.querySelector("button").onclick = () => dialog.close();
    dialog.onclose = revert;
    await tellWho(hearing);
    dialog.showModal();
  }

  async function tellWho(hearing) {
    const who = dialog.querySelector(".who");
    const answer = await fetch(place.dataset.told.replace(/0$/, hearing)).catch(() => undefined);
    const people = answer?.ok ? await answer.json() : [];
    const said = answer?.ok ? people.map((each) => `${each.name}${words.comma}${each.side}${each.reached ? "" : ` · ${words.mute}`}`) : [words.lost];
    who.replaceChildren(...(said.length ? said : [words.none]).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }
})();
