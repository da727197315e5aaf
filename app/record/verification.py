"""Check the record: every line of a range is read as plain values and its hash computed anew.

A chain of a million lines is checked in ranges, by as many processes as there are; each range
begins at the hash that the line before it holds.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.db import Base
from app.core.errors import N_, Message
from app.record import raw_columns
from app.record.hashing import START, covered, sha
from app.record.models import NOTICE, ChainHead, Entry, EntryContent
from app.record.rules import Event

RANGE = 20_000  # lines
CHECKED_AT_ONCE = 2000  # lines that a page checks without being asked
_COLUMNS = (
    Entry.seq,
    Entry.at,
    Entry.what,
    Entry.direction,
    Entry.about,
    Entry.attempt,
    Entry.counsel_id,
    Entry.side,
    Entry.channel,
    Entry.kind,
    Entry.detail,
    Entry.content_hash,
    Entry.prev,
    Entry.hash,
    Entry.notice_id,
    EntryContent.body,
    EntryContent.line_id,
    Entry.court_id,
)


@dataclass(frozen=True)
class ChainFinding:
    """What the check of one case's chain found: how many lines, and the first that is wrong.

    ``table`` is where that stands: the line itself, its contents, or the head of the chain.
    """

    case_id: int
    lines: int
    head: str
    bad_seq: int | None = None
    why: Message | None = None
    table: str = ""

    @property
    def whole(self) -> bool:
        """Whether every line stands as it was written."""
        return self.bad_seq is None


@dataclass(frozen=True)
class ChainRange:
    """A range of one case's lines, first and last included; without a last one, to the end."""

    case_id: int
    first: int = 1
    last: int | None = None


@dataclass(frozen=True)
class CaseFacts:
    """What is known of a case when its check begins, read at one moment; raw but for ``erased``.

    ``head`` is the head's number, hash and time, None where there is none; ``lines`` is how many
    lines name the case, and ``longest`` the largest of their numbers. ``erased`` is the last line
    that says that contents before it were blanked; ``unsaid`` is a message without a line: then
    the record was cut to fit its head.
    """

    court: Any = None
    head: tuple[Any, Any, Any] | None = None
    lines: int = 0
    longest: Any = 0
    erased: int = 0
    unsaid: int | None = None


def verify(session: Session, case_id: int) -> ChainFinding:
    """Check one case's chain from its first line to its head, and that no message lacks a line."""
    return verify_part(session, ChainRange(case_id))


@raw_columns.tolerant
def verify_part(session: Session, part: ChainRange, known: CaseFacts | None = None) -> ChainFinding:
    """Check a range of lines; ``lines`` is the number of the last one that was seen.

    An open range is checked up to the head as it stands now, and the head with it; lines that are
    added meanwhile are left for the next check. ``known`` spares the question of what is known.
    """
    case = known or known_of(session, [part.case_id])[part.case_id]
    if part.last is not None:
        return _verify_lines(session, part, part.last, case)[0]
    seq, last, last_at = case.head or (0, START, None)
    upto = max(raw_columns.number(seq), raw_columns.number(case.longest))
    found, at = _verify_lines(session, part, upto, case)
    if not found.whole:
        return found
    lines = found.lines
    if case.head is None and case.lines:
        return _bad(found, Message(N_("the head of the chain is missing")), ChainHead)
    if raw_columns.number(seq) < 0:
        return _bad(found, Message(N_("the number of the head cannot be read")), ChainHead)
    if lines < seq and last != found.head:
        return _bad(found, Message(N_("lines are missing at the end")))
    if (seq, last) != (lines, found.head):
        return _bad(found, Message(N_("the head of the chain is not its last line")), ChainHead)
    if raw_columns.moment(last_at) != at or (at is None and last_at is not None):
        return _bad(found, Message(N_("the head's time is not its last line's")), ChainHead)
    if case.lines != lines:
        said = N_("%(count)s more lines claim to be of this case, with numbers that none can have")
        return _bad(found, Message(said, count=case.lines - lines))
    if case.unsaid:
        said = N_("message %(number)s was in the queue, and no line says so")
        return _bad(found, Message(said, number=case.unsaid))
    return found


@raw_columns.tolerant
def known_of(session: Session, case_ids: Sequence[int]) -> dict[int, CaseFacts]:
    """Return what is known of cases before their lines are read: in one statement for 500."""
    found = dict.fromkeys(case_ids, CaseFacts())
    mine = Entry.case_id == Case.id
    longest = sa.select(sa.func.max(Entry.seq)).where(mine).scalar_subquery()
    lines = sa.select(sa.func.count()).where(mine).scalar_subquery()
    erased = (
        sa.select(sa.func.max(Entry.seq))
        .where(mine, Entry.what == Event.ERASED.value)
        .scalar_subquery()
    )
    said = sa.exists().where(Entry.notice_id == NOTICE.c.id, Entry.case_id == NOTICE.c.case_id)
    unsaid = (
        sa.select(sa.func.min(NOTICE.c.id))
        .where(NOTICE.c.case_id == Case.id, ~said)
        .scalar_subquery()
    )
    dialect = session.get_bind().dialect.name
    head = [
        raw_columns.column(each, dialect)
        for each in (ChainHead.seq, ChainHead.hash, ChainHead.last_at)
    ]
    wanted = sa.select(
        Case.id, Case.court_id, ChainHead.case_id, *head, lines, longest, erased, unsaid
    ).outerjoin(ChainHead, ChainHead.case_id == Case.id)
    for first in range(0, len(case_ids), 500):
        asked = wanted.where(Case.id.in_(case_ids[first : first + 500]))
        for case_id, court, has, seq, last, at, count, last_seq, blanked, silent in session.execute(
            asked
        ):
            found[case_id] = CaseFacts(
                court,
                (seq, last, at) if has is not None else None,
                count,
                last_seq,
                max(0, raw_columns.number(blanked)),
                silent,
            )
    return found


def _bad(found: ChainFinding, why: Message, table: type[Base] = Entry) -> ChainFinding:
    return replace(found, bad_seq=found.lines + 1, why=why, table=table.__tablename__)


def _verify_lines(
    session: Session, part: ChainRange, upto: int, case: CaseFacts
) -> tuple[ChainFinding, str | None]:
    """Return what was found in a range of lines, and when the last of them was written."""
    seq, last, at = part.first - 1, START, None
    if part.first > 1:
        before = sa.select(Entry.hash).where(Entry.case_id == part.case_id, Entry.seq == seq)
        last = session.scalar(before.limit(1)) or ""
    erased = case.erased
    for row in _rows(session, part.case_id, part.first, upto):
        seq += 1
        if row[15] == "{}" and seq >= erased:
            erased = erased_upto(session, part.case_id)  # it may be blanked while it is read
        if bad := _fault(part.case_id, row, seq, last, erased, case.court):
            why, table = bad
            found = ChainFinding(part.case_id, seq, last, seq, why, table.__tablename__)
            return found, at
        last, at = row[13], raw_columns.moment(row[1])
    found = ChainFinding(part.case_id, seq, last)
    if part.last is not None and seq != part.last:
        return _bad(found, Message(N_("line %(line)s is missing"), line=seq + 1)), at
    return found, at


def _rows(session: Session, case_id: int, first: int, upto: int) -> Iterator[Any]:
    wanted = _wanted(session.get_bind().dialect.name).where(
        Entry.case_id == case_id, Entry.seq >= first, Entry.seq <= upto
    )
    # Closed even where the reader stops early: a cursor holds a connection.
    with closing(session.execute(wanted.execution_options(yield_per=2000))) as found:
        for rows in found.partitions():
            yield from rows


@cache
def _wanted(dialect: str) -> sa.Select:
    return (
        sa.select(*(raw_columns.column(each, dialect) for each in _COLUMNS))
        .select_from(
            Entry.__table__.outerjoin(EntryContent.__table__, EntryContent.line_id == Entry.id)
        )
        .order_by(Entry.seq)
    )


def erased_upto(session: Session, case_id: int) -> int:
    """Return the number of the last line that says that contents before it were blanked."""
    wanted = sa.select(sa.func.max(Entry.seq)).where(
        Entry.case_id == case_id, Entry.what == Event.ERASED.value
    )
    return max(0, raw_columns.number(session.scalar(wanted)))


def _fault(
    case_id: int, row: Any, seq: int, last: str, erased: int, court: Any
) -> tuple[Message, type[Base]] | None:
    """Return what is wrong with a line that must be number ``seq`` and follow ``last``, and where.

    No value may be taken to be of its column's type, nor to be such as can be hashed.
    """
    (
        at_seq,
        at,
        what,
        direction,
        about,
        attempt,
        counsel,
        side,
        channel,
        kind,
        detail,
        content,
        prev,
        seal,
        notice_id,
        body,
        has_body,
        of_court,
    ) = row
    if at_seq != seq:
        twice = raw_columns.number(at_seq) == seq - 1
        said = N_("line %(line)s is there twice") if twice else N_("line %(line)s is missing")
        return Message(said, line=seq - 1 if twice else seq), Entry
    if prev != last:
        return Message(N_("it does not follow the line before it")), Entry
    try:
        sealed = {
            "case_id": case_id,
            "seq": seq,
            "what": what,
            "direction": direction,
            "about": about,
            "attempt": attempt,
            "counsel_id": counsel,
            "side": side,
            "channel": channel,
            "kind": kind,
            "detail": raw_columns.parsed(detail),
            "content_hash": content,
            "prev": prev,
        }
        if sha(covered(sealed, raw_columns.moment(at))) != seal:
            return Message(N_("it is not what was written")), Entry
        fits = _fits(attempt, notice_id)
    except raw_columns.UNREADABLE:
        return Message(N_("it cannot be read")), Entry
    if has_body is None:
        return Message(N_("its contents are gone")), EntryContent
    try:
        said_body = raw_columns.parsed(body)
        if not (said_body == {} and seq < erased) and sha(said_body) != content:
            return Message(N_("its contents are not what was written")), EntryContent
    except raw_columns.UNREADABLE:
        return Message(N_("its contents cannot be read")), EntryContent
    if of_court != court:
        return Message(N_("it names another court than its case does")), Entry
    if not fits:
        return Message(N_("it names another message than its attempt does")), Entry
    return None


def _fits(attempt: str, notice_id: int | None) -> bool:
    """Tell whether a line names the notice of its attempt: the seal covers the attempt alone."""
    number = attempt[1:].partition(".")[0] if attempt[:1] == "n" else ""
    named = int(number) if number.isascii() and number.isdigit() else None
    return named == notice_id
