"""Open and revoke feeds, and say what stands in one; within the caller's transaction."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import links, wording
from app.errors import N_, Invalid, Message, NotFound
from app.feeds import queries
from app.feeds.models import Feed
from app.hearings import calendar
from app.hearings.models import Hearing, HearingState
from app.hearings.queries import known_counsel
from app.people.models import Court, User

CANCELLED_FOR = dt.timedelta(days=30)
PAST_FOR = dt.timedelta(days=365)
SCOPES = ("me", *queries.OWNERS)
_NAMES = {"en": "Court dates: {}", "zh": "庭期：{}"}


def token_of(feed: Feed, secret: bytes) -> str:
    """Return the 22 characters that open a feed."""
    return links.token(secret, "feed", feed.id, 1)


def path_of(feed: Feed, secret: bytes) -> str:
    """Return the path of a feed below the house's public URL; it can be rebuilt at any time."""
    return f"/feeds/{token_of(feed, secret)}.ics"


def open_feed(
    session: Session, court: Court, scope: str, whose: int | None, user: User | None,
    now: dt.datetime, secret: bytes,
) -> tuple[Feed, str]:  # fmt: skip
    """Return a feed and its path, ``/feeds/<token>.ics``; the same asked for again is the same.

    ``scope`` "me" is the user's own. Raises Invalid for a scope that is none, NotFound for a
    judge, courtroom, counsel or hearing that is not of this court.
    """
    if scope not in SCOPES or (scope == "me" and user is None):
        raise Invalid(
            {"scope": Message(N_("Choose one of: %(choices)s."), choices=", ".join(SCOPES))}
        )
    if scope == "me" and user is not None:
        scope, whose = "assistant", user.id
    if whose is None or queries.owner(session, court.id, scope, whose) is None:
        raise NotFound(N_("There is nothing of this number in this court to subscribe to."))
    feed = queries.open_feed(session, court.id, scope, whose, user.id if user else None)
    if feed is None:
        feed = Feed(court_id=court.id, scope=scope, whose=whose, created_at=now,
                    user_id=user.id if user else None)  # fmt: skip
        session.add(feed)
        session.flush()
        feed.token_digest = links.digest(token_of(feed, secret))
        session.flush()
    return feed, path_of(feed, secret)


def open_for_counsel(
    session: Session, court_id: int, counsel_id: int, now: dt.datetime, secret: bytes
) -> tuple[Feed, str]:
    """Return counsel's own feed of all their hearings in a court, and its path."""
    counsel = known_counsel(session, court_id, counsel_id)
    court = session.get_one(Court, court_id)
    return open_feed(session, court, "counsel", counsel.id, None, now, secret)


def revoke(session: Session, court: Court, feed_id: int, now: dt.datetime) -> Feed:
    """End a feed: its address opens nothing from now on. Raises NotFound."""
    feed = session.get(Feed, feed_id)
    if feed is None or feed.court_id != court.id:
        raise NotFound(N_("There is no feed %(feed)s in this court."), feed=feed_id)
    feed.revoked_at = feed.revoked_at or now
    session.flush()
    return feed


def feeds_of(session: Session, court: Court, user: User) -> list[Feed]:
    """Return a user's feeds that are not revoked."""
    return list(queries.feeds_of(session, court.id, user.id))


@dataclass(frozen=True)
class Calendar:
    """What stands in a feed, before it is written out."""

    name: str
    events: list[dict[str, Any]]
    changed_at: dt.datetime
    etag: str


def read(session: Session, feed: Feed, court: Court, now: dt.datetime) -> Calendar:
    """Return the events of a feed: fixed, proposed, and for 30 days the cancelled ones.

    ``changed_at`` is when the contents last changed, by a change or by time passing; never before
    the hour that runs, for a new name of a judge or a counsel who joined leaves no date behind.
    """
    own = queries.owner(session, court.id, feed.scope, feed.whose)
    tongue = language(session, feed, own, court)
    found = queries.hearings(session, feed, now - PAST_FOR - CANCELLED_FOR)
    rounds = queries.open_rounds(session, feed, [hearing.id for hearing in found])
    by_id = {hearing.id: hearing for hearing in found}
    events = [
        event
        for hearing in found
        if _shown(hearing, feed, now) and (event := calendar.fixed_event(hearing, tongue))
    ]
    events += [
        calendar.tentative_event(by_id[round_.hearing_id], slot, round_.created_at, tongue)
        for round_ in rounds
        for slot in round_.slots
        if feed.scope != "courtroom" or slot.courtroom_id == feed.whose
    ]
    name = _NAMES[tongue].format(_named(own, court))
    hour = now.replace(minute=0, second=0, microsecond=0)
    changes = (at for hearing in found for at in _changes(hearing, now))
    changed_at = max([feed.created_at, hour, *changes])
    return Calendar(name, events, changed_at, _etag(name, events))


def _shown(hearing: Hearing, feed: Feed, now: dt.datetime) -> bool:
    if feed.scope == "courtroom" and hearing.courtroom_id != feed.whose:
        return False
    if hearing.state == HearingState.CANCELLED:
        return hearing.changed_at > now - CANCELLED_FOR
    return hearing.starts_at is not None and hearing.starts_at > now - PAST_FOR


def _changes(hearing: Hearing, now: dt.datetime) -> list[dt.datetime]:
    """Return when a hearing changed what a feed shows: by itself, or by falling out of it."""
    falls = [hearing.changed_at]
    if hearing.state == HearingState.CANCELLED:
        falls.append(hearing.changed_at + CANCELLED_FOR)
    if hearing.starts_at is not None:
        falls.append(hearing.starts_at + PAST_FOR)
    return [at for at in falls if at <= now]


def _etag(name: str, events: list[dict[str, Any]]) -> str:
    """Return a hash of all that the calendar is written from: the same facts, the same bytes."""
    ordered = sorted(events, key=lambda event: str(event["uid"]))
    said = json.dumps([name, ordered], sort_keys=True, default=lambda at: at.isoformat())
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def language(session: Session, feed: Feed, own: object, court: Court) -> str:
    """Return the language of a feed: of the counsel, or of the user who opened it."""
    user = session.get(User, feed.user_id) if feed.user_id else None
    spoken = getattr(own, "language", "") or (user.language if user else "")
    return wording.language_of(spoken or court.language)


def _named(own: object, court: Court) -> str:
    if isinstance(own, Hearing):
        return own.case.number
    return str(getattr(own, "name", "") or court.name)
