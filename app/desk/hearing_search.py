"""Hearings found by words, state and deadline, in the order that is asked for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.cases.queries import PAGE, case_filter
from app.desk.queries import SOON, owned_by
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState
from app.hearings.rules import days_span
from app.people.models import User

FEW = 10
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2200, 1, 1)
ORDERS = ("newest", "date", "deadline")


@dataclass(frozen=True)
class HearingFilter:
    """What a list is asked for; its address says the same, and can be kept as a bookmark."""

    words: str = ""
    state: str = ""
    due: bool = False
    order: str = ORDERS[0]
    page: int = 1
    judge: int | None = None
    # Days of the hearing by the court's clock, both included.
    first: dt.date | None = None
    last: dt.date | None = None
    mine: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of the list."""
        return self != HearingFilter(order=self.order, page=self.page)

    @property
    def address(self) -> dict[str, str]:
        """Return the arguments of the address, without the page."""
        told = {
            "q": self.words,
            "state": self.state,
            "due": "1" if self.due else "",
            "sort": self.order,
            "judge": self.judge or "",
            "from": self.first or "",
            "to": self.last or "",
            "whose": "mine" if self.mine else "",
        }
        return {name: str(value) for name, value in told.items() if value}


def found(
    session: Session, user: User, wish: HearingFilter, now: dt.datetime
) -> tuple[Sequence[Hearing], bool]:
    """Return one page of the hearings of a user's court, and whether there are more."""
    wanted: Any = (
        sa.select(Hearing)
        .join(Hearing.case)
        .where(Hearing.court_id == user.court_id)
        .where(*_within(wish, ZoneInfo(user.court.zone)))
        .options(
            joinedload(Hearing.case),
            joinedload(Hearing.judge),
            joinedload(Hearing.courtroom),
            selectinload(Hearing.proposals).selectinload(Proposal.invitations),
        )
        .order_by(*_order(wish.order))
    )
    if wish.state in list(HearingState):
        wanted = wanted.where(*_stands(wish.state))
    if wish.due:
        wanted = wanted.where(_deadline() <= now + SOON)
    if wish.mine:
        wanted = wanted.where(*owned_by(user))
    if wish.words.strip():
        wanted = wanted.where(case_filter(wish.words))
    rows = session.scalars(wanted.offset((wish.page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def _stands(state: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on a state; a date that holds is fixed while another is asked for."""
    if state != HearingState.FIXED:
        return [Hearing.state == state]
    both = (HearingState.FIXED.value, HearingState.PROPOSED.value)
    return [Hearing.state.in_(both), sa.or_(Hearing.state == state, Hearing.starts_at.is_not(None))]


def _within(wish: HearingFilter, zone: ZoneInfo) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on judge and day."""
    asked = []
    if wish.judge is not None:
        asked.append(Hearing.judge_id == wish.judge)
    if wish.first:
        asked.append(Hearing.starts_at >= days_span(max(wish.first, EARLIEST), 1, zone).starts_at)
    if wish.last:
        asked.append(Hearing.starts_at < days_span(min(wish.last, LATEST), 1, zone).ends_at)
    return asked


def _deadline() -> sa.ScalarSelect[dt.datetime]:
    open_round = sa.and_(
        Proposal.hearing_id == Hearing.id, Proposal.state == ProposalState.OPEN.value
    )
    return sa.select(sa.func.max(Proposal.answer_by)).where(open_round).scalar_subquery()


def _order(name: str) -> list[Any]:
    """Return the order of a list; what has no such time comes last, on both databases."""
    by = {"date": Hearing.starts_at, "deadline": _deadline()}.get(name)
    return [Hearing.id.desc()] if by is None else [by.is_(None), by, Hearing.id.desc()]


def without_hearing(session: Session, court_id: int, asked: str) -> Sequence[Case]:
    """Return a few cases found by words for which nobody was asked yet."""
    wanted = (
        sa.select(Case)
        .where(Case.court_id == court_id, case_filter(asked))
        .where(~sa.exists().where(Hearing.case_id == Case.id))
        .order_by(Case.id.desc())
        .limit(FEW)
    )
    return session.scalars(wanted).all()
