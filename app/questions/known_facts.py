"""Facts that answer what counsel often ask: live, and the same for all sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState


class KnownFact(StrEnum):
    """A question that the page answers itself; presses on *That answers it* are counted by it."""

    OTHER_SIDE = "other_side"
    DATE = "date"
    JUDGE = "judge"
    ROOM = "room"
    PAPERS = "papers"

    @property
    def counter(self) -> str:
        """Name of the daily counter of presses."""
        return f"questions_spared_{self}"


@dataclass(frozen=True)
class SideAnswer:
    """Whether one party's counsel has answered the open proposal."""

    party: str
    side: str
    answered: bool


@dataclass(frozen=True)
class KnownFacts:
    """Facts about one hearing of a case, or about none if there is none.

    ``open_proposal`` waits for answers, which ``answers`` lists by party.
    """

    hearing: Hearing | None = None
    open_proposal: Proposal | None = None
    answers: Sequence[SideAnswer] = ()

    @property
    def has_date(self) -> bool:
        """Whether the hearing has a date that holds."""
        return self.hearing is not None and self.hearing.has_date


def of_hearing(session: Session, hearing_id: int | None) -> KnownFacts:
    """Return what is known of a hearing now."""
    hearing = session.scalar(
        sa.select(Hearing)
        .where(Hearing.id == hearing_id)
        .options(joinedload(Hearing.judge), joinedload(Hearing.courtroom))
    )
    if hearing is None or hearing.state == HearingState.CANCELLED:
        return KnownFacts(hearing)
    proposal = session.scalar(
        sa.select(Proposal)
        .where(Proposal.hearing_id == hearing.id, Proposal.state == ProposalState.OPEN.value)
        .order_by(Proposal.round.desc())
        .limit(1)
    )
    if proposal is None:
        return KnownFacts(hearing)
    invitations = sa.select(Invitation).where(Invitation.proposal_id == proposal.id)
    answers = [
        SideAnswer(each.party.name, each.side, each.answered_at is not None)
        for each in session.scalars(
            invitations.options(joinedload(Invitation.party)).order_by(Invitation.id)
        )
    ]
    return KnownFacts(hearing, proposal, answers)
