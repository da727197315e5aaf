"""Aggregates of a court's hearings, by month and procedure, each computed by the database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case, CaseMember
from app.core.normalization import name_key
from app.court.bench import BenchRole
from app.court.models import Court, Judge
from app.figures.rules import Comparison, Month, Share, bounds
from app.hearings.models import (
    Answer,
    AnswerChoice,
    CourtMove,
    Hearing,
    HearingMember,
    HearingState,
    Invitation,
    MoveOpinion,
    MoveRequest,
    MoveState,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.rules import days_span
from app.notices.models import Notice
from app.outcomes.models import Absence, HearingOutcome
from app.outcomes.rules import Outcome
from app.people.models import Role, User
from app.questions.models import Question
from app.record.rules import WENT_OUT, EvidenceGrade

# A cell is of a month and a procedure: (index of the month, procedure).
Cell = tuple[int, str]


@dataclass(frozen=True)
class Scope:
    """Which hearings are counted: of a court, or of one of its judges, in some months.

    ``procedure`` is "" for all.
    """

    court: Court
    months: Sequence[Month]
    procedure: str = ""
    judge_id: int | None = None

    @property
    def bounds(self) -> list[dt.datetime]:
        """The instants between the months."""
        return bounds(self.months, ZoneInfo(self.court.zone))

    def month(self, at: Any) -> sa.ColumnElement[int]:
        """Return the index of the month of an instant."""
        ends = enumerate(self.bounds[1:])
        return sa.case(*((at < end, sa.literal(n)) for n, end in ends), else_=sa.literal(-1))

    def within(self, at: Any) -> sa.ColumnElement[bool]:
        """Return the condition that an instant lies in the months."""
        return sa.and_(at >= self.bounds[0], at < self.bounds[-1])

    def of_hearings(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions of the hearings, joined with their cases.

        A judge's own are those in which they sit, presiding or beside others: what becomes of a
        hearing is the whole bench's. Who is needed and does not sit has none.
        """
        conditions = [Hearing.court_id == self.court.id, *self._procedure()]
        if self.judge_id is None:
            return conditions
        sits = _sits(HearingMember, self.judge_id).where(HearingMember.hearing_id == Hearing.id)
        own = sa.or_(Hearing.judge_id == self.judge_id, sits.correlate(Hearing))
        return [*conditions, own]

    def of_cases(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions of cases, for what is about no hearing."""
        conditions = [Case.court_id == self.court.id, *self._procedure()]
        if self.judge_id is None:
            return conditions
        sits = _sits(CaseMember, self.judge_id).where(CaseMember.case_id == Case.id)
        return [*conditions, sa.or_(Case.judge_id == self.judge_id, sits.correlate(Case))]

    def _procedure(self) -> list[sa.ColumnElement[bool]]:
        return [Case.procedure == self.procedure] if self.procedure else []


def _sits(member: type[HearingMember] | type[CaseMember], judge_id: int) -> sa.Exists:
    """Return the condition that a judge is a member who sits."""
    roles = [role.value for role in BenchRole if role.sits]
    return sa.exists().where(member.judge_id == judge_id, member.role.in_(roles))


def judge_of(session: Session, user: User) -> int | None:
    """Return the id of the judge whom a user of that role is, by name; 0 where there is none.

    None for other roles, which see the whole court.
    """
    if user.role != Role.JUDGE:
        return None
    query = sa.select(Judge.id).where(
        Judge.court_id == user.court_id, Judge.name_key == name_key(user.name)
    )
    return session.scalar(query) or 0


def _count(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)


def _shares(session: Session, query: Any) -> dict[Cell, Share]:
    """Return shares by cell from rows of (month, procedure, count, of)."""
    return {(month, name): Share(int(n), int(of)) for month, name, n, of in session.execute(query)}


# --- days from the first asking to the date ------------------------------------------------------


@dataclass(frozen=True)
class Median:
    """A median of so many cases, in days."""

    days: float
    of: int


def days_to_date(session: Session, scope: Scope, *by: str) -> dict[tuple[Any, ...], Median]:
    """Return the median of days from the first asking to the date, by "month" and "procedure".

    Counted in the month of the date. The middle rows are found by the database: neither SQLite nor
    the subset of SQL that both speak has a median.
    """
    columns: dict[str, Any] = {
        "month": scope.month(Hearing.starts_at),
        "procedure": Case.procedure,
    }
    keys: list[Any] = [columns[name].label(name) for name in by]
    days = (
        sa.extract("epoch", Hearing.starts_at) - sa.extract("epoch", Proposal.created_at)
    ) / 86_400.0
    partition = keys or None
    ranked = (
        sa.select(
            *keys,
            days.label("days"),
            sa.func.row_number().over(order_by=days, partition_by=partition).label("place"),
            sa.func.count().over(partition_by=partition).label("of"),
        )
        .select_from(Hearing)
        .join(Case, Case.id == Hearing.case_id)
        .join(Proposal, sa.and_(Proposal.hearing_id == Hearing.id, Proposal.round == 1))
        .where(
            *scope.of_hearings(),
            scope.within(Hearing.starts_at),
            Hearing.state == HearingState.FIXED.value,
        )
        .subquery()
    )
    middle = ranked.c.place.between((ranked.c.of + 1) // 2, (ranked.c.of + 2) // 2)
    names = [ranked.c[name] for name in by]
    query = (
        sa.select(*names, sa.func.avg(ranked.c.days), sa.func.max(ranked.c.of))
        .where(middle)
        .group_by(*names)
    )
    if not names:
        query = query.having(sa.func.count() > 0)
    return {tuple(row[:-2]): Median(float(row[-2]), int(row[-1])) for row in session.execute(query)}


# --- proposals, moves, questions, messages ------------------------------------------------------


def agreed_in_first_round(session: Session, scope: Scope) -> dict[Cell, Share]:
    """Return how many first proposals that ended were ended by a slot to which all agreed.

    Counted in the month of asking. A round whose slot was fixed by order before all had agreed to
    one is not agreed.
    """
    other, reply = aliased(Invitation), aliased(Answer)
    refuses = (
        sa.exists()
        .where(other.proposal_id == Proposal.id, other.required)
        .where(
            ~sa.exists().where(
                reply.invitation_id == other.id,
                reply.slot_id == Slot.id,
                reply.says != AnswerChoice.NO.value,
            )
        )
        .correlate(Proposal, Slot)
    )
    suits = sa.exists().where(Slot.proposal_id == Proposal.id, ~refuses).correlate(Proposal)
    is_agreed = sa.and_(Proposal.state == ProposalState.DECIDED.value, suits)
    month = scope.month(Proposal.created_at)
    first_proposals = (
        sa.select(
            month.label("month"), Case.procedure, sa.case((is_agreed, 1), else_=0).label("agreed")
        )
        .select_from(Proposal)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            *scope.of_hearings(),
            scope.within(Proposal.created_at),
            Proposal.round == 1,
            Proposal.state != ProposalState.OPEN.value,
        )
        .subquery()
    )
    return _shares(
        session,
        sa.select(
            first_proposals.c.month,
            first_proposals.c.procedure,
            sa.func.sum(first_proposals.c.agreed),
            sa.func.count(),
        ).group_by(first_proposals.c.month, first_proposals.c.procedure),
    )


def moves_by_reason(session: Session, scope: Scope) -> dict[tuple[int, str, str], Share]:
    """Return by month, procedure and reason how many requests for another date were granted.

    Counted in the month of the request; open ones are not counted yet.
    """
    month = scope.month(MoveRequest.created_at)
    query = (
        sa.select(
            month,
            Case.procedure,
            MoveOpinion.reason,
            _count(MoveRequest.state == MoveState.MOVED.value),
            sa.func.count(),
        )
        .select_from(MoveRequest)
        .join(MoveOpinion, sa.and_(MoveOpinion.request_id == MoveRequest.id, MoveOpinion.asks))
        .join(Hearing, Hearing.id == MoveRequest.hearing_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            *scope.of_hearings(),
            scope.within(MoveRequest.created_at),
            MoveRequest.state != MoveState.OPEN.value,
        )
        .group_by(month, Case.procedure, MoveOpinion.reason)
    )
    rows = session.execute(query)
    return {(n, name, why): Share(int(count), int(of)) for n, name, why, count, of in rows}


def moves_by_court(session: Session, scope: Scope) -> dict[tuple[int, str, str], Share]:
    """Return by month, procedure and cause how many moves of the court's own led to another date.

    Counted in the month of the act. A move to one slot does so at once; one that asks about several
    once a slot is agreed or fixed, and is not counted while it is asked. The cause is "" where none
    was chosen.
    """
    month = scope.month(CourtMove.moved_at)
    at_once = CourtMove.round == 0
    query = (
        sa.select(
            month,
            Case.procedure,
            CourtMove.cause,
            _count(sa.or_(at_once, Proposal.state == ProposalState.DECIDED.value)),
            sa.func.count(),
        )
        .select_from(CourtMove)
        .join(Hearing, Hearing.id == CourtMove.hearing_id)
        .join(Case, Case.id == CourtMove.case_id)
        .outerjoin(
            Proposal,
            sa.and_(Proposal.hearing_id == CourtMove.hearing_id, Proposal.round == CourtMove.round),
        )
        .where(
            *scope.of_hearings(),
            CourtMove.court_id == scope.court.id,
            scope.within(CourtMove.moved_at),
            sa.or_(at_once, Proposal.state != ProposalState.OPEN.value),
        )
        .group_by(month, Case.procedure, CourtMove.cause)
    )
    rows = session.execute(query)
    return {(n, name, why): Share(int(count), int(of)) for n, name, why, count, of in rows}


def questions_in_time(session: Session, scope: Scope, now: dt.datetime) -> dict[Cell, Share]:
    """Return how many questions that were answered, or are late, were answered in time."""
    month = scope.month(Question.asked_at)
    query = (
        sa.select(
            month, Case.procedure, _count(Question.answered_at <= Question.due_at), sa.func.count()
        )
        .select_from(Question)
        .join(Case, Case.id == Question.case_id)
        .where(
            *scope.of_cases(),
            Question.court_id == scope.court.id,
            scope.within(Question.asked_at),
            sa.or_(Question.answered_at.is_not(None), Question.due_at <= now),
        )
        .group_by(month, Case.procedure)
    )
    return _shares(session, query)


def hearings_with_date(session: Session, scope: Scope, now: dt.datetime) -> dict[Cell, int]:
    """Return how many hearings had a date that came, by the month of the date."""
    month = scope.month(Hearing.starts_at)
    query = (
        sa.select(month, Case.procedure, sa.func.count())
        .select_from(Hearing)
        .join(Case, Case.id == Hearing.case_id)
        .where(*_dated(scope, now))
        .group_by(month, Case.procedure)
    )
    return {(n, name): count for n, name, count in session.execute(query)}


def messages(session: Session, scope: Scope, now: dt.datetime) -> dict[tuple[int, str, str], int]:
    """Return how many messages to counsel went out about these hearings, with their channel."""
    month = scope.month(Hearing.starts_at)
    about = sa.literal("hearing/").concat(sa.cast(Hearing.id, sa.String))
    query = (
        sa.select(month, Case.procedure, Notice.channel, sa.func.count())
        .select_from(Hearing)
        .join(Case, Case.id == Hearing.case_id)
        .join(Notice, Notice.about == about)
        .where(
            *_dated(scope, now),
            Notice.counsel_id.is_not(None),
            Notice.state.in_([state.value for state in WENT_OUT]),
        )
        .group_by(month, Case.procedure, Notice.channel)
    )
    return {(n, name, channel): count for n, name, channel, count in session.execute(query)}


def _dated(scope: Scope, now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    return [
        *scope.of_hearings(),
        scope.within(Hearing.starts_at),
        Hearing.starts_at <= now,
        Hearing.state == HearingState.FIXED.value,
        # Nothing was sent about a date that was fixed elsewhere.
        sa.or_(~Hearing.imported, Hearing.revision > 1),
    ]


# --- outcomes and absence ------------------------------------------------------------------------


def outcomes(session: Session, scope: Scope) -> dict[tuple[int, str, str, str], int]:
    """Return how many hearings had which outcome and cause, by month and procedure."""
    month = scope.month(HearingOutcome.starts_at)
    query = (
        _of_outcomes(scope, month, Case.procedure, HearingOutcome.outcome, HearingOutcome.cause)
        .add_columns(sa.func.count())
        .where(scope.within(HearingOutcome.starts_at))
        .group_by(month, Case.procedure, HearingOutcome.outcome, HearingOutcome.cause)
    )
    return {(n, name, what, why): count for n, name, what, why, count in session.execute(query)}


def absences(session: Session, scope: Scope) -> dict[Cell, Share]:
    """Return how many of those who were absent had been shown to know the date (E3 or better)."""
    month = scope.month(HearingOutcome.starts_at)
    query = (
        _of_outcomes(scope, month, Case.procedure)
        .add_columns(_count(Absence.grade >= EvidenceGrade.OPENED.value), sa.func.count())
        .join(Absence, Absence.outcome_id == HearingOutcome.id)
        .where(Absence.counsel_id.is_not(None), scope.within(HearingOutcome.starts_at))
        .group_by(month, Case.procedure)
    )
    return _shares(session, query)


def no_shows(session: Session, scope: Scope) -> dict[Cell, Share]:
    """Return at how many hearings with an outcome somebody was absent."""
    month = scope.month(HearingOutcome.starts_at)
    query = (
        _of_outcomes(scope, month, Case.procedure)
        .add_columns(_count(_somebody_absent()), sa.func.count())
        .where(scope.within(HearingOutcome.starts_at))
        .group_by(month, Case.procedure)
    )
    return _shares(session, query)


def comparison(session: Session, scope: Scope) -> Comparison | None:
    """Return the no-shows before and after the court began to send by Tingqi, of all times.

    None where the court has not said when that was.
    """
    since = scope.court.sends_from
    if since is None:
        return None
    begins = days_span(since, 1, ZoneInfo(scope.court.zone)).starts_at
    is_after = HearingOutcome.starts_at >= begins
    absent = _somebody_absent()
    # A hearing that did not take place for another reason than absence shows nobody's absence.
    counted = sa.or_(
        HearingOutcome.outcome.in_([Outcome.HELD.value, Outcome.HELD_IN_PART.value]), absent
    )
    query = _of_outcomes(scope).add_columns(
        _count(~is_after, absent), _count(~is_after), _count(is_after, absent), _count(is_after)
    )
    row = session.execute(query.where(counted)).one()
    return Comparison(since, Share(int(row[0]), int(row[1])), Share(int(row[2]), int(row[3])))


def _of_outcomes(scope: Scope, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(HearingOutcome)
        .join(Hearing, Hearing.id == HearingOutcome.hearing_id)
        .join(Case, Case.id == HearingOutcome.case_id)
        .where(
            HearingOutcome.court_id == scope.court.id,
            HearingOutcome.replaced_at.is_(None),
            *scope.of_hearings(),
        )
    )


def _somebody_absent() -> sa.ColumnElement[bool]:
    """Tell of which outcomes somebody was absent for a party: who is needed besides is not."""
    return (
        sa.exists()
        .where(Absence.outcome_id == HearingOutcome.id, Absence.counsel_id.is_not(None))
        .correlate(HearingOutcome)
    )
