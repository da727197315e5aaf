"""State of counsel's page: the case that a key opens, and all that is shown of one hearing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.cases.models import BusyTime, Case, Counsel, Delegate, Party, Representation
from app.cases.rules import addresses_by_channel, masked_address
from app.core import links, wording
from app.core.matters import Matter
from app.counsel import case_hearings
from app.counsel.case_hearings import CaseHearing, HearingStatus
from app.counsel.page_keys import PageSubject
from app.court.models import Court
from app.hearings import move_requests
from app.hearings.answers import acknowledgements, counsel_keys
from app.hearings.answers.counsel_keys import ResolvedKey
from app.hearings.availability import away
from app.hearings.models import (
    Booking,
    Hearing,
    HearingMember,
    Invitation,
    MoveRequest,
    Proposal,
    Slot,
)
from app.hearings.rules import agreed_slot, resource
from app.hearings.sittings.rules import days_of
from app.law import working_days
from app.notices.kinds import NoticeKind
from app.notices.models import ASKS, Notice
from app.papers.access import Reader
from app.papers.queries import draft_key
from app.papers.readers import counsel_reader
from app.record.models import Entry

OPEN = (HearingStatus.ASKED, HearingStatus.ANSWERED)
NEAR = dt.timedelta(days=1)  # of a slot: what may lie on the same day, in whatever zone


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
class CountedFor:
    """Whose things are counted for a page of counsel, until when.

    Each field but the last two is a value, or its place in a statement that is put together once.
    """

    case_id: Any
    counsel_id: Any
    party_id: Any
    representation_id: Any
    draft_key: Any
    today: Any
    now: Any
    may_answer: bool
    by_delegate: bool

    @classmethod
    def places(cls, may_answer: bool, by_delegate: bool) -> Self:
        """Return the places of all values, each named as its field."""
        places: dict[str, Any] = {each.name: sa.bindparam(each.name) for each in fields(cls)[:-2]}
        return cls(**places, may_answer=may_answer, by_delegate=by_delegate)

    @property
    def parameters(self) -> dict[str, Any]:
        """The values, by the names of their places."""
        return {each.name: getattr(self, each.name) for each in fields(self)[:-2]}


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

    def counted(self, now: dt.datetime) -> CountedFor:
        """Return whose things are counted for the page."""
        return CountedFor(
            case_id=self.case.id,
            counsel_id=self.counsel.id,
            party_id=self.party.id,
            representation_id=self.representation.id,
            draft_key=draft_key(self.case.id, self.representation.id, None),
            today=now.astimezone(ZoneInfo(self.court.zone)).date(),
            now=now,
            may_answer=self.may_answer,
            by_delegate=self.delegate is not None,
        )

    @property
    def subject(self) -> PageSubject:
        """What forms on the page are bound to."""
        return PageSubject.representation(self.representation.id, self.delegate_id)

    @property
    def masked_addresses(self) -> list[str]:
        """The addresses to which messages go now, best first, shortened."""
        return [masked_address(address) for _, address in addresses_by_channel(self.counsel)]

    @property
    def contact(self) -> str:
        """Name of the court's user responsible for the case, or ""."""
        return self.case.assistant.name if self.case.assistant else ""


@dataclass(frozen=True)
class Beside:
    """What there is beside a hearing that is asked about, so that nothing else is looked for.

    ``closed``: the court's closed days. Of counsel: entries of days ``away`` that are not over and
    ``busy`` times of their own calendar, in number; whether there are hearings ``ahead`` in other
    cases, others ``unanswered``, and hearings near the slots.
    """

    closed: frozenset[dt.date]
    away: int
    busy: bool
    ahead: bool
    unanswered: bool
    near: bool


@dataclass(frozen=True, kw_only=True)
class CounselPage(CasePage):
    """View model of counsel's page of a case with one of its hearings.

    ``asked`` and ``answered`` count invitations of the proposal; ``previous_date`` is the date
    that the last move ended, with ``starts_at``; ``reason`` is why the court asks anew. The hearing
    has ``begun`` once its time has come, and is ``past`` once it has ended. ``beside`` is known of
    a hearing that is open to answers.
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
    beside: Beside | None = None

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
        return self.status in OPEN

    @property
    def subject(self) -> PageSubject:
        """What forms on the page are bound to."""
        return PageSubject.invitation(self.invitation.id, self.proposal.id, self.delegate_id)

    @property
    def contact(self) -> str:
        """Name of the court's user responsible for the hearing, or ""."""
        user = self.hearing.user or self.case.assistant
        return user.name if user else ""


# Statements are put together once: for each page, that takes longer than to ask them.
_WITH_CASE = (
    sa.select(Representation)
    .options(
        joinedload(Representation.counsel),
        joinedload(Representation.declarations),
        joinedload(Representation.party)
        .joinedload(Party.case)
        .options(joinedload(Case.court), joinedload(Case.assistant)),
    )
    .execution_options(populate_existing=True)
)
_BY_KEY = _WITH_CASE.where(Representation.key_digest == sa.bindparam("digest"))
_BY_ID = _WITH_CASE.where(Representation.id == sa.bindparam("representation"))
# With all of a hearing that its page shows: the slots, and who sits beside the judge.
_PROPOSAL = (
    sa.select(Proposal)
    .where(
        Proposal.id
        == sa.select(Invitation.proposal_id)
        .where(Invitation.id == sa.bindparam("invitation"))
        .scalar_subquery()
    )
    .options(
        # Outer joins of one table each: what one of several joins is read whole by SQLite.
        joinedload(Proposal.slots).joinedload(Slot.courtroom, innerjoin=False),
        joinedload(Proposal.hearing).options(
            joinedload(Hearing.judge),
            joinedload(Hearing.user),
            joinedload(Hearing.members).joinedload(HearingMember.judge),
        ),
    )
    .execution_options(populate_existing=True)
)
_INVITATIONS = (
    sa.select(Invitation)
    .where(Invitation.proposal_id == sa.bindparam("proposal"))
    .options(joinedload(Invitation.answers))
    .order_by(Invitation.id)
    .execution_options(populate_existing=True)
)


_BOOKED_NEAR = (
    Booking.resource == sa.bindparam("resource"),
    Booking.firm,
    Booking.hearing_id != sa.bindparam("hearing"),
    Booking.starts_at.between(sa.bindparam("first"), sa.bindparam("last")),
)
_COUNSEL, _TODAY, _NOW = (cast(Any, sa.bindparam(name)) for name in ("counsel", "today", "now"))
_BESIDE = sa.select(
    working_days.closures_in_one(sa.bindparam("court")),
    away.counting_current(_COUNSEL, _TODAY).scalar_subquery(),
    sa.exists().where(BusyTime.counsel_id == _COUNSEL, BusyTime.ends_at > _NOW),
    case_hearings.ANY_AHEAD,
    case_hearings.ANY_UNANSWERED,
    sa.exists().where(*_BOOKED_NEAR),
)
_NEAR_STARTS = sa.select(Booking.starts_at).where(*_BOOKED_NEAR).order_by(Booking.starts_at)


def load_case(session: Session, token: str, now: dt.datetime) -> CasePage | None:
    """Return what a key opens of a case, or None for an unknown key."""
    found = session.scalars(_BY_KEY, {"digest": links.digest(token)}).unique().one_or_none()
    key = ResolvedKey(found.id) if found else counsel_keys.resolve(session, token, now)
    if key is None:
        return None
    delegate = session.get_one(Delegate, key.delegate_id) if key.delegate_id else None
    by_id = {"representation": key.representation_id}
    representation = found or session.scalars(_BY_ID, by_id).unique().one()
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
        left=bool(representation.left_at) and not counsel_keys.acts(session, case.id, counsel_id),
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
    by_invitation = {"invitation": chosen.invitation_id}
    proposal = session.scalars(_PROPOSAL, by_invitation).unique().one()
    invitations = session.scalars(_INVITATIONS, {"proposal": proposal.id}).unique().all()
    set_committed_value(proposal, "invitations", list(invitations))
    invitation = next(each for each in invitations if each.id == chosen.invitation_id)
    hearing, status = proposal.hearing, chosen.status
    beside = _beside(session, page, proposal, now) if status in OPEN else None
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
        slots=_slots(session, invitation, with_busy=beside.near and page.delegate is None)
        if beside
        else [],
        beside=beside,
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


def _beside(session: Session, page: CasePage, proposal: Proposal, now: dt.datetime) -> Beside:
    """Return what there is beside a hearing that is asked about, read in one statement."""
    counsel = page.counsel
    parameters = {
        "court": page.court.id,
        "counsel": counsel.id,
        "case": page.case.id,
        "today": now.astimezone(ZoneInfo(page.court.zone)).date(),
        "now": now,
        **_near(proposal, counsel.id),
    }
    closed, *others = session.connection().execute(_BESIDE, parameters).one()
    return Beside(working_days.closures_of(closed), *others)


def _near(proposal: Proposal, counsel_id: int) -> dict[str, Any]:
    """Return what names a counsel's other bookings near the slots of a proposal."""
    starts = [each.starts_at for slot in proposal.slots for each in slot.sittings]
    starts = starts or [proposal.answer_by]
    return {
        "resource": resource("counsel", counsel_id),
        "hearing": proposal.hearing_id,
        "first": min(starts) - NEAR,
        "last": max(starts) + NEAR,
    }


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
    near = _near(invitation.proposal, invitation.counsel_id)
    days: dict[dt.date, list[dt.datetime]] = defaultdict(list)
    for starts_at in session.scalars(_NEAR_STARTS, near):
        days[starts_at.astimezone(zone).date()].append(starts_at)
    return days
