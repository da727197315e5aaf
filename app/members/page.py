"""View model of a member's page: one hearing, as somebody outside the court may know it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.cases.rules import masked_address
from app.counsel.page_keys import PageSubject
from app.court.models import Court
from app.hearings import queries
from app.hearings.bench import answering, invitations, messages
from app.hearings.bench.invitations import OpenedKey
from app.hearings.models import (
    Hearing,
    HearingState,
    MemberInvitation,
    Proposal,
    ProposalState,
    Slot,
)


class MemberStatus(StrEnum):
    """What a member's page is about now."""

    ASKED = "asked"
    FIXED = "fixed"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    PAST = "past"


@dataclass(frozen=True)
class MemberPage:
    """View model of a member's page; ``proposal`` is the newest one that has slots.

    ``replaced_at`` is when the link was replaced, ``is_needed`` whether the person is a member of
    the hearing still.
    """

    token: str
    invitation: MemberInvitation
    hearing: Hearing
    court: Court
    title: str
    status: MemberStatus
    proposal: Proposal | None
    says: dict[int, str]
    is_needed: bool
    replaced_at: dt.datetime | None

    @property
    def name(self) -> str:
        """Name of the person whose page it is."""
        return self.invitation.judge.name

    @property
    def language(self) -> str:
        """Language of the person."""
        return self.invitation.judge.language or self.court.language

    @property
    def is_open(self) -> bool:
        """Whether the page asks about slots."""
        return self.status is MemberStatus.ASKED

    @property
    def slots(self) -> list[Slot]:
        """The slots that are asked about."""
        return list(self.proposal.slots) if self.proposal and self.is_open else []

    @property
    def contact(self) -> str:
        """Name of the assistant of the hearing, or ""."""
        user = self.hearing.user or self.hearing.case.assistant
        return user.name if user else ""

    @property
    def has_confirmed(self) -> bool:
        """Whether they said that they come on the present date."""
        return self.invitation.confirmed_revision == self.hearing.revision and not self.has_declined

    @property
    def has_declined(self) -> bool:
        """Whether they said that they cannot come on the present date."""
        return self.invitation.declined_revision == self.hearing.revision

    @property
    def has_spoken(self) -> bool:
        """Whether they ever answered, confirmed or declined: each has a receipt."""
        invitation = self.invitation
        return any((invitation.answered_at, invitation.confirmed_at, invitation.declined_at))

    @property
    def subject(self) -> PageSubject:
        """The subject of the page's forms."""
        return PageSubject(self.invitation.id, self.proposal.id if self.proposal else 0)

    @property
    def masked_addresses(self) -> list[str]:
        """Where the newest link went, masked."""
        return [masked_address(address) for _, address in invitations.ways(self.invitation.judge)]


def load(session: Session, token: str, now: dt.datetime) -> MemberPage | None:
    """Return the page that a link opens, or None for an unknown one."""
    opened = invitations.opened_by(session, token)
    return _page(session, token, opened, now) if opened is not None else None


def _page(session: Session, token: str, opened: OpenedKey, now: dt.datetime) -> MemberPage:
    invitation = opened.invitation
    hearing = invitation.hearing
    proposal = queries.last_proposal(session, hearing)
    if proposal is not None and not proposal.slots:
        proposal = None
    says = invitations.answers_of(invitation, proposal) if proposal else None
    return MemberPage(
        token=token,
        invitation=invitation,
        hearing=hearing,
        court=hearing.case.court,
        title=messages.title_for_members(hearing.case),
        status=_status(hearing, proposal, now),
        proposal=proposal,
        says=says or {},
        is_needed=invitations.is_needed(session, invitation),
        replaced_at=opened.replaced_at,
    )


def _status(hearing: Hearing, proposal: Proposal | None, now: dt.datetime) -> MemberStatus:
    if hearing.state == HearingState.CANCELLED:
        return MemberStatus.CANCELLED
    is_open = proposal is not None and proposal.state == ProposalState.OPEN
    if proposal is not None and is_open and now < proposal.answer_by:
        return MemberStatus.ASKED
    if answering.has_date_ahead(hearing, now):
        return MemberStatus.FIXED
    return MemberStatus.PAST if hearing.starts_at is not None else MemberStatus.WAITING
