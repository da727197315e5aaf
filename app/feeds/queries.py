"""Read feeds and what stands in them: one query a table, however many hearings there are."""

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app import links
from app.cases.models import Case, Counsel, Courtroom, Judge, Party, Representation
from app.feeds.models import Feed
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState, Slot
from app.people.models import Court, User

OWNERS: dict[str, type] = {
    "counsel": Counsel, "judge": Judge, "courtroom": Courtroom, "assistant": User,
    "hearing": Hearing,
}  # fmt: skip


def by_token(session: Session, token: str) -> tuple[Feed, Court] | None:
    """Return the feed of an address with its court; None for none, revoked, or its user gone."""
    found = session.execute(
        sa.select(Feed, Court)
        .join(Court, Court.id == Feed.court_id)
        .outerjoin(User, User.id == Feed.user_id)
        .where(
            Feed.token_digest == links.digest(token),
            Feed.revoked_at.is_(None),
            sa.or_(User.id.is_(None), User.active),
        )
    ).first()
    return (found[0], found[1]) if found else None


def open_feed(
    session: Session, court_id: int, scope: str, whose: int, user_id: int | None
) -> Feed | None:
    """Return the feed that somebody has of something already, or None."""
    return session.scalar(
        sa.select(Feed)
        .where(
            Feed.court_id == court_id, Feed.scope == scope, Feed.whose == whose,
            Feed.user_id.is_(None) if user_id is None else Feed.user_id == user_id,
            Feed.revoked_at.is_(None),
        )
        .order_by(Feed.id)
        .limit(1)
    )  # fmt: skip


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


def _concerns(feed: Feed) -> sa.ColumnElement[bool]:
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


def hearings(session: Session, feed: Feed, since: dt.datetime) -> Sequence[Hearing]:
    """Return hearings that belong in a feed and begin, or changed, after ``since``; or are open."""
    return session.scalars(
        sa.select(Hearing)
        .where(
            Hearing.court_id == feed.court_id,
            _concerns(feed),
            sa.or_(
                Hearing.starts_at > since,
                Hearing.changed_at > since,
                Hearing.state == HearingState.PROPOSED.value,
            ),
        )
        .order_by(Hearing.id)
        .options(
            joinedload(Hearing.judge), joinedload(Hearing.courtroom), joinedload(Hearing.user),
            joinedload(Hearing.case).joinedload(Case.court),
            joinedload(Hearing.case).joinedload(Case.assistant),
        )
    ).all()  # fmt: skip


def open_rounds(session: Session, feed: Feed, hearing_ids: Iterable[int]) -> Sequence[Proposal]:
    """Return the open rounds of some hearings with their slots; counsel's where they are asked."""
    wanted = (
        sa.select(Proposal)
        .where(
            Proposal.hearing_id.in_(list(hearing_ids)),
            Proposal.state == ProposalState.OPEN.value,
        )
        .order_by(Proposal.id)
        .options(selectinload(Proposal.slots))
    )
    if feed.scope == "counsel":
        wanted = wanted.where(
            Proposal.invitations.any(
                (Invitation.counsel_id == feed.whose) & Invitation.revoked_at.is_(None)
            )
        )
    return session.scalars(wanted).all()
