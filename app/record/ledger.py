"""The record of contact: lines are added, chained by hash, and read; never changed."""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.record.models import ChainHead, Entry, EntryContent
from app.record.rules import Event
from app.record.verification import START, ChainFinding, instant, sha, verify

__all__ = [
    "START",
    "ChainFinding",
    "NewEntry",
    "add",
    "exported",
    "held_head",
    "instant",
    "lines_of",
    "row",
    "verify",
]


@dataclass(frozen=True)
class NewEntry:
    """One line to be added: what happened, with whom, over what."""

    what: Event
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


def add(
    session: Session, court_id: int, case_id: int, entries: Sequence[NewEntry], now: dt.datetime
) -> list[Entry]:
    """Add lines to one case's chain, in this order, within the caller's transaction.

    Holds the case's head until the commit; whoever adds to several cases in one transaction
    does so in rising order of case, so that two of them cannot wait for each other. The database
    numbers the lines and moves the head on.
    """
    if not entries:
        return []
    head = held_head(session, case_id)
    seq, last = head.seq, head.hash
    # The record's times never contradict its order.
    at = max(now, head.last_at) if head.last_at else now
    lines = []
    for entry in entries:
        values, body = row(entry, court_id, case_id, seq + 1, at, last)
        lines.append(Entry(**values, content=EntryContent(body=body)))
        seq, last = values["seq"], values["hash"]
    session.add_all(lines)
    session.flush()
    session.expire(head)
    return lines


def row(
    entry: NewEntry, court_id: int, case_id: int, seq: int, at: dt.datetime, prev: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a line's columns, its hash among them, and the contents that it seals."""
    body = {**clean(entry.personal), "salt": secrets.token_hex(16)}
    line: dict[str, Any] = {
        "court_id": court_id,
        "case_id": case_id,
        "seq": seq,
        "at": at,
        "what": entry.what.value,
        "direction": entry.direction,
        "about": entry.about,
        "attempt": entry.attempt,
        "notice_id": entry.notice_id,
        "counsel_id": entry.counsel_id,
        "side": entry.side,
        "channel": entry.channel,
        "kind": entry.kind,
        "detail": clean(entry.detail),
        "content_hash": sha(body),
        "prev": prev,
    }
    line["hash"] = sha(covered(line))
    return line, body


def held_head(session: Session, case_id: int) -> ChainHead:
    """Return the last link of a case's chain, held until the commit; made where there is none."""
    wanted = sa.select(ChainHead).where(ChainHead.case_id == case_id).with_for_update()
    wanted = wanted.execution_options(populate_existing=True)
    head = session.scalar(wanted)
    if head is None:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        first = dialect.insert(ChainHead).values(case_id=case_id, seq=0, hash=START)
        session.execute(first.on_conflict_do_nothing())
        head = session.scalars(wanted).one()
    return head


def clean(body: dict[str, Any]) -> dict[str, Any]:
    """Make values that databases and RFC 8785 can hold: text without NUL or half characters."""
    return {str(name): _clean_value(value) for name, value in body.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        if value.isprintable():
            return value
        return value.replace("\x00", "�").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_clean_value(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def covered(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line's hash covers, from its columns; contents by their own hash."""
    return {
        "v": 1,
        "case": line["case_id"],
        "seq": line["seq"],
        "at": instant(line["at"]),
        "what": line["what"],
        "direction": line["direction"],
        "about": line["about"],
        "attempt": line["attempt"],
        "counsel": line["counsel_id"],
        "side": line["side"],
        "channel": line["channel"],
        "kind": line["kind"],
        "detail": line["detail"],
        "content": line["content_hash"],
        "prev": line["prev"],
    }


def exported(line: Entry) -> dict[str, Any]:
    """Return a line as it is handed out: what its hash covers, its contents, and the hash."""
    body = line.content.body if line.content else None
    columns = {each.key: getattr(line, each.key) for each in Entry.__table__.columns}
    return {**covered(columns), "body": body or None, "hash": line.hash}


def lines_of(
    session: Session, *, case_id: int, about: str = "", notice_ids: Iterable[int] = ()
) -> Iterator[Entry]:
    """Yield lines of a case, oldest first; of one hearing or some notices where named."""
    wanted = sa.select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq)
    if about:
        wanted = wanted.where(Entry.about == about)
    if ids := list(notice_ids):
        wanted = wanted.where(Entry.notice_id.in_(ids))
    # Closed even where the reader stops early: a cursor holds a connection.
    with closing(session.scalars(wanted.execution_options(yield_per=500))) as found:
        yield from found
