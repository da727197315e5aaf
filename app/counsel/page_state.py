"""What counsel's page shows: where a hearing stands for the one who holds a link to it."""

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
from app.counsel import service as acts
from app.court.models import Court
from app.hearings import queries
from app.hearings.models import (
    Booking,
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.rules import agreed_slot, resource
from app.notices.kinds import NoticeKind
from app.notices.models import ASKS, Notice
from app.tasks.models import Task


class HearingStatus(StrEnum):
    """Where a hearing stands for one counsel."""

    ASKED = "asked"
    ANSWERED = "answered"
    FIXED = "fixed"
    CANCELLED = "cancelled"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


@dataclass(frozen=True)
class SlotView:
    """One slot as counsel sees it: with their own word to it, and what else they have that day."""

    slot: Slot
    says: str
    busy: tuple[dt.datetime, ...]
    own_zone: str


@dataclass(frozen=True)
class CounselPage:
    """All that one counsel's page shows."""

    seat: Invitation
    hearing: Hearing
    case: Case
    court: Court
    counsel: Counsel
    party: Party
    round: Proposal
    stands: HearingStatus
    offers: list[SlotView] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    none_suits: bool = False
    was: dict[str, Any] | None = None
    past: bool = False
    because: str = ""
    # When counsel said that they know the date; their open wish to be called.
    knows_at: dt.datetime | None = None
    call: Task | None = None

    @property
    def same_offset_at(self) -> dt.datetime | None:
        """A time with the offset from UTC of all slots; None where clocks are switched between."""
        zone = ZoneInfo(self.court.zone)
        offsets = {each.slot.starts_at.astimezone(zone).utcoffset() for each in self.offers}
        return self.offers[0].slot.starts_at if len(offsets) == 1 else None

    @property
    def open(self) -> bool:
        """Whether an answer is taken now."""
        return self.stands in (HearingStatus.ASKED, HearingStatus.ANSWERED)

    @property
    def contact(self) -> str:
        """Whom of the court to ask; empty where nobody is named."""
        user = self.hearing.user or self.case.assistant
        return user.name if user else ""


def behind(session: Session, token: str) -> tuple[Invitation, bool] | None:
    """Return the counsel's newest seat in the hearing of a link, and whether the link is revoked.

    None for a link that opens nothing.
    """
    found = queries.by_token(session, token)
    if found is None:
        return None
    seat = queries.current_seat(session, found)
    return seat, bool(found.revoked_at or seat.revoked_at)


def link_of_code(session: Session, typed: str, secret: bytes) -> str | None:
    """Return the token of the link that a typed code stands for, or None."""
    seat = queries.by_code(session, typed[:100])
    return links.token(secret, "reply", seat.id, seat.version) if seat else None


def counsel_page(session: Session, seat_id: int, now: dt.datetime) -> CounselPage:
    """Return what the page of a seat shows now."""
    seat = session.scalars(
        sa.select(Invitation)
        .where(Invitation.id == seat_id)
        .options(
            joinedload(Invitation.counsel),
            joinedload(Invitation.party),
            selectinload(Invitation.answers),
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
    hearing, round_ = seat.proposal.hearing, seat.proposal
    stands = _stands(session, seat, now)
    return CounselPage(
        seat=seat,
        hearing=hearing,
        case=hearing.case,
        court=hearing.case.court,
        counsel=seat.counsel,
        party=seat.party,
        round=round_,
        stands=stands,
        offers=_offers(session, seat)
        if stands in (HearingStatus.ASKED, HearingStatus.ANSWERED)
        else [],
        asked=len(round_.invitations),
        answered=sum(each.answered_at is not None for each in round_.invitations),
        none_suits=_none_suits(round_),
        was=_was(session, seat) if stands == HearingStatus.FIXED and hearing.revision > 1 else None,
        past=hearing.ends_at is not None and hearing.ends_at < now,
        because=_because(session, seat) if round_.round > 1 else "",
        knows_at=acts.confirmed_at(session, hearing, seat.counsel_id)
        if stands == HearingStatus.FIXED
        else None,
        call=acts.open_call(session, hearing.id, seat.counsel_id),
    )


def _stands(session: Session, seat: Invitation, now: dt.datetime) -> HearingStatus:
    round_, hearing = seat.proposal, seat.proposal.hearing
    if seat.counsel_id not in {each.counsel_id for each in queries.seats(session, hearing.case)}:
        return HearingStatus.LEFT
    if hearing.state == HearingState.CANCELLED:
        return HearingStatus.CANCELLED
    newest = queries.last_proposal(session, hearing)
    if newest and newest.state == ProposalState.OPEN:
        if newest.id != round_.id:
            return HearingStatus.WITHDRAWN
        if now < round_.answer_by:
            return HearingStatus.ANSWERED if seat.answered_at else HearingStatus.ASKED
        return HearingStatus.LATE
    if hearing.state == HearingState.FIXED:
        return HearingStatus.FIXED
    return HearingStatus.LATE if round_.state == ProposalState.LAPSED else HearingStatus.WITHDRAWN


def _none_suits(round_: Proposal) -> bool:
    """Tell whether all who must answer have, and no slot suits them all."""
    must = [each for each in round_.invitations if each.required] or round_.invitations
    words = [{a.slot_id: a.says for a in each.answers} for each in must if each.answered_at]
    slots = [(slot.id, slot.starts_at) for slot in round_.slots]
    return len(words) == len(must) and agreed_slot(slots, words) is None


def _because(session: Session, seat: Invitation) -> str:
    """Return why the court asks anew, as the letter that asked told it."""
    told = session.scalar(
        sa.select(Notice.facts).where(ASKS, Notice.invitation_id == seat.id).limit(1)
    )
    return str((told or {}).get("reason") or "")


def _was(session: Session, seat: Invitation) -> dict[str, Any] | None:
    """Return the date that the last move of this hearing ended, as its letter told it."""
    told = session.scalar(
        sa.select(Notice.facts)
        .where(
            Notice.about == f"hearing/{seat.proposal.hearing_id}",
            Notice.counsel_id == seat.counsel_id,
            Notice.kind == NoticeKind.MOVED,
        )
        .order_by(Notice.id.desc())
        .limit(1)
    )
    was = (told or {}).get("was") or {}
    if not was.get("starts_at"):
        return None
    return {**was, "starts_at": wording.instant(was["starts_at"])}


def _offers(session: Session, seat: Invitation) -> list[SlotView]:
    round_ = seat.proposal
    zone = ZoneInfo(round_.hearing.case.court.zone)
    busy = _busy_days(session, seat, zone)
    said = {answer.slot_id: answer.says for answer in seat.answers}
    return [
        SlotView(
            slot=slot,
            says=said.get(slot.id, ""),
            busy=tuple(busy[slot.starts_at.astimezone(zone).date()]),
            own_zone=_own_zone(seat.counsel.zone, zone.key, slot.starts_at),
        )
        for slot in round_.slots
    ]


def _own_zone(own: str, court: str, at: dt.datetime) -> str:
    """Return counsel's zone where its clocks differ from the court's at that time, else nothing."""
    if not own or wording.utc_offset(at, own) == wording.utc_offset(at, court):
        return ""
    return own


def _busy_days(
    session: Session, seat: Invitation, zone: ZoneInfo
) -> dict[dt.date, list[dt.datetime]]:
    """Return when this counsel has other hearings of this court, by day of the court."""
    starts = [slot.starts_at for slot in seat.proposal.slots]
    days: dict[dt.date, list[dt.datetime]] = defaultdict(list)
    if not starts:
        return days
    day = dt.timedelta(days=1)
    wanted = (
        sa.select(Booking.starts_at)
        .where(
            Booking.resource == resource("counsel", seat.counsel_id),
            Booking.firm,
            Booking.hearing_id != seat.proposal.hearing_id,
            Booking.starts_at.between(min(starts) - day, max(starts) + day),
        )
        .order_by(Booking.starts_at)
    )
    for at in session.scalars(wanted):
        days[at.astimezone(zone).date()].append(at)
    return days
