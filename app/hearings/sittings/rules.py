"""Pure: what a sitting is, and which sittings can be one hearing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from app.core.errors import N_, HearingTime, Message

MOST_SITTINGS = 20
# From the first to the last: a calendar repeats the first day until the last.
LONGEST_SPAN = dt.timedelta(days=366)


class Sitting(Protocol):
    """A time and a courtroom of a slot or a hearing.

    A slot of one sitting is that sitting itself, so that it has no further row.
    """

    @property
    def starts_at(self) -> dt.datetime:
        """When it begins."""

    @property
    def ends_at(self) -> dt.datetime:
        """When it ends."""

    @property
    def courtroom_id(self) -> int:
        """Where it is."""

    @property
    def courtroom(self) -> Any:
        """The courtroom, with its name and location."""


@dataclass(frozen=True)
class SittingTime:
    """A sitting as it is planned."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    courtroom_id: int


def sitting_time(sitting: Sitting | SittingTime) -> SittingTime:
    """Return a sitting as a value that equals that of the same time and courtroom."""
    return SittingTime(sitting.starts_at, sitting.ends_at, sitting.courtroom_id)


def day_of(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the day of an instant by a court's clock."""
    return at.astimezone(zone).date()


def days_of(sittings: Sequence[Sitting | SittingTime], zone: ZoneInfo) -> list[dt.date]:
    """Return the days of sittings by a court's clock, each once, in order."""
    return sorted({day_of(each.starts_at, zone) for each in sittings})


def spans_of_days(
    sittings: Sequence[Sitting], zone: ZoneInfo
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return from when to when each day of sittings, earliest first, goes by a court's clock."""
    spans: dict[dt.date, tuple[dt.datetime, dt.datetime]] = {}
    for each in sittings:
        day = day_of(each.starts_at, zone)
        begin, end = spans.get(day, (each.starts_at, each.ends_at))
        spans[day] = begin, max(end, each.ends_at)
    return list(spans.values())


def errors(
    times: Sequence[tuple[dt.datetime, int]], zone: ZoneInfo, path: str
) -> dict[str, Message]:
    """Return the errors of the sittings of one slot among each other, by field.

    ``times`` are starts with minutes, as given; ``path`` has a place for the number of a sitting.
    """
    found: dict[str, Message] = {}
    spans = [(at, at + dt.timedelta(minutes=minutes), n) for n, (at, minutes) in enumerate(times)]
    in_order = sorted(spans)
    for begin, end, n in in_order:
        if day_of(end - dt.timedelta(microseconds=1), zone) != day_of(begin, zone):
            found[path.format(n)] = Message(
                N_("End this sitting by midnight, and add a sitting on the next day.")
            )
        elif begin - in_order[0][0] > LONGEST_SPAN:
            found[path.format(n)] = Message(
                N_("Choose a day within a year of the first sitting, %(day)s."),
                day=day_of(in_order[0][0], zone),
            )
    for (begin, end, _), (next_begin, _, n) in pairwise(in_order):
        if next_begin < end:
            found[path.format(n)] = Message(
                N_("Choose a time that does not overlap another sitting of this slot: %(when)s."),
                when=HearingTime(begin, zone.key, end),
            )
    return found
