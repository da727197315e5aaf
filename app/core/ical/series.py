"""Pure: a hearing of several days as one recurring event that calendar programs read alike.

An event a day, from the first sitting of the day to the last, under one UID: the first day repeats
each so many days (RRULE with INTERVAL and COUNT), days without a sitting are left out (EXDATE),
and a day with other times or another place is an override (RECURRENCE-ID) on the same day.

Not RDATE, which would be shorter: Outlook reads it only beside an RRULE, ignores its periods, and
has one instance a day that stays between its neighbours ([MS-OXCICAL] 2.1.3.1.1.20.18); an override
in the same calendar it reads as an exception of the series (2.1.3.1.1.20.20). So days alone are
right even for a program that reads the first VEVENT only, as Outlook does of a message from
elsewhere ([MS-STANOICAL] 2.2.175).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import groupby
from math import gcd
from typing import Any

from app.core import wording

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class SittingDay:
    """A day of a hearing: from the first of its sittings to the last, wall-clock times."""

    starts_at: datetime
    ends_at: datetime
    # Courtrooms with their locations, each once.
    places: tuple[tuple[str, str], ...]

    @property
    def on(self) -> date:
        """The day."""
        return self.starts_at.date()

    def is_like(self, first: "SittingDay") -> bool:
        """Tell whether the day has times and places of the first one."""
        return (
            self.starts_at.time() == first.starts_at.time()
            and self.ends_at - self.starts_at == first.ends_at - first.starts_at
            and self.places == first.places
        )


def days_of(sittings: Sequence[Facts], zone: str) -> list[SittingDay]:
    """Return the days of sittings, which have starts_at, ends_at, courtroom and location."""
    times = sorted(
        (
            wording.local(wording.instant(each["starts_at"]), zone),
            wording.local(wording.instant(each["ends_at"]), zone),
            (each.get("courtroom") or "", each.get("location") or ""),
        )
        for each in sittings
    )
    days = []
    for _, of_day in groupby(times, key=lambda each: each[0].date()):
        listed = list(of_day)
        places = tuple(dict.fromkeys(place for _, _, place in listed))
        days.append(SittingDay(listed[0][0], max(end for _, end, _ in listed), places))
    return days


@dataclass(frozen=True)
class Series:
    """How the first of some days recurs to be all of them.

    ``excluded`` are days of the rule without a sitting, ``overrides`` those unlike the first.
    """

    days: Sequence[SittingDay]
    interval: int
    count: int
    excluded: Sequence[date]
    overrides: Sequence[SittingDay]

    @property
    def rule(self) -> dict[str, Any]:
        """The RRULE."""
        every = {"interval": self.interval} if self.interval > 1 else {}
        return {"freq": "daily", **every, "count": self.count}


def series_of(days: Sequence[SittingDay]) -> Series | None:
    """Return how days are one series; None for one day, which recurs never."""
    if len(days) < 2:
        return None
    first = days[0]
    steps = [(each.on - first.on).days for each in days]
    interval = reduce(gcd, steps)
    count = steps[-1] // interval + 1
    wanted = set(steps)
    return Series(
        days,
        interval,
        count,
        [
            first.on + timedelta(days=step)
            for step in range(0, steps[-1], interval)
            if step not in wanted
        ],
        [each for each in days if not each.is_like(first)],
    )
