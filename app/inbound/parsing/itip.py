"""Pure: what a calendar program answers to an invite (RFC 5546, 3.2.3 and 3.2.7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar

from app.core import addresses
from app.core.errors import N_
from app.core.wording import one_line

# A calendar is no longer than MOST_CALENDAR (see mail); its cost grows with its events. A zone's
# history takes a component for each change of the clock, and costs little.
MOST_EVENTS = 60
MOST_PARTS = 1000
SAYS = {"ACCEPTED", "TENTATIVE", "DECLINED"}
DELEGATED = "DELEGATED"  # somebody else is to come: it says neither yes nor no


@dataclass(frozen=True)
class Reply:
    """One person's word on one event; times without a zone are those of the court.

    ``method`` is REPLY or COUNTER; ``sequence`` is None where the calendar does not say it, which
    is not 0; ``slot_at`` is the RECURRENCE-ID, where one of several slots is answered; ``wishes``
    is the time of the event, which in a COUNTER is another one that is proposed.
    """

    method: str
    uid: str
    sequence: int | None
    attendee: str
    says: str
    stamped_at: dt.datetime | None
    slot_at: dt.datetime | None = None
    wishes: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    comment: str = ""


class NotAReply(Exception):  # noqa: N818
    """This calendar is no answer to an invite, in one sentence."""


def read(raw: bytes, sender: str) -> list[Reply]:
    """Return what a calendar answers, by event. ``sender`` chooses among several attendees.

    Gmail, Outlook and Apple differ: CN is dropped, the summary changed, times are in UTC or under
    Windows' names of zones, ORGANIZER may be missing; only UID, ATTENDEE and SEQUENCE are relied
    on. Raises NoReply.
    """
    upper = raw.upper()
    if upper.count(b"BEGIN:VEVENT") > MOST_EVENTS or upper.count(b"BEGIN:") > MOST_PARTS:
        raise NotAReply(N_("the calendar has too many components"))
    try:
        calendar = Calendar.from_ical(raw)
        method = str(calendar.get("METHOD", "")).strip().upper()
        events = list(calendar.walk("VEVENT"))
    except Exception as fault:  # whatever a stranger's calendar makes a parser stumble over
        raise NotAReply(N_("the calendar cannot be read")) from fault
    if method not in ("REPLY", "COUNTER"):
        raise NotAReply(N_("the calendar is no answer to an invite"))
    if not events:
        raise NotAReply(N_("the calendar names no event"))
    return [_reply(method, event, sender.lower()) for event in events]


def _reply(method: str, event: Any, sender: str) -> Reply:
    who = _attendee(_listed(event.get("ATTENDEE")), sender)
    says = _partstat(who) if who is not None else ""
    words = [str(each) for each in _listed(event.get("COMMENT"))]
    if who is not None:
        words.append(str(who.params.get("X-RESPONSE-COMMENT", "")))
    return Reply(
        method=method,
        uid=str(event.get("UID", "")).strip()[:300],
        sequence=_sequence(event),
        attendee=address_of(who) if who is not None else "",
        says=says if says in SAYS or says == DELEGATED else "",
        stamped_at=_instant(_time(event, "DTSTAMP")),
        slot_at=_time(event, "RECURRENCE-ID"),
        wishes=(_time(event, "DTSTART"), _time(event, "DTEND")),
        comment=one_line(" ".join(filter(None, words)))[:2000],
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _attendee(people: list[Any], sender: str) -> Any:
    """Return the one who answers: the only one, or who sent it, or who alone says something."""
    if len(people) == 1:
        return people[0]
    if own := [each for each in people if address_of(each) == sender]:
        return own[0]
    says = [each for each in people if _partstat(each) in SAYS or _partstat(each) == DELEGATED]
    return says[0] if len(says) == 1 else None


def _partstat(person: Any) -> str:
    return str(person.params.get("PARTSTAT", "")).strip().upper()


def address_of(person: Any) -> str:
    """Return the mail address of an ATTENDEE, in lower case (its EMAIL, RFC 7986, 6.2, if any)."""
    written = str(person).strip().strip('"')
    scheme, _, rest = written.partition(":")
    if scheme.lower() == "mailto":
        rest = unquote(rest)  # RFC 6068, 2
    else:
        rest = str(person.params.get("EMAIL", "")) or (written if "@" in written else "")
    return addresses.canonical(one_line(rest)[:254])


def _sequence(event: Any) -> int | None:
    """Return the SEQUENCE, which Outlook repeats under a name of its own; None where none is."""
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
    except ValueError:  # it is there, and is no time
        return None
    return at if isinstance(at, dt.datetime) else None


def _instant(at: dt.datetime | None) -> dt.datetime | None:
    return at.replace(tzinfo=dt.UTC) if at is not None and at.tzinfo is None else at


def first(calendars: Iterable[bytes], sender: str) -> tuple[list[Reply], str]:
    """Return the answers of the first calendar that is one; none, and why the last one is not."""
    why = ""
    for raw in calendars:
        try:
            return read(raw, sender), ""
        except NotAReply as fault:
            why = str(fault)
    return [], why
