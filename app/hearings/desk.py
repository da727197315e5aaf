"""What the desk lists: what waits for a person, what comes, hearings found by words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.cases.queries import PAGE, matching
from app.hearings import unreached
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState, Slot
from app.hearings.rules import agreed_slot
from app.hearings.unreached import Unreached
from app.people.models import Court, User

SOON = dt.timedelta(hours=24)
MOST = 500


@dataclass(frozen=True)
class Standing:
    """Where an open round stands: who has answered, and which slot suits all."""

    round: Proposal
    asked: int
    answered: int
    best: Slot | None

    @property
    def complete(self) -> bool:
        """Whether all who must answer have."""
        required = [s for s in self.round.invitations if s.required] or self.round.invitations
        return all(seat.answered_at for seat in required)


@dataclass
class Waiting:
    """Everything that waits for a person, each kind in its order."""

    unreached: list[Unreached] = field(default_factory=list)
    lapsed: Sequence[Hearing] = ()
    none_suits: list[Standing] = field(default_factory=list)
    ready: list[Standing] = field(default_factory=list)
    due: list[Standing] = field(default_factory=list)
    open: int = 0

    @property
    def count(self) -> int:
        """How many things wait."""
        lists = (self.unreached, self.lapsed, self.none_suits, self.ready, self.due)
        return sum(len(each) for each in lists)


def standing(round_: Proposal) -> Standing:
    """Return where a round stands, by the same rule that fixes it."""
    required = [seat for seat in round_.invitations if seat.required] or round_.invitations
    said = [{a.slot_id: a.says for a in s.answers} if s.answered_at else None for s in required]
    chosen = agreed_slot([(slot.id, slot.starts_at) for slot in round_.slots], said)
    best = next((slot for slot in round_.slots if slot.id == chosen), None)
    answered = sum(1 for seat in round_.invitations if seat.answered_at)
    return Standing(round_, len(round_.invitations), answered, best)


def leading(round_: Proposal) -> Slot | None:
    """Return the slot that most counsel take so far; None while nobody takes any."""

    def weight(slot: Slot) -> tuple[int, int]:
        words = [a.says for s in round_.invitations for a in s.answers if a.slot_id == slot.id]
        return -sum(word != "no" for word in words), -words.count("yes")

    ranked = sorted(round_.slots, key=lambda slot: (*weight(slot), slot.starts_at, slot.id))
    return ranked[0] if ranked and weight(ranked[0])[0] else None


def owned_by(user: User | None) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a hearing is a user's own, or nobody's; none for everybody's."""
    if user is None:
        return []
    owner = sa.func.coalesce(Hearing.user_id, Case.assistant_id)
    return [sa.or_(owner == user.id, owner.is_(None))]


def waiting(session: Session, court: Court, whose: User | None, now: dt.datetime) -> Waiting:
    """Return what waits in a court, of one user's hearings or of all."""
    found = Waiting(unreached=unreached.people(session, court, owned_by(whose), now))
    found.lapsed = session.scalars(
        _hearings(court, whose).where(Hearing.state == HearingState.LAPSED.value)
        .order_by(Hearing.changed_at).limit(MOST)
    ).all()  # fmt: skip
    for round_ in _open_rounds(session, court, whose):
        found.open += 1
        at = standing(round_)
        if at.complete and at.best is None:
            found.none_suits.append(at)
        elif at.complete:
            found.ready.append(at)
        elif round_.answer_by <= now + SOON:
            found.due.append(at)
    return found


def _hearings(court: Court, whose: User | None) -> Any:
    return (
        sa.select(Hearing).join(Hearing.case)
        .where(Hearing.court_id == court.id, *owned_by(whose))
        .options(joinedload(Hearing.case), joinedload(Hearing.courtroom), joinedload(Hearing.judge))
    )  # fmt: skip


def _open_rounds(session: Session, court: Court, whose: User | None) -> Sequence[Proposal]:
    wanted = (
        sa.select(Proposal).join(Proposal.hearing).join(Hearing.case)
        .where(Hearing.court_id == court.id, *owned_by(whose))
        .where(Proposal.state == ProposalState.OPEN.value)
        .order_by(Proposal.answer_by, Proposal.id).limit(MOST)
        .options(
            joinedload(Proposal.hearing).joinedload(Hearing.case),
            selectinload(Proposal.slots),
            selectinload(Proposal.invitations).selectinload(Invitation.answers),
        )
    )  # fmt: skip
    return session.scalars(wanted).unique().all()


def week(session: Session, court: Court, now: dt.datetime) -> list[tuple[dt.date, list[Hearing]]]:
    """Return what is fixed for today and the six days after, day by day, in the court's zone."""
    zone = ZoneInfo(court.zone)
    today = now.astimezone(zone).date()
    begin = dt.datetime.combine(today, dt.time(), tzinfo=zone).astimezone(dt.UTC)
    wanted = (
        _hearings(court, None)
        .where(Hearing.state != HearingState.CANCELLED.value)
        .where(Hearing.starts_at >= begin, Hearing.starts_at < begin + dt.timedelta(days=7))
        .order_by(Hearing.starts_at, Hearing.id).limit(MOST)
    )  # fmt: skip
    days: dict[dt.date, list[Hearing]] = defaultdict(list)
    for hearing in session.scalars(wanted):
        if hearing.starts_at:
            days[hearing.starts_at.astimezone(zone).date()].append(hearing)
    return sorted(days.items())


def found(
    session: Session, court_id: int, *, asked: str = "", state: str = "", page: int = 1
) -> tuple[Sequence[Hearing], bool]:
    """Return one page of a court's hearings, the newest first, and whether there are more."""
    wanted: Any = (
        sa.select(Hearing).join(Hearing.case).where(Hearing.court_id == court_id)
        .options(
            joinedload(Hearing.case), joinedload(Hearing.judge), joinedload(Hearing.courtroom),
            selectinload(Hearing.proposals).selectinload(Proposal.invitations),
        )
        .order_by(Hearing.id.desc())
    )  # fmt: skip
    if state in list(HearingState):
        wanted = wanted.where(Hearing.state == state)
    if asked.strip():
        wanted = wanted.where(matching(asked))
    rows = session.scalars(wanted.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE
