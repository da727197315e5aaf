"""Recipients of reminders, for many hearings in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.cases.models import Party, Representation
from app.hearings import facts
from app.hearings.models import Hearing, Invitation, MemberInvitation, Proposal
from app.notices.queue import Recipient


@dataclass
class ReminderRecipients:
    """Counsel who act in cases now, and the last invitation of each in a hearing.

    ``acting`` is by case and counsel, ``invitations`` by hearing and counsel; ``members`` are those
    of a hearing's bench who are outside the court.
    """

    acting: dict[int, dict[int, Representation]] = field(default_factory=dict)
    invitations: dict[int, dict[int, Invitation]] = field(default_factory=dict)
    members: dict[int, list[MemberInvitation]] = field(default_factory=dict)

    def acting_in(self, hearing: Hearing) -> dict[int, Representation]:
        """Return the representations in a hearing's case by counsel: of several, the first."""
        return self.acting.get(hearing.case_id, {})

    def of(self, hearing: Hearing) -> list[tuple[Recipient, dict]]:
        """Return counsel with their facts; those with an invitation, and so a link, first."""
        acting = self.acting_in(hearing)
        invitations = {
            counsel_id: invitation
            for counsel_id, invitation in self.invitations.get(hearing.id, {}).items()
            if counsel_id in acting
        }
        invited = [
            (facts.invitation_recipient(each), facts.person_facts(each))
            for each in invitations.values()
        ]
        return invited + [
            (
                facts.representation_recipient(each),
                facts.representation_facts(each),
            )
            for counsel_id, each in acting.items()
            if counsel_id not in invitations
        ]


def acting_for(session: Session, party: Party) -> Sequence[Representation]:
    """Return the representations of who acts for a party now, with counsel."""
    query = (
        sa.select(Representation)
        .where(Representation.party_id == party.id, Representation.left_at.is_(None))
        .options(joinedload(Representation.counsel), joinedload(Representation.party))
    )
    return session.scalars(query.order_by(Representation.id)).all()


def people(session: Session, hearings: Sequence[Hearing]) -> ReminderRecipients:
    """Return the recipients for hearings, as the database has them now."""
    recipients = ReminderRecipients()
    acting = (
        sa.select(Representation, Party.case_id)
        .join(Representation.party)
        .where(Party.case_id.in_({each.case_id for each in hearings}))
        .where(Representation.left_at.is_(None))
        .order_by(Representation.id)
        .options(contains_eager(Representation.party), selectinload(Representation.counsel))
    )
    for representation, case_id in session.execute(acting):
        by_counsel = recipients.acting.setdefault(case_id, {})
        by_counsel.setdefault(representation.counsel_id, representation)
    invited = (
        sa.select(Invitation, Proposal.hearing_id)
        .join(Proposal)
        .where(Proposal.hearing_id.in_([each.id for each in hearings]))
        .order_by(Proposal.hearing_id, Proposal.round, Invitation.id)
        .options(selectinload(Invitation.counsel), selectinload(Invitation.party))
        .execution_options(populate_existing=True)
    )
    for invitation, hearing_id in session.execute(invited):
        recipients.invitations.setdefault(hearing_id, {})[invitation.counsel_id] = invitation
    needed = sa.select(MemberInvitation).where(
        MemberInvitation.hearing_id.in_([each.id for each in hearings]),
        MemberInvitation.ended_at.is_(None),
    )
    for member in session.scalars(needed.order_by(MemberInvitation.id)):
        recipients.members.setdefault(member.hearing_id, []).append(member)
    return recipients
