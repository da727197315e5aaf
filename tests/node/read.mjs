// Reads calendars, one JSON string a line, by ical.js; writes what it found, one JSON list a line.
import ICAL from "ical.js";
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const calendar = new ICAL.Component(ICAL.parse(JSON.parse(line)));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  const found = calendar.getAllSubcomponents("vevent").map((each) => {
    const event = new ICAL.Event(each);
    const starts = [event.startDate];
    if (event.isRecurring()) {
      const all = event.iterator();
      starts.pop();
      for (let next = all.next(); next && starts.length < 50; next = all.next()) starts.push(next);
    }
    return {
      uid: event.uid,
      sequence: event.sequence,
      status: each.getFirstPropertyValue("status"),
      summary: event.summary,
      location: event.location,
      starts_at: starts.map((at) => at.toUnixTime()),
      wall: event.startDate.toString(),
      ends_at: event.endDate.toUnixTime(),
      attendees: event.attendees.map((who) => [who.getFirstValue(), who.getParameter("partstat")]),
      names: event.attendees.map((who) => who.getParameter("cn")),
    };
  });
  console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events: found }));
  ICAL.TimezoneService.reset();
}
