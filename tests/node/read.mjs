// Reads calendars, one JSON string a line, by ical.js; writes what it found, one JSON list a line.
import ICAL from "ical.js";
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const calendar = new ICAL.Component(ICAL.parse(JSON.parse(line)));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  const all = calendar.getAllSubcomponents("vevent");
  const overrides = all.filter((each) => each.hasProperty("recurrence-id"));
  const found = all.map((each) => {
    const event = new ICAL.Event(each);
    const own = overrides.filter((other) => other.getFirstPropertyValue("uid") === event.uid);
    if (!event.isRecurrenceException()) own.forEach((other) => event.relateException(other));
    const starts = [event.startDate];
    if (event.isRecurring()) {
      const times = event.iterator();
      starts.pop();
      for (let next = times.next(); next && starts.length < 50; next = times.next()) starts.push(next);
    }
    // What is shown: each time of the rule as its override says; an override alone is none.
    const shown = event.isRecurrenceException()
      ? []
      : starts.map((at) => (event.isRecurring() ? event.getOccurrenceDetails(at) : event));
    return {
      uid: event.uid,
      sequence: event.sequence,
      status: each.getFirstPropertyValue("status"),
      summary: event.summary,
      location: event.location,
      starts_at: starts.map((at) => at.toUnixTime()),
      instances: shown.map((at) => [at.startDate.toUnixTime(), at.endDate.toUnixTime()]),
      wall: event.startDate.toString(),
      ends_at: event.endDate.toUnixTime(),
      attendees: event.attendees.map((who) => [who.getFirstValue(), who.getParameter("partstat")]),
      names: event.attendees.map((who) => who.getParameter("cn")),
    };
  });
  console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events: found }));
  ICAL.TimezoneService.reset();
}
