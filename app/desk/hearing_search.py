"""Search hearings by text, state, judge, day and deadline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.cases.queries import PAGE, case_filter
from app.desk.queries import SOON
from app.hearings.bench import members
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState
from app.hearings.queries import owned_by, sits_within
from app.hearings.rules import days_span
from app.outcomes.queries import awaits
from app.people.models import User

FEW = 10
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2200, 1, 1)
ORDERS = ("newest", "date", "deadline")
AWAITING = "none"  # over, and without an outcome


@dataclass(frozen=True)
class HearingFilter:
    """Filter and order of the list of hearings, parsed from the query string."""

    words: str = ""
    state: str = ""
    due: bool = False
    order: str = ORDERS[0]
    page: int = 1
    judge: int | None = None
    # First and last local day of the hearing, inclusive.
    first: dt.date | None = None
    last: dt.date | None = None
    mine: bool = False
    # An Outcome, or AWAITING.
    outcome: str = ""

    @property
    def narrows(self) -> bool:
        """Whether the filter excludes any hearing."""
        return self != HearingFilter(order=self.order, page=self.page)

    @property
    def address(self) -> dict[str, str]:
        """Return the query string arguments, without the page."""
        arguments = {
            "q": self.words,
            "state": self.state,
            "due": "1" if self.due else "",
            "sort": self.order,
            "judge": self.judge or "",
            "from": self.first or "",
            "to": self.last or "",
            "whose": "mine" if self.mine else "",
            "outcome": self.outcome,
        }
        return {name: str(value) for name, value in arguments.items() if value}


def search(
    session: Session, user: User, hearing_filter: HearingFilter, now: dt.datetime
) -> tuple[Sequence[Hearing], bool]:
    """Return one page of hearings of the user's court, and whether there is another page."""
    query: Any = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == user.court_id)
        .where(*_judge_and_days(hearing_filter, user.court_id, ZoneInfo(user.court.zone)))
        .options(
            joinedload(Hearing.case),
            joinedload(Hearing.judge),
            selectinload(Hearing.members),
            joinedload(Hearing.courtroom),
            selectinload(Hearing.proposals).selectinload(Proposal.invitations),
        )
        .order_by(*_order(hearing_filter.order))
    )
    if hearing_filter.state in list(HearingState):
        query = query.where(*_in_state(hearing_filter.state))
    if hearing_filter.outcome == AWAITING:
        query = query.where(*awaits(user.court, now))
    elif hearing_filter.outcome:
        query = query.where(Hearing.outcome == hearing_filter.outcome)
    if hearing_filter.due:
        query = query.where(_deadline() <= now + SOON)
    if hearing_filter.mine:
        query = query.where(*owned_by(user))
    if hearing_filter.words.strip():
        query = query.where(case_filter(hearing_filter.words))
    rows = session.scalars(query.offset((hearing_filter.page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def _in_state(state: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for a state; ``fixed`` includes dates about to move."""
    if state != HearingState.FIXED:
        return [Hearing.state == state]
    both = (HearingState.FIXED.value, HearingState.PROPOSED.value)
    return [Hearing.state.in_(both), sa.or_(Hearing.state == state, Hearing.starts_at.is_not(None))]


def _judge_and_days(
    hearing_filter: HearingFilter, court_id: int, zone: ZoneInfo
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for judge and day."""
    conditions = []
    if hearing_filter.judge is not None:
        conditions.append(members.needs(hearing_filter.judge))
    first, last = hearing_filter.first, hearing_filter.last
    if first or last:
        begin = days_span(max(first, EARLIEST), 1, zone).starts_at if first else None
        end = days_span(min(last, LATEST), 1, zone).ends_at if last else None
        conditions.append(sits_within(court_id, begin, end))
    return conditions


def _deadline() -> sa.ScalarSelect[dt.datetime]:
    open_round = sa.and_(
        Proposal.hearing_id == Hearing.id, Proposal.state == ProposalState.OPEN.value
    )
    return sa.select(sa.func.max(Proposal.answer_by)).where(open_round).scalar_subquery()


def _order(name: str) -> list[Any]:
    """Return the ORDER BY terms; NULLs come last on both databases."""
    column = {"date": Hearing.starts_at, "deadline": _deadline()}.get(name)
    return [Hearing.id.desc()] if column is None else [column.is_(None), column, Hearing.id.desc()]


def without_hearing(session: Session, court_id: int, search_text: str) -> Sequence[Case]:
    """Return up to FEW matching cases without any hearing."""
    query = (
        sa.select(Case)
        .where(Case.court_id == court_id, case_filter(search_text))
        .where(~sa.exists().where(Hearing.case_id == Case.id))
        .options(joinedload(Case.judge), selectinload(Case.members), selectinload(Case.parties))
        .order_by(Case.id.desc())
        .limit(FEW)
    )
    return session.scalars(query).all()
