"""Pure: parse REPLY and COUNTER of a calendar program (RFC 5546, 3.2.3 and 3.2.7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar

from app.core import addresses
from app.core.errors import N_
from app.core.wording import one_line

# Size is limited by mail.MOST_CALENDAR; parsing cost grows with the number of events. A VTIMEZONE
# has a cheap component for each change of offset.
MOST_EVENTS = 60
MOST_PARTS = 1000
PARTSTATS = {"ACCEPTED", "TENTATIVE", "DECLINED"}
DELEGATED = "DELEGATED"  # somebody else attends: neither yes nor no


@dataclass(frozen=True)
class Reply:
    """One attendee's reply to one event; times without a zone are in the court's zone.

    ``method`` is REPLY or COUNTER; ``sequence`` is None if the calendar omits it; ``slot_at`` is
    the RECURRENCE-ID, if one of several slots is answered; ``time`` is DTSTART and DTEND, in a
    COUNTER the proposed ones.
    """

    method: str
    uid: str
    sequence: int | None
    attendee: str
    partstat: str
    stamped_at: dt.datetime | None
    slot_at: dt.datetime | None = None
    time: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    comment: str = ""


class NotAReply(Exception):  # noqa: N818
    """The calendar is not a reply to an invite; the message says why."""


def read(raw: bytes, sender: str) -> list[Reply]:
    """Parse the replies of a calendar, one per event. ``sender`` selects among attendees.

    Relies on UID, ATTENDEE and SEQUENCE only: Gmail, Outlook and Apple drop CN or ORGANIZER, change
    SUMMARY, and write times in UTC or with Windows zone names. Raises NotAReply.
    """
    upper = raw.upper()
    if upper.count(b"BEGIN:VEVENT") > MOST_EVENTS or upper.count(b"BEGIN:") > MOST_PARTS:
        raise NotAReply(N_("the calendar has too many components"))
    try:
        calendar = Calendar.from_ical(raw)
        method = str(calendar.get("METHOD", "")).strip().upper()
        events = list(calendar.walk("VEVENT"))
    except Exception as fault:  # the parser may raise anything on untrusted input
        raise NotAReply(N_("the calendar cannot be read")) from fault
    if method not in ("REPLY", "COUNTER"):
        raise NotAReply(N_("the calendar is no answer to an invite"))
    if not events:
        raise NotAReply(N_("the calendar names no event"))
    return [_reply(method, event, sender.lower()) for event in events]


def _reply(method: str, event: Any, sender: str) -> Reply:
    attendee = _attendee(_as_list(event.get("ATTENDEE")), sender)
    partstat = _partstat(attendee) if attendee is not None else ""
    comments = [str(comment) for comment in _as_list(event.get("COMMENT"))]
    if attendee is not None:
        comments.append(str(attendee.params.get("X-RESPONSE-COMMENT", "")))
    return Reply(
        method=method,
        uid=str(event.get("UID", "")).strip()[:300],
        sequence=_sequence(event),
        attendee=address_of(attendee) if attendee is not None else "",
        partstat=partstat if partstat in PARTSTATS or partstat == DELEGATED else "",
        stamped_at=_instant(_time(event, "DTSTAMP")),
        slot_at=_time(event, "RECURRENCE-ID"),
        time=(_time(event, "DTSTART"), _time(event, "DTEND")),
        comment=one_line(" ".join(filter(None, comments)))[:2000],
    )


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _attendee(attendees: list[Any], sender: str) -> Any:
    """Return the replying attendee: the only one, the sender, or the only one with a PARTSTAT."""
    if len(attendees) == 1:
        return attendees[0]
    if senders := [person for person in attendees if address_of(person) == sender]:
        return senders[0]
    answering = [
        person
        for person in attendees
        if _partstat(person) in PARTSTATS or _partstat(person) == DELEGATED
    ]
    return answering[0] if len(answering) == 1 else None


def _partstat(person: Any) -> str:
    return str(person.params.get("PARTSTAT", "")).strip().upper()


def address_of(person: Any) -> str:
    """Return the canonical mail address of an ATTENDEE (or its EMAIL, RFC 7986, 6.2)."""
    written = str(person).strip().strip('"')
    scheme, _, rest = written.partition(":")
    if scheme.lower() == "mailto":
        rest = unquote(rest)  # RFC 6068, 2
    else:
        rest = str(person.params.get("EMAIL", "")) or (written if "@" in written else "")
    return addresses.canonical(one_line(rest)[:254])


def _sequence(event: Any) -> int | None:
    """Return SEQUENCE, or Outlook's own property of it, or None."""
    for name in ("SEQUENCE", "X-MICROSOFT-CDO-APPT-SEQUENCE"):
        try:
            number = int(event.get(name))
        except (TypeError, ValueError):
            continue
        if 0 <= number < 2**31:
            return number
    return None


def _time(event: Any, name: str) -> dt.datetime | None:
    try:
        at = getattr(event.get(name), "dt", None)
    except ValueError:  # not a valid time
        return None
    return at if isinstance(at, dt.datetime) else None


def _instant(at: dt.datetime | None) -> dt.datetime | None:
    return at.replace(tzinfo=dt.UTC) if at is not None and at.tzinfo is None else at


def first_replies(calendars: Iterable[bytes], sender: str) -> tuple[list[Reply], str]:
    """Return the replies of the first calendar that has any; else [] and the last error."""
    why = ""
    for raw in calendars:
        try:
            return read(raw, sender), ""
        except NotAReply as fault:
            why = str(fault)
    return [], why
