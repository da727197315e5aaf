"""Add lines to the chains of many cases at once, in as few statements as for one.

What `record.add` is for a use case about one hearing, this is for sending and planning, where
hundreds of cases get their lines in one transaction.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import bulk
from app.record import ledger
from app.record.models import ChainHead, Entry, EntryContent
from app.record.verification import START

_HEAD, _LINE, _CONTENT = (bulk.table(each) for each in (ChainHead, Entry, EntryContent))
# How many cases one statement asks for: databases bound the number of values in one.
_AT_A_TIME = 500


@dataclass
class ChainPosition:
    """The last link of a case's chain, held until the commit; ``at`` is None before the first."""

    seq: int
    hash: str
    at: dt.datetime | None


def extend(
    session: Session,
    entries: Mapping[tuple[int, int], Sequence[ledger.NewEntry]],
    now: dt.datetime,
    held: Mapping[int, ChainPosition] | None = None,
) -> None:
    """Add lines, by (court, case) and in their order, within the caller's transaction.

    Holds the heads of all these cases until the commit, taken in rising order of case, so that
    two who do so cannot wait for each other. ``held`` are heads that the caller holds already.
    """
    if not any(entries.values()):
        return
    session.flush()
    links = held or hold(session, {case_id for _, case_id in entries})
    lines: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for (court_id, case_id), some in entries.items():
        link = links[case_id]
        for entry in some:
            line, body = ledger.row(
                entry, court_id, case_id, link.seq + 1, _at(link, now), link.hash
            )
            lines.append(line)
            contents.append({"body": body})
            link.seq, link.hash, link.at = line["seq"], line["hash"], line["at"]
    bulk.insert_pairs(session, _LINE, lines, _CONTENT, contents, by=("case_id", "seq"))


def hold(session: Session, case_ids: Iterable[int]) -> dict[int, ChainPosition]:
    """Return the last links of cases, held until the commit; those that there are not are made."""
    wanted = sorted(set(case_ids))
    found = _held(session, wanted)
    if fresh := [case_id for case_id in wanted if case_id not in found]:
        first = [{"case_id": each, "seq": 0, "hash": START, "sealed_seq": 0} for each in fresh]
        bulk.insert(session, _HEAD, first, unless="case_id")
        found |= _held(session, fresh)
    return found


def hold_with(
    session: Session, case_id: int, asked: sa.ColumnElement[Any]
) -> tuple[ChainPosition, Any]:
    """Return the last link of one case, held until the commit, and what else is asked with it."""
    wanted = (
        sa.select(_HEAD.c.seq, _HEAD.c.hash, _HEAD.c.last_at, asked)
        .where(_HEAD.c.case_id == case_id)
        .with_for_update(of=_HEAD)
    )
    found = session.connection().execute(wanted).one_or_none()
    if found is None:  # no line yet: the first link is made
        hold(session, [case_id])
        found = session.connection().execute(wanted).one()
    seq, last, at, answer = found
    return ChainPosition(seq, last, at), answer


def _at(link: ChainPosition, now: dt.datetime) -> dt.datetime:
    """Return the time of the next line: the record's times never contradict its order."""
    return max(now, link.at) if link.at else now


def _held(session: Session, case_ids: Sequence[int]) -> dict[int, ChainPosition]:
    found: dict[int, ChainPosition] = {}
    for first in range(0, len(case_ids), _AT_A_TIME):
        wanted = (
            sa.select(_HEAD.c.case_id, _HEAD.c.seq, _HEAD.c.hash, _HEAD.c.last_at)
            .where(_HEAD.c.case_id.in_(case_ids[first : first + _AT_A_TIME]))
            .order_by(_HEAD.c.case_id)
            .with_for_update()
        )
        for case_id, *rest in session.connection().execute(wanted):
            found[case_id] = ChainPosition(*rest)
    return found
