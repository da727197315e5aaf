"""Pure: when a court holds hearings: its sessions of a day, by the clock on its wall."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.hearings.rules import Span


@dataclass(frozen=True)
class CourtHours:
    """A court's hours by its clock; equal ends of lunch mean that there is none."""

    opens: dt.time
    lunch_from: dt.time
    lunch_until: dt.time
    closes: dt.time


def sessions(day: dt.date, hours: CourtHours, zone: ZoneInfo, *, whole: bool = False) -> list[Span]:
    """Return the spans of a day in which hearings are held, in UTC; ``whole`` sits through lunch.

    What is by the clock is by the clock on nights when it changes too: such a day is shorter or
    longer, and a session that would not last is left out.
    """
    marks = [hours.opens, hours.lunch_from, hours.lunch_until, hours.closes]
    if whole or hours.lunch_from >= hours.lunch_until:
        marks = [hours.opens, hours.closes]
    at = [dt.datetime.combine(day, mark, tzinfo=zone).astimezone(dt.UTC) for mark in marks]
    pairs = zip(at[::2], at[1::2], strict=True)
    return [Span(begin, end) for begin, end in pairs if begin < end]


def longest(hours: CourtHours) -> int:
    """Return the minutes of the longest session of an ordinary day."""
    day = dt.date(2026, 1, 5)
    return max(
        (
            int((s.ends_at - s.starts_at).total_seconds()) // 60
            for s in sessions(day, hours, ZoneInfo("UTC"))
        ),
        default=0,
    )
