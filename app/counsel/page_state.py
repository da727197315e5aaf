"""State of counsel's page: the case that a key opens, and all that is shown of one hearing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case, Counsel, Delegate, Party, Representation
from app.cases.rules import addresses_by_channel, masked_address
from app.core import wording
from app.core.matters import Matter
from app.counsel import case_hearings
from app.counsel.case_hearings import CaseHearing, HearingStatus
from app.counsel.page_keys import PageSubject
from app.court.models import Court
from app.hearings import move_requests
from app.hearings.answers import acknowledgements, counsel_keys
from app.hearings.models import (
    Booking,
    Hearing,
    Invitation,
    MoveRequest,
    Proposal,
    Slot,
)
from app.hearings.rules import agreed_slot, resource
from app.hearings.sittings.rules import days_of
from app.notices.kinds import NoticeKind
from app.notices.models import ASKS, Notice
from app.papers.access import Reader
from app.papers.readers import counsel_reader
from app.record.models import Entry


@dataclass(frozen=True)
class SlotView:
    """One slot as counsel sees it: their answer to it, and their other hearings of that day.

    ``own_zone`` is counsel's time zone if its clocks differ from the court's at that time, else "".
    """

    slot: Slot
    says: str
    busy: tuple[dt.datetime, ...]
    own_zone: str


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """View model of counsel's page of a case; ``token`` is the link by which it was opened.

    ``sent_for`` is the hearing of a key from before keys opened a whole case. ``revoked_at`` is
    when the link was replaced; ``left`` tells that counsel acts in the case no longer. ``delegate``
    is whose page it is, if not counsel's own, and ``ended_because`` why they may act no longer.
    """

    token: str
    representation: Representation
    case: Case
    court: Court
    counsel: Counsel
    party: Party
    hearings: Sequence[CaseHearing]
    sent_for: int | None = None
    revoked_at: dt.datetime | None = None
    left: bool = False
    delegate: Delegate | None = None
    ended_because: str = ""

    @property
    def reader(self) -> str:
        """Name of the person whose page it is: counsel, or a delegate of theirs."""
        return self.delegate.name if self.delegate else self.counsel.name

    @property
    def delegate_id(self) -> int:
        """Id of the delegate whose page it is, or 0."""
        return self.delegate.id if self.delegate else 0

    @property
    def may_answer(self) -> bool:
        """Whether the reader may act, and not only read."""
        return self.delegate is None or self.delegate.may_answer

    @property
    def papers_reader(self) -> Reader:
        """As whom the papers of the case are read: as counsel for their party, or a delegate."""
        return counsel_reader(self.counsel.id, self.party.id, self.delegate_id or None)

    @property
    def subject(self) -> PageSubject:
        """What forms on the page are bound to."""
        return PageSubject.representation(self.representation.id, self.delegate_id)

    @property
    def about(self) -> str:
        """The matter that visits to the page are about."""
        return str(Matter.case(self.case.id))

    @property
    def masked_addresses(self) -> list[str]:
        """The addresses to which messages go now, best first, shortened."""
        return [masked_address(address) for _, address in addresses_by_channel(self.counsel)]

    @property
    def contact(self) -> str:
        """Name of the court's user responsible for the case, or ""."""
        return self.case.assistant.name if self.case.assistant else ""


@dataclass(frozen=True, kw_only=True)
class CounselPage(CasePage):
    """View model of counsel's page of a case with one of its hearings.

    ``asked`` and ``answered`` count invitations of the proposal; ``previous_date`` is the date
    that the last move ended, with ``starts_at``; ``reason`` is why the court asks anew. The hearing
    has ``begun`` once its time has come, and is ``past`` once it has ended.
    """

    invitation: Invitation
    hearing: Hearing
    proposal: Proposal
    status: HearingStatus
    slots: list[SlotView] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    none_suits: bool = False
    previous_date: dict[str, Any] | None = None
    begun: bool = False
    past: bool = False
    reason: str = ""
    can_request_move: bool = False
    move_request: MoveRequest | None = None
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str = ""

    @property
    def same_offset_at(self) -> dt.datetime | None:
        """A time with the UTC offset of all slots, or None if a clock change lies between them."""
        zone = ZoneInfo(self.court.zone)
        sittings = [sitting for each in self.slots for sitting in each.slot.sittings]
        offsets = {each.starts_at.astimezone(zone).utcoffset() for each in sittings}
        return self.slots[0].slot.starts_at if len(offsets) == 1 else None

    @property
    def open(self) -> bool:
        """Whether an answer is taken now."""
        return self.status in (HearingStatus.ASKED, HearingStatus.ANSWERED)

    @property
    def subject(self) -> PageSubject:
        """What forms on the page are bound to."""
        return PageSubject.invitation(self.invitation.id, self.proposal.id, self.delegate_id)

    @property
    def about(self) -> str:
        """The matter that visits to the page are about."""
        return self.hearing.about

    @property
    def contact(self) -> str:
        """Name of the court's user responsible for the hearing, or ""."""
        user = self.hearing.user or self.case.assistant
        return user.name if user else ""


def load_case(session: Session, token: str, now: dt.datetime) -> CasePage | None:
    """Return what a key opens of a case, or None for an unknown key."""
    key = counsel_keys.resolve(session, token, now)
    if key is None:
        return None
    delegate = session.get_one(Delegate, key.delegate_id) if key.delegate_id else None
    representation = (
        session.scalars(
            sa.select(Representation)
            .where(Representation.id == key.representation_id)
            .options(
                joinedload(Representation.counsel),
                joinedload(Representation.declarations),
                joinedload(Representation.party)
                .joinedload(Party.case)
                .options(joinedload(Case.court), joinedload(Case.assistant)),
            )
            .execution_options(populate_existing=True)
        )
        .unique()
        .one()
    )
    case, counsel_id = representation.party.case, representation.counsel_id
    return CasePage(
        token=token,
        representation=representation,
        case=case,
        court=case.court,
        counsel=representation.counsel,
        party=representation.party,
        hearings=[
            each
            for each in case_hearings.load(session, case.id, counsel_id, now)
            if delegate is None or delegate.hearing_id in (None, each.id)
        ],
        sent_for=key.hearing_id,
        revoked_at=key.revoked_at,
        left=not counsel_keys.acts(session, case.id, counsel_id),
        delegate=delegate,
        ended_because=key.ended_because,
    )


def hearing_of(session: Session, invitation_id: int, counsel_id: int) -> int | None:
    """Return the id of the hearing of an invitation of a counsel, or None if it is not theirs."""
    return session.scalar(
        sa.select(Proposal.hearing_id)
        .join(Invitation)
        .where(Invitation.id == invitation_id, Invitation.counsel_id == counsel_id)
    )


def load_hearing(
    session: Session, page: CasePage, chosen: CaseHearing, now: dt.datetime
) -> CounselPage:
    """Return what the page of a case shows now of one of its hearings."""
    # From the proposal down: an invitation loaded first would be loaded again among the others, and
    # with it all that hangs on it.
    proposal = session.scalars(
        sa.select(Proposal)
        .join(Proposal.invitations)
        .where(Invitation.id == chosen.invitation_id)
        .options(
            selectinload(Proposal.slots),
            selectinload(Proposal.invitations).options(
                joinedload(Invitation.counsel),
                joinedload(Invitation.party),
                selectinload(Invitation.answers),
                selectinload(Invitation.offered),
            ),
            joinedload(Proposal.hearing).options(
                joinedload(Hearing.judge),
                joinedload(Hearing.user),
                joinedload(Hearing.case).joinedload(Case.court),
            ),
        )
        .execution_options(populate_existing=True)
    ).one()
    invitation = next(each for each in proposal.invitations if each.id == chosen.invitation_id)
    hearing, status = proposal.hearing, chosen.status
    fixed = status == HearingStatus.FIXED
    acknowledged = (
        acknowledgements.first_acknowledgement(session, hearing, invitation.counsel_id)
        if fixed
        else None
    )
    of_case = {each.name: getattr(page, each.name) for each in fields(CasePage)}
    return CounselPage(
        **{**of_case, "party": invitation.party},
        invitation=invitation,
        hearing=hearing,
        proposal=proposal,
        status=status,
        slots=_slots(session, invitation, with_busy=page.delegate is None)
        if status in (HearingStatus.ASKED, HearingStatus.ANSWERED)
        else [],
        asked=len(proposal.invitations),
        answered=sum(each.answered_at is not None for each in proposal.invitations),
        none_suits=_none_suits(proposal),
        previous_date=_previous_date(session, invitation)
        if fixed and hearing.revision > 1
        else None,
        begun=hearing.starts_at is not None and hearing.starts_at <= now,
        past=hearing.ends_at is not None and hearing.ends_at < now,
        reason=_reason(session, invitation) if proposal.round > 1 else "",
        can_request_move=move_requests.can_request(
            hearing, hearing.case.court.move_closes_hours, now
        ),
        move_request=move_requests.open_request(session, hearing.id) if hearing.has_date else None,
        acknowledged_at=acknowledged.at if acknowledged else None,
        acknowledged_by=_delegate_of(acknowledged) if acknowledged else "",
    )


def _delegate_of(entry: Entry) -> str:
    """Return the name of the delegate who did what an entry says, or ""."""
    return str(entry.content.body.get("delegate", "")) if entry.content else ""


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


def _slots(session: Session, invitation: Invitation, *, with_busy: bool) -> list[SlotView]:
    """Return the slots; a delegate does not learn of counsel's hearings in other cases."""
    proposal = invitation.proposal
    zone = ZoneInfo(proposal.hearing.case.court.zone)
    busy = _other_hearings_by_day(session, invitation, zone) if with_busy else {}
    answers = {answer.slot_id: answer.says for answer in invitation.answers}
    return [
        SlotView(
            slot=slot,
            says=answers.get(slot.id, ""),
            busy=tuple(at for day in days_of(slot.sittings, zone) for at in busy.get(day, ())),
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
    slots = invitation.proposal.slots
    slot_starts = [each.starts_at for slot in slots for each in slot.sittings]
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
