"""The ledger: append entries, read them, export them. Nothing changes or removes an entry.

Triggers of the database refuse UPDATE and DELETE of entries, and any entry that does not follow
the last one of its case (see migrations); ``append`` is the one way to write them.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.core.db import bulk
from app.core.matters import Matter
from app.events.rules import EventType
from app.events.service import NewEvent, note_reached, publish
from app.record.chain import ChainPosition, lock_heads, lock_known_heads
from app.record.hashing import START, covered, instant, sha
from app.record.models import ChainHead, Entry, EntryContent
from app.record.rules import Event, touchpoint
from app.record.timeline import Touchpoint
from app.record.verification import ChainFinding, verify

__all__ = [
    "START",
    "ChainFinding",
    "NewEntry",
    "append",
    "entries_of",
    "entry_at",
    "exported",
    "instant",
    "publish_event",
    "publish_off_record",
    "storable",
    "verify",
]

_ENTRY, _CONTENT = bulk.table(Entry), bulk.table(EntryContent)


@dataclass(frozen=True)
class NewEntry:
    """An entry to append: what happened in which case, with whom, over which channel."""

    event: Event
    _: KW_ONLY
    court_id: int
    case_id: int
    # Unless given, the direction of the event.
    direction: str = ""
    about: str = ""
    attempt: str = ""
    notice_id: int | None = None
    counsel_id: int | None = None
    side: str = ""
    channel: str = ""
    kind: str = ""
    # Kept for ever: codes, states, times.
    detail: Mapping[str, Any] = field(default_factory=dict)
    # Can be blanked (see retention): names, addresses, words.
    personal: Mapping[str, Any] = field(default_factory=dict)
    # Who did it for the person, if a delegate did.
    delegate: Delegation | None = None
    # For other systems, and no part of the entry: ids beside case, hearing and counsel; whether an
    # event is published where the table of events says so.
    ids: Mapping[str, int] = field(default_factory=dict)
    published: bool = True


def append(
    session: Session,
    entries: Sequence[NewEntry],
    now: dt.datetime,
    *,
    heads: Mapping[int, ChainPosition] | None = None,
) -> list[int]:
    """Append entries to the chains of their cases, within the caller's transaction.

    Locks the heads of these cases until the commit, in rising order of case id; ``heads`` are
    those that the caller has locked already. Entries of one case keep their order. Returns the
    number of each entry in its case (``seq``). Costs as many statements for a thousand entries as
    for one: the database gives the rows their ids, and a trigger moves the heads on.
    """
    if not entries:
        return []
    session.flush()
    heads = heads or lock_heads(session, {entry.case_id for entry in entries})
    rows: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for entry in entries:
        head = heads[entry.case_id]
        row, body = _row(entry, head, now)
        rows.append(row)
        contents.append({"body": body})
        head.seq, head.hash, head.at = row["seq"], row["hash"], row["at"]
    bulk.insert_pairs(session, _ENTRY, rows, _CONTENT, contents, by=("case_id", "seq"))
    _publish(session, entries, rows, now)
    _expire_heads(session, heads)
    return [row["seq"] for row in rows]


def publish_event(
    session: Session,
    type_: EventType,
    now: dt.datetime,
    *,
    court_id: int,
    case_id: int,
    ids: Mapping[str, int],
) -> None:
    """Publish an event that no single entry stands for, with the end of its case's chain.

    Called after the entries of the act; locks the head of the chain.
    """
    head = lock_heads(session, [case_id])[case_id]
    event = NewEvent(
        type=type_,
        court_id=court_id,
        case_id=case_id,
        ids=ids,
        chain_seq=head.seq,
        chain_hash=head.hash,
    )
    publish(session, [event], now)


def publish_off_record(
    session: Session,
    type_: EventType,
    now: dt.datetime,
    *,
    court_id: int,
    subjects: Sequence[tuple[int, Mapping[str, int]]],
) -> None:
    """Publish events of one type that leave no entry, each given as its case and further ids.

    A case without a record gets none by this: its chain is at the start.
    """
    heads = lock_known_heads(session, [case_id for case_id, _ in subjects])
    events = [
        NewEvent(
            type=type_,
            court_id=court_id,
            case_id=case_id,
            ids=ids,
            chain_seq=heads[case_id].seq,
            chain_hash=heads[case_id].hash,
        )
        for case_id, ids in subjects
    ]
    publish(session, events, now)


def _publish(
    session: Session,
    entries: Sequence[NewEntry],
    rows: Sequence[Mapping[str, Any]],
    now: dt.datetime,
) -> None:
    """Publish the events that entries stand for, and who is reached again by them."""
    events = [
        _event(entry, row, type_)
        for entry, row in zip(entries, rows, strict=True)
        if entry.published and (type_ := entry.event.traits.published_as(entry.kind))
    ]
    reaching = {
        (entry.case_id, entry.counsel_id): (entry, row)
        for entry, row in zip(entries, rows, strict=True)
        if entry.counsel_id is not None and _reaches(entry, row)
    }
    again = note_reached(session, reaching)
    events += [_event(*reaching[each], EventType.COUNSEL_REACHED_AGAIN) for each in sorted(again)]
    publish(session, events, now)


def _reaches(entry: NewEntry, row: Mapping[str, Any]) -> bool:
    mark = touchpoint(entry.event, row["direction"], entry.detail)
    return mark in (Touchpoint.TO, Touchpoint.FROM)


def _event(entry: NewEntry, row: Mapping[str, Any], type_: EventType) -> NewEvent:
    hearing_id = Matter.hearing_id(entry.about)
    ids = {"hearing_id": hearing_id, "counsel_id": entry.counsel_id, **entry.ids}
    if entry.delegate is not None:
        ids["delegate_id"] = entry.delegate.id
    return NewEvent(
        type=type_,
        court_id=entry.court_id,
        case_id=entry.case_id,
        ids={name: value for name, value in ids.items() if value is not None},
        chain_seq=row["seq"],
        chain_hash=row["hash"],
    )


def _row(
    entry: NewEntry, head: ChainPosition, now: dt.datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an entry's columns with its hash, and the salted contents that it seals."""
    detail, personal = dict(entry.detail), dict(entry.personal)
    if entry.delegate is not None:
        detail["delegate"], personal["delegate"] = entry.delegate.id, entry.delegate.name
    body = {**storable(personal), "salt": secrets.token_hex(16)}
    at = head.next_at(now)
    row: dict[str, Any] = {
        "court_id": entry.court_id,
        "case_id": entry.case_id,
        "seq": head.seq + 1,
        "at": at,
        "what": entry.event.value,
        "direction": entry.direction or entry.event.traits.direction,
        "about": entry.about,
        "attempt": entry.attempt,
        "notice_id": entry.notice_id,
        "counsel_id": entry.counsel_id,
        "side": entry.side,
        "channel": entry.channel,
        "kind": entry.kind,
        "detail": storable(detail),
        "content_hash": sha(body),
        "prev": head.hash,
    }
    row["hash"] = sha(covered(row, instant(at)))
    return row, body


def _expire_heads(session: Session, case_ids: Iterable[int]) -> None:
    """Have heads that the session loaded before read anew: the trigger changed their rows."""
    for case_id in case_ids:
        head = session.identity_map.get(session.identity_key(ChainHead, case_id))
        if head is not None:
            session.expire(head)


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that databases and RFC 8785 can hold: no NUL, no unpaired surrogates."""
    return {str(name): _storable_value(value) for name, value in values.items()}


def _storable_value(value: Any) -> Any:
    if isinstance(value, str):
        if value.isprintable():
            return value
        return value.replace("\x00", "�").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return storable(value)
    if isinstance(value, list | tuple):
        return [_storable_value(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def exported(entry: Entry) -> dict[str, Any]:
    """Return an entry for export: all that its hash covers, its contents, and the hash.

    Every event is exported alike; the standalone verifier needs nothing else.
    """
    body = entry.content.body if entry.content else None
    columns = {each.key: getattr(entry, each.key) for each in Entry.__table__.columns}
    return {**covered(columns, instant(entry.at)), "body": body or None, "hash": entry.hash}


def entries_of(
    session: Session, *, case_id: int, about: str = "", notice_ids: Iterable[int] = ()
) -> Iterator[Entry]:
    """Yield entries of a case, oldest first; of one hearing or some notices where given."""
    query = sa.select(Entry).where(Entry.case_id == case_id).order_by(Entry.seq)
    if about:
        query = query.where(Entry.about == about)
    if ids := list(notice_ids):
        query = query.where(Entry.notice_id.in_(ids))
    # Closed even where the caller stops early: an open cursor keeps its connection.
    with closing(session.scalars(query.execution_options(yield_per=500))) as entries:
        yield from entries


def entry_at(session: Session, case_id: int, seq: int) -> Entry:
    """Return one entry by its number in a case. Raises NoResultFound."""
    query = sa.select(Entry).where(Entry.case_id == case_id, Entry.seq == seq)
    return session.scalars(query).one()
