"""Hearings of one counsel in other cases of this court: dates ahead, proposals not yet answered."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Counsel, Party, Representation
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState

LIMIT = 20


def ahead(
    session: Session, counsel: Counsel, excluded: Case, now: dt.datetime
) -> Sequence[Hearing]:
    """Return the hearings ahead with a date in which counsel acts elsewhere, the next first."""
    hearings = (
        sa.select(Hearing)
        .where(
            Hearing.court_id == counsel.court_id,
            Hearing.case_id.in_(_case_ids(counsel)),
            Hearing.case_id != excluded.id,
            Hearing.ends_at > now,
            Hearing.state.in_([HearingState.FIXED.value, HearingState.PROPOSED.value]),
        )
        .options(joinedload(Hearing.case), joinedload(Hearing.courtroom))
        .order_by(Hearing.starts_at)
        .limit(LIMIT)
    )
    return session.scalars(hearings).all()


def unanswered(
    session: Session, counsel: Counsel, excluded: Case, now: dt.datetime
) -> Sequence[Proposal]:
    """Return the open proposals elsewhere that counsel has not answered, the next first."""
    proposals = (
        sa.select(Proposal)
        .join(Invitation)
        .join(Proposal.hearing)
        .where(
            Invitation.counsel_id == counsel.id,
            Invitation.answered_at.is_(None),
            Invitation.revoked_at.is_(None),
            Proposal.state == ProposalState.OPEN.value,
            Proposal.answer_by > now,
            Hearing.case_id != excluded.id,
            Hearing.case_id.in_(_case_ids(counsel)),
        )
        .options(joinedload(Proposal.hearing).joinedload(Hearing.case))
        .order_by(Proposal.answer_by)
        .limit(LIMIT)
    )
    return session.scalars(proposals).all()


def _case_ids(counsel: Counsel) -> sa.Select:
    return (
        sa.select(Party.case_id)
        .join(Representation)
        .where(Representation.counsel_id == counsel.id, Representation.left_at.is_(None))
    )
