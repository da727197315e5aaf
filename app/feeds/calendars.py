"""Calendars to subscribe to, from the hearings of a feed."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import ical, zones
from app.core.ical import feed
from app.feeds import rendered_events, tags
from app.feeds.queries import FeedHearings, FeedRequest
from app.feeds.rendered_events import RenderedText
from app.feeds.tags import CalendarTag

COLOURS = {
    "counsel": "firebrick",
    "assistant": "firebrick",
    "hearing": "firebrick",
    "judge": "steelblue",
    "courtroom": "seagreen",
}


def proves_unchanged(
    tag: CalendarTag, request: FeedRequest, now: dt.datetime, court_address: str
) -> bool:
    """Tell whether the calendar of a tag is still current, without reading its hearings.

    ``request`` must have been read with the tag's position. False means unknown, not changed.
    """
    return (
        not request.changed
        and tag.position <= request.position
        and (not tag.until or now.timestamp() < tag.until)
        and tag.settings == _settings(request, court_address)
    )


def tag_of(request: FeedRequest, hearings: FeedHearings, court_address: str) -> CalendarTag:
    """Return the tag of a feed's calendar with these hearings."""
    return CalendarTag(
        int(hearings.next_fall.timestamp()) if hearings.next_fall else 0,
        request.position,
        _settings(request, court_address),
        tags.hearings_digest(hearings.editions),
    )


def _settings(request: FeedRequest, court_address: str) -> str:
    return tags.settings_digest(
        request.feed_id,
        request.title,
        request.language,
        rendered_events.fingerprint(court_address),
        zones.choose().used.version,  # VTIMEZONE is written from them
    )


def last_modified(request: FeedRequest, hearings: FeedHearings) -> dt.datetime:
    """Return when a calendar last changed, for programs that know no tags.

    Never older than this hour: a new name of a judge leaves no date behind, and so is seen an hour
    later at the latest.
    """
    hour = hearings.now.replace(minute=0, second=0, microsecond=0)
    return max(hour, request.created_at, hearings.changed_at or hour)


def body(
    session: Session, request: FeedRequest, hearings: FeedHearings, court_address: str
) -> bytes:
    """Return a feed's calendar: the events that the worker rendered, the others rendered now."""
    found = rendered_events.of(
        session, hearings.ids, hearings.editions, request.language, court_address
    )
    events = [
        event
        for hearing_id, each in found.items()
        for event in each
        if hearings.shows(hearing_id, event)
    ]
    text, uid = rendered_events.BUSY if request.busy_only else rendered_events.WHOLE
    events.sort(key=lambda event: (event["at"], event[uid]))
    opening = feed.opening(request.title, _spans(events), colour=COLOURS.get(request.scope, ""))
    return b"".join([opening, *(event[text].encode() for event in events), ical.CLOSING])


def _spans(events: list[RenderedText]) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """Return first and last instant of the events in each zone."""
    spans: dict[str, tuple[float, float]] = {}
    for event in events:
        first, last = spans.get(event["zone"], (event["at"], event["until"]))
        spans[event["zone"]] = min(first, event["at"]), max(last, event["until"])
    return {
        zone: (dt.datetime.fromtimestamp(first, dt.UTC), dt.datetime.fromtimestamp(last, dt.UTC))
        for zone, (first, last) in spans.items()
    }
