"""Read feeds and what stands in them: one query a table, however many hearings there are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Party, Representation
from app.core import links, wording
from app.core.db import Key, UTCDateTime
from app.court.models import Courtroom, Judge
from app.feeds import changes
from app.feeds.models import Feed
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState, Slot
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
    """A feed as it is asked for: whose, in which language, under which name, and when.

    ``position`` is where the database stood, by its own word (see changes).
    """

    feed_id: int
    court_id: int
    scope: str
    whose: int
    busy_only: bool
    created_at: dt.datetime
    language: str
    name: str
    position: str

    @property
    def title(self) -> str:
        """The calendar's name, as programs show it."""
        return (_BUSY if self.busy_only else _NAMES)[self.language].format(self.name)

    @property
    def told_by(self) -> tuple[object, ...]:
        """What its events depend on beside the hearings."""
        return self.court_id, self.scope, self.whose, self.busy_only, self.language


# Said to the database as it stands: put together from parts at every request, it would take
# longer to put together than to answer.
_ASKED = """
SELECT f.id, f.court_id, f.scope, f.whose, f.busy_only, f.created_at,
  COALESCE(NULLIF(n.language, ''), NULLIF(u.language, ''), c.language) AS language,
  COALESCE(NULLIF(CASE f.scope
    WHEN 'counsel' THEN n.name
    WHEN 'assistant' THEN u.name
    WHEN 'judge' THEN (SELECT name FROM judge WHERE id = f.whose)
    WHEN 'courtroom' THEN (SELECT name FROM courtroom WHERE id = f.whose)
    ELSE (SELECT e.number FROM hearing h JOIN case_file e ON e.id = h.case_id WHERE h.id = f.whose)
  END, ''), c.name) AS name,
  ({position}) AS position
FROM feed f
JOIN court c ON c.id = f.court_id
LEFT JOIN user_account u ON u.id = f.user_id
LEFT JOIN counsel n ON f.scope = 'counsel' AND n.id = f.whose
WHERE f.token_digest = {digest} AND f.revoked_at IS NULL AND (u.id IS NULL OR u.active)
"""


def question(dialect: str, digest: str) -> str:
    """Return the SQL of what ``as_asked`` reads; ``digest`` stands for that of an address."""
    return _ASKED.format(position=changes.position(dialect), digest=digest)


@cache
def _asked(dialect: str) -> sa.TextualSelect:
    said = sa.text(question(dialect, ":digest"))
    return said.columns(
        sa.column("id", Key),
        sa.column("court_id", Key),
        sa.column("scope", sa.String),
        sa.column("whose", Key),
        sa.column("busy_only", sa.Boolean),
        sa.column("created_at", UTCDateTime),
        sa.column("language", sa.String),
        sa.column("name", sa.String),
        sa.column("position", sa.String),
    )


def asked(connection: sa.Connection, token: str) -> FeedRequest | None:
    """Return the feed of an address as it is asked for; None for none, revoked, or its user gone.

    One statement: whatever a calendar program asks for every few minutes costs no more than this.
    """
    wanted = _asked(connection.dialect.name)
    row = connection.execute(wanted, {"digest": links.digest(token)}).first()
    return as_asked(row) if row else None


def as_asked(row: Sequence[Any]) -> FeedRequest:
    """Return what a row of the question says."""
    feed_id, court_id, scope, whose, busy_only, created_at, language, name, position = row
    return FeedRequest(
        feed_id,
        court_id,
        scope,
        whose,
        busy_only,
        created_at.astimezone(dt.UTC),
        wording.language_of(language),
        name,
        str(position),
    )


def open_feed(
    session: Session,
    court_id: int,
    scope: str,
    whose: int,
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
            Feed.whose == whose,
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


def owner(session: Session, court_id: int, scope: str, whose: int) -> object | None:
    """Return the counsel, judge, courtroom, user or hearing that a feed is of, if of this court."""
    model = OWNERS[scope]
    found: object | None = session.scalar(
        sa.select(model).where(model.id == whose, model.court_id == court_id)  # type: ignore[attr-defined]
    )
    return found


def _concerns(feed: FeedRequest) -> sa.ColumnElement[bool]:
    """Return the condition that a hearing belongs in a feed."""
    if feed.scope == "judge":
        return Hearing.judge_id == feed.whose
    if feed.scope == "hearing":
        return Hearing.id == feed.whose
    if feed.scope == "assistant":
        own = sa.select(Case.id).where(Case.assistant_id == feed.whose)
        return sa.or_(
            Hearing.user_id == feed.whose, Hearing.user_id.is_(None) & Hearing.case_id.in_(own)
        )
    if feed.scope == "courtroom":
        asked = (
            sa.select(Proposal.hearing_id)
            .join(Slot)
            .where(Slot.courtroom_id == feed.whose, Proposal.state == ProposalState.OPEN.value)
        )
        return sa.or_(Hearing.courtroom_id == feed.whose, Hearing.id.in_(asked))
    invited = (
        sa.select(Proposal.hearing_id).join(Invitation).where(Invitation.counsel_id == feed.whose)
    )
    acts = (
        sa.select(Party.case_id)
        .join(Representation)
        .where(Representation.counsel_id == feed.whose, Representation.left_at.is_(None))
    )
    return Hearing.case_id.in_(acts) & sa.or_(
        Hearing.id.in_(invited), Hearing.imported, Hearing.starts_at.is_not(None)
    )


@dataclass(frozen=True)
class FeedHearing:
    """The hearings of a feed with their editions, and which of their open slots it shows."""

    feed: FeedRequest
    editions: dict[int, int]
    asked: frozenset[int]

    def shows(self, hearing_id: int, event: dict[str, Any]) -> bool:
        """Tell whether one event of a hearing belongs in the feed."""
        if self.feed.scope == "courtroom":
            return bool(event["room"] == self.feed.whose)
        return not event["slot"] or self.feed.scope != "counsel" or hearing_id in self.asked


def in_feed(
    session: Session, feed: FeedRequest, since: dt.datetime, only: Sequence[int] | None
) -> FeedHearing:
    """Return what belongs in a feed and begins, or changed, after ``since``, or is open.

    ``only`` limits it to some hearings.
    """
    conditions = [
        Hearing.court_id == feed.court_id,
        _concerns(feed),
        sa.or_(
            Hearing.starts_at > since,
            Hearing.changed_at > since,
            Hearing.state == HearingState.PROPOSED.value,
        ),
    ]
    if only is not None:
        conditions.append(Hearing.id.in_(only))
    found = session.execute(sa.select(Hearing.id, Hearing.edition).where(*conditions))
    editions = {row[0]: row[1] for row in found}
    return FeedHearing(feed, editions, _asked_of(session, feed, only))


def _asked_of(session: Session, feed: FeedRequest, only: Sequence[int] | None) -> frozenset[int]:
    """Return in which hearings with an open round a counsel is asked."""
    if feed.scope != "counsel":
        return frozenset()
    wanted = (
        sa.select(Proposal.hearing_id)
        .join(Invitation)
        .where(
            Invitation.counsel_id == feed.whose,
            Invitation.revoked_at.is_(None),
            Proposal.state == ProposalState.OPEN.value,
        )
    )
    if only is not None:
        wanted = wanted.where(Proposal.hearing_id.in_(only))
    return frozenset(session.scalars(wanted))
