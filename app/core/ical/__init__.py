"""From plain facts to iCalendar: the invite of one hearing, and a calendar to subscribe to."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event, vCalAddress

from app.core import addresses, wording
from app.core.ical import series
from app.core.ical.vtimezone import vtimezone

PRODUCT = "-//Tingqi//Court dates//EN"
_IN_MAILTO = "!$&'*+-/=_~."  # sent as they are in the local part of a mailto: URI (RFC 6068, 2)
CLOSING = b"END:VCALENDAR\r\n"
Facts = Mapping[str, Any]

# Calendars are shared with whole offices: nothing in them may open a page that can act.
_KEY = re.compile(r"(https?://)?[A-Za-z0-9.:_\[\]-]*/[rm]/[A-Za-z0-9_-]*", re.IGNORECASE)
# One slot among several: whoever reads the calendar must not take it for the date.
_PROPOSED = {"en": "Proposed: {}", "zh": "征询中：{}"}
_LABELS = {
    "en": ("Case", "Kind", "Judge", "Bring", "Time zone", "Telephone", ": ", ", "),
    "zh": ("案号", "事项", "法官", "请携带", "时区", "电话", "：", "，"),
}


def invite(
    facts: Facts,
    *,
    method: str,
    stamp: datetime,
    organizer: tuple[str, str],
    attendee: tuple[str, str],
    language: str = "en",
) -> bytes:
    """Return one hearing as an iTIP message (RFC 5546, 3.2.2 and 3.2.5), lines ending in CRLF.

    ``method`` is "REQUEST" or "CANCEL"; ``organizer`` and ``attendee`` are (name, e-mail address).
    UID and SEQUENCE are the hearing's uid and revision, so a cancel must carry a higher revision.
    Raises ValueError for another method, a hearing without times or a stamp without offset.
    """
    hearing, zone = facts["hearing"], facts["court"]["zone"]
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"no iCalendar method for a hearing: {method}")
    if not hearing.get("starts_at") or not hearing.get("ends_at"):
        raise ValueError("a hearing without times has no place in a calendar")
    sittings = hearing.get("sittings") or [hearing]
    events = events_of(
        sittings,
        language,
        # A CANCEL without RECURRENCE-ID is of the whole series (RFC 5546, 3.2.5).
        overridden=method == "REQUEST",
        uid=hearing["uid"],
        revision=hearing.get("sequence", hearing["revision"]),
        zone=zone,
        status="CANCELLED" if method == "CANCEL" else "CONFIRMED",
        stamp=stamp,
        **described(facts, language),
    )
    # Somebody who is needed from outside the court answers on their page alone.
    takes_reply = facts.get("person", {}).get("side") != "member"
    for event in events:
        _add_people(event, method, organizer, attendee, takes_reply=takes_reply)
        if method == "REQUEST":
            event.add_component(_alarm(plain(_summary(facts, language))))
    return _written(new_calendar(method), events, sittings, zone)


def tentative(
    facts: Facts,
    *,
    method: str,
    stamp: datetime,
    organizer: tuple[str, str],
    attendee: tuple[str, str],
    language: str = "en",
) -> bytes:
    """Return the slots of an open proposal as one tentative event under the hearing's UID.

    The first slot is its DTSTART, the others are its RDATEs (RFC 5545, 3.8.5.2), so that the
    invite to the fixed date, or a CANCEL, replaces all of them at once and leaves none behind.
    Arguments as for ``invite``; facts have ``slots``. Raises ValueError where there are none.
    """
    hearing, zone = facts["hearing"], facts["court"]["zone"]
    slots = sorted(facts.get("slots") or [], key=lambda slot: wording.instant(slot["starts_at"]))
    if not slots:
        raise ValueError("a proposal without slots has no place in a calendar")
    first, chosen = slots[0], wording.language_of(language)
    of_first = {**facts, "hearing": {**hearing, **first}}
    if any(slot.get("sittings") for slot in slots):
        return _tentative_days(
            facts, slots, method, stamp=stamp, people=(organizer, attendee), language=chosen
        )
    event = event_of(
        uid=hearing["uid"],
        revision=hearing.get("sequence", hearing["revision"]),
        zone=zone,
        starts_at=first["starts_at"],
        ends_at=first["ends_at"],
        status="CANCELLED" if method == "CANCEL" else "TENTATIVE",
        stamp=stamp,
        summary=_PROPOSED[chosen].format(_summary(facts, language)),
        location=_location(first, language) if _one_place(slots) else "",
        description="\n".join([_description(of_first, language), *_listed(slots, zone, chosen)]),
    )
    # Two courtrooms at one moment are one time in a calendar. The first slot is named too: twice
    # is once by the RFC, and ical.js forgets a DTSTART that is followed by RDATEs.
    times = sorted({wording.instant(slot["starts_at"]) for slot in slots})
    for at in times if len(times) > 1 else []:
        event.add("rdate", [_wall(at, zone)])
    _add_people(event, method, organizer, attendee)
    return _written(new_calendar(method), [event], slots, zone)


def _tentative_days(
    facts: Facts,
    slots: list[Facts],
    method: str,
    *,
    stamp: datetime,
    people: tuple[tuple[str, str], tuple[str, str]],
    language: str,
) -> bytes:
    """Return slots of several days as one tentative event: each day of any of them once."""
    hearing, zone = facts["hearing"], facts["court"]["zone"]
    sittings = [each for slot in slots for each in slot.get("sittings") or [slot]]
    described_first = _description({**facts, "hearing": {**hearing, **slots[0]}}, language)
    events = events_of(
        sittings,
        language,
        overridden=method == "REQUEST",
        uid=hearing["uid"],
        revision=hearing.get("sequence", hearing["revision"]),
        zone=zone,
        status="CANCELLED" if method == "CANCEL" else "TENTATIVE",
        stamp=stamp,
        summary=_PROPOSED[language].format(_summary(facts, language)),
        location="",
        description="\n".join([described_first, *_numbered(slots, zone, language)]),
    )
    for event in events:
        _add_people(event, method, *people)
    return _written(new_calendar(method), events, sittings, zone)


def _numbered(slots: list[Facts], zone: str, language: str) -> list[str]:
    """Return one line for each sitting of each slot, after the number of the slot."""
    return [
        f"{number}. {line}"
        for number, slot in enumerate(slots, 1)
        for line in _listed(slot.get("sittings") or [slot], zone, language)
    ]


def _one_place(slots: list[Facts]) -> bool:
    return len({(slot.get("courtroom"), slot.get("location")) for slot in slots}) == 1


def _listed(slots: list[Facts], zone: str, language: str) -> list[str]:
    comma = _LABELS[language][7]
    return [
        comma.join(
            [
                wording.span(
                    wording.instant(slot["starts_at"]),
                    wording.instant(slot["ends_at"]),
                    zone,
                    language,
                ),
                *filter(None, [slot.get("courtroom"), slot.get("location")]),
            ]
        )
        for slot in slots
    ]


def _add_people(
    event: Event,
    method: str,
    organizer: tuple[str, str],
    attendee: tuple[str, str],
    *,
    takes_reply: bool = True,
) -> None:
    # Titles of cases name parties. PRIVATE shows them to nobody but the person asked, where
    # the default (RFC 5545, 3.8.1.3) is PUBLIC and office calendars are read by many.
    event.add("class", "PRIVATE")
    event.add("organizer", address(organizer), encode=False)
    asks = method == "REQUEST" and takes_reply
    event.add("attendee", _invited(attendee, asks=asks), encode=False)


def described(facts: Facts, language: str) -> dict[str, str]:
    """Return summary, location and description of a hearing, for invites and feeds."""
    hearing, zone = facts["hearing"], facts["court"]["zone"]
    lines = [_description(facts, language)]
    if sittings := hearing.get("sittings"):
        lines += _listed(sittings, zone, wording.language_of(language))
    return {
        "summary": _summary(facts, language),
        "location": _location(hearing, language),
        "description": "\n".join(lines),
    }


def new_calendar(method: str) -> Calendar:
    """Return an empty calendar of a method (RFC 5546, 1.4)."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def events_of(
    sittings: Sequence[Facts],
    language: str,
    *,
    overridden: bool = True,
    location: str,
    zone: str,
    **common: Any,
) -> list[Event]:
    """Return the events of sittings: one, or a series with its overrides (see ``series``).

    ``common`` and ``location``, which is that of a single sitting, are what ``event_of`` takes.
    """
    if len(sittings) == 1:
        times = {name: sittings[0][name] for name in ("starts_at", "ends_at")}
        return [event_of(**times, zone=zone, location=location, **common)]
    days = series.days_of(sittings, zone)

    def event_on(day: series.SittingDay) -> Event:
        places = [_place(*place, language) for place in day.places]
        return event_of(
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            zone=zone,
            location=_LABELS[wording.language_of(language)][7].join(filter(None, places)),
            **common,
        )

    master, found = event_on(days[0]), series.series_of(days)
    if found is None:
        return [master]

    def instance(on: date) -> datetime:
        return _wall(datetime.combine(on, days[0].starts_at.timetz()), zone)

    master.add("rrule", found.rule)
    for on in found.excluded:
        master.add("exdate", [instance(on)])
    overrides = []
    for day in found.overrides if overridden else ():
        override = event_on(day)
        override.add("recurrence-id", instance(day.on))
        overrides.append(override)
    return [master, *overrides]


def event_of(
    *,
    uid: str,
    revision: int,
    starts_at: str | datetime,
    ends_at: str | datetime,
    zone: str,
    status: str,
    stamp: datetime,
    summary: str,
    location: str,
    description: str,
) -> Event:
    """Return an event; ``revision`` is its SEQUENCE, ``stamp`` its DTSTAMP."""
    event = Event()
    event.add("uid", plain(uid))
    event.add("sequence", revision)
    event.add("dtstamp", wording.instant(stamp).astimezone(UTC))
    event.add("dtstart", _wall(starts_at, zone))
    event.add("dtend", _wall(ends_at, zone))
    event.add("summary", plain(summary))
    for key, text in (("location", plain(location)), ("description", _lines(description))):
        if text:
            event.add(key, text)
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    return event


def _wall(at: str | datetime, zone: str) -> datetime:
    """Return wall-clock time with its zone; UTC for a time that comes twice.

    By RFC 5545, 3.3.5, such a time is the first of the two; ical.js takes the second.
    """
    here = wording.local(wording.instant(at), zone)
    twice = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
    return here.astimezone(UTC) if twice or here.tzname() == "UTC" else here


def _summary(facts: Facts, language: str) -> str:
    kind = wording.kind_name(facts["hearing"]["kind"], language)
    return f"{kind} {facts['case']['number']}"


def _location(hearing: Facts, language: str) -> str:
    return _place(hearing.get("courtroom"), hearing.get("location"), language)


def _place(courtroom: str | None, location: str | None, language: str) -> str:
    return _LABELS[wording.language_of(language)][7].join(filter(None, [courtroom, location]))


def _description(facts: Facts, language: str) -> str:
    chosen = wording.language_of(language)
    case, kind, judge, bring, zone, phone, colon, comma = _LABELS[chosen]
    court, hearing = facts["court"], facts["hearing"]
    number, title = facts["case"]["number"], facts["case"].get("title")
    starts_at = wording.instant(hearing["starts_at"])
    lines = [
        (case, comma.join(filter(None, [number, title]))),
        (kind, wording.kind_name(hearing["kind"], chosen)),
        (judge, wording.bench_of(hearing, chosen)),
        (bring, facts.get("bring")),
        (zone, wording.zone_name(court["zone"], starts_at, chosen)),
        (phone, court.get("phone")),
    ]
    labelled = [f"{label}{colon}{wording.one_line(value)}" for label, value in lines if value]
    return "\n".join([wording.one_line(court["name"]), *labelled])


def plain(text: str) -> str:
    """Return text on one line, without anything that could be a link with a key."""
    plain = wording.one_line(text)
    while _KEY.search(plain):
        plain = _KEY.sub("", plain)
    return plain


def shown_name(name: str) -> str:
    """Return a name for a parameter; programs read a backslash as the start of an escape."""
    return plain(name).replace("\\", "/")


def _lines(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n")).strip()


def address(person: tuple[str, str]) -> vCalAddress:
    """Return the CAL-ADDRESS of a person, (name, e-mail address).

    The address is a mailto: URI (RFC 6068): the domain in ASCII, what a URI cannot hold encoded.
    A quotation mark in the name is written by RFC 6868.
    """
    name, address = person
    try:
        local, _, host = addresses.ascii_address(plain(address)).rpartition("@")
    except ValueError:  # stored before domains were checked; no mail goes to it either
        local, _, host = plain(address).rpartition("@")
    who = vCalAddress(f"mailto:{quote(local, safe=_IN_MAILTO)}@{host}")
    who.params["CN"] = shown_name(name)
    return who


def _invited(person: tuple[str, str], *, asks: bool) -> vCalAddress:
    who = address(person)
    who.params["ROLE"] = "REQ-PARTICIPANT"
    if asks:
        who.params["PARTSTAT"] = "NEEDS-ACTION"
        who.params["RSVP"] = "TRUE"
    return who


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(days=-1))
    return alarm


def _written(
    calendar: Calendar, events: Sequence[Event], times_of: Sequence[Facts], zone: str
) -> bytes:
    """Serialize a calendar with its events, after the zone if their times use it."""
    times = [wording.instant(each[key]) for each in times_of for key in ("starts_at", "ends_at")]
    if any(_wall(at, zone).tzinfo is not UTC for at in times):
        calendar.add_component(vtimezone(zone, min(times), max(times)))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
