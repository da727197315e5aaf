"""Read delegates: of one counsel in a case, of a case for the court, and those to be ended."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.delegates import AFTER_PROPOSING, DelegateEnd, end_at, end_now
from app.cases.models import Case, Delegate, Party, Representation
from app.core.db import UTCDateTime
from app.core.errors import N_, NotFound
from app.delegates import rules
from app.hearings.models import Hearing
from app.tasks import service as tasks
from app.tasks.models import Task
from app.tasks.service import TaskKind

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


def counting(representation_id: int) -> sa.Select[int]:
    """Select how many delegates one counsel named in a case, whether they may still act or not."""
    query = sa.select(sa.func.count()).select_from(Delegate)
    return query.where(Delegate.representation_id == representation_id)


def of_case(session: Session, case_id: int, now: dt.datetime) -> Sequence[DelegateView]:
    """Return the delegates of all counsel in a case, those who may act first, then the newest."""
    parameters = {"case": case_id, "now": now, "long_ago": now - AFTER_PROPOSING}
    found = [_view(*row) for row in session.execute(_of_case(), parameters)]
    return sorted(found, key=lambda each: each.ended is not None)


def all_of_case(session: Session, case_id: int, now: dt.datetime) -> Sequence[DelegateView]:
    """Return every delegate of a case, however many there were, in the order of ``of_case``."""
    return _views(session, Delegate.case_id == case_id, now, most=None)


def view(session: Session, court_id: int, delegate_id: int, now: dt.datetime) -> DelegateView:
    """Return one delegate of a court. Raises NotFound."""
    of_court = sa.and_(Delegate.id == delegate_id, Delegate.court_id == court_id)
    for found in _views(session, of_court, now):
        return found
    raise NotFound(N_("There is no such delegate in this court."))


def _views(
    session: Session,
    condition: sa.ColumnElement[bool],
    now: dt.datetime,
    most: int | None = MOST_SHOWN,
) -> Sequence[DelegateView]:
    query = _query(condition, end_now(now), most)
    found = [_view(*row) for row in session.execute(query)]
    return sorted(found, key=lambda each: each.ended is not None)


@cache
def _of_case() -> sa.Select[Delegate, Hearing, str]:
    """Return the statement of a case's delegates; put together once, since most cases have none."""
    why = end_at(
        sa.bindparam("now", type_=UTCDateTime), sa.bindparam("long_ago", type_=UTCDateTime)
    )
    return _query(Delegate.case_id == sa.bindparam("case"), why, MOST_SHOWN)


def _query(
    condition: sa.ColumnElement[bool], why: sa.ColumnElement[str], most: int | None
) -> sa.Select[Delegate, Hearing, str]:
    return (
        sa.select(Delegate, Hearing, why.label("why"))
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
        .limit(most)
        .execution_options(populate_existing=True)
    )


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
    waiting = tasks.to_look_at(session, court_id, TaskKind.DELEGATE, assistant_id, MOST_SHOWN)
    if not waiting:
        return []
    found = sa.select(Delegate).where(
        Delegate.id.in_([task.because["delegate"] for task, _ in waiting])
    )
    options = joinedload(Delegate.representation).joinedload(Representation.counsel)
    delegates = {each.id: each for each in session.scalars(found.options(options))}
    return [
        RefusedDelegate(task, delegates[task.because["delegate"]], case) for task, case in waiting
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
