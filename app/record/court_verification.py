"""Verify the record of a whole court: every chain in ranges, on all processors."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.db import configure_engine
from app.core.errors import N_, Message
from app.court.models import Court
from app.record import raw_columns
from app.record.daily_seals import verify_days
from app.record.models import Entry
from app.record.stray_rows import missing_guards, strays
from app.record.verification import RANGE, ChainFinding, ChainRange, known_of, verify_part

BATCH = 20_000  # entries that one process takes at once
AHEAD = 4  # batches that wait for each process: the list of them all need not fit into memory


def findings(
    session: Session, case_ids: Sequence[int], url: str, processes: int = 0
) -> Iterator[ChainFinding]:
    """Yield the finding about each case, in the order of ``case_ids``.

    A record of more than one batch is verified by ``processes`` (0: one for each processor) with
    connections of their own to the database at ``url``.
    """
    batches = _batches(session, case_ids)
    first = next(batches, [])
    second = next(batches, None)
    if second is None:
        yield from _merged(iter([_verified(session, first)]))
        return
    session.rollback()  # no snapshot is kept open here for as long as it takes
    count = processes or os.cpu_count() or 1
    with ProcessPoolExecutor(count, get_context("spawn"), _open, (url,)) as pool:
        yield from _merged(_in_order(pool, _prepended([first, second], batches), count * AHEAD))


def serially(session: Session) -> tuple[int, Message | None]:
    """Verify a whole record in this process; return its number of entries, and its first fault.

    Covers what `record verify` covers: each case, each day, stray rows and the guards.
    """
    entries = 0
    for case_id, number in session.execute(sa.select(Case.id, Case.number).order_by(Case.id)).all():
        finding = verify_part(session, ChainRange(case_id))
        if not finding.intact:
            words = N_("case %(case)s, line %(seq)s (%(table)s): %(error)s")
            facts = {"seq": finding.bad_seq, "table": finding.table, "error": finding.why}
            return entries, Message(words, case=number, **facts)
        entries += finding.entries
    for court_id in session.scalars(sa.select(Court.id).order_by(Court.id)).all():
        days = verify_days(session, court_id)
        if not days.intact:
            words = N_("day %(day)s (%(table)s): %(error)s")
            return entries, Message(words, day=days.bad_on, table=days.table, error=days.why)
    for stray in strays(session):
        return entries, stray
    if missing := missing_guards(session):
        words = N_("the database does not guard it: %(trigger)s is missing or changed")
        return entries, Message(words, trigger=missing[0])
    return entries, None


def _verified(session: Session, batch: list[ChainRange]) -> list[ChainFinding]:
    known = known_of(session, list(dict.fromkeys(part.case_id for part in batch)))
    return [verify_part(session, part, known[part.case_id]) for part in batch]


def _prepended(
    first: list[list[ChainRange]], rest: Iterator[list[ChainRange]]
) -> Iterator[list[ChainRange]]:
    yield from first
    yield from rest


def _in_order(
    pool: ProcessPoolExecutor, batches: Iterator[list[ChainRange]], ahead: int
) -> Iterator[list[ChainFinding]]:
    """Yield the findings of batches in their order, with a few batches under way at a time."""
    under_way: list[Future[list[ChainFinding]]] = []
    for batch in batches:
        under_way.append(pool.submit(_check, batch))
        if len(under_way) >= ahead:
            yield under_way.pop(0).result()
    for each in under_way:
        yield each.result()


def _merged(batches: Iterator[list[ChainFinding]]) -> Iterator[ChainFinding]:
    """Merge the findings of each case's ranges into one: the first that is bad, else the last."""
    last: ChainFinding | None = None
    for batch in batches:
        for finding in batch:
            if last is not None and last.case_id != finding.case_id:
                yield last
                last = None
            if last is None or last.intact:
                last = finding
            else:
                last = replace(last, entries=max(last.entries, finding.entries))
    if last is not None:
        yield last


def _batches(session: Session, case_ids: Sequence[int]) -> Iterator[list[ChainRange]]:
    counts = _counts(session)
    batch: list[ChainRange] = []
    size = 0
    for case_id in case_ids:
        for part in _ranges(case_id, counts.get(case_id, 0)):
            batch.append(part)
            size += min(counts.get(case_id, 0) - part.first + 2, RANGE)
            if size >= BATCH:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


@raw_columns.tolerant
def _counts(session: Session) -> dict[int, int]:
    """Return the number of entries of each case; the heads may say anything."""
    query = sa.select(Entry.case_id, sa.func.count()).group_by(Entry.case_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _ranges(case_id: int, seq: int) -> Iterator[ChainRange]:
    """Yield the ranges of a case of ``seq`` entries; the last is open, for what lies beyond."""
    firsts = range(1, max(seq, 1) + 1, RANGE)
    for first in firsts[:-1]:
        yield ChainRange(case_id, first, first + RANGE - 1)
    yield ChainRange(case_id, firsts[-1])


_engine: sa.Engine | None = None


def _open(url: str) -> None:
    """Give a worker process its own connection."""
    global _engine
    _engine = sa.create_engine(url)
    configure_engine(_engine)


def _check(batch: list[ChainRange]) -> list[ChainFinding]:
    if _engine is None:
        raise RuntimeError("the worker process has no database")
    with Session(_engine) as session:
        return _verified(session, batch)
