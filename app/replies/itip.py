"""Pure: what a calendar program answers to an invite (RFC 5546, 3.2.3 and 3.2.7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from icalendar import Calendar

from app.errors import N_
from app.wording import one_line

MOST_PARTS = 60  # components of one calendar
SAYS = {"ACCEPTED", "TENTATIVE", "DECLINED"}


@dataclass(frozen=True)
class Reply:
    """One person's word on one event; times without a zone are those of the court.

    ``method`` is REPLY or COUNTER; ``slot_at`` is the RECURRENCE-ID, where one of several slots is
    answered; ``wishes`` is the time that a COUNTER proposes.
    """

    method: str
    uid: str
    sequence: int
    attendee: str
    says: str
    stamped_at: dt.datetime | None
    slot_at: dt.datetime | None = None
    wishes: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    comment: str = ""


class NoReply(Exception):  # noqa: N818
    """This calendar is no answer to an invite, in one sentence."""


def read(raw: bytes, sender: str) -> Reply:
    """Return what a calendar answers. ``sender`` chooses among several attendees.

    Gmail, Outlook and Apple differ: CN is dropped, the summary changed, times are in UTC or under
    Windows' names of zones, ORGANIZER may be missing; only UID, ATTENDEE and SEQUENCE are relied
    on. Raises NoReply.
    """
    if raw.upper().count(b"BEGIN:") > MOST_PARTS:
        raise NoReply(N_("the calendar has too many components"))
    try:
        calendar = Calendar.from_ical(raw)
        method = str(calendar.get("METHOD", "")).strip().upper()
        events = list(calendar.walk("VEVENT"))
    except Exception as fault:  # whatever a stranger's calendar makes a parser stumble over
        raise NoReply(N_("the calendar cannot be read")) from fault
    if method not in ("REPLY", "COUNTER"):
        raise NoReply(N_("the calendar is no answer to an invite"))
    if not events:
        raise NoReply(N_("the calendar names no event"))
    return _reply(method, events[0], sender.lower())


def _reply(method: str, event: Any, sender: str) -> Reply:
    who = _attendee(_listed(event.get("ATTENDEE")), sender)
    says = str(who.params.get("PARTSTAT", "")).upper() if who is not None else ""
    words = [str(each) for each in _listed(event.get("COMMENT"))]
    if who is not None:
        words.append(str(who.params.get("X-RESPONSE-COMMENT", "")))
    return Reply(
        method=method,
        uid=str(event.get("UID", "")).strip()[:300],
        sequence=_number(event.get("SEQUENCE")),
        attendee=address_of(who) if who is not None else "",
        says=says if says in SAYS else "",
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
    """Return the one who answers; among several the one who sent it, else nobody can be told."""
    if len(people) == 1:
        return people[0]
    return next((each for each in people if address_of(each) == sender), None)


def address_of(person: Any) -> str:
    """Return the mail address of an ATTENDEE, in lower case (its EMAIL, RFC 7986, 6.2, if any)."""
    written = str(person).strip().strip('"')
    scheme, _, rest = written.partition(":")
    if scheme.lower() != "mailto":
        rest = str(person.params.get("EMAIL", "")) or (written if "@" in written else "")
    return one_line(rest).strip().lower()[:254]


def _number(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return 0
    return number if 0 <= number < 2**31 else 0


def _time(event: Any, name: str) -> dt.datetime | None:
    found = event.get(name)
    at = getattr(found, "dt", None)
    return at if isinstance(at, dt.datetime) else None


def _instant(at: dt.datetime | None) -> dt.datetime | None:
    return at.replace(tzinfo=dt.UTC) if at is not None and at.tzinfo is None else at


def first(calendars: Iterable[bytes], sender: str) -> tuple[Reply | None, str]:
    """Return the first calendar that is an answer, or None and why the last one is none."""
    why = ""
    for raw in calendars:
        try:
            return read(raw, sender), ""
        except NoReply as fault:
            why = str(fault)
    return None, why
