"""Check the record: every line of a range is read as plain values and its hash computed anew.

A chain of a million lines is checked in ranges, by as many processes as there are; each range
begins at the hash that the line before it holds.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
import rfc8785
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.errors import N_, Message
from app.notices.models import Content, Head, Line, Notice
from app.notices.rules import What

START = "0" * 64
RANGE = 20_000  # lines
CHECKED_AT_ONCE = 2000  # lines that a page checks without being asked
_LARGEST = 2**53 - 1  # what RFC 8785 can say of whole numbers
_L, _C = Line.__table__.c, Content.__table__.c
_COLUMNS = (
    _L.seq, _L.at, _L.what, _L.direction, _L.about, _L.attempt, _L.counsel_id, _L.side, _L.channel,
    _L.kind, sa.type_coerce(_L.detail, sa.JSON), _L.content_hash, _L.prev, _L.hash, _L.notice_id,
    sa.type_coerce(_C.body, sa.JSON), _C.line_id, _L.court_id,
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What the check of one case's chain found: how many lines, and the first that is wrong."""

    case_id: int
    lines: int
    head: str
    bad_seq: int | None = None
    why: Message | None = None

    @property
    def whole(self) -> bool:
        """Whether every line stands as it was written."""
        return self.bad_seq is None


@dataclass(frozen=True)
class Part:
    """A range of one case's lines, first and last included; without a last one, to the end."""

    case_id: int
    first: int = 1
    last: int | None = None


@dataclass(frozen=True)
class Known:
    """What is known of a case when its check begins: its court, its head, its longest line.

    ``erased`` is the last line that says that contents before it were blanked; ``unsaid`` is a
    message without a line: then the record was cut to fit its head.
    """

    court: int | None = None
    seq: int = 0
    head: str = START
    longest: int = 0
    erased: int = 0
    unsaid: int | None = None


def canonical(value: Any) -> bytes:
    """Return a value as canonical JSON (RFC 8785).

    The quick writer says the same where there are no fractions, no numbers beyond 2**53 and no
    keys beyond the first 65,536 characters, which it would order differently.
    """
    return (
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if _plain(value) else rfc8785.dumps(value)
    )


def _plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_LARGEST <= value <= _LARGEST
    if kind is dict:
        for key, each in value.items():
            if type(each) is not str and not _plain(each):
                return False
            if type(key) is not str or not (key.isascii() or max(key) < "\ud800"):
                return False
        return True
    return kind is list and all(_plain(each) for each in value)


def sha(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def verify(session: Session, case_id: int) -> Finding:
    """Check one case's chain from its first line to its head, and that no message lacks a line."""
    return verify_part(session, Part(case_id))


def verify_part(session: Session, part: Part, known: Known | None = None) -> Finding:
    """Check a range of lines; ``lines`` is the number of the last one that was seen.

    An open range is checked up to the head as it stands now, and the head with it; lines that are
    added meanwhile are left for the next check. ``known`` spares the question of what is known.
    """
    case = known or known_of(session, [part.case_id])[part.case_id]
    if part.last is not None:
        return _verify_lines(session, part, part.last, case)
    found = _verify_lines(session, part, max(case.seq, case.longest), case)
    if not found.whole:
        return found
    if (case.seq, case.head) != (found.lines, found.head):
        return _bad(found, Message(N_("lines are missing at the end")))
    if case.unsaid:
        said_so = N_("message %(number)s was in the queue, and no line says so")
        return _bad(found, Message(said_so, number=case.unsaid))
    return found


def known_of(session: Session, case_ids: Sequence[int]) -> dict[int, Known]:
    """Return what is known of cases before their lines are read: in one statement for 500."""
    found = dict.fromkeys(case_ids, Known())
    longest = sa.select(sa.func.max(Line.seq)).where(Line.case_id == Case.id).scalar_subquery()
    erased = (
        sa.select(sa.func.max(Line.seq))
        .where(Line.case_id == Case.id, Line.what == What.ERASED.value)
        .scalar_subquery()
    )
    said = sa.exists().where(Line.notice_id == Notice.id, Line.case_id == Notice.case_id)
    unsaid = (
        sa.select(sa.func.min(Notice.id)).where(Notice.case_id == Case.id, ~said).scalar_subquery()
    )
    wanted = sa.select(
        Case.id, Case.court_id, Head.seq, Head.hash, longest, erased, unsaid
    ).outerjoin(Head, Head.case_id == Case.id)
    for first in range(0, len(case_ids), 500):
        asked = wanted.where(Case.id.in_(case_ids[first : first + 500]))
        for case_id, court, seq, head, last, blanked, silent in session.execute(asked):
            found[case_id] = Known(court, seq or 0, head or START, last or 0, blanked or 0, silent)
    return found


def _bad(found: Finding, why: Message) -> Finding:
    return replace(found, bad_seq=found.lines + 1, why=why)


def _verify_lines(session: Session, part: Part, upto: int, case: Known) -> Finding:
    seq, last = part.first - 1, START
    if part.first > 1:
        before = sa.select(Line.hash).where(Line.case_id == part.case_id, Line.seq == seq)
        last = session.scalar(before) or ""
    erased = case.erased
    for row in _rows(session, part.case_id, part.first, upto):
        seq += 1
        if row[15] == {} and seq >= erased:
            erased = erased_upto(session, part.case_id)  # it may be blanked while it is read
        if why := _fault(part.case_id, row, seq, last, erased, case.court):
            return Finding(part.case_id, seq, last, bad_seq=row[0], why=why)
        last = row[13]
    if part.last is not None and seq != part.last:
        why = Message(N_("line %(line)s is missing"), line=seq + 1)
        return Finding(part.case_id, seq, last, bad_seq=seq + 1, why=why)
    return Finding(part.case_id, seq, last)


def _rows(session: Session, case_id: int, first: int, upto: int) -> Iterator[Any]:
    wanted = (
        sa.select(*_COLUMNS)
        .select_from(Line.__table__.outerjoin(Content.__table__, _C.line_id == _L.id))
        .where(_L.case_id == case_id, _L.seq >= first, _L.seq <= upto)
        .order_by(_L.seq)
    )
    # Closed even where the reader stops early: a cursor holds a connection.
    with closing(session.execute(wanted.execution_options(yield_per=2000))) as found:
        for rows in found.partitions():
            yield from rows


def erased_upto(session: Session, case_id: int) -> int:
    """Return the number of the last line that says that contents before it were blanked."""
    wanted = sa.select(sa.func.max(Line.seq)).where(
        Line.case_id == case_id, Line.what == What.ERASED.value
    )
    return session.scalar(wanted) or 0


def _fault(
    case_id: int, row: Any, seq: int, last: str, erased: int, court: int | None
) -> Message | None:
    """Return what is wrong with a line that must be number ``seq`` and follow ``last``."""
    (at_seq, at, what, direction, about, attempt, counsel, side, channel, kind, detail, content,
     prev, seal, notice_id, body, has_body, of_court) = row  # fmt: skip
    if at_seq != seq:
        return Message(N_("line %(line)s is missing"), line=seq)
    if prev != last:
        return Message(N_("it does not follow the line before it"))
    blanked = body == {} and seq < erased
    if has_body is None or not (blanked or sha(body) == content):
        return Message(N_("its contents are not what was written"))
    sealed = {
        "v": 1, "case": case_id, "seq": seq, "at": instant(at), "what": what,
        "direction": direction, "about": about, "attempt": attempt, "counsel": counsel,
        "side": side, "channel": channel, "kind": kind, "detail": detail, "content": content,
        "prev": prev,
    }  # fmt: skip
    if sha(sealed) != seal or of_court != court or not _fits(attempt, notice_id):
        return Message(N_("it is not what was written"))
    return None


@lru_cache(1024)  # many lines of one moment
def instant(at: dt.datetime) -> str:
    """Write an aware instant as the chain does: UTC, microseconds, Z."""
    if at.tzinfo is not dt.UTC:
        at = at.astimezone(dt.UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def _fits(attempt: str, notice_id: int | None) -> bool:
    """Tell whether a line names the notice of its attempt: the seal covers the attempt alone."""
    number = attempt[1:].partition(".")[0] if attempt[:1] == "n" else ""
    named = int(number) if number.isascii() and number.isdigit() else None
    return named == notice_id
