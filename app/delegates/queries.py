"""Read delegates: of one counsel in a case, of a case for the court, and those to be ended."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.delegates import DelegateEnd, end_now
from app.cases.models import Case, Delegate, Party, Representation
from app.delegates import rules
from app.hearings.models import Hearing
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

MOST_SHOWN = 50


@dataclass(frozen=True)
class DelegateView:
    """A delegate with their hearing, if it is for one alone, and why they may act no longer.

    ``until`` is their last day by the court's clock, None where counsel named none.
    """

    delegate: Delegate
    hearing: Hearing | None
    ended: DelegateEnd | None
    until: dt.date | None

    @property
    def refused(self) -> bool:
        """Whether they never were one: they are known for another side."""
        return self.ended is DelegateEnd.OTHER_SIDE and self.delegate.key_digest is None


def of_representation(
    session: Session, representation_id: int, now: dt.datetime
) -> Sequence[DelegateView]:
    """Return the delegates of one counsel in a case, those who may act first, then the newest."""
    return _views(session, Delegate.representation_id == representation_id, now)


def of_case(session: Session, case_id: int, now: dt.datetime) -> Sequence[DelegateView]:
    """Return the delegates of all counsel in a case, those who may act first, then the newest."""
    return _views(session, Delegate.case_id == case_id, now)


def _views(
    session: Session, condition: sa.ColumnElement[bool], now: dt.datetime
) -> Sequence[DelegateView]:
    query = (
        sa.select(Delegate, Hearing, end_now(now).label("why"))
        .join(Delegate.representation)
        .outerjoin(Hearing, Hearing.id == Delegate.hearing_id)
        .where(condition)
        .options(
            joinedload(Delegate.representation).joinedload(Representation.counsel),
            joinedload(Delegate.representation)
            .joinedload(Representation.party)
            .joinedload(Party.case)
            .joinedload(Case.court),
            joinedload(Delegate.ended_by),
        )
        .order_by(Delegate.id.desc())
        .limit(MOST_SHOWN)
        .execution_options(populate_existing=True)
    )
    found = [_view(*row) for row in session.execute(query)]
    return sorted(found, key=lambda each: each.ended is not None)


def _view(delegate: Delegate, hearing: Hearing | None, why: str) -> DelegateView:
    zone = delegate.representation.party.case.court.zone
    until = rules.last_day(delegate.ends_at, zone) if delegate.ends_at else None
    return DelegateView(delegate, hearing, DelegateEnd(why) if why else None, until)


@dataclass(frozen=True)
class RefusedDelegate:
    """A delegate who is known for another side, and the task to look at it."""

    task: Task
    delegate: Delegate
    case: Case


def refused(
    session: Session, court_id: int, assistant_id: int | None = None
) -> list[RefusedDelegate]:
    """Return the refused delegates that nobody has looked at, the oldest first.

    Those of a court, or of one assistant's cases.
    """
    query = (
        sa.select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(
            Task.court_id == court_id,
            Task.way == TaskKind.DELEGATE.value,
            Task.state == TaskState.OPEN.value,
        )
        .order_by(Task.created_at)
        .limit(MOST_SHOWN)
    )
    if assistant_id is not None:
        query = query.where(sa.or_(Case.assistant_id == assistant_id, Case.assistant_id.is_(None)))
    rows = session.execute(query).all()
    found = sa.select(Delegate).where(
        Delegate.id.in_([row.Task.because["delegate"] for row in rows])
    )
    options = joinedload(Delegate.representation).joinedload(Representation.counsel)
    delegates = {each.id: each for each in session.scalars(found.options(options))}
    return [
        RefusedDelegate(row.Task, delegates[row.Task.because["delegate"]], row.Case) for row in rows
    ]


def to_end(session: Session, now: dt.datetime, limit: int = 100) -> Sequence[int]:
    """Return delegates who may act no longer, of which the record does not say so yet."""
    query = (
        sa.select(Delegate.id)
        .join(Representation)
        .where(Delegate.ended_at.is_(None), end_now(now) != "")
        .order_by(Delegate.id)
        .limit(limit)
    )
    return session.scalars(query).all()
