"""Pure: the sessions of a court's day, by its wall clock."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.hearings.rules import Span


@dataclass(frozen=True)
class CourtHours:
    """A court's hours by its wall clock; without a lunch break its ends are equal."""

    opens: dt.time
    lunch_from: dt.time
    lunch_until: dt.time
    closes: dt.time

    @property
    def midday(self) -> dt.time:
        """When the morning ends: as the lunch break begins, or at noon where there is none."""
        within = self.opens < self.lunch_from < self.closes
        return self.lunch_from if within else dt.time(12)


def sessions_of_day(
    day: dt.date, hours: CourtHours, zone: ZoneInfo, *, through_lunch: bool = False
) -> list[Span]:
    """Return the spans of a day in which hearings are held, in UTC.

    ``through_lunch`` ignores the break. Hours follow the wall clock also when it changes: such a
    day is shorter or longer, and a session of no length is left out.
    """
    marks = [hours.opens, hours.lunch_from, hours.lunch_until, hours.closes]
    if through_lunch or hours.lunch_from >= hours.lunch_until:
        marks = [hours.opens, hours.closes]
    at = [dt.datetime.combine(day, mark, tzinfo=zone).astimezone(dt.UTC) for mark in marks]
    pairs = zip(at[::2], at[1::2], strict=True)
    return [Span(begin, end) for begin, end in pairs if begin < end]


def longest_session(hours: CourtHours) -> int:
    """Return the minutes of the longest session of an ordinary day."""
    day = dt.date(2026, 1, 5)
    return max(
        (
            int((s.ends_at - s.starts_at).total_seconds()) // 60
            for s in sessions_of_day(day, hours, ZoneInfo("UTC"))
        ),
        default=0,
    )
