"""Open and revoke feeds, within the caller's transaction."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy.orm import Session

from app.core import links
from app.core.errors import N_, Invalid, Message, NotFound
from app.court.models import Court
from app.feeds import queries
from app.feeds.models import Feed
from app.hearings.queries import find_counsel
from app.people.models import User

SCOPES = ("me", *queries.OWNERS)
NO_FEED = N_("There is no feed %(feed)s in this court.")


def token_of(feed: Feed, secret: bytes) -> str:
    """Return the 22 characters that open a feed."""
    return links.token(secret, "feed", feed.id, 1)


def path_of(feed: Feed, secret: bytes) -> str:
    """Return the path of a feed below the public URL; it can be rebuilt at any time."""
    return f"/feeds/{token_of(feed, secret)}.ics"


@dataclass(frozen=True)
class FeedLinks:
    """The address of a calendar to copy, and links that subscribe to it in each program."""

    address: str
    webcal: str
    google: str
    outlook: str
    office: str

    @property
    def local(self) -> bool:
        """Whether only this machine knows the address: then no service can read it."""
        return urlsplit(self.address).hostname in ("127.0.0.1", "localhost")


def ways_of(feed: Feed, public_url: str, secret: bytes, name: str) -> FeedLinks:
    """Return the links by which a feed is subscribed to, under a name that programs show.

    Google takes a webcal address as ``cid``; Outlook on the web an address and a name. Both fetch
    the calendar by themselves, so they learn the address, which is a key to the dates.
    """
    address = public_url.rstrip("/") + path_of(feed, secret)
    webcal = "webcal://" + address.partition("://")[2]
    query = urlencode({"url": address, "name": name}, quote_via=quote)
    return FeedLinks(
        address,
        webcal,
        "https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        f"https://outlook.live.com/calendar/0/addfromweb?{query}",
        f"https://outlook.office.com/calendar/0/addfromweb?{query}",
    )


def open_feed(
    session: Session,
    court: Court,
    scope: str,
    owner_id: int | None,
    user: User | None,
    now: dt.datetime,
    secret: bytes,
    *,
    busy_only: bool = False,
) -> tuple[Feed, str]:
    """Return a feed and its path, ``/feeds/<token>.ics``; the same asked for again is the same.

    ``scope`` "me" is the user's own; ``busy_only`` says of a courtroom only when it is
    taken. Raises Invalid for a scope that is none, NotFound for a judge, courtroom, counsel or
    hearing that is not of this court.
    """
    if scope not in SCOPES or (scope == "me" and user is None):
        raise Invalid({"scope": Message(N_("Choose one of: %(choices)s."), choices=list(SCOPES))})
    if scope == "me" and user is not None:
        scope, owner_id = "assistant", user.id
    if owner_id is None or queries.owner(session, court.id, scope, owner_id) is None:
        raise NotFound(
            N_("There is no judge, courtroom, counsel or hearing of this number in this court.")
        )
    if busy_only and scope != "courtroom":
        raise Invalid(
            {"busy_only": Message(N_("Only a courtroom's calendar can be limited to busy times."))}
        )
    feed = queries.open_feed(
        session, court.id, scope, owner_id, user.id if user else None, busy_only=busy_only
    )
    if feed is None:
        feed = Feed(
            court_id=court.id,
            scope=scope,
            owner_id=owner_id,
            created_at=now,
            busy_only=busy_only,
            user_id=user.id if user else None,
        )
        session.add(feed)
        session.flush()
        feed.token_digest = links.digest(token_of(feed, secret))
        session.flush()
    return feed, path_of(feed, secret)


def open_for_counsel(
    session: Session, court_id: int, counsel_id: int, now: dt.datetime, secret: bytes
) -> tuple[Feed, str]:
    """Return counsel's own feed of all their hearings in a court, and its path."""
    counsel = find_counsel(session, court_id, counsel_id)
    court = session.get_one(Court, court_id)
    return open_feed(session, court, "counsel", counsel.id, None, now, secret)


def find(session: Session, court: Court, feed_id: int, *, lock: bool = False) -> Feed:
    """Return a feed of a court, also a revoked one. Raises NotFound."""
    feed = session.get(Feed, feed_id, with_for_update=lock or None, populate_existing=lock)
    if feed is None or feed.court_id != court.id:
        raise NotFound(NO_FEED, feed=feed_id)
    return feed


def revoke(session: Session, court: Court, feed_id: int, now: dt.datetime) -> Feed:
    """End a feed: its address opens nothing from now on. Raises NotFound."""
    feed = find(session, court, feed_id)
    feed.revoked_at = feed.revoked_at or now
    session.flush()
    return feed


def feeds_of(session: Session, court: Court, user: User) -> list[Feed]:
    """Return a user's feeds that are not revoked."""
    return list(queries.feeds_of(session, court.id, user.id))
