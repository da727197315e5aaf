"""Hearings found by words, state and deadline, in the order that is asked for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.models import Case
from app.cases.queries import PAGE, matching
from app.hearings.desk import SOON
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState

FEW = 10
ORDERS = ("newest", "date", "deadline")


@dataclass(frozen=True)
class Wish:
    """What a list is asked for; its address says the same, and can be kept as a bookmark."""

    words: str = ""
    state: str = ""
    due: bool = False
    order: str = ORDERS[0]
    page: int = 1


def found(
    session: Session, court_id: int, wish: Wish, now: dt.datetime
) -> tuple[Sequence[Hearing], bool]:
    """Return one page of a court's hearings, and whether there are more."""
    wanted: Any = (
        sa.select(Hearing).join(Hearing.case).where(Hearing.court_id == court_id)
        .options(
            joinedload(Hearing.case), joinedload(Hearing.judge), joinedload(Hearing.courtroom),
            selectinload(Hearing.proposals).selectinload(Proposal.invitations),
        )
        .order_by(*_order(wish.order))
    )  # fmt: skip
    if wish.state in list(HearingState):
        wanted = wanted.where(Hearing.state == wish.state)
    if wish.due:
        wanted = wanted.where(_deadline() <= now + SOON)
    if wish.words.strip():
        wanted = wanted.where(matching(wish.words))
    rows = session.scalars(wanted.offset((wish.page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


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
        .where(Case.court_id == court_id, matching(asked))
        .where(~sa.exists().where(Hearing.case_id == Case.id))
        .order_by(Case.id.desc()).limit(FEW)
    )  # fmt: skip
    return session.scalars(wanted).all()
