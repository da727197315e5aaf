"""Pure: the busy spans of a foreign calendar; nothing else of it is kept."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from app.core import addresses
from app.core.errors import N_
from app.hearings.availability.calculation.openings import merge_spans
from app.hearings.rules import Span

AHEAD = dt.timedelta(days=180)
MOST_EVENTS, MOST_RULES, MOST_SPANS = 20_000, 100, 5000
_FINE = {"SECONDLY", "MINUTELY", "HOURLY"}
_LONGEST = dt.timedelta(days=366)


class UnreadableCalendar(Exception):  # noqa: N818
    """A calendar cannot be read; the message is one sentence."""


def busy_spans(
    raw: bytes, zone: ZoneInfo, now: dt.datetime, owners: Collection[str] = ()
) -> list[Span]:
    """Return the busy time of a calendar from a day ago to 180 days ahead, merged.

    What is free (TRANSP:TRANSPARENT, Outlook's FREE) or cancelled takes no time, nor does what the
    owner declined or handed on to somebody else: an attendee of one of the addresses ``owners``, or
    of the address by which the calendar itself is named (X-WR-CALNAME, as Google writes it). Days
    without a clock count in ``zone``. Raises Unreadable, in bounded time, for what is no calendar
    or repeats itself finer than daily.
    """
    if b"BEGIN:VCALENDAR" not in raw[:100_000].upper():
        raise UnreadableCalendar(N_("There is no calendar at this address."))
    try:
        calendar = Calendar.from_ical(raw)
        events = calendar.walk("VEVENT")
        own = {canonical_address(each) for each in (*owners, calendar.get("X-WR-CALNAME", ""))} - {
            ""
        }
        _refuse_endless(events)
        first, last = now - dt.timedelta(days=1), now + AHEAD
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        found = [
            span
            for event in islice(query.between(first, last), 4 * MOST_SPANS)
            if _takes_time(event) and not _is_declined(event, own)
            for span in _span(event.get("DTSTART"), event.get("DTEND"), event.get("DURATION"), zone)
        ]
        found += _free_busy(calendar.walk("VFREEBUSY"), zone)
    except UnreadableCalendar:
        raise
    except Exception as fault:  # whatever a stranger's calendar makes a parser stumble over
        raise UnreadableCalendar(N_("The calendar cannot be read.")) from fault
    kept = [
        s
        for s in found
        if s.ends_at > first and s.starts_at < last and s.ends_at - s.starts_at <= _LONGEST
    ]
    spans = merge_spans(kept)
    if len(spans) > MOST_SPANS:
        raise UnreadableCalendar(N_("The calendar has too many entries."))
    return spans


def _refuse_endless(events: list[Any]) -> None:
    if len(events) > MOST_EVENTS:
        raise UnreadableCalendar(N_("The calendar has too many entries."))
    rules = [rule for event in events for rule in _listed(event.get("RRULE"))]
    if len(rules) > MOST_RULES * 5:
        raise UnreadableCalendar(N_("The calendar has too many entries that repeat themselves."))
    for rule in rules:
        named = {str(each).upper() for each in _listed(rule.get("FREQ"))}
        finer = any(rule.get(name) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if named & _FINE or finer:
            raise UnreadableCalendar(N_("The calendar repeats something more often than daily."))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _takes_time(event: Any) -> bool:
    """Tell whether an event is busy time (RFC 5545, 3.8.1.11, 3.8.2.7; MS-OXCICAL, 2.1.3.1.1)."""
    status, transparent, outlook = (
        str(event.get(name, "")).strip().upper()
        for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
    )
    return status != "CANCELLED" and transparent != "TRANSPARENT" and outlook != "FREE"


def _is_declined(event: Any, own: Collection[str]) -> bool:
    """Tell whether the owner, by any of their addresses, declined or delegated an event."""
    statuses = [
        str(params.get("PARTSTAT", "NEEDS-ACTION")).upper()
        for attendee in _listed(event.get("ATTENDEE"))
        for params in [getattr(attendee, "params", {})]
        if {canonical_address(attendee), canonical_address(params.get("EMAIL", ""))} & set(own)
    ]
    return bool(statuses) and set(statuses) <= {"DECLINED", "DELEGATED"}


def canonical_address(value: object) -> str:
    """Return a mail address in its canonical form, out of ``mailto:`` or bare; "" where it is none.

    What iCloud writes instead of an address (a path) is none; it says the address in EMAIL.
    """
    plain = unquote(str(value).strip().strip('"'))
    plain = re.sub("(?i)^mailto:", "", plain).partition("?")[0].strip()
    plain = addresses.canonical(plain)
    return plain if re.fullmatch(r"[^\s@/<>]+@[^\s@/<>]+", plain) else ""


def _span(begin: Any, end: Any, lasts: Any, zone: ZoneInfo) -> Iterator[Span]:
    starts_at = _instant(begin.dt, zone)
    if end is not None:
        ends_at = _instant(end.dt, zone)
    elif lasts is not None:
        ends_at = starts_at + lasts.dt
    else:  # RFC 5545, 3.6.1: a day without an end is that day, a time without one takes none
        all_day = not isinstance(begin.dt, dt.datetime)
        ends_at = starts_at + dt.timedelta(days=1 if all_day else 0)
    if starts_at < ends_at:
        yield Span(starts_at, ends_at)


def _instant(at: dt.datetime | dt.date, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(at, dt.datetime):
        at = dt.datetime.combine(at, dt.time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(dt.UTC)


def _free_busy(parts: Iterable[Any], zone: ZoneInfo) -> list[Span]:
    found = []
    for part in parts:
        for period in _listed(part.get("FREEBUSY")):
            if str(getattr(period, "params", {}).get("FBTYPE", "BUSY")).upper() == "FREE":
                continue
            for each in period.dts if hasattr(period, "dts") else [period]:
                begin, end = _instant(each.start, zone), _instant(each.end, zone)
                if begin < end:
                    found.append(Span(begin, end))
    return found
