"""State of counsel's page: what a link leads to, and all that the page shows of it now."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Counsel, Party
from app.core import links, wording
from app.core.matters import Matter
from app.counsel import service
from app.court.models import Court
from app.hearings import move_requests, queries
from app.hearings.answers import acknowledgements
from app.hearings.models import (
    Booking,
    Hearing,
    HearingState,
    Invitation,
    MoveRequest,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.rules import agreed_slot, resource
from app.notices.kinds import NoticeKind
from app.notices.models import ASKS, Notice
from app.tasks.models import Task


class HearingStatus(StrEnum):
    """Status of a hearing as one counsel sees it; each has a template ``counsel/_<status>.html``.

    Left: counsel no longer acts in the case; their link shows no page.
    """

    ASKED = "asked"
    ANSWERED = "answered"
    FIXED = "fixed"
    CANCELLED = "cancelled"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


@dataclass(frozen=True)
class ResolvedLink:
    """The invitation that a link leads to: counsel's newest in the hearing of the link."""

    invitation_id: int
    revoked: bool


@dataclass(frozen=True)
class SlotView:
    """One slot as counsel sees it: their answer to it, and their other hearings of that day.

    ``own_zone`` is counsel's time zone if its clocks differ from the court's at that time, else "".
    """

    slot: Slot
    says: str
    busy: tuple[dt.datetime, ...]
    own_zone: str


@dataclass(frozen=True)
class CounselPage:
    """View model of one counsel's page; ``token`` is the link by which it was opened.

    ``asked`` and ``answered`` count invitations of the proposal; ``previous_date`` is the date
    that the last move ended, with ``starts_at``; ``reason`` is why the court asks anew.
    """

    token: str
    invitation: Invitation
    hearing: Hearing
    case: Case
    court: Court
    counsel: Counsel
    party: Party
    proposal: Proposal
    status: HearingStatus
    slots: list[SlotView] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    none_suits: bool = False
    previous_date: dict[str, Any] | None = None
    past: bool = False
    reason: str = ""
    can_request_move: bool = False
    move_request: MoveRequest | None = None
    acknowledged_at: dt.datetime | None = None
    callback: Task | None = None

    @property
    def same_offset_at(self) -> dt.datetime | None:
        """A time with the UTC offset of all slots, or None if a clock change lies between them."""
        zone = ZoneInfo(self.court.zone)
        offsets = {each.slot.starts_at.astimezone(zone).utcoffset() for each in self.slots}
        return self.slots[0].slot.starts_at if len(offsets) == 1 else None

    @property
    def open(self) -> bool:
        """Whether an answer is taken now."""
        return self.status in (HearingStatus.ASKED, HearingStatus.ANSWERED)

    @property
    def contact(self) -> str:
        """Name of the court's user responsible for the hearing, or ""."""
        user = self.hearing.user or self.case.assistant
        return user.name if user else ""


def resolve_link(session: Session, token: str) -> ResolvedLink | None:
    """Return the invitation that a link leads to, or None for an unknown link."""
    linked = queries.invitation_by_token(session, token)
    if linked is None:
        return None
    current = queries.latest_invitation(session, linked)
    return ResolvedLink(current.id, revoked=bool(linked.revoked_at or current.revoked_at))


def resolve_code(session: Session, code: str, secret: bytes) -> str | None:
    """Return the token of the link for a short code as it was typed, or None."""
    invitation = queries.invitation_by_code(session, code[:100])
    if invitation is None:
        return None
    return links.token(secret, "reply", invitation.id, invitation.version)


def load(session: Session, token: str, invitation_id: int, now: dt.datetime) -> CounselPage:
    """Return what the page of an invitation shows now."""
    invitation = session.scalars(
        sa.select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(
            joinedload(Invitation.counsel),
            joinedload(Invitation.party),
            selectinload(Invitation.answers),
            selectinload(Invitation.offered),
            joinedload(Invitation.proposal).selectinload(Proposal.slots),
            joinedload(Invitation.proposal)
            .selectinload(Proposal.invitations)
            .selectinload(Invitation.answers),
            joinedload(Invitation.proposal)
            .joinedload(Proposal.hearing)
            .joinedload(Hearing.case)
            .joinedload(Case.court),
        )
        .execution_options(populate_existing=True)
    ).one()
    proposal, hearing = invitation.proposal, invitation.proposal.hearing
    status = _status(session, invitation, now)
    fixed = status == HearingStatus.FIXED
    acknowledged_at = (
        acknowledgements.acknowledged_at(session, hearing, invitation.counsel_id) if fixed else None
    )
    return CounselPage(
        token=token,
        invitation=invitation,
        hearing=hearing,
        case=hearing.case,
        court=hearing.case.court,
        counsel=invitation.counsel,
        party=invitation.party,
        proposal=proposal,
        status=status,
        slots=_slots(session, invitation)
        if status in (HearingStatus.ASKED, HearingStatus.ANSWERED)
        else [],
        asked=len(proposal.invitations),
        answered=sum(each.answered_at is not None for each in proposal.invitations),
        none_suits=_none_suits(proposal),
        previous_date=_previous_date(session, invitation)
        if fixed and hearing.revision > 1
        else None,
        past=hearing.ends_at is not None and hearing.ends_at < now,
        reason=_reason(session, invitation) if proposal.round > 1 else "",
        can_request_move=move_requests.can_request(
            hearing, hearing.case.court.move_closes_hours, now
        ),
        move_request=move_requests.open_request(session, hearing.id) if hearing.has_date else None,
        acknowledged_at=acknowledged_at,
        callback=service.open_callback(session, hearing.id, invitation.counsel_id),
    )


def _status(session: Session, invitation: Invitation, now: dt.datetime) -> HearingStatus:
    proposal, hearing = invitation.proposal, invitation.proposal.hearing
    acting = {each.counsel_id for each in queries.acting_representations(session, hearing.case)}
    if invitation.counsel_id not in acting:
        return HearingStatus.LEFT
    if hearing.state == HearingState.CANCELLED:
        return HearingStatus.CANCELLED
    newest = queries.last_proposal(session, hearing)
    if newest and newest.state == ProposalState.OPEN:
        if newest.id != proposal.id:
            return HearingStatus.WITHDRAWN
        if now < proposal.answer_by:
            return HearingStatus.ANSWERED if invitation.answered_at else HearingStatus.ASKED
        return HearingStatus.LATE
    if hearing.state == HearingState.FIXED:
        return HearingStatus.FIXED
    return HearingStatus.LATE if proposal.state == ProposalState.LAPSED else HearingStatus.WITHDRAWN


def _none_suits(proposal: Proposal) -> bool:
    """Tell whether all who must answer have answered, and no slot suits them all."""
    required = [each for each in proposal.invitations if each.required] or proposal.invitations
    answers = [{a.slot_id: a.says for a in each.answers} for each in required if each.answered_at]
    slots = [(slot.id, slot.starts_at) for slot in proposal.slots]
    return len(answers) == len(required) and agreed_slot(slots, answers) is None


def _reason(session: Session, invitation: Invitation) -> str:
    """Return why the court asks anew, as in the message that asked."""
    facts = session.scalar(
        sa.select(Notice.facts).where(ASKS, Notice.invitation_id == invitation.id).limit(1)
    )
    return str((facts or {}).get("reason") or "")


def _previous_date(session: Session, invitation: Invitation) -> dict[str, Any] | None:
    """Return the date that the last move of the hearing ended, as in the message about the move."""
    facts = session.scalar(
        sa.select(Notice.facts)
        .where(
            Notice.about == str(Matter.hearing(invitation.proposal.hearing_id)),
            Notice.counsel_id == invitation.counsel_id,
            Notice.kind == NoticeKind.MOVED,
        )
        .order_by(Notice.id.desc())
        .limit(1)
    )
    was = (facts or {}).get("was") or {}
    if not was.get("starts_at"):
        return None
    return {**was, "starts_at": wording.instant(was["starts_at"])}


def _slots(session: Session, invitation: Invitation) -> list[SlotView]:
    proposal = invitation.proposal
    zone = ZoneInfo(proposal.hearing.case.court.zone)
    busy = _other_hearings_by_day(session, invitation, zone)
    answers = {answer.slot_id: answer.says for answer in invitation.answers}
    return [
        SlotView(
            slot=slot,
            says=answers.get(slot.id, ""),
            busy=tuple(busy[slot.starts_at.astimezone(zone).date()]),
            own_zone=_differing_zone(invitation.counsel.zone, zone.key, slot.starts_at),
        )
        for slot in proposal.slots
    ]


def _differing_zone(own: str, court: str, at: dt.datetime) -> str:
    if not own or wording.utc_offset(at, own) == wording.utc_offset(at, court):
        return ""
    return own


def _other_hearings_by_day(
    session: Session, invitation: Invitation, zone: ZoneInfo
) -> dict[dt.date, list[dt.datetime]]:
    """Return the starts of counsel's other hearings in this court near the slots, by local day."""
    slot_starts = [slot.starts_at for slot in invitation.proposal.slots]
    days: dict[dt.date, list[dt.datetime]] = defaultdict(list)
    if not slot_starts:
        return days
    day = dt.timedelta(days=1)
    bookings = (
        sa.select(Booking.starts_at)
        .where(
            Booking.resource == resource("counsel", invitation.counsel_id),
            Booking.firm,
            Booking.hearing_id != invitation.proposal.hearing_id,
            Booking.starts_at.between(min(slot_starts) - day, max(slot_starts) + day),
        )
        .order_by(Booking.starts_at)
    )
    for starts_at in session.scalars(bookings):
        days[starts_at.astimezone(zone).date()].append(starts_at)
    return days
