"""The record of contact: lines are added, chained by hash, read and checked; never changed."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import rfc8785
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.errors import N_, Message
from app.notices.models import Content, Head, Line, Notice
from app.notices.rules import What

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line to be added: what happened, with whom, over what."""

    what: What
    direction: str = "out"
    about: str = ""
    attempt: str = ""
    notice_id: int | None = None
    counsel_id: int | None = None
    side: str = ""
    channel: str = ""
    kind: str = ""
    # What may be known for ever (codes, states), and what is personal (names, addresses, words).
    detail: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)


def of(notice: Notice, what: What, /, *, personal: dict | None = None, **detail: Any) -> Entry:
    """Return a line about a notice's current try."""
    return Entry(
        what=what,
        about=notice.about,
        attempt=notice.attempt,
        notice_id=notice.id,
        counsel_id=notice.counsel_id,
        side=notice.side,
        channel=notice.channel,
        kind=notice.kind,
        detail={name: value for name, value in detail.items() if value not in ("", None)},
        personal={"name": notice.name, "address": notice.address, **(personal or {})},
    )


def add(
    session: Session, court_id: int, case_id: int, entries: Sequence[Entry], now: dt.datetime
) -> list[Line]:
    """Add lines to one case's chain, in this order, within the caller's transaction.

    Holds the case's head until the commit; whoever adds to several cases in one transaction
    does so in rising order of case, so that two of them cannot wait for each other.
    """
    if not entries:
        return []
    head = _held_head(session, case_id)
    last = session.scalar(sa.select(Line.at).where(Line.case_id == case_id, Line.seq == head.seq))
    at = max(now, last) if last else now  # the record's times never contradict its order
    lines = []
    for entry in entries:
        body = {**_clean(entry.personal), "salt": secrets.token_hex(16)}
        line = Line(
            court_id=court_id, case_id=case_id, seq=head.seq + 1, at=at, what=entry.what.value,
            direction=entry.direction, about=entry.about, attempt=entry.attempt,
            notice_id=entry.notice_id, counsel_id=entry.counsel_id, side=entry.side,
            channel=entry.channel, kind=entry.kind, detail=_clean(entry.detail),
            content_hash=_sha(body), prev=head.hash, content=Content(body=body),
        )  # fmt: skip
        line.hash = seal(line)
        head.seq, head.hash = line.seq, line.hash
        lines.append(line)
    session.add_all(lines)
    session.flush()
    return lines


def _held_head(session: Session, case_id: int) -> Head:
    wanted = sa.select(Head).where(Head.case_id == case_id).with_for_update()
    wanted = wanted.execution_options(populate_existing=True)
    head = session.scalar(wanted)
    if head is None:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        first = dialect.insert(Head).values(case_id=case_id, seq=0, hash=START)
        session.execute(first.on_conflict_do_nothing())
        head = session.scalars(wanted).one()
    return head


def _clean(body: dict[str, Any]) -> dict[str, Any]:
    """Make values that databases and RFC 8785 can hold: text without NUL or half characters."""
    return {str(name): _clean_value(value) for name, value in body.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "�").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return _clean(value)
    if isinstance(value, list | tuple):
        return [_clean_value(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _sha(body: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def instant(at: dt.datetime) -> str:
    """Write an instant as the chain does: UTC, microseconds, Z."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sealed(line: Line) -> dict[str, Any]:
    """Return what a line's hash covers; contents are covered by their own hash."""
    return {
        "v": 1, "case": line.case_id, "seq": line.seq, "at": instant(line.at), "what": line.what,
        "direction": line.direction, "about": line.about, "attempt": line.attempt,
        "counsel": line.counsel_id, "side": line.side, "channel": line.channel, "kind": line.kind,
        "detail": line.detail, "content": line.content_hash, "prev": line.prev,
    }  # fmt: skip


def seal(line: Line) -> str:
    """Return the SHA-256 of a line over its canonical JSON (RFC 8785)."""
    return _sha(sealed(line))


def exported(line: Line) -> dict[str, Any]:
    """Return a line as it is handed out: what its hash covers, its contents, and the hash."""
    return {**sealed(line), "body": line.content.body if line.content else None, "hash": line.hash}


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


def verify(session: Session, case_id: int) -> Finding:
    """Check one case's chain from its first line to its head, and that no message lacks a line."""
    seq, last = 0, START
    for line in lines_of(session, case_id=case_id):
        seq += 1
        if why := _fault(line, seq, last):
            return Finding(case_id, seq, last, bad_seq=line.seq, why=why)
        last = line.hash
    head = session.get(Head, case_id)
    if (head.seq, head.hash) != (seq, last) if head else seq:
        return Finding(
            case_id, seq, last, bad_seq=seq + 1, why=Message(N_("lines are missing at the end"))
        )
    if unsaid := _unsaid(session, case_id):
        why = Message(N_("message %(number)s was in the queue, and no line says so"), number=unsaid)
        return Finding(case_id, seq, last, bad_seq=seq + 1, why=why)
    return Finding(case_id, seq, last)


def _unsaid(session: Session, case_id: int) -> int | None:
    """Return a notice of a case without a line: then the record was cut to fit its head."""
    said = sa.select(Line.id).where(Line.notice_id == Notice.id, Line.case_id == Notice.case_id)
    return session.scalar(
        sa.select(Notice.id).where(Notice.case_id == case_id, ~said.exists()).limit(1)
    )


def _fault(line: Line, seq: int, last: str) -> Message | None:
    if line.seq != seq:
        return Message(N_("line %(line)s is missing"), line=seq)
    if line.prev != last:
        return Message(N_("it does not follow the line before it"))
    if line.content is None or _sha(line.content.body) != line.content_hash:
        return Message(N_("its contents are not what was written"))
    if seal(line) != line.hash or not _fits(line):
        return Message(N_("it is not what was written"))
    return None


def _fits(line: Line) -> bool:
    """Tell whether a line names the notice of its attempt: the seal covers the attempt alone."""
    tries = line.attempt.startswith("n")
    number = line.attempt[1:].partition(".")[0] if tries else ""
    named = int(number) if number.isascii() and number.isdigit() else None
    return named == line.notice_id


def lines_of(
    session: Session, *, case_id: int, about: str = "", notice_ids: Iterable[int] = ()
) -> Iterator[Line]:
    """Yield lines of a case, oldest first; of one hearing or some notices where named."""
    wanted = sa.select(Line).where(Line.case_id == case_id).order_by(Line.seq)
    if about:
        wanted = wanted.where(Line.about == about)
    if ids := list(notice_ids):
        wanted = wanted.where(Line.notice_id.in_(ids))
    # Closed even where the reader stops early: a cursor holds a connection.
    with closing(session.scalars(wanted.execution_options(yield_per=500))) as found:
        yield from found
