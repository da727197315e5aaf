"""Members of benches in the demo's story who are outside the court, through the real services."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.court.models import Court, Judge
from app.hearings import queries
from app.hearings.bench import addresses, answering
from app.hearings.bench.addresses import AddressInput
from app.hearings.models import Hearing, MemberInvitation
from app.hearings.service import CourtContext


def enter_addresses(session: Session, court: Court, people: Sequence[Mapping[str, str]]) -> None:
    """Enter where members are reached, by name."""
    for each in people:
        judge = sa.select(Judge.id).where(Judge.court_id == court.id, Judge.name == each["name"])
        typed = AddressInput(each["email"], each["phone"], each["language"])
        addresses.change(session, court, session.scalars(judge).one(), typed)


def answer(
    hearing_ids: Sequence[int],
    name: str,
    says: str,
    secret: bytes,
    session: Session,
    context: CourtContext,
) -> None:
    """Let a member say of each slot of a hearing's round, in order, whether they can come."""
    hearing = session.get_one(Hearing, hearing_ids[0])
    proposal = queries.last_proposal(session, hearing)
    assert proposal is not None
    choices = dict(zip((slot.id for slot in proposal.slots), says.split(), strict=True))
    invitation = _invitation(session, hearing, name)
    answering.answer(session, invitation.id, proposal.id, choices, "", context.now, secret)


def say_to_date(
    hearing_ids: Sequence[int], name: str, reason: str, session: Session, context: CourtContext
) -> None:
    """Let a member confirm the date of a hearing, or say for which reason they cannot come."""
    hearing = session.get_one(Hearing, hearing_ids[0])
    invitation = _invitation(session, hearing, name)
    if reason:
        answering.decline(session, invitation.id, hearing.revision, reason, context.now)
    else:
        answering.confirm(session, invitation.id, hearing.revision, context.now)


def _invitation(session: Session, hearing: Hearing, name: str) -> MemberInvitation:
    query = (
        sa.select(MemberInvitation)
        .join(Judge, Judge.id == MemberInvitation.judge_id)
        .where(MemberInvitation.hearing_id == hearing.id, Judge.name == name)
    )
    return session.scalars(query).one()
