"""Calendars to subscribe to (RFC 5545, RFC 7986), whole or event by event."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from icalendar import Event, vDuration, vText

from app.core import ical, wording
from app.core.ical import CLOSING, Facts
from app.core.ical.vtimezone import vtimezone

# Of what is not the usual: a slot among several, and what was cancelled (RFC 7986, 5.9).
COLOURS = {"TENTATIVE": "goldenrod", "CANCELLED": "gray"}


def feed(
    name: str,
    events: Iterable[Facts],
    *,
    stamp: datetime,
    refresh: str = "PT1H",
    organizer: tuple[str, str] | None = None,
    colour: str = "",
) -> bytes:
    """Return a calendar to subscribe to (RFC 5545; REFRESH-INTERVAL of RFC 7986, 5.7).

    ``events`` have uid, revision, starts_at, ends_at, zone, summary, location, description, status
    and changed_at; ``refresh`` is an ISO 8601 duration. The same events give the same bytes:
    ``stamp`` is only used for an event that has no changed_at.
    """
    ordered = sorted(events, key=lambda e: (wording.instant(e["starts_at"]), str(e["uid"])))
    used: dict[str, list[datetime]] = {}
    for each in ordered:
        times = [wording.instant(each[key]) for key in ("starts_at", "ends_at")]
        used.setdefault(each["zone"], []).extend(times)
    spans = {zone: (min(times), max(times)) for zone, times in used.items()}
    blocks = [published(each, stamp=stamp, organizer=organizer) for each in ordered]
    return b"".join([opening(name, spans, refresh=refresh, colour=colour), *blocks, CLOSING])


def opening(
    name: str,
    spans: Mapping[str, tuple[datetime, datetime]],
    *,
    refresh: str = "PT1H",
    colour: str = "",
) -> bytes:
    """Return a calendar up to its first event: its name, and the zones that the events use.

    ``spans`` are the first and last instant of the events in each zone; ``colour`` is a name of
    CSS3 (COLOR, RFC 7986, 5.9).
    """
    calendar = ical.new_calendar("PUBLISH")
    title = vText(ical.plain(name))
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    if colour:
        calendar.add("color", vText(colour))
    interval = vDuration(vDuration.from_ical(refresh))
    interval.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", interval, encode=False)
    calendar.add("x-published-ttl", vText(refresh))
    for zone in sorted(zone for zone in spans if zone != "UTC"):
        first, last = spans[zone]
        # Whole years, so that one more hearing seldom changes the rules that are written.
        around = (first.replace(month=1, day=1, hour=0), last.replace(month=12, day=31, hour=0))
        calendar.add_component(vtimezone(zone, *around))
    written: bytes = calendar.to_ical()
    return written.removesuffix(CLOSING)


def published(facts: Facts, *, stamp: datetime, organizer: tuple[str, str] | None = None) -> bytes:
    """Return the VEVENT of one event of a calendar to subscribe to.

    Of one with ``sittings`` the VEVENTs of a series (see ``ical.events_of``); its ``language`` is
    that of its text.
    """
    return b"".join(event.to_ical() for event in _published(facts, stamp, organizer))


def _published(facts: Facts, stamp: datetime, organizer: tuple[str, str] | None) -> Sequence[Event]:
    changed_at = wording.instant(facts.get("changed_at") or stamp)
    texts: Facts = {key: facts.get(key) or "" for key in ("summary", "location", "description")}
    events = ical.events_of(
        facts.get("sittings") or [facts],
        facts.get("language") or "",
        **{key: facts[key] for key in ("uid", "revision", "zone", "status")},
        **texts,
        stamp=changed_at,
    )
    for event in events:
        event.add("last-modified", changed_at.astimezone(UTC))
        if colour := COLOURS.get(facts["status"]):
            event.add("color", vText(colour))
        if organizer:
            event.add("organizer", ical.address(organizer), encode=False)
    return events
