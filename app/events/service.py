"""Publish events within the transaction of their act, number them after it, and read them.

A number that is taken before the commit may become visible after a greater one: who reads by
numbers would skip it. So an event is written without its number, and whoever reads next, or the
worker, numbers what is committed, under a lock and in the order of the ids. Two events of one case
are written under the lock of its chain, so that their ids have the order of their commits. That
the numbers are given by a transaction's horizon (``pg_current_snapshot``) was rejected: one long
transaction anywhere on the server would stop all events, and a restored database has other ids.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import bulk
from app.events.models import CourtEvent, EventCounter, UnreachedCounsel
from app.events.rules import EventType

_EVENT, _COUNTER = bulk.table(CourtEvent), bulk.table(EventCounter)
_UNREACHED = bulk.table(UnreachedCounsel)
_UNREACHED_IN_CASES = sa.select(_UNREACHED.c.case_id, _UNREACHED.c.counsel_id).where(
    _UNREACHED.c.case_id.in_(sa.bindparam("cases", expanding=True))
)
NUMBERED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event to publish, with the end of its case's chain: number and hash of the last entry."""

    type: EventType
    court_id: int
    case_id: int
    chain_seq: int
    chain_hash: str
    ids: Mapping[str, int] = field(default_factory=dict)


def publish(session: Session, events: Sequence[NewEvent], now: dt.datetime) -> None:
    """Write events within the caller's transaction, which holds the lock of their cases' chains."""
    rows = [
        {
            "court_id": each.court_id,
            "type": each.type.value,
            "case_id": each.case_id,
            "ids": dict(each.ids),
            "at": now,
            "chain_seq": each.chain_seq,
            "chain_hash": each.chain_hash,
        }
        for each in events
    ]
    bulk.insert(session, _EVENT, rows)


def has_unnumbered(session: Session, court_id: int | None = None) -> bool:
    """Tell whether there is an event without a number, of any court or of one."""
    return bool(_courts_to_number(session, court_id))


def number(session: Session, court_id: int | None = None) -> int:
    """Number what is committed, of all courts or of one; return how many were numbered."""
    return sum(_number_of(session, each) for each in _courts_to_number(session, court_id))


def _courts_to_number(session: Session, court_id: int | None) -> list[int]:
    query = sa.select(_EVENT.c.court_id).where(_EVENT.c.number.is_(None)).distinct()
    if court_id is not None:
        query = query.where(_EVENT.c.court_id == court_id)
    return sorted(session.connection().scalars(query))


def _number_of(session: Session, court_id: int) -> int:
    connection = session.connection()
    bulk.insert(session, _COUNTER, [{"court_id": court_id, "last": 0}], unless="court_id")
    locked = sa.select(_COUNTER.c.last).where(_COUNTER.c.court_id == court_id).with_for_update()
    last = connection.execute(locked).scalar_one()
    committed = (
        sa.select(_EVENT.c.id)
        .where(_EVENT.c.court_id == court_id, _EVENT.c.number.is_(None))
        .order_by(_EVENT.c.id)
        .limit(NUMBERED_AT_ONCE)
    )
    ids = list(connection.scalars(committed))
    rows = [{"id": event_id, "number": last + n} for n, event_id in enumerate(ids, 1)]
    bulk.update(session, _EVENT, rows)
    bulk.update(session, _COUNTER, [{"court_id": court_id, "last": last + len(ids)}])
    return len(ids)


def last_number(session: Session, court_id: int) -> int:
    """Return the number of a court's last numbered event; 0 before the first."""
    query = sa.select(_COUNTER.c.last).where(_COUNTER.c.court_id == court_id)
    return session.connection().scalar(query) or 0


def events_after(
    session: Session,
    court_id: int,
    after: int,
    limit: int,
    types: Collection[str] = (),
    *,
    case_id: int | None = None,
) -> Sequence[CourtEvent]:
    """Return a court's numbered events behind a number, in order.

    Of some types, or of one case, where given.
    """
    query = (
        sa.select(CourtEvent)
        .where(CourtEvent.court_id == court_id, CourtEvent.number > after)
        .order_by(CourtEvent.number)
        .limit(limit)
    )
    if types:
        query = query.where(CourtEvent.type.in_(types))
    if case_id is not None:
        query = query.where(CourtEvent.case_id == case_id)
    return session.scalars(query).all()


# --- who is not reached --------------------------------------------------------------------------


def note_unreached(session: Session, case_id: int, counsel_id: int, now: dt.datetime) -> bool:
    """Note that no channel is left to reach a counsel; return whether that is new."""
    known = sa.select(_UNREACHED.c.since).where(*_person(case_id, counsel_id))
    if session.connection().scalar(known) is not None:
        return False
    row = {"case_id": case_id, "counsel_id": counsel_id, "since": now}
    bulk.insert(session, _UNREACHED, [row])
    return True


def note_reached(session: Session, people: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Note that counsel, each as (case, counsel), were reached; return who had not been."""
    if not people:
        return set()
    cases = {"cases": sorted({case_id for case_id, _ in people})}
    rows = session.connection().execute(_UNREACHED_IN_CASES, cases)
    found = {(case_id, counsel_id) for case_id, counsel_id in rows} & set(people)
    for case_id, counsel_id in found:
        session.connection().execute(sa.delete(_UNREACHED).where(*_person(case_id, counsel_id)))
    return found


def _person(case_id: int, counsel_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return _UNREACHED.c.case_id == case_id, _UNREACHED.c.counsel_id == counsel_id
