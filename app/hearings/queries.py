"""Read hearings, their proposals, invitations and the counsel who act in them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.cases.models import Case, Counsel, Party, Representation
from app.core.errors import N_, NotFound
from app.hearings.models import (
    Hearing,
    HearingSitting,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
)
from app.notices.models import ASKS, Notice
from app.people.models import User
from app.record.rules import WENT_OUT

MOST_OF_CASE = 500  # hearings of one case that are listed


def find_hearing(
    session: Session, court_id: int, hearing_id: int, *, lock: bool = False
) -> Hearing:
    """Return a hearing of a court. Raises NotFound, also for a hearing of another court."""
    statement = sa.select(Hearing).where(Hearing.id == hearing_id, Hearing.court_id == court_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    hearing = session.scalar(statement)
    if hearing is None:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    return hearing


def sits_within(
    court_id: int, begin: dt.datetime | None, end: dt.datetime | None
) -> sa.ColumnElement[bool]:
    """Return the condition that a sitting of a hearing's date begins in a span.

    ``begin`` is in it, ``end`` is not; None is no bound. Of one sitting and of several by their
    own indexes.
    """
    dated = aliased(Hearing)
    of_one = sa.select(dated.id).where(dated.court_id == court_id, *_between(dated, begin, end))
    of_several = sa.select(HearingSitting.hearing_id).where(*_between(HearingSitting, begin, end))
    return Hearing.id.in_(sa.union_all(of_one, of_several))


def _between(
    times: Any, begin: dt.datetime | None, end: dt.datetime | None
) -> list[sa.ColumnElement[bool]]:
    bounds = [times.starts_at.is_not(None)]
    bounds += [times.starts_at >= begin] if begin else []
    return bounds + ([times.starts_at < end] if end else [])


def lock_hearing(session: Session, hearing_id: int) -> Hearing:
    """Return a hearing, locked until the commit, so that decisions about it are serialized."""
    statement = sa.select(Hearing).where(Hearing.id == hearing_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def lock_hearings(session: Session, hearing_ids: Sequence[int]) -> Sequence[Hearing]:
    """Return hearings in rising order of id, in which they are locked until the commit."""
    statement = sa.select(Hearing).where(Hearing.id.in_(hearing_ids)).order_by(Hearing.id)
    locked = statement.with_for_update(of=Hearing).execution_options(populate_existing=True)
    return session.scalars(locked).all()


def last_proposal(session: Session, hearing: Hearing) -> Proposal | None:
    """Return the newest proposal of a hearing, read afresh from the database, or None."""
    return session.scalar(
        sa.select(Proposal)
        .where(Proposal.hearing_id == hearing.id)
        .order_by(Proposal.round.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def open_proposal(session: Session, hearing: Hearing) -> Proposal | None:
    """Return the proposal that is open for answers, or None."""
    last = last_proposal(session, hearing)
    return last if last and last.state == ProposalState.OPEN else None


def acting_representations(session: Session, case: Case) -> Sequence[Representation]:
    """Return those who act in a case now: each counsel once, for the first of their parties."""
    statement = (
        sa.select(Representation)
        .join(Party)
        .where(Party.case_id == case.id, Representation.left_at.is_(None))
        .order_by(Representation.id)
        .options(selectinload(Representation.counsel), selectinload(Representation.party))
    )
    by_counsel: dict[int, Representation] = {}
    for each in session.scalars(statement):
        by_counsel.setdefault(each.counsel_id, each)
    return list(by_counsel.values())


def acting_in(case: Case) -> Sequence[Representation]:
    """Return what ``acting_representations`` does, of a case that is loaded with its people."""
    everybody = (each for party in case.parties for each in party.representations)
    by_counsel: dict[int, Representation] = {}
    for each in sorted(everybody, key=lambda each: each.id):
        if each.left_at is None:
            by_counsel.setdefault(each.counsel_id, each)
    return list(by_counsel.values())


def upcoming_hearings(session: Session, case: Case, now: dt.datetime) -> Sequence[Hearing]:
    """Return a case's hearings that are proposed, or have a date that lies ahead."""
    return upcoming_and_newest(session, case, now)[0]


def upcoming_and_newest(
    session: Session, case: Case, now: dt.datetime
) -> tuple[Sequence[Hearing], int]:
    """Return a case's upcoming hearings, and the id of its newest hearing, 0 if it has none."""
    newest = sa.select(sa.func.max(Hearing.id)).where(Hearing.case_id == case.id).scalar_subquery()
    is_upcoming = sa.or_(
        Hearing.state == HearingState.PROPOSED.value,
        sa.and_(Hearing.state == HearingState.FIXED.value, Hearing.starts_at > now),
    )
    statement = (
        sa.select(Hearing, is_upcoming)
        .where(Hearing.case_id == case.id, sa.or_(is_upcoming, Hearing.id == newest))
        .order_by(Hearing.id)
    )
    rows = session.execute(statement).all()
    upcoming = [hearing for hearing, is_listed in rows if is_listed]
    return upcoming, max((hearing.id for hearing, _ in rows), default=0)


_ACTING = (
    sa.select(Representation.counsel_id)
    .join(Party)
    .where(Party.case_id == sa.bindparam("case"), Representation.left_at.is_(None))
)
_INVITATIONS = (
    sa.select(Invitation)
    .join(Proposal)
    .where(Proposal.hearing_id == sa.bindparam("hearing"), Invitation.counsel_id.in_(_ACTING))
    .order_by(Proposal.round)
    .options(
        joinedload(Invitation.counsel, innerjoin=True), joinedload(Invitation.party, innerjoin=True)
    )
)


def acting_counsel_ids(session: Session, hearing: Hearing) -> set[int]:
    """Return the ids of counsel who act in a hearing's case now."""
    return set(session.scalars(_ACTING, {"case": hearing.case_id}))


def latest_invitations(session: Session, hearing: Hearing) -> dict[int, Invitation]:
    """Return the newest invitation to a hearing of each counsel who acts now, by counsel id."""
    parameters = {"hearing": hearing.id, "case": hearing.case_id}
    afresh = {"populate_existing": True}
    invitations = session.scalars(_INVITATIONS, parameters, execution_options=afresh)
    return {each.counsel_id: each for each in invitations}


def overdue_hearings(session: Session, now: dt.datetime, limit: int = 100) -> list[int]:
    """Return the ids of hearings whose open proposal is past its answer date."""
    return list(
        session.scalars(
            sa.select(Proposal.hearing_id)
            .where(Proposal.state == ProposalState.OPEN, Proposal.answer_by <= now)
            .order_by(Proposal.answer_by)
            .limit(limit)
        )
    )


def is_offered(session: Session, proposal: Proposal) -> bool:
    """Tell whether a carrier accepted a message of a proposal to each of its sides."""
    statement = (
        sa.select(Notice.side)
        .where(
            Notice.invitation_id.in_([i.id for i in proposal.invitations]),
            ASKS,
            Notice.state.in_([state.value for state in WENT_OUT]),
        )
        .distinct()
    )
    return {i.side for i in proposal.invitations} <= set(session.scalars(statement))


def find_counsel(session: Session, court_id: int, counsel_id: int) -> Counsel:
    """Return a counsel of a court. Raises NotFound."""
    counsel = session.get(Counsel, counsel_id)
    if counsel is None or counsel.court_id != court_id:
        raise NotFound(N_("There is no counsel %(counsel)s in this court."), counsel=counsel_id)
    return counsel


def hearings_of_case(session: Session, case: Case) -> Sequence[Hearing]:
    """Return a case's hearings, the newest first."""
    statement = (
        sa.select(Hearing)
        .where(Hearing.case_id == case.id)
        .options(joinedload(Hearing.courtroom), selectinload(Hearing.proposals))
        .order_by(Hearing.id.desc())
        .limit(MOST_OF_CASE)
    )
    return session.scalars(statement).all()


def owned_by(user: User | None) -> list[sa.ColumnElement[bool]]:
    """Return the filter for hearings that are a user's or unassigned; no filter without user."""
    if user is None:
        return []
    owner = sa.func.coalesce(Hearing.user_id, Case.assistant_id)
    return [sa.or_(owner == user.id, owner.is_(None))]
