"""Read hearings: one, locked or not; a counsel's seat by its link; what the desk lists."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Counsel, Party, Representation
from app.core import links
from app.core.errors import N_, NotFound
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState
from app.notices.models import ASKS, Notice
from app.record.rules import WENT_OUT

MOST_OF_CASE = 500  # hearings of one case that are listed


def find_hearing(
    session: Session, court_id: int, hearing_id: int, *, lock: bool = False
) -> Hearing:
    """Return a hearing of a court. Raises NotFound, for another court's hearing as for none."""
    wanted = sa.select(Hearing).where(Hearing.id == hearing_id, Hearing.court_id == court_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    hearing = session.scalar(wanted)
    if hearing is None:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    return hearing


def lock_hearing(session: Session, hearing_id: int) -> Hearing:
    """Return a hearing, locked until the commit: one decision about it at a time."""
    wanted = sa.select(Hearing).where(Hearing.id == hearing_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def last_proposal(session: Session, hearing: Hearing) -> Proposal | None:
    """Return the newest round of a hearing, as it stands in the database now."""
    return session.scalar(
        sa.select(Proposal)
        .where(Proposal.hearing_id == hearing.id)
        .order_by(Proposal.round.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def open_proposal(session: Session, hearing: Hearing) -> Proposal | None:
    """Return the round that waits for answers, or None."""
    last = last_proposal(session, hearing)
    return last if last and last.state == ProposalState.OPEN else None


def acting_representations(session: Session, case: Case) -> Sequence[Representation]:
    """Return who is contacted in a case now: each counsel once, the first party they act for."""
    wanted = (
        sa.select(Representation)
        .join(Party)
        .where(Party.case_id == case.id, Representation.left_at.is_(None))
        .order_by(Representation.id)
        .options(selectinload(Representation.counsel), selectinload(Representation.party))
    )
    by_counsel: dict[int, Representation] = {}
    for seat in session.scalars(wanted):
        by_counsel.setdefault(seat.counsel_id, seat)
    return list(by_counsel.values())


def upcoming_hearings(session: Session, case: Case, now: dt.datetime) -> Sequence[Hearing]:
    """Return a case's hearings that are being asked for, or have a date that comes."""
    wanted = sa.select(Hearing).where(
        Hearing.case_id == case.id,
        sa.or_(
            Hearing.state == HearingState.PROPOSED.value,
            sa.and_(Hearing.state == HearingState.FIXED.value, Hearing.starts_at > now),
        ),
    )
    return session.scalars(wanted.order_by(Hearing.id)).all()


def invitation_by_token(session: Session, token: str) -> Invitation | None:
    """Return the seat that a link opens; the look-up takes as long for one that there is not."""
    return session.scalar(
        sa.select(Invitation).where(Invitation.token_digest == links.digest(token))
    )


def invitation_by_code(session: Session, typed: str) -> Invitation | None:
    """Return the seat that a typed code opens."""
    return session.scalar(
        sa.select(Invitation).where(Invitation.code_digest == links.digest(links.parse_code(typed)))
    )


def latest_invitation(session: Session, invitation: Invitation) -> Invitation:
    """Return the same counsel's seat in the hearing's newest round: where an old link leads."""
    newest = session.scalar(
        sa.select(Invitation)
        .join(Proposal)
        .where(
            Proposal.hearing_id == invitation.proposal.hearing_id,
            Invitation.counsel_id == invitation.counsel_id,
        )
        .order_by(Proposal.round.desc())
        .limit(1)
    )
    return newest or invitation


def _acting(hearing: Hearing) -> sa.Select[Any]:
    return (
        sa.select(Representation.counsel_id)
        .join(Party)
        .where(Party.case_id == hearing.case_id, Representation.left_at.is_(None))
    )


def acting_counsel_ids(session: Session, hearing: Hearing) -> set[int]:
    """Return who acts in a hearing's case now."""
    return set(session.scalars(_acting(hearing)))


def latest_invitations(session: Session, hearing: Hearing) -> dict[int, Invitation]:
    """Return, by counsel who act in the case now, the newest seat that each had in a hearing."""
    wanted = (
        sa.select(Invitation)
        .join(Proposal)
        .where(Proposal.hearing_id == hearing.id, Invitation.counsel_id.in_(_acting(hearing)))
        .order_by(Proposal.round)
        .options(selectinload(Invitation.counsel), selectinload(Invitation.party))
        .execution_options(populate_existing=True)
    )
    return {seat.counsel_id: seat for seat in session.scalars(wanted)}


def overdue_hearings(session: Session, now: dt.datetime, limit: int = 100) -> list[int]:
    """Return hearings whose open round has passed its date to answer by."""
    return list(
        session.scalars(
            sa.select(Proposal.hearing_id)
            .where(Proposal.state == ProposalState.OPEN, Proposal.answer_by <= now)
            .order_by(Proposal.answer_by)
            .limit(limit)
        )
    )


def is_offered(session: Session, proposal: Proposal) -> bool:
    """Tell whether a round counts as offered: a carrier took a message to each of its sides."""
    wanted = (
        sa.select(Notice.side)
        .where(
            Notice.invitation_id.in_([i.id for i in proposal.invitations]),
            ASKS,
            Notice.state.in_([state.value for state in WENT_OUT]),
        )
        .distinct()
    )
    return {i.side for i in proposal.invitations} <= set(session.scalars(wanted))


def find_counsel(session: Session, court_id: int, counsel_id: int) -> Counsel:
    """Return a counsel of a court. Raises NotFound."""
    counsel = session.get(Counsel, counsel_id)
    if counsel is None or counsel.court_id != court_id:
        raise NotFound(N_("There is no counsel %(counsel)s in this court."), counsel=counsel_id)
    return counsel


def hearings_of_case(session: Session, case: Case) -> Sequence[Hearing]:
    """Return a case's hearings, the newest first."""
    wanted = (
        sa.select(Hearing)
        .where(Hearing.case_id == case.id)
        .options(joinedload(Hearing.courtroom), selectinload(Hearing.proposals))
        .order_by(Hearing.id.desc())
        .limit(MOST_OF_CASE)
    )
    return session.scalars(wanted).all()
