"""What the desk lists: what waits for a person, what comes, hearings found by words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.cases.models import Case
from app.cases.queries import case_filter
from app.court.models import Court, Courtroom
from app.desk import todo
from app.desk.todo import TaskItem
from app.evidence import unreached
from app.evidence.unreached import Unreached
from app.hearings.models import Hearing, HearingState, Invitation, Proposal, ProposalState, Slot
from app.hearings.rules import agreed_slot, days_span
from app.people.models import User
from app.record.models import Entry

SOON = dt.timedelta(hours=24)
MOST = 500
Owned = Sequence[sa.ColumnElement[bool]]
NEWEST = 20
WEEK = 60  # hearings of the days to come that stand on home
# What waits, in its order; and by the kinds that home counts.
LISTS = ("todo", "unreached", "lapsed", "none_suits", "ready", "due")
KINDS: dict[str, tuple[str, ...]] = {
    "unreached": ("unreached",),
    "todo": ("todo",),
    "lapsed": ("lapsed",),
    "decide": ("none_suits", "ready"),
    "due": ("due",),
}


@dataclass(frozen=True)
class FixedHearing:
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

    @property
    def leading(self) -> Slot | None:
        """The slot that most counsel take so far; None while nobody takes any."""
        in_turn = sorted(self.round.slots, key=lambda slot: (slot.starts_at, slot.id))
        first = max(in_turn, key=self._mark, default=None)
        return first if first and self._mark(first)[0] else None

    @property
    def leads(self) -> bool:
        """Whether the leading slot is taken by more, or more gladly, than every other."""
        marks = sorted((self._mark(slot) for slot in self.round.slots), reverse=True)
        return bool(marks and marks[0][0] and marks[0] not in marks[1:])

    def _mark(self, slot: Slot) -> tuple[int, int]:
        words = self._words(slot)
        return sum(word != "no" for word in words), words.count("yes")

    def takers(self, slot: Slot) -> int:
        """How many counsel take a slot, gladly or if needed."""
        return sum(word != "no" for word in self._words(slot))

    def _words(self, slot: Slot) -> list[str]:
        seats = self.round.invitations
        return [a.says for seat in seats for a in seat.answers if a.slot_id == slot.id]

    @property
    def silent(self) -> list[str]:
        """The names of those who have not answered."""
        return [seat.counsel.name for seat in self.round.invitations if not seat.answered_at]


@dataclass
class PendingWork:
    """Everything that waits for a person, each kind in its order."""

    todo: list[TaskItem] = field(default_factory=list)
    unreached: list[Unreached] = field(default_factory=list)
    lapsed: Sequence[Hearing] = ()
    none_suits: list[FixedHearing] = field(default_factory=list)
    ready: list[FixedHearing] = field(default_factory=list)
    due: list[FixedHearing] = field(default_factory=list)
    open: int = 0

    @property
    def count(self) -> int:
        """How many things wait."""
        return sum(len(getattr(self, name)) for name in LISTS)

    def only(self, kind: str) -> "PendingWork":
        """Return what waits of one kind; all of it where there is no such kind."""
        names = KINDS.get(kind, LISTS)
        return PendingWork(**{name: getattr(self, name) for name in names}, open=self.open)

    def page(self, number: int, size: int) -> "PendingWork":
        """Return one page of what waits, counted from 1."""
        each = [(name, one) for name in LISTS for one in getattr(self, name)]
        shown = each[(number - 1) * size : number * size]
        lists = {name: [one for whose, one in shown if whose == name] for name in LISTS}
        return PendingWork(**lists, open=self.open)

    @property
    def decisions(self) -> int:
        """How many rounds are answered and want a decision of the court."""
        return len(self.none_suits) + len(self.ready)


def standing(round_: Proposal) -> FixedHearing:
    """Return where a round stands, by the same rule that fixes it."""
    required = [seat for seat in round_.invitations if seat.required] or round_.invitations
    said = [{a.slot_id: a.says for a in s.answers} if s.answered_at else None for s in required]
    chosen = agreed_slot([(slot.id, slot.starts_at) for slot in round_.slots], said)
    best = next((slot for slot in round_.slots if slot.id == chosen), None)
    answered = sum(1 for seat in round_.invitations if seat.answered_at)
    return FixedHearing(round_, len(round_.invitations), answered, best)


def owned_by(user: User | None) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a hearing is a user's own, or nobody's; none for everybody's."""
    if user is None:
        return []
    owner = sa.func.coalesce(Hearing.user_id, Case.assistant_id)
    return [sa.or_(owner == user.id, owner.is_(None))]


def waiting(
    session: Session, court: Court, whose: User | None, now: dt.datetime, words: str = ""
) -> PendingWork:
    """Return what waits in a court, of one user's hearings or of all; of cases found by words."""
    owned = [*owned_by(whose), *([case_filter(words)] if words.strip() else [])]
    found = PendingWork(
        todo=todo.open_tasks(session, court, owned, now),
        unreached=unreached.people(session, court, owned, now),
    )
    found.lapsed = session.scalars(
        _hearings(court, owned)
        .where(Hearing.state == HearingState.LAPSED.value)
        .order_by(Hearing.changed_at)
        .limit(MOST)
    ).all()
    found.open = _open_count(session, court, owned)
    for round_ in _rounds_that_want_somebody(session, court, owned, now):
        at = standing(round_)
        if at.complete and at.best is None:
            found.none_suits.append(at)
        elif at.complete:
            found.ready.append(at)
        else:
            found.due.append(at)
    return found


def _hearings(court: Court, owned: Owned = ()) -> Any:
    return (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == court.id, *owned)
        .options(joinedload(Hearing.case), joinedload(Hearing.courtroom), joinedload(Hearing.judge))
    )


def _open_count(session: Session, court: Court, owned: Owned) -> int:
    wanted = (
        sa.select(sa.func.count(Proposal.id))
        .join(Proposal.hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == court.id, *owned)
        .where(Proposal.state == ProposalState.OPEN.value)
    )
    return session.scalar(wanted) or 0


def _complete() -> sa.ColumnElement[bool]:
    """Return the condition that all who must answer in a round have (see Standing.complete)."""
    other = aliased(Invitation)
    any_required = (
        sa.exists().where(other.proposal_id == Proposal.id, other.required).correlate(Proposal)
    )
    return ~sa.exists().where(
        Invitation.proposal_id == Proposal.id,
        Invitation.answered_at.is_(None),
        sa.or_(Invitation.required, ~any_required),
    )


def _rounds_that_want_somebody(
    session: Session, court: Court, owned: Owned, now: dt.datetime
) -> Sequence[Proposal]:
    """Return the open rounds that are answered, or whose time to answer is nearly over."""
    wanted = (
        sa.select(Proposal)
        .join(Proposal.hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == court.id, *owned)
        .where(Proposal.state == ProposalState.OPEN.value)
        .where(sa.or_(Proposal.answer_by <= now + SOON, _complete()))
        .order_by(Proposal.answer_by, Proposal.id)
        .limit(MOST)
        .options(
            joinedload(Proposal.hearing).joinedload(Hearing.case),
            selectinload(Proposal.slots),
            selectinload(Proposal.invitations).options(
                joinedload(Invitation.counsel), selectinload(Invitation.answers)
            ),
        )
    )
    return session.scalars(wanted).unique().all()


def week(session: Session, court: Court, now: dt.datetime) -> list[tuple[dt.date, list[Hearing]]]:
    """Return what is fixed for today and the six days after, day by day, in the court's zone.

    Of a full week the beginning; the calendar has the rest.
    """
    zone = ZoneInfo(court.zone)
    wanted = (
        _hearings(court)
        .where(*_sits_soon(court, now))
        .order_by(Hearing.starts_at, Hearing.id)
        .limit(WEEK)
    )
    days: dict[dt.date, list[Hearing]] = defaultdict(list)
    for hearing in session.scalars(wanted):
        if hearing.starts_at:
            days[hearing.starts_at.astimezone(zone).date()].append(hearing)
    return sorted(days.items())


def coming(session: Session, court: Court, now: dt.datetime) -> int:
    """Return how many hearings are fixed for today and the six days after."""
    wanted = sa.select(sa.func.count(Hearing.id)).where(
        Hearing.court_id == court.id, *_sits_soon(court, now)
    )
    return session.scalar(wanted) or 0


def _sits_soon(court: Court, now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what is fixed for today and the six days after."""
    zone = ZoneInfo(court.zone)
    span = days_span(now.astimezone(zone).date(), 7, zone)
    still = Hearing.state != HearingState.CANCELLED.value
    return [still, Hearing.starts_at >= span.starts_at, Hearing.starts_at < span.ends_at]


def newest_lines(session: Session, case: Case) -> Sequence[Entry]:
    """Return the newest lines of a case's record, the newest first."""
    wanted = sa.select(Entry).where(Entry.case_id == case.id).order_by(Entry.seq.desc())
    return session.scalars(wanted.limit(NEWEST)).all()


@dataclass(frozen=True)
class DraftSummary:
    """What a court has already of what a first hearing needs."""

    courtroom: bool
    case: bool
    hearing: bool


def begun(session: Session, court: Court) -> DraftSummary:
    """Return how far a new court has come."""

    def any_of(table: type[Courtroom] | type[Case] | type[Hearing]) -> bool:
        return bool(session.scalar(sa.select(sa.exists().where(table.court_id == court.id))))

    return DraftSummary(any_of(Courtroom), any_of(Case), any_of(Hearing))
