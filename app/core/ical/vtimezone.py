"""VTIMEZONE components that every calendar program computes alike.

Why not icalendar's own: it writes the changes of the clock as lists of RDATE, and ical.js and
vobject, and the programs built on them, then compute New York and London an hour wrong; with yearly
rules (RRULE) they do not. IANA's files end with such a rule as a POSIX string. It is used where it
agrees with every change that the file knows; elsewhere changes are written one by one.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from app.core import zones

_SINCE = 1970
_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_NAME = r"([A-Za-z]{3,}|<[A-Za-z0-9+-]+>)"
_HOURS = r"([+-]?\d{1,3}(?::\d{2}){0,2})"
_RULE = rf",M(\d+)\.(\d)\.(\d)(?:/{_HOURS})?"
_FOOTER = re.compile(rf"{_NAME}{_HOURS}(?:{_NAME}{_HOURS}?{_RULE}{_RULE})?")


class Transition(NamedTuple):
    """A change of the clock: every year (with ``rule``) or, without one, once."""

    at: datetime  # wall-clock time before the change, naive
    before: timedelta
    after: timedelta
    name: str
    rule: dict[str, object] | None


def vtimezone(zone: str, first: datetime, last: datetime) -> Timezone:
    """Return the VTIMEZONE of an IANA zone for aware times from ``first`` to ``last``.

    It has yearly rules if the zone has them and they hold all that time, else each change of the
    clock by itself (Morocco's follow the moon). Raises ZoneInfoNotFoundError.
    """
    margin = timedelta(days=370)
    begin, end = first.astimezone(UTC) - margin, last.astimezone(UTC) + margin
    component, info = Timezone(), ZoneInfo(zone)
    component.add("tzid", zone)
    for switch in _yearly(info, begin.year, end.year) or _one_by_one(info, begin, end):
        component.add_component(_observance(switch))
    return component


def _observance(switch: Transition) -> TimezoneStandard | TimezoneDaylight:
    # Dublin's law calls summer its standard time, but programs take DAYLIGHT for the later clock.
    part = TimezoneDaylight() if switch.after > switch.before else TimezoneStandard()
    part.add("dtstart", switch.at)
    part.add("tzoffsetfrom", switch.before)
    part.add("tzoffsetto", switch.after)
    part.add("tzname", switch.name)
    if switch.rule:
        part.add("rrule", switch.rule)
    return part


@lru_cache(maxsize=256)
def _yearly(zone: ZoneInfo, begin: int, end: int) -> tuple[Transition, ...]:
    """Return the rules of the POSIX string that ends a zone's file (RFC 9636, 3.3.1), if they hold.

    Empty where there is none, where its form has no like in RRULE, or where the zone's file knows
    of other changes between these years. A zone that is read anew, by other rules, is another key.
    """
    match = _FOOTER.fullmatch(_footer(zone))
    if not match:
        return ()
    name, offset, other_name, other_offset, *rules = match.groups()
    usual = -_length(offset)
    if other_name is None:
        since = datetime(_SINCE, 1, 1)  # noqa: DTZ001  (wall-clock time)
        constant = Transition(since, usual, usual, name.strip("<>"), None)
        return (constant,) if _constant(zone, usual, begin, end) else ()
    other = -_length(other_offset) if other_offset else usual + timedelta(hours=1)
    into, back = rules[:4], rules[4:]
    switches = (
        _switch(into, usual, other, other_name.strip("<>")),
        _switch(back, other, usual, name.strip("<>")),
    )
    known = tuple(switch for switch in switches if switch)
    return known if len(known) == 2 and _holds(zone, begin, end, into, back) else ()


def _switch(rule: list[str], before: timedelta, after: timedelta, name: str) -> Transition | None:
    month, week, weekday = (int(part) for part in rule[:3])
    time = _length(rule[3] or "2")
    shift = time // timedelta(days=1)
    if not shift:
        nth = -1 if week == 5 else week
        yearly: dict[str, object] = {
            "freq": "yearly",
            "bymonth": month,
            "byday": f"{nth}{_DAYS[weekday]}",
        }
    else:
        # "24 hours after the second Saturday" is no nth weekday, but one of seven days.
        top = _month_ends(month) if week == 5 else 7 * week
        days = [top - 6 + n + shift for n in range(7)]
        if days[0] < 1 or days[-1] > _month_ends(month):
            return None
        byday = _DAYS[(weekday + shift) % 7]
        yearly = {"freq": "yearly", "bymonth": month, "bymonthday": days, "byday": byday}
    return Transition(_on(_SINCE, month, week, weekday) + time, before, after, name, yearly)


def _constant(zone: ZoneInfo, offset: timedelta, begin: int, end: int) -> bool:
    years = range(begin, end + 1)
    return _offset(zone, datetime(begin, 1, 1, tzinfo=UTC)) == offset and not any(
        _changes(zone, year) for year in years
    )


def _holds(zone: ZoneInfo, begin: int, end: int, *rules: list[str]) -> bool:
    """Check a zone's yearly rules against every change that its file knows between two years."""
    for year in range(begin, end + 1):
        marks = [_on(year, int(r[0]), int(r[1]), int(r[2])) + _length(r[3] or "2") for r in rules]
        if sorted(marks) != [change.at for change in _changes(zone, year)]:
            return False
    return True


@lru_cache(maxsize=1024)
def _changes(zone: ZoneInfo, year: int) -> tuple[Transition, ...]:
    """Find each change of the clock in a year, to the second."""
    day = timedelta(days=1)
    at = datetime(year, 1, 1, tzinfo=UTC)
    changes = []
    while at.year == year:
        if _offset(zone, at) != _offset(zone, at + day):
            changes.append(_change_between(zone, at, at + day))
        at += day
    return tuple(changes)


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> Transition:
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, low):
            low = middle
        else:
            high = middle
    before, here = _offset(zone, low), high.astimezone(zone)
    wall = high.replace(tzinfo=None) + before
    return Transition(wall, before, _offset(zone, high), here.tzname() or zone.key, None)


def _one_by_one(zone: ZoneInfo, begin: datetime, end: datetime) -> list[Transition]:
    opening, here = _offset(zone, begin), begin.astimezone(zone)
    wall = here.replace(tzinfo=None, microsecond=0)
    start = Transition(wall, opening, opening, here.tzname() or zone.key, None)
    changes = [c for year in range(begin.year, end.year + 1) for c in _changes(zone, year)]
    return [start, *(change for change in changes if change.at > wall)]


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _footer(zone: ZoneInfo) -> str:
    """Return the POSIX string that ends a zone's file, "" in one of version 1, which has none."""
    read = zones.file_of(zone.key)
    last = read.removesuffix(b"\n").rpartition(b"\n")[2]
    return last.decode("ascii", "replace") if read[4:5] >= b"2" else ""


def _length(time: str) -> timedelta:
    sign = -1 if time.startswith("-") else 1
    parts = [*(int(part) for part in time.lstrip("+-").split(":")), 0, 0]
    return sign * timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


def _month_ends(month: int) -> int:
    return (date(2001 + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _on(year: int, month: int, week: int, weekday: int) -> datetime:
    """Return midnight of a month's nth weekday (0 is Sunday), the last one where n is 5."""
    first = datetime(year, month, 1)  # noqa: DTZ001
    day = first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (week - 1))
    return day if day.month == month else day - timedelta(days=7)
