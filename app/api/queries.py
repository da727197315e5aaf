"""Read the API's resources, each list in a constant number of queries."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Party, Representation
from app.cases.rules import number_key
from app.core.errors import N_, NotFound
from app.court.models import Courtroom
from app.hearings.models import (
    Hearing,
    HearingSitting,
    Invitation,
    Proposal,
    ProposalState,
    Slot,
    SlotSitting,
)
from app.notices.models import ASKS, Notice
from app.record.rules import WENT_OUT

if TYPE_CHECKING:
    from app.api.cases import CasesIn
    from app.api.hearings import HearingsIn

CASE_OPTIONS = (
    joinedload(Case.judge),
    selectinload(Case.members),
    joinedload(Case.court),
    selectinload(Case.parties)
    .selectinload(Party.representations)
    .options(joinedload(Representation.counsel), selectinload(Representation.declarations)),
)
INVITATIONS = selectinload(Hearing.proposals).selectinload(Proposal.invitations)
HEARING_OPTIONS = (
    joinedload(Hearing.case).joinedload(Case.court),
    joinedload(Hearing.judge),
    selectinload(Hearing.members),
    joinedload(Hearing.courtroom),
    selectinload(Hearing.proposals).selectinload(Proposal.slots),
    INVITATIONS.joinedload(Invitation.counsel),
    INVITATIONS.joinedload(Invitation.party),
    INVITATIONS.selectinload(Invitation.answers),
    INVITATIONS.selectinload(Invitation.offered),
)
# Rows that were just written are read again from the database.
AFRESH = {"populate_existing": True}


def load_case(session: Session, court_id: int, case_id: int) -> Case:
    """Return a case with its people. Raises NotFound, also for another court's."""
    statement = sa.select(Case).where(Case.id == case_id, Case.court_id == court_id)
    case = session.scalar(statement.options(*CASE_OPTIONS).execution_options(**AFRESH))
    if case is None:
        raise NotFound(N_("There is no case %(case)s in this court."), case=case_id)
    return case


def list_cases(session: Session, court_id: int, query: "CasesIn") -> Sequence[Case]:
    """Return up to ``limit`` + 1 cases of a court, the newest first."""
    statement = sa.select(Case).where(Case.court_id == court_id).order_by(Case.id.desc())
    if query.number:
        statement = statement.where(Case.number_key == number_key(query.number))
    if query.after:
        statement = statement.where(Case.id < query.after)
    return session.scalars(statement.options(*CASE_OPTIONS).limit(query.limit + 1)).all()


def list_courtrooms(session: Session, court_id: int) -> Sequence[Courtroom]:
    """Return a court's courtrooms."""
    statement = sa.select(Courtroom).where(Courtroom.court_id == court_id)
    return session.scalars(statement.order_by(Courtroom.id)).all()


def load_hearing(session: Session, court_id: int, hearing_id: int) -> Hearing:
    """Return a hearing with its proposals. Raises NotFound, also for another court's."""
    statement = sa.select(Hearing).where(Hearing.id == hearing_id, Hearing.court_id == court_id)
    hearing = session.scalar(statement.options(*HEARING_OPTIONS).execution_options(**AFRESH))
    if hearing is None:
        raise NotFound(N_("There is no hearing %(hearing)s in this court."), hearing=hearing_id)
    return hearing


def list_hearings(session: Session, court_id: int, query: "HearingsIn") -> Sequence[Hearing]:
    """Return up to ``limit`` + 1 hearings of a court, the newest first.

    ``from`` (inclusive) and ``to`` (exclusive) select hearings by the start of a sitting of their
    date or of a slot of their open proposal.
    """
    statement = sa.select(Hearing).where(Hearing.court_id == court_id).order_by(Hearing.id.desc())
    if query.state:
        statement = statement.where(Hearing.state == query.state)
    if query.case_id:
        statement = statement.where(Hearing.case_id == query.case_id)
    if query.after:
        statement = statement.where(Hearing.id < query.after)
    if query.from_ or query.to:
        of_proposal = [
            Proposal.hearing_id == Hearing.id,
            Proposal.state == ProposalState.OPEN.value,
        ]
        held = (
            sa.select(Slot.id)
            .join(Proposal)
            .outerjoin(SlotSitting)
            .where(*of_proposal)
            .where(
                sa.or_(
                    sa.and_(*_within(Slot.starts_at, query.from_, query.to)),
                    sa.and_(*_within(SlotSitting.starts_at, query.from_, query.to)),
                )
            )
        )
        further = sa.select(HearingSitting.id).where(
            HearingSitting.hearing_id == Hearing.id,
            *_within(HearingSitting.starts_at, query.from_, query.to),
        )
        dated = sa.and_(*_within(Hearing.starts_at, query.from_, query.to))
        statement = statement.where(sa.or_(dated, further.exists(), held.exists()))
    return (
        session.scalars(statement.options(*HEARING_OPTIONS).limit(query.limit + 1)).unique().all()
    )


def _within(
    column: Any, begin: dt.datetime | None, end: dt.datetime | None
) -> list[sa.ColumnElement[bool]]:
    ends = [column >= begin] if begin else []
    return [*ends, column < end] if end else ends


def offered_ids(session: Session, proposals: Sequence[Proposal]) -> set[int]:
    """Return the proposals of which a carrier accepted a message to each side."""
    reached = session.execute(
        sa.select(Invitation.proposal_id, Notice.side)
        .join(Notice, Notice.invitation_id == Invitation.id)
        .where(
            Invitation.proposal_id.in_([each.id for each in proposals]),
            ASKS,
            Notice.state.in_([state.value for state in WENT_OUT]),
        )
        .distinct()
    ).all()
    sides: dict[int, set[str]] = {}
    for proposal_id, side in reached:
        sides.setdefault(proposal_id, set()).add(side)
    asked = {each.id: {invitation.side for invitation in each.invitations} for each in proposals}
    return {each for each in asked if asked[each] and asked[each] <= sides.get(each, set())}
