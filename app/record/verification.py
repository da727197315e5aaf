"""Verify the record: read every entry of a range as raw values and compute its hash anew.

A chain of a million entries is verified in ranges, by as many processes as there are processors;
each range begins at the hash that the entry before it holds.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.db import Base
from app.core.errors import N_, Message
from app.record import raw_columns
from app.record.hashing import START, covered, sha
from app.record.models import NOTICE, ChainHead, Entry, EntryContent
from app.record.rules import Event

RANGE = 20_000  # entries
CHECKED_AT_ONCE = 2000  # entries that a page verifies without being asked
_CASES_PER_STATEMENT = 500


class _RawEntry(NamedTuple):
    """An entry as the database holds it: no value needs to be of its column's type."""

    seq: Any
    at: Any
    what: Any
    direction: Any
    about: Any
    attempt: Any
    counsel_id: Any
    side: Any
    channel: Any
    kind: Any
    detail: Any
    content_hash: Any
    prev: Any
    hash: Any
    notice_id: Any
    court_id: Any
    body: Any
    content_of: Any


_COLUMNS = (
    *(getattr(Entry, name) for name in _RawEntry._fields[:-2]),
    EntryContent.body,
    EntryContent.line_id,
)


@dataclass(frozen=True)
class ChainFinding:
    """The result of verifying one case's chain: number of entries, and the first that is wrong.

    ``head`` is the hash of the last entry seen. ``table`` names where the fault lies: the entry
    itself, its contents, or the head of the chain.
    """

    case_id: int
    entries: int
    head: str
    bad_seq: int | None = None
    why: Message | None = None
    table: str = ""

    @property
    def intact(self) -> bool:
        """Whether every entry is as it was written."""
        return self.bad_seq is None


@dataclass(frozen=True)
class ChainRange:
    """A range of one case's entries, first and last included; without a last one, to the end."""

    case_id: int
    first: int = 1
    last: int | None = None


@dataclass(frozen=True)
class CaseFacts:
    """Facts about a case, read at one moment before its entries are; raw except ``erased``.

    ``head`` is the head's number, hash and time, None where there is none. ``entries`` counts the
    entries that name the case, ``longest`` is the largest of their numbers. ``erased`` is the
    number of the last entry that says that contents before it were blanked. ``unrecorded`` is a
    notice without an entry: then the record was cut and its head changed to fit.
    """

    court: Any = None
    head: tuple[Any, Any, Any] | None = None
    entries: int = 0
    longest: Any = 0
    erased: int = 0
    unrecorded: int | None = None


def verify(session: Session, case_id: int) -> ChainFinding:
    """Verify one case's chain up to its head, and that no notice lacks an entry."""
    return verify_part(session, ChainRange(case_id))


@raw_columns.tolerant
def verify_part(session: Session, part: ChainRange, known: CaseFacts | None = None) -> ChainFinding:
    """Verify a range of entries; ``entries`` is then the number of the last one that was seen.

    An open range is verified up to the head as it is now, and the head with it; entries that are
    appended meanwhile are left for the next time. ``known`` saves the query for the case's facts.
    """
    case = known or known_of(session, [part.case_id])[part.case_id]
    if part.last is not None:
        return _verify_entries(session, part, part.last, case)[0]
    seq, last_hash, last_at = case.head or (0, START, None)
    upto = max(raw_columns.number(seq), raw_columns.number(case.longest))
    finding, at = _verify_entries(session, part, upto, case)
    if not finding.intact:
        return finding
    entries = finding.entries
    if case.head is None and case.entries:
        return _bad(finding, Message(N_("the head of the chain is missing")), ChainHead)
    if raw_columns.number(seq) < 0:
        return _bad(finding, Message(N_("the number of the head cannot be read")), ChainHead)
    if entries < seq and last_hash != finding.head:
        return _bad(finding, Message(N_("lines are missing at the end")))
    if (seq, last_hash) != (entries, finding.head):
        return _bad(finding, Message(N_("the head of the chain is not its last line")), ChainHead)
    if raw_columns.moment(last_at) != at or (at is None and last_at is not None):
        return _bad(finding, Message(N_("the head's time is not its last line's")), ChainHead)
    if case.entries != entries:
        why = N_("%(count)s more lines claim to be of this case, with numbers that none can have")
        return _bad(finding, Message(why, count=case.entries - entries))
    if case.unrecorded:
        why = N_("message %(number)s was in the queue, and no line says so")
        return _bad(finding, Message(why, number=case.unrecorded))
    return finding


@raw_columns.tolerant
def known_of(session: Session, case_ids: Sequence[int]) -> dict[int, CaseFacts]:
    """Return the facts about cases, in one statement for 500 of them."""
    facts = dict.fromkeys(case_ids, CaseFacts())
    of_case = Entry.case_id == Case.id
    longest = sa.select(sa.func.max(Entry.seq)).where(of_case).scalar_subquery()
    entries = sa.select(sa.func.count()).where(of_case).scalar_subquery()
    erased = (
        sa.select(sa.func.max(Entry.seq))
        .where(of_case, Entry.what == Event.ERASED.value)
        .scalar_subquery()
    )
    recorded = sa.exists().where(Entry.notice_id == NOTICE.c.id, Entry.case_id == NOTICE.c.case_id)
    unrecorded = (
        sa.select(sa.func.min(NOTICE.c.id))
        .where(NOTICE.c.case_id == Case.id, ~recorded)
        .scalar_subquery()
    )
    dialect = session.get_bind().dialect.name
    head = [
        raw_columns.column(each, dialect)
        for each in (ChainHead.seq, ChainHead.hash, ChainHead.last_at)
    ]
    query = sa.select(
        Case.id, Case.court_id, ChainHead.case_id, *head, entries, longest, erased, unrecorded
    ).outerjoin(ChainHead, ChainHead.case_id == Case.id)
    for first in range(0, len(case_ids), _CASES_PER_STATEMENT):
        some = query.where(Case.id.in_(case_ids[first : first + _CASES_PER_STATEMENT]))
        for case_id, court, has_head, *end, count, last_seq, blanked, missing in session.execute(
            some
        ):
            facts[case_id] = CaseFacts(
                court,
                (end[0], end[1], end[2]) if has_head is not None else None,
                count,
                last_seq,
                max(0, raw_columns.number(blanked)),
                missing,
            )
    return facts


def _bad(finding: ChainFinding, why: Message, table: type[Base] = Entry) -> ChainFinding:
    return replace(finding, bad_seq=finding.entries + 1, why=why, table=table.__tablename__)


def _verify_entries(
    session: Session, part: ChainRange, upto: int, case: CaseFacts
) -> tuple[ChainFinding, str | None]:
    """Return the finding about a range of entries, and the time of the last of them."""
    seq, last_hash, at = part.first - 1, START, None
    if part.first > 1:
        before = sa.select(Entry.hash).where(Entry.case_id == part.case_id, Entry.seq == seq)
        last_hash = session.scalar(before.limit(1)) or ""
    erased = case.erased
    for entry in _raw_entries(session, part.case_id, part.first, upto):
        seq += 1
        if entry.body == "{}" and seq >= erased:
            erased = erased_upto(session, part.case_id)  # the case may be erased meanwhile
        if fault := _fault(part.case_id, entry, seq, last_hash, erased, case.court):
            why, table = fault
            return ChainFinding(part.case_id, seq, last_hash, seq, why, table.__tablename__), at
        last_hash, at = entry.hash, raw_columns.moment(entry.at)
    finding = ChainFinding(part.case_id, seq, last_hash)
    if part.last is not None and seq != part.last:
        return _bad(finding, Message(N_("line %(line)s is missing"), line=seq + 1)), at
    return finding, at


def _raw_entries(session: Session, case_id: int, first: int, upto: int) -> Iterator[_RawEntry]:
    query = _query(session.get_bind().dialect.name).where(
        Entry.case_id == case_id, Entry.seq >= first, Entry.seq <= upto
    )
    # Whoever asks, all contents are hashed: none is shown (see questions.held_back). The cursor is
    # closed even where the caller stops early: an open one keeps its connection.
    query = query.execution_options(yield_per=2000, for_verification=True)
    with closing(session.execute(query)) as result:
        for rows in result.partitions():
            yield from map(_RawEntry._make, rows)


@cache
def _query(dialect: str) -> sa.Select:
    return (
        sa.select(*(raw_columns.column(each, dialect) for each in _COLUMNS))
        .select_from(
            Entry.__table__.outerjoin(EntryContent.__table__, EntryContent.line_id == Entry.id)
        )
        .order_by(Entry.seq)
    )


def erased_upto(session: Session, case_id: int) -> int:
    """Return the number of the last entry that says that contents before it were blanked; or 0."""
    query = sa.select(sa.func.max(Entry.seq)).where(
        Entry.case_id == case_id, Entry.what == Event.ERASED.value
    )
    return max(0, raw_columns.number(session.scalar(query)))


def _fault(
    case_id: int, entry: _RawEntry, seq: int, last_hash: str, erased: int, court: Any
) -> tuple[Message, type[Base]] | None:
    """Return the fault of an entry that must be number ``seq`` after ``last_hash``; None if none.

    With the fault comes the table that it lies in. No value may be assumed to be of its column's
    type, nor to be such as can be hashed.
    """
    if entry.seq != seq:
        twice = raw_columns.number(entry.seq) == seq - 1
        why = N_("line %(line)s is there twice") if twice else N_("line %(line)s is missing")
        return Message(why, line=seq - 1 if twice else seq), Entry
    if entry.prev != last_hash:
        return Message(N_("it does not follow the line before it")), Entry
    try:
        values = entry._asdict() | {
            "case_id": case_id,
            "seq": seq,
            "detail": raw_columns.parsed(entry.detail),
        }
        if sha(covered(values, raw_columns.moment(entry.at))) != entry.hash:
            return Message(N_("it is not what was written")), Entry
        names_its_notice = _notice_id_of(entry.attempt) == entry.notice_id
    except raw_columns.UNREADABLE:
        return Message(N_("it cannot be read")), Entry
    if entry.content_of is None:
        return Message(N_("its contents are gone")), EntryContent
    try:
        body = raw_columns.parsed(entry.body)
        blanked = body == {} and seq < erased
        if not blanked and sha(body) != entry.content_hash:
            return Message(N_("its contents are not what was written")), EntryContent
    except raw_columns.UNREADABLE:
        return Message(N_("its contents cannot be read")), EntryContent
    if entry.court_id != court:
        return Message(N_("it names another court than its case does")), Entry
    if not names_its_notice:
        return Message(N_("it names another message than its attempt does")), Entry
    return None


def _notice_id_of(attempt: str) -> int | None:
    """Return the notice that an attempt names, or None: the hash covers the attempt alone."""
    number = attempt[1:].partition(".")[0] if attempt[:1] == "n" else ""
    return int(number) if number.isascii() and number.isdigit() else None
