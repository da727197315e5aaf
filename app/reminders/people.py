"""Who is to be reminded of hearings: for many of them in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, selectinload

from app.cases.models import Party, Representation
from app.hearings import facts
from app.hearings.models import Hearing, Invitation, Proposal
from app.notices.queue import Recipient


@dataclass
class ReminderRecipients:
    """Who acts in cases now, each counsel once, and the last seat that each had in a hearing."""

    acting: dict[int, dict[int, Representation]] = field(default_factory=dict)
    seats: dict[int, dict[int, Invitation]] = field(default_factory=dict)

    def acting_in(self, hearing: Hearing) -> dict[int, Representation]:
        """Return who acts in a hearing's case, each counsel by the first party they act for."""
        return self.acting.get(hearing.case_id, {})

    def of(self, hearing: Hearing) -> list[tuple[Recipient, dict]]:
        """Return whom to tell of a hearing: those with a seat, and so a link, first."""
        acting = self.acting_in(hearing)
        seats = {
            counsel_id: seat
            for counsel_id, seat in self.seats.get(hearing.id, {}).items()
            if counsel_id in acting
        }
        found = [
            (facts.invitation_recipient(seat), facts.person_facts(seat)) for seat in seats.values()
        ]
        return found + [
            (
                facts.representation_recipient(each),
                {
                    "name": each.counsel.name,
                    "party": each.party.name,
                    "side": each.party.side,
                    "is_court": False,
                },
            )
            for counsel_id, each in acting.items()
            if counsel_id not in seats
        ]


def people(session: Session, hearings: Sequence[Hearing]) -> ReminderRecipients:
    """Return who is to be told of hearings, as it stands in the database now."""
    found = ReminderRecipients()
    acting = (
        sa.select(Representation, Party.case_id)
        .join(Representation.party)
        .where(Party.case_id.in_({each.case_id for each in hearings}))
        .where(Representation.left_at.is_(None))
        .order_by(Representation.id)
        .options(contains_eager(Representation.party), selectinload(Representation.counsel))
    )
    for seat, case_id in session.execute(acting):
        found.acting.setdefault(case_id, {}).setdefault(seat.counsel_id, seat)
    seated = (
        sa.select(Invitation, Proposal.hearing_id)
        .join(Proposal)
        .where(Proposal.hearing_id.in_([each.id for each in hearings]))
        .order_by(Proposal.hearing_id, Proposal.round, Invitation.id)
        .options(selectinload(Invitation.counsel), selectinload(Invitation.party))
        .execution_options(populate_existing=True)
    )
    for invitation, hearing_id in session.execute(seated):
        found.seats.setdefault(hearing_id, {})[invitation.counsel_id] = invitation
    return found
