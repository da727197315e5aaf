"""Pure: when a hearing's reminders are due."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.notices.rules import outside_quiet_hours


@dataclass(frozen=True)
class Reminder:
    """A reminder so many days before; when it goes, and from when on it would come too late."""

    days: int
    due_at: dt.datetime
    stale_at: dt.datetime


def reminders(
    starts_at: dt.datetime, days: Iterable[int], *, zone: ZoneInfo, at: str, quiet_from: str,
    quiet_until: str,
) -> list[Reminder]:  # fmt: skip
    """Return a hearing's reminders, earliest first, by the court's clock, not in quiet hours.

    ``at`` and the quiet hours are "HH:MM"; what would have to wait until the next day goes just
    before the quiet begins. A reminder is stale when the next one is due, and the
    last one two hours before the hearing begins: it would only find people on their way.
    """
    local = starts_at.astimezone(zone)
    due = []
    for day in sorted(set(days), reverse=True):
        on = local.date() - dt.timedelta(days=day)
        wanted = dt.datetime.combine(on, dt.time.fromisoformat(at), tzinfo=zone)
        heard = outside_quiet_hours(wanted, quiet_from, quiet_until)
        if heard.date() != on:  # it counts days, and the next morning may be too late
            evening = dt.datetime.combine(on, dt.time.fromisoformat(quiet_from), tzinfo=zone)
            heard = evening - dt.timedelta(minutes=1)
        due.append((day, heard.astimezone(dt.UTC)))
    ends = [at for _, at in due[1:]] + [starts_at - dt.timedelta(hours=2)]
    return [Reminder(day, when, end) for (day, when), end in zip(due, ends, strict=True)]
