"""Hearings that counsel's page lists: those of the case, and counsel's in other cases here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Case, Counsel, Party, Representation
from app.court.models import Courtroom
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState


class HearingStatus(StrEnum):
    """Status of a hearing as one counsel sees it; each has a template in ``counsel/``."""

    ASKED = "asked"
    ANSWERED = "answered"
    FIXED = "fixed"
    CANCELLED = "cancelled"
    LATE = "late"
    WITHDRAWN = "withdrawn"


MOST_ELSEWHERE = 20  # hearings in other cases


@dataclass(frozen=True)
class CaseHearing:
    """One hearing of a case in a line; ``invitation_id`` is counsel's newest, or None.

    ``answer_by`` is the date to answer by of that invitation.
    """

    id: int
    kind: str
    status: HearingStatus
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    courtroom: str
    invitation_id: int | None
    answer_by: dt.datetime | None
    # As it was entered last (see outcomes.rules.Outcome); empty before that.
    outcome: str = ""


def load(
    session: Session, case_id: int, counsel_id: int, now: dt.datetime
) -> Sequence[CaseHearing]:
    """Return all hearings of a case, the newest first."""
    query = (
        sa.select(
            *(Hearing.id, Hearing.kind, Hearing.state, Hearing.starts_at, Hearing.ends_at),
            Hearing.outcome,
            Courtroom.name.label("courtroom"),
            Proposal.id.label("proposal_id"),
            Proposal.state.label("proposal_state"),
            Proposal.answer_by,
            Invitation.id.label("invitation_id"),
            Invitation.answered_at,
        )
        .select_from(Hearing)
        .outerjoin(Courtroom, Courtroom.id == Hearing.courtroom_id)
        .outerjoin(Proposal, Proposal.hearing_id == Hearing.id)
        .outerjoin(
            Invitation,
            sa.and_(Invitation.proposal_id == Proposal.id, Invitation.counsel_id == counsel_id),
        )
        .where(Hearing.case_id == case_id)
        .order_by(Hearing.id.desc(), Proposal.round.desc())
    )
    by_hearing: dict[int, list[sa.Row]] = {}
    for row in session.execute(query):
        by_hearing.setdefault(row.id, []).append(row)
    return [_of(rows, now) for rows in by_hearing.values()]


def _of(proposals: Sequence[sa.Row], now: dt.datetime) -> CaseHearing:
    """Return a hearing in a line, from its proposals, the newest first."""
    newest = proposals[0]
    own = next((row for row in proposals if row.invitation_id is not None), None)
    return CaseHearing(
        id=newest.id,
        kind=newest.kind,
        status=_status(newest, own, now),
        starts_at=newest.starts_at,
        ends_at=newest.ends_at,
        courtroom=newest.courtroom or "",
        invitation_id=own.invitation_id if own else None,
        answer_by=own.answer_by if own else None,
        outcome=newest.outcome,
    )


def _status(newest: sa.Row, own: sa.Row | None, now: dt.datetime) -> HearingStatus:
    if newest.state == HearingState.CANCELLED:
        return HearingStatus.CANCELLED
    if newest.proposal_state == ProposalState.OPEN:
        if own is None or own.proposal_id != newest.proposal_id:
            return HearingStatus.WITHDRAWN
        if now < own.answer_by:
            return HearingStatus.ANSWERED if own.answered_at else HearingStatus.ASKED
        return HearingStatus.LATE
    if newest.state == HearingState.FIXED:
        return HearingStatus.FIXED
    lapsed = own is not None and own.proposal_state == ProposalState.LAPSED
    return HearingStatus.LATE if lapsed else HearingStatus.WITHDRAWN


def shown_first(hearings: Sequence[CaseHearing], now: dt.datetime) -> CaseHearing | None:
    """Return the hearing that is shown first, of those to which counsel was invited.

    That is the one whose answer is due next; else one that is answered; else the next date; else
    the newest hearing.
    """
    invited = [each for each in hearings if each.invitation_id is not None]
    for status in (HearingStatus.ASKED, HearingStatus.ANSWERED):
        open_ones = [each for each in invited if each.status == status]
        if open_ones:
            return min(open_ones, key=lambda each: each.answer_by or now)
    ahead = [
        (each.starts_at, each.id, each)
        for each in invited
        if each.status == HearingStatus.FIXED and each.starts_at and each.starts_at > now
    ]
    if ahead:
        return min(ahead)[2]
    return max(invited, key=lambda each: each.id, default=None)


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
        .limit(MOST_ELSEWHERE)
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
        .limit(MOST_ELSEWHERE)
    )
    return session.scalars(proposals).all()


def _case_ids(counsel: Counsel) -> sa.Select:
    return (
        sa.select(Party.case_id)
        .join(Representation)
        .where(Representation.counsel_id == counsel.id, Representation.left_at.is_(None))
    )
