"""What else one counsel has in this court: their own hearings ahead, and questions still open."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Counsel, Party, Representation
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState

MOST = 20


def ahead(session: Session, counsel: Counsel, but: Hearing, now: dt.datetime) -> Sequence[Hearing]:
    """Return the fixed hearings ahead in which a counsel acts, the next first, but for one."""
    wanted = (
        sa.select(Hearing)
        .where(
            Hearing.court_id == counsel.court_id,
            Hearing.case_id.in_(_cases(counsel)),
            Hearing.id != but.id,
            Hearing.ends_at > now,
            Hearing.state.in_([HearingState.FIXED.value, HearingState.PROPOSED.value]),
        )
        .options(joinedload(Hearing.case), joinedload(Hearing.courtroom))
        .order_by(Hearing.starts_at)
        .limit(MOST)
    )
    return session.scalars(wanted).all()


def unanswered(
    session: Session, counsel: Counsel, but: Hearing, now: dt.datetime
) -> Sequence[Proposal]:
    """Return the open rounds of other hearings that a counsel has not answered, the next first."""
    wanted = (
        sa.select(Proposal)
        .join(Invitation)
        .join(Proposal.hearing)
        .where(
            Invitation.counsel_id == counsel.id,
            Invitation.answered_at.is_(None),
            Invitation.revoked_at.is_(None),
            Proposal.state == ProposalState.OPEN.value,
            Proposal.answer_by > now,
            Hearing.id != but.id,
            Hearing.case_id.in_(_cases(counsel)),
        )
        .options(joinedload(Proposal.hearing).joinedload(Hearing.case))
        .order_by(Proposal.answer_by)
        .limit(MOST)
    )
    return session.scalars(wanted).all()


def _cases(counsel: Counsel) -> sa.Select:
    return (
        sa.select(Party.case_id)
        .join(Representation)
        .where(Representation.counsel_id == counsel.id, Representation.left_at.is_(None))
    )
