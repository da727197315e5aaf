"""Queries of the home page: pending work, upcoming hearings, and setup progress."""

import datetime as dt
from collections.abc import Mapping, Sequence
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
from app.hearings.bench import invitations
from app.hearings.bench.rules import Agreement, MemberAvailability, agreement
from app.hearings.models import (
    Hearing,
    HearingSitting,
    HearingState,
    Invitation,
    MemberInvitation,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.queries import owned_by, sits_within
from app.hearings.rules import Span, days_span
from app.hearings.sittings.rules import Sitting
from app.law import working_days
from app.outcomes import queries as outcomes
from app.outcomes.queries import AwaitingDay
from app.people.models import User
from app.questions import queries as questions
from app.questions.models import Question

SOON = dt.timedelta(hours=24)
MOST = 500
Filters = Sequence[sa.ColumnElement[bool]]
DAYS = 7
WEEK = 60  # upcoming hearings shown on the home page
# Lists of pending work in order of urgency, and grouped as pages count them.
LISTS = ("todo", "questions", "unreached", "lapsed", "none_suits", "ready", "due", "outcomes")
KINDS: dict[str, tuple[str, ...]] = {
    "unreached": ("unreached",),
    "todo": ("todo",),
    "questions": ("questions",),
    "lapsed": ("lapsed",),
    "decide": ("none_suits", "ready"),
    "due": ("due",),
    "outcomes": ("outcomes",),
}


@dataclass(frozen=True)
class ProposalProgress:
    """Progress of a proposal: who has answered, and which slot suits everybody."""

    proposal: Proposal
    asked: int
    answered: int
    best: Slot | None
    agreed: Agreement
    # Members of the bench who are outside the court, with their answers.
    members: Sequence[MemberAvailability] = ()

    @property
    def complete(self) -> bool:
        """Whether all required counsel have answered."""
        required = [
            invitation for invitation in self.proposal.invitations if invitation.required
        ] or self.proposal.invitations
        return all(invitation.answered_at for invitation in required)

    @property
    def leading(self) -> Slot | None:
        """The slot accepted by most counsel so far, or None."""
        by_time = sorted(self.proposal.slots, key=lambda slot: (slot.starts_at, slot.id))
        leader = max(by_time, key=self._rank, default=None)
        return leader if leader and self._rank(leader)[0] else None

    @property
    def leads(self) -> bool:
        """Whether the leading slot is ahead of every other, by acceptances, then by plain yeses."""
        ranks = sorted((self._rank(slot) for slot in self.proposal.slots), reverse=True)
        return bool(ranks and ranks[0][0] and ranks[0] not in ranks[1:])

    def _rank(self, slot: Slot) -> tuple[int, int]:
        answers = self._answers_to(slot)
        return sum(answer != "no" for answer in answers), answers.count("yes")

    def acceptances(self, slot: Slot) -> int:
        """Number of counsel who accept a slot, with yes or if needed."""
        return sum(answer != "no" for answer in self._answers_to(slot))

    def _answers_to(self, slot: Slot) -> list[str]:
        invitations = self.proposal.invitations
        return [
            answer.says
            for invitation in invitations
            for answer in invitation.answers
            if answer.slot_id == slot.id
        ]

    @property
    def silent(self) -> list[str]:
        """Names of counsel who have not answered."""
        return [
            invitation.counsel.name
            for invitation in self.proposal.invitations
            if not invitation.answered_at
        ]


PendingItem = TaskItem | Question | Unreached | Hearing | ProposalProgress | AwaitingDay


@dataclass(frozen=True)
class WorkItem:
    """One item of pending work, the list of LISTS that it is of, and by when it is to be done."""

    kind: str
    item: PendingItem
    due_at: dt.datetime | None
    # Its deadline, or since when it is overdue or waiting.
    sorts_at: dt.datetime
    # To be done today: due by the end of the day, overdue, or asked for by counsel.
    is_today: bool


@dataclass
class PendingWork:
    """Pending work of a court, by kind, each sorted by urgency.

    ``deadlines``: by hearing id, when the hearing begins, or answers to its open proposal are due.
    """

    todo: list[TaskItem] = field(default_factory=list)
    questions: Sequence[Question] = ()
    unreached: list[Unreached] = field(default_factory=list)
    lapsed: Sequence[Hearing] = ()
    none_suits: list[ProposalProgress] = field(default_factory=list)
    ready: list[ProposalProgress] = field(default_factory=list)
    due: list[ProposalProgress] = field(default_factory=list)
    outcomes: Sequence[AwaitingDay] = ()
    open: int = 0
    deadlines: Mapping[int, dt.datetime] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of pending items."""
        return sum(len(getattr(self, name)) for name in LISTS)

    def only(self, kind: str) -> "PendingWork":
        """Return the items of one kind, or all for an unknown kind."""
        names = KINDS.get(kind, LISTS)
        lists = {name: getattr(self, name) for name in names}
        return PendingWork(**lists, open=self.open, deadlines=self.deadlines)

    def items(self, day_ends: dt.datetime) -> list[WorkItem]:
        """Return all items, those of today first, then by deadline or by how long they wait."""
        items = [
            _work_item(name, item, self.deadlines, day_ends)
            for name in LISTS
            for item in getattr(self, name)
        ]
        return sorted(items, key=lambda each: (not each.is_today, each.sorts_at))


def _work_item(
    kind: str,
    item: PendingItem,
    deadlines: Mapping[int, dt.datetime],
    day_ends: dt.datetime,
) -> WorkItem:
    due_at, is_requested = None, False
    match item:
        case TaskItem():
            due_at, since, is_requested = item.due_at, item.task.created_at, item.asked_for
        case Question():
            due_at = since = item.due_at
        case Unreached():
            due_at, since = deadlines.get(item.hearing.id), item.since
        case Hearing():
            since = item.changed_at
        case ProposalProgress():
            due_at = since = item.proposal.answer_by
        case AwaitingDay():
            since, is_requested = item.since, True
    is_due = due_at is not None and due_at < day_ends
    return WorkItem(kind, item, due_at, due_at or since, is_due or is_requested)


def progress_of(proposal: Proposal) -> ProposalProgress:
    """Return the progress of a proposal, by the same rule that fixes the date."""
    required = [
        invitation for invitation in proposal.invitations if invitation.required
    ] or proposal.invitations
    answers = [{a.slot_id: a.says for a in s.answers} if s.answered_at else None for s in required]
    slots = [(slot.id, slot.starts_at) for slot in proposal.slots]
    members = invitations.availability(proposal.hearing, proposal)
    agreed = agreement(slots, answers, members)
    best = next((slot for slot in proposal.slots if slot.id == agreed.slot_id), None)
    answered = sum(1 for invitation in proposal.invitations if invitation.answered_at)
    return ProposalProgress(proposal, len(proposal.invitations), answered, best, agreed, members)


def waiting(
    session: Session, court: Court, user: User | None, now: dt.datetime, search: str = ""
) -> PendingWork:
    """Return a court's pending work: of one user's hearings or all, of cases matching a search."""
    of_search = [case_filter(search)] if search.strip() else []
    filters = [*owned_by(user), *of_search]
    own = [sa.or_(Case.assistant_id == user.id, Case.assistant_id.is_(None))] if user else []
    work = PendingWork(
        todo=todo.open_tasks(session, court, filters, now),
        questions=questions.open_in_court(session, court.id, [*own, *of_search]),
        unreached=unreached.people(session, court, filters, now),
        outcomes=outcomes.awaiting(session, court, filters, now),
    )
    work.lapsed = session.scalars(
        _hearings(court, filters)
        .where(Hearing.state == HearingState.LAPSED.value)
        .order_by(Hearing.changed_at)
        .limit(MOST)
    ).all()
    work.open = _open_count(session, court, filters)
    work.deadlines = _deadlines(session, [each.hearing for each in work.unreached])
    for proposal in _proposals_to_handle(session, court, filters, now):
        progress = progress_of(proposal)
        if progress.complete and progress.best is None:
            work.none_suits.append(progress)
        elif progress.complete:
            work.ready.append(progress)
        else:
            work.due.append(progress)
    return work


def _hearings(court: Court, filters: Filters = ()) -> Any:
    return (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == court.id, *filters)
        .options(
            joinedload(Hearing.case),
            joinedload(Hearing.courtroom),
            joinedload(Hearing.judge),
            selectinload(Hearing.members),
        )
    )


def _deadlines(session: Session, hearings: Sequence[Hearing]) -> dict[int, dt.datetime]:
    """Return, by hearing id, when a hearing begins, or answers to its open proposal are due."""
    deadlines = {each.id: each.starts_at for each in hearings if each.starts_at}
    asked = {each.id for each in hearings} - set(deadlines)
    if asked:
        query = sa.select(Proposal.hearing_id, Proposal.answer_by).where(
            Proposal.hearing_id.in_(asked), Proposal.state == ProposalState.OPEN.value
        )
        deadlines |= {row.hearing_id: row.answer_by for row in session.execute(query)}
    return deadlines


def _open_count(session: Session, court: Court, filters: Filters) -> int:
    query = (
        sa.select(sa.func.count(Proposal.id))
        .join(Proposal.hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == court.id, *filters)
        .where(Proposal.state == ProposalState.OPEN.value)
    )
    return session.scalar(query) or 0


def _complete() -> sa.ColumnElement[bool]:
    """Return the SQL condition for ProposalProgress.complete."""
    other = aliased(Invitation)
    any_required = (
        sa.exists().where(other.proposal_id == Proposal.id, other.required).correlate(Proposal)
    )
    return ~sa.exists().where(
        Invitation.proposal_id == Proposal.id,
        Invitation.answered_at.is_(None),
        sa.or_(Invitation.required, ~any_required),
    )


def _proposals_to_handle(
    session: Session, court: Court, filters: Filters, now: dt.datetime
) -> Sequence[Proposal]:
    """Return open proposals that are fully answered, or whose deadline is within SOON."""
    query = (
        sa.select(Proposal)
        .join(Proposal.hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == court.id, *filters)
        .where(Proposal.state == ProposalState.OPEN.value)
        .where(sa.or_(Proposal.answer_by <= now + SOON, _complete()))
        .order_by(Proposal.answer_by, Proposal.id)
        .limit(MOST)
        .options(
            joinedload(Proposal.hearing).joinedload(Hearing.case),
            joinedload(Proposal.hearing).options(
                selectinload(Hearing.members),
                selectinload(Hearing.member_invitations).selectinload(MemberInvitation.answers),
            ),
            selectinload(Proposal.slots),
            selectinload(Proposal.invitations).options(
                joinedload(Invitation.counsel), joinedload(Invitation.answers)
            ),
        )
    )
    return session.scalars(query).unique().all()


def week(
    session: Session, court: Court, now: dt.datetime
) -> list[tuple[dt.date, list[tuple[Hearing, Sitting]]]]:
    """Return the next seven days with the sittings of hearings, of at most WEEK hearings.

    Today is always among them, another day without a hearing only where the court sits.
    """
    zone = ZoneInfo(court.zone)
    query = (
        _hearings(court)
        .where(*_in_next_days(court, now))
        .order_by(Hearing.starts_at, Hearing.id)
        .limit(WEEK)
    )
    today, working = now.astimezone(zone).date(), working_days.working_days(session, court)
    coming_days = [today + dt.timedelta(days=n) for n in range(DAYS)]
    days: dict[dt.date, list[tuple[Hearing, Sitting]]] = {
        day: [] for day in coming_days if day == today or working.has(day)
    }
    for hearing in session.scalars(query):
        for sitting in hearing.sittings:
            if (day := sitting.starts_at.astimezone(zone).date()) in coming_days:
                days.setdefault(day, []).append((hearing, sitting))
    for listed in days.values():
        listed.sort(key=lambda each: each[1].starts_at)
    return sorted(days.items())


def _coming(court: Court, now: dt.datetime) -> sa.ColumnElement[int]:
    """Return the number of the sittings of the next seven days, today included, as SQL."""
    span = _next_days(court, now)
    live = [Hearing.court_id == court.id, Hearing.state != HearingState.CANCELLED.value]
    of_one = sa.select(sa.func.count(Hearing.id)).where(
        *live,
        Hearing.sitting_count == 1,
        Hearing.starts_at >= span.starts_at,
        Hearing.starts_at < span.ends_at,
    )
    of_several = (
        sa.select(sa.func.count(HearingSitting.id))
        .join(Hearing, Hearing.id == HearingSitting.hearing_id)
        .where(
            *live,
            HearingSitting.starts_at >= span.starts_at,
            HearingSitting.starts_at < span.ends_at,
        )
    )
    return of_one.scalar_subquery() + of_several.scalar_subquery()


def _next_days(court: Court, now: dt.datetime) -> Span:
    """Return the span of the next seven days, today included."""
    zone = ZoneInfo(court.zone)
    return days_span(now.astimezone(zone).date(), DAYS, zone)


def _in_next_days(court: Court, now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for hearings of the next seven days, today included."""
    span = _next_days(court, now)
    not_cancelled = Hearing.state != HearingState.CANCELLED.value
    return [not_cancelled, sits_within(court.id, span.starts_at, span.ends_at)]


@dataclass(frozen=True)
class CourtSummary:
    """Which prerequisites of a first hearing a court has already, and its sittings to come.

    ``coming`` is the number of sittings in the next seven days, today included.
    """

    courtroom: bool
    case: bool
    hearing: bool
    coming: int


def court_summary(session: Session, court: Court, now: dt.datetime) -> CourtSummary:
    """Return the summary of a court for its home page."""
    tables = (Courtroom, Case, Hearing)
    exists = [sa.exists().where(table.court_id == court.id) for table in tables]
    columns: list[sa.ColumnElement[Any]] = [*exists, _coming(court, now)]
    row = session.execute(sa.select(*columns)).one()
    return CourtSummary(bool(row[0]), bool(row[1]), bool(row[2]), row[3] or 0)
