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

    ``side`` is on which side that invitation is, and ``answer_by`` its date to answer by.
    """

    id: int
    kind: str
    status: HearingStatus
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    courtroom: str
    invitation_id: int | None
    side: str
    answer_by: dt.datetime | None
    # As it was entered last (see outcomes.rules.Outcome); empty before that.
    outcome: str = ""


# Statements are put together once: for each page, that takes longer than to ask them.
_OF_CASE = (
    sa.select(
        *(Hearing.id, Hearing.kind, Hearing.state, Hearing.starts_at, Hearing.ends_at),
        Hearing.outcome,
        Courtroom.name.label("courtroom"),
        Proposal.id.label("proposal_id"),
        Proposal.state.label("proposal_state"),
        Proposal.answer_by,
        Invitation.id.label("invitation_id"),
        Invitation.side,
        Invitation.answered_at,
    )
    .select_from(Hearing)
    .outerjoin(Courtroom, Courtroom.id == Hearing.courtroom_id)
    .outerjoin(Proposal, Proposal.hearing_id == Hearing.id)
    .outerjoin(
        Invitation,
        sa.and_(
            Invitation.proposal_id == Proposal.id,
            Invitation.counsel_id == sa.bindparam("counsel"),
        ),
    )
    .where(Hearing.case_id == sa.bindparam("case"))
    .order_by(Hearing.id.desc(), Proposal.round.desc())
)


def load(
    session: Session, case_id: int, counsel_id: int, now: dt.datetime
) -> Sequence[CaseHearing]:
    """Return all hearings of a case, the newest first."""
    by_hearing: dict[int, list[sa.Row]] = {}
    for row in session.execute(_OF_CASE, {"case": case_id, "counsel": counsel_id}):
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
        side=own.side if own else "",
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


_CASE_IDS = (
    sa.select(Party.case_id)
    .join(Representation)
    .where(Representation.counsel_id == sa.bindparam("counsel"), Representation.left_at.is_(None))
)
_AHEAD = (
    sa.select(Hearing)
    .where(
        Hearing.court_id == sa.bindparam("court"),
        Hearing.case_id.in_(_CASE_IDS),
        Hearing.case_id != sa.bindparam("case"),
        Hearing.ends_at > sa.bindparam("now"),
        Hearing.state.in_([HearingState.FIXED.value, HearingState.PROPOSED.value]),
    )
    .order_by(Hearing.starts_at)
    .limit(MOST_ELSEWHERE)
)
_UNANSWERED = (
    sa.select(Proposal)
    .join(Invitation)
    .join(Proposal.hearing)
    .where(
        Invitation.counsel_id == sa.bindparam("counsel"),
        Invitation.answered_at.is_(None),
        Invitation.revoked_at.is_(None),
        Proposal.state == ProposalState.OPEN.value,
        Proposal.answer_by > sa.bindparam("now"),
        Hearing.case_id != sa.bindparam("case"),
        Hearing.case_id.in_(_CASE_IDS),
    )
    .order_by(Proposal.answer_by)
    .limit(MOST_ELSEWHERE)
)
# Whether there are any, for a statement that asks that about several things.
ANY_AHEAD, ANY_UNANSWERED = (
    query.with_only_columns(sa.literal(1), maintain_column_froms=True)
    .order_by(None)
    .limit(None)
    .exists()
    for query in (_AHEAD, _UNANSWERED)
)
_AHEAD = _AHEAD.options(joinedload(Hearing.case), joinedload(Hearing.courtroom))
_UNANSWERED = _UNANSWERED.options(joinedload(Proposal.hearing).joinedload(Hearing.case))


def ahead(
    session: Session, counsel: Counsel, excluded: Case, now: dt.datetime
) -> Sequence[Hearing]:
    """Return the hearings ahead with a date in which counsel acts elsewhere, the next first."""
    parameters = {
        "court": counsel.court_id,
        "counsel": counsel.id,
        "case": excluded.id,
        "now": now,
    }
    return session.scalars(_AHEAD, parameters).all()


def unanswered(
    session: Session, counsel: Counsel, excluded: Case, now: dt.datetime
) -> Sequence[Proposal]:
    """Return the open proposals elsewhere that counsel has not answered, the next first."""
    parameters = {"counsel": counsel.id, "case": excluded.id, "now": now}
    return session.scalars(_UNANSWERED, parameters).all()
