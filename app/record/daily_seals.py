"""Daily seals of a court: each holds the heads of all chains that moved, and the seal before it.

Whoever rewrites a whole chain with its head must also rewrite each seal that holds it and every
seal after; the hash of one, noted anywhere outside, shows that it was done.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.errors import N_, Message
from app.court.models import Court
from app.record import raw_columns
from app.record.hashing import START, instant, sha
from app.record.models import ChainHead, DailySeal, Entry

_HEADS_PER_STATEMENT = 500


@dataclass(frozen=True)
class DayFinding:
    """The result of verifying a court's days: their number, and the first that is wrong.

    ``bad_on`` is its date, or its number in the chain where the date cannot be read.
    """

    days: int
    head: str
    bad_on: str | None = None
    why: Message | None = None
    table: str = ""

    @property
    def intact(self) -> bool:
        """Whether every day is as it was sealed, and the sealed entries are unchanged."""
        return self.bad_on is None


def unsealed(session: Session, now: dt.datetime) -> list[int]:
    """Return the courts whose last whole day, by their own calendar, is not sealed yet."""
    rows = session.execute(
        sa.select(Court.id, Court.zone, sa.func.max(DailySeal.on))
        .outerjoin(DailySeal, DailySeal.court_id == Court.id)
        .group_by(Court.id, Court.zone)
    )
    return [court for court, zone, last in rows if last is None or last < _last_day(zone, now)]


def _last_day(zone: str, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1)


def seal_day(session: Session, court_id: int, now: dt.datetime) -> int:
    """Seal a court's last whole day; return how many chains moved up to its midnight.

    Takes no lock while it reads: chains that move meanwhile belong to the next day. If another
    worker seals the day at the same time the database refuses this one, and a retry sees it.
    """
    zone = ZoneInfo(session.get_one(Court, court_id).zone)
    on = _last_day(zone.key, now)
    midnight = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), zone)
    last = session.scalar(
        sa.select(DailySeal)
        .where(DailySeal.court_id == court_id)
        .order_by(DailySeal.seq.desc())
        .limit(1)
    )
    if last is not None and last.on >= on:
        return 0
    heads = _moved(session, court_id, midnight)
    day = DailySeal(
        court_id=court_id,
        seq=last.seq + 1 if last else 1,
        on=on,
        at=now,
        heads=heads,
        prev=last.hash if last else START,
    )
    day.hash = seal(day)
    session.add(day)
    session.flush()
    if heads:
        session.execute(
            sa.update(ChainHead),
            [{"case_id": case_id, "sealed_seq": upto} for case_id, upto, _ in heads],
        )
    return len(heads)


def _moved(session: Session, court_id: int, before: dt.datetime) -> list[list]:
    """Return [case, seq, hash] of the last entry of each chain that moved before a moment."""
    last = (
        sa.select(Entry.case_id, sa.func.max(Entry.seq).label("seq"))
        .join(ChainHead, ChainHead.case_id == Entry.case_id)
        .join(Case, Case.id == Entry.case_id)
        .where(ChainHead.sealed_seq < ChainHead.seq, Entry.seq > ChainHead.sealed_seq)
        .where(Case.court_id == court_id, Entry.at < before)
        .group_by(Entry.case_id)
        .subquery()
    )
    query = (
        sa.select(Entry.case_id, Entry.seq, Entry.hash)
        .join(last, sa.and_(last.c.case_id == Entry.case_id, last.c.seq == Entry.seq))
        .order_by(Entry.case_id)
    )
    return [list(row) for row in session.execute(query)]


def seal(day: DailySeal) -> str:
    """Return the SHA-256 of a day over its canonical JSON (RFC 8785)."""
    return sha(covered(day))


def covered(day: DailySeal) -> dict[str, Any]:
    """Return the object that a day's hash is computed over."""
    return _covered(day.court_id, day.seq, day.on.isoformat(), instant(day.at), day.heads, day.prev)


def _covered(court: Any, seq: Any, on: Any, at: Any, heads: Any, prev: Any) -> dict[str, Any]:
    return {"v": 1, "court": court, "seq": seq, "on": on, "at": at, "heads": heads, "prev": prev}


def days_of(session: Session, court_id: int) -> Iterator[DailySeal]:
    """Yield a court's days, oldest first."""
    query = sa.select(DailySeal).where(DailySeal.court_id == court_id).order_by(DailySeal.seq)
    # Closed even where the caller stops early: an open cursor keeps its connection.
    with closing(session.scalars(query.execution_options(yield_per=50))) as result:
        yield from result


def after(session: Session, court_id: int, number: int, limit: int) -> Sequence[DailySeal]:
    """Return up to ``limit`` days of a court after the day with a number, oldest first."""
    query = (
        sa.select(DailySeal)
        .where(DailySeal.court_id == court_id, DailySeal.seq > number)
        .order_by(DailySeal.seq)
        .limit(limit)
    )
    return session.scalars(query).all()


def of_case(session: Session, court_id: int, case_id: int) -> list[DailySeal]:
    """Return the days of a court that hold a head of a case, oldest first."""
    return [
        day
        for day in days_of(session, court_id)
        if any(_is_head(head) and head[0] == case_id for head in day.heads)
    ]


@raw_columns.tolerant
def verify_days(session: Session, court_id: int, case_id: int | None = None) -> DayFinding:
    """Verify a court's days, and that the entries which they sealed are unchanged.

    With ``case_id`` only that case's entries are looked up; the days are verified all the same.
    Values are read raw: none needs to be of its column's type.
    """
    count, last, on = 0, START, ""
    upto: dict[int, int] = {}
    for row in _days(session, court_id):
        count += 1
        on = raw_columns.date(row.on) or str(count)
        heads, why = _judged(row, court_id, count, last)
        if not why:
            why = _moved_away(session, heads, case_id)
        if why:
            return DayFinding(count, last, on, why, DailySeal.__tablename__)
        last = row.hash
        upto.update({head[0]: head[1] for head in heads})
    case = _astray(session, court_id, upto, case_id, count)
    if case is not None:
        words = (
            N_("case %(case)s is not sealed up to the line that it claims")
            if count
            else N_("case %(case)s claims to be sealed, and there is no day at all")
        )
        why = Message(words, case=_number(session, case))
        return DayFinding(count, last, on or "1", why, ChainHead.__tablename__)
    return DayFinding(count, last)


def _days(session: Session, court_id: int) -> Iterator[Any]:
    dialect = session.get_bind().dialect.name
    columns = (
        DailySeal.seq,
        DailySeal.on,
        DailySeal.at,
        DailySeal.heads,
        DailySeal.prev,
        DailySeal.hash,
    )
    query = (
        sa.select(*(raw_columns.column(each, dialect).label(each.key) for each in columns))
        .where(DailySeal.court_id == court_id)
        .order_by(DailySeal.seq)
    )
    # Closed even where the caller stops early: an open cursor keeps its connection.
    with closing(session.execute(query.execution_options(yield_per=50))) as result:
        yield from result


def _judged(row: Any, court_id: int, seq: int, last: str) -> tuple[list[list], Message | None]:
    """Return the heads that a day holds, and its fault, as far as the day alone shows it."""
    if (row.seq, row.prev) != (seq, last):
        return [], Message(N_("it does not follow the day before it"))
    try:
        heads = raw_columns.parsed(row.heads)
        at = raw_columns.moment(row.at)
        on = raw_columns.date(row.on)
        sealed = sha(_covered(court_id, row.seq, on, at, heads, row.prev))
    except raw_columns.UNREADABLE:
        return [], Message(N_("it cannot be read"))
    if sealed != row.hash:
        return [], Message(N_("it is not what was sealed"))
    if not (isinstance(heads, list) and all(_is_head(each) for each in heads)):
        return [], Message(N_("it cannot be read"))
    return heads, None


def _is_head(head: Any) -> bool:
    return (
        isinstance(head, list)
        and len(head) == 3
        and raw_columns.number(head[0]) > 0
        and raw_columns.number(head[1]) > 0
        and isinstance(head[2], str)
    )


def _moved_away(session: Session, heads: Sequence[list], case_id: int | None) -> Message | None:
    relevant = [head for head in heads if case_id in (None, head[0])]
    for first in range(0, len(relevant), _HEADS_PER_STATEMENT):
        if changed := _changed(session, relevant[first : first + _HEADS_PER_STATEMENT]):
            words = N_("line %(line)s of case %(case)s is not the one that was sealed")
            return Message(words, line=changed[1], case=_number(session, changed[0]))
    return None


def _astray(
    session: Session, court_id: int, upto: dict[int, int], case_id: int | None, days: int
) -> int | None:
    """Return a case whose head claims that the days seal more, or less, of it than they do."""
    sealed = raw_columns.column(ChainHead.sealed_seq, session.get_bind().dialect.name)
    heads = session.execute(
        sa.select(ChainHead.case_id, sealed)
        .join(Case, Case.id == ChainHead.case_id)
        .where(Case.court_id == court_id)
        .order_by(ChainHead.case_id)
    )
    wrong = (case for case, seq in heads if seq != upto.get(case, 0) and case_id in (None, case))
    case = next(wrong, None)
    if case is not None and (last_day := _last_seq(session, court_id)) != days:
        return None if last_day > days else case  # one was sealed while these were read
    return case


def _last_seq(session: Session, court_id: int) -> int:
    query = sa.select(sa.func.max(DailySeal.seq)).where(DailySeal.court_id == court_id)
    return raw_columns.number(session.scalar(query) or 0)


def _changed(session: Session, heads: Sequence[list]) -> list | None:
    places = sa.tuple_(Entry.case_id, Entry.seq).in_([(head[0], head[1]) for head in heads])
    query = sa.select(Entry.case_id, Entry.seq, Entry.hash).where(places)
    hashes = {(row[0], row[1]): row[2] for row in session.execute(query)}
    return next((head for head in heads if hashes.get((head[0], head[1])) != head[2]), None)


def _number(session: Session, case_id: int) -> str:
    return session.scalar(sa.select(Case.number).where(Case.id == case_id)) or str(case_id)


@dataclass(frozen=True)
class SealedBy:
    """The first day that seals an entry, by itself or by a later one, and whether it still fits."""

    day: DailySeal
    fits: bool


def covering(session: Session, entry: Entry) -> SealedBy | None:
    """Return the day that seals an entry, or None before the midnight that does.

    It fits if the day is as it was sealed, and the entry that it holds has the hash that it holds.
    """
    days = session.scalars(
        sa.select(DailySeal)
        .where(DailySeal.court_id == entry.court_id, DailySeal.at >= entry.at)
        .order_by(DailySeal.seq)
        .limit(3)
    )
    for day in days:
        for head in filter(_is_head, day.heads):
            if head[0] == entry.case_id and head[1] >= entry.seq:
                changed = _changed(session, [head])
                return SealedBy(day, changed is None and seal(day) == day.hash)
    return None
