"""Read feeds and the hearings in them: one query a table, however many hearings there are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Party, Representation
from app.core import links, wording
from app.core.db import Key, UTCDateTime
from app.court.models import Courtroom, Judge
from app.feeds.models import Feed
from app.feeds.rendered_events import CANCELLED_FOR, PAST_FOR, RenderedText
from app.hearings.bench import members
from app.hearings.models import (
    Hearing,
    HearingSitting,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
    Slot,
    SlotSitting,
)
from app.people.models import User

OWNERS: dict[str, type] = {
    "counsel": Counsel,
    "judge": Judge,
    "courtroom": Courtroom,
    "assistant": User,
    "hearing": Hearing,
}


_NAMES = {"en": "Court dates: {}", "zh": "庭期：{}"}
_BUSY = {"en": "Taken: {}", "zh": "占用：{}"}


@dataclass(frozen=True)
class FeedRequest:
    """A feed as it is asked for, with its language and name.

    ``position`` is the position of the database's changes to hearings, ``changed`` whether any
    hearing of the court changed at or after the position that was asked about (see tags).
    """

    feed_id: int
    court_id: int
    scope: str
    owner_id: int
    busy_only: bool
    created_at: dt.datetime
    language: str
    name: str
    position: int
    changed: bool

    @property
    def title(self) -> str:
        """The calendar's name, as programs show it."""
        return (_BUSY if self.busy_only else _NAMES)[self.language].format(self.name)


# One statement as text: a calendar program's question whether anything changed costs no more. The
# greatest stamps come from their indexes; of EXISTS (… stamp >= :since) PostgreSQL expects a match
# among the first rows, and reads the table.
_REQUEST = """
SELECT f.id, f.court_id, f.scope, f.whose, f.busy_only, f.created_at,
  COALESCE(NULLIF(n.language, ''), NULLIF(u.language, ''), c.language) AS language,
  COALESCE(NULLIF(CASE f.scope
    WHEN 'counsel' THEN n.name
    WHEN 'assistant' THEN u.name
    WHEN 'judge' THEN (SELECT name FROM judge WHERE id = f.whose)
    WHEN 'courtroom' THEN (SELECT name FROM courtroom WHERE id = f.whose)
    ELSE (SELECT e.number FROM hearing h JOIN case_file e ON e.id = h.case_id WHERE h.id = f.whose)
  END, ''), c.name) AS name,
  ({position}) AS position,
  (COALESCE((SELECT max(stamp) FROM hearing WHERE court_id = f.court_id), 0) >= :since
    OR COALESCE((SELECT max(stamp) FROM gone_hearing WHERE court_id = f.court_id), 0) >= :since
  ) AS changed
FROM feed f
JOIN court c ON c.id = f.court_id
LEFT JOIN user_account u ON u.id = f.user_id
LEFT JOIN counsel n ON f.scope = 'counsel' AND n.id = f.whose
WHERE f.token_digest = :digest AND f.revoked_at IS NULL AND (u.id IS NULL OR u.active)
"""
_CANCELLED = Hearing.state == HearingState.CANCELLED.value
_POSITIONS = {
    "postgresql": "pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    "sqlite": "SELECT n + 1 FROM calendar_tick",
}


@cache
def _request(dialect: str) -> sa.TextualSelect:
    statement = sa.text(_REQUEST.format(position=_POSITIONS[dialect]))
    return statement.bindparams(sa.bindparam("since", type_=sa.BigInteger)).columns(
        sa.column("id", Key),
        sa.column("court_id", Key),
        sa.column("scope", sa.String),
        sa.column("whose", Key),
        sa.column("busy_only", sa.Boolean),
        sa.column("created_at", UTCDateTime),
        sa.column("language", sa.String),
        sa.column("name", sa.String),
        sa.column("position", Key),
        sa.column("changed", sa.Boolean),
    )


def feed_request(connection: sa.Connection, token: str, since: int = 0) -> FeedRequest | None:
    """Return the feed of an address, and whether the court's hearings changed ``since`` a position.

    None for an unknown or revoked address, or one whose user is no longer active.
    """
    wanted = _request(connection.dialect.name)
    row = connection.execute(wanted, {"digest": links.digest(token), "since": since}).first()
    if row is None:
        return None
    return FeedRequest(
        row.id,
        row.court_id,
        row.scope,
        row.whose,
        row.busy_only,
        row.created_at,
        wording.language_of(row.language),
        row.name,
        row.position,
        row.changed,
    )


def open_feed(
    session: Session,
    court_id: int,
    scope: str,
    owner_id: int,
    user_id: int | None,
    *,
    busy_only: bool = False,
) -> Feed | None:
    """Return the feed that somebody has of something already, or None."""
    return session.scalar(
        sa.select(Feed)
        .where(
            Feed.court_id == court_id,
            Feed.scope == scope,
            Feed.owner_id == owner_id,
            Feed.user_id.is_(None) if user_id is None else Feed.user_id == user_id,
            Feed.revoked_at.is_(None),
            Feed.busy_only == busy_only,
        )
        .order_by(Feed.id)
        .limit(1)
    )


def feeds_of(session: Session, court_id: int, user_id: int) -> Sequence[Feed]:
    """Return a user's feeds that are not revoked, oldest first."""
    return session.scalars(
        sa.select(Feed)
        .where(Feed.court_id == court_id, Feed.user_id == user_id, Feed.revoked_at.is_(None))
        .order_by(Feed.id)
    ).all()


def owner(session: Session, court_id: int, scope: str, owner_id: int) -> object | None:
    """Return the counsel, judge, courtroom, user or hearing that a feed is of, if of this court."""
    model = OWNERS[scope]
    found: object | None = session.scalar(
        sa.select(model).where(model.id == owner_id, model.court_id == court_id)  # type: ignore[attr-defined]
    )
    return found


def _concerns(feed: FeedRequest) -> sa.ColumnElement[bool]:
    """Return the condition that a hearing belongs in a feed."""
    if feed.scope == "judge":
        return members.needs(feed.owner_id)
    if feed.scope == "hearing":
        return Hearing.id == feed.owner_id
    if feed.scope == "assistant":
        own = sa.select(Case.id).where(Case.assistant_id == feed.owner_id)
        return sa.or_(
            Hearing.user_id == feed.owner_id, Hearing.user_id.is_(None) & Hearing.case_id.in_(own)
        )
    if feed.scope == "courtroom":
        proposed = (
            sa.select(Proposal.hearing_id)
            .join(Slot)
            .where(Slot.courtroom_id == feed.owner_id, Proposal.state == ProposalState.OPEN.value)
        )
        of_slot = (
            sa.select(Proposal.hearing_id)
            .join(Slot)
            .join(SlotSitting)
            .where(
                SlotSitting.courtroom_id == feed.owner_id,
                Proposal.state == ProposalState.OPEN.value,
            )
        )
        of_date = sa.select(HearingSitting.hearing_id).where(
            HearingSitting.courtroom_id == feed.owner_id
        )
        return sa.or_(
            Hearing.courtroom_id == feed.owner_id,
            *(Hearing.id.in_(each) for each in (proposed, of_slot, of_date)),
        )
    invited = (
        sa.select(Proposal.hearing_id)
        .join(Invitation)
        .where(Invitation.counsel_id == feed.owner_id)
    )
    acts = (
        sa.select(Party.case_id)
        .join(Representation)
        .where(Representation.counsel_id == feed.owner_id, Representation.left_at.is_(None))
    )
    return Hearing.case_id.in_(acts) & sa.or_(
        Hearing.id.in_(invited), Hearing.imported, Hearing.starts_at.is_not(None)
    )


@dataclass(frozen=True)
class FeedHearings:
    """The hearings of a feed with their editions, as of ``now``.

    ``invited`` are those with an open proposal that the feed's counsel was invited to;
    ``changed_at`` is when one of them last changed, ``next_fall`` when the next of them leaves the
    calendar.
    """

    feed: FeedRequest
    now: dt.datetime
    editions: dict[int, int]
    invited: frozenset[int]
    changed_at: dt.datetime | None
    next_fall: dt.datetime | None

    @property
    def ids(self) -> sa.Select[int]:
        """The query for the hearings' numbers, to be part of another query."""
        return sa.select(Hearing.id).where(*_shown(self.feed, self.now))

    def shows(self, hearing_id: int, event: RenderedText) -> bool:
        """Tell whether one event of a hearing belongs in the feed."""
        if event["falls_at"] is not None and event["falls_at"] <= self.now.timestamp():
            return False
        if self.feed.scope == "courtroom":
            return event["room"] == self.feed.owner_id
        if event.get("part"):
            return False
        return not event["slot"] or self.feed.scope != "counsel" or hearing_id in self.invited


def hearings_in(session: Session, feed: FeedRequest, now: dt.datetime) -> FeedHearings:
    """Return the hearings that a feed shows."""
    shown = _shown(feed, now)
    editions = {
        row[0]: row[1]
        for row in session.execute(sa.select(Hearing.id, Hearing.edition).where(*shown))
    }
    past = sa.func.min(Hearing.starts_at).filter(~_CANCELLED, Hearing.starts_at > now - PAST_FOR)
    times = sa.select(
        sa.func.max(Hearing.changed_at), past, sa.func.min(Hearing.changed_at).filter(_CANCELLED)
    )
    changed_at, first, cancelled_at = session.execute(times.where(*shown)).one()
    falls = [first and first + PAST_FOR, cancelled_at and cancelled_at + CANCELLED_FOR]
    next_fall = min(filter(None, falls), default=None)
    return FeedHearings(feed, now, editions, _invited(session, feed), changed_at, next_fall)


def _shown(feed: FeedRequest, now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that a feed shows a hearing: still to come, of late, or open."""
    return (
        Hearing.court_id == feed.court_id,
        _concerns(feed),
        sa.or_(
            ~_CANCELLED & (Hearing.starts_at > now - PAST_FOR),
            _CANCELLED & (Hearing.changed_at > now - CANCELLED_FOR),
            Hearing.state == HearingState.PROPOSED.value,
        ),
    )


def _invited(session: Session, feed: FeedRequest) -> frozenset[int]:
    if feed.scope != "counsel":
        return frozenset()
    wanted = (
        sa.select(Proposal.hearing_id)
        .join(Invitation)
        .where(
            Invitation.counsel_id == feed.owner_id,
            Invitation.revoked_at.is_(None),
            Proposal.state == ProposalState.OPEN.value,
        )
    )
    return frozenset(session.scalars(wanted))
