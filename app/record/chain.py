"""Heads of the cases' hash chains, locked while entries are appended.

Locking order: after hearings and notices, and in rising order of case id, so that two
transactions that append to several cases cannot deadlock. A lock is released by the commit.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import bulk
from app.record.hashing import START
from app.record.models import ChainHead

_HEAD = bulk.table(ChainHead)
# Databases limit the number of parameters of one statement.
_CASES_PER_STATEMENT = 500
_LOCK = (
    sa.select(_HEAD.c.case_id, _HEAD.c.seq, _HEAD.c.hash, _HEAD.c.last_at)
    .where(_HEAD.c.case_id.in_(sa.bindparam("cases", expanding=True)))
    .order_by(_HEAD.c.case_id)
    .with_for_update()
)


@dataclass
class ChainPosition:
    """Locked end of a case's chain: number, hash and time of its last entry.

    ``at`` is None before the first entry.
    """

    seq: int
    hash: str
    at: dt.datetime | None

    def next_at(self, now: dt.datetime) -> dt.datetime:
        """Return the time of the next entry: times never contradict the order of the entries."""
        return max(now, self.at) if self.at else now


def lock_heads(session: Session, case_ids: Iterable[int]) -> dict[int, ChainPosition]:
    """Lock the heads of cases until the commit, creating those of new cases."""
    ordered = sorted(set(case_ids))
    heads = _lock(session, ordered)
    if missing := [case_id for case_id in ordered if case_id not in heads]:
        rows = [{"case_id": each, "seq": 0, "hash": START, "sealed_seq": 0} for each in missing]
        bulk.insert(session, _HEAD, rows, unless="case_id")
        heads |= _lock(session, missing)
    return heads


def lock_known_heads(session: Session, case_ids: Iterable[int]) -> dict[int, ChainPosition]:
    """Lock the heads of cases that have one; the others are at the start, and no head is made."""
    ordered = sorted(set(case_ids))
    start = {case_id: ChainPosition(0, START, None) for case_id in ordered}
    return {**start, **_lock(session, ordered)}


def lock_head_with(
    session: Session, case_id: int, column: sa.ColumnElement[Any]
) -> tuple[ChainPosition, Any]:
    """Lock the head of one case and return with it the value of ``column``: one statement."""
    query = (
        sa.select(_HEAD.c.seq, _HEAD.c.hash, _HEAD.c.last_at, column)
        .where(_HEAD.c.case_id == case_id)
        .with_for_update(of=_HEAD)
    )
    row = session.connection().execute(query).one_or_none()
    if row is None:
        lock_heads(session, [case_id])
        row = session.connection().execute(query).one()
    seq, last_hash, at, value = row
    return ChainPosition(seq, last_hash, at), value


def _lock(session: Session, case_ids: Sequence[int]) -> dict[int, ChainPosition]:
    heads: dict[int, ChainPosition] = {}
    for first in range(0, len(case_ids), _CASES_PER_STATEMENT):
        some = {"cases": case_ids[first : first + _CASES_PER_STATEMENT]}
        for case_id, seq, last_hash, at in session.connection().execute(_LOCK, some):
            heads[case_id] = ChainPosition(seq, last_hash, at)
    return heads
