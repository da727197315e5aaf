"""Queue what many people are to be told, about many hearings, in a few statements."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import bulk
from app.notices.models import Notice
from app.notices.service import Matter, Recipient, unreachable
from app.record import chain, ledger
from app.record.rules import Event, NoticeState

_NOTICE = bulk.table(Notice)


@dataclass(frozen=True)
class NoticeRequest:
    """One person is to be told one thing, over each of their channels."""

    matter: Matter
    kind: str
    person: Recipient
    facts: dict[str, Any]
    due_at: dt.datetime
    stale_at: dt.datetime


def queue(
    session: Session,
    tellings: Sequence[NoticeRequest],
    now: dt.datetime,
    lines: Sequence[tuple[Matter, ledger.NewEntry]] = (),
    *,
    held: Mapping[int, chain.ChainPosition] | None = None,
) -> int:
    """Queue all of this, and say so in the record; return how many notices are new.

    ``lines`` are written first; ``held`` are heads that the caller holds already. As
    `service.queue` does for one person: who has no channel gets a line that says so, and what is
    in the queue by its key is not queued again.
    """
    rows = _rows(session, tellings, now)
    if bulk.insert(session, _NOTICE, rows, unless="key") < len(rows):
        here = sa.select(_NOTICE.c.id).where(_NOTICE.c.id.in_([row["id"] for row in rows]))
        new = set(session.connection().scalars(here))
        rows = [row for row in rows if row["id"] in new]
    mute = [
        unreachable(each.kind, each.matter, each.person)
        for each in tellings
        if not each.person.ways
    ]
    entries = [*(entry for _, entry in lines), *mute, *map(_queued, rows)]
    ledger.append(session, entries, now, heads=held)
    return len(rows)


def _rows(
    session: Session, tellings: Sequence[NoticeRequest], now: dt.datetime
) -> list[dict[str, Any]]:
    count = sum(len(each.person.ways) for each in tellings)
    numbers = iter(bulk.ids(session, _NOTICE, count))
    return [
        {
            "id": next(numbers),
            "key": f"{each.kind}/{each.matter.stamp}/{each.person.seat}/{channel}",
            "court_id": each.matter.court_id,
            "case_id": each.matter.case_id,
            "about": each.matter.about,
            "counsel_id": each.person.counsel_id,
            "user_id": each.person.user_id,
            "invitation_id": each.person.invitation_id,
            "link_version": each.person.link_version,
            "kind": "reminder" if each.kind.startswith("reminder-") else each.kind,
            "channel": channel,
            "address": address,
            "name": each.person.name,
            "side": each.person.side,
            "language": each.person.language,
            "facts": each.facts,
            "due_at": each.due_at,
            "first_due_at": each.due_at,
            "stale_at": each.stale_at,
            "state": NoticeState.QUEUED.value,
            "tries": 0,
            "claimed_by": "",
            "carrier": "",
            "carrier_id": "",
            "created_at": now,
        }
        for each in tellings
        for channel, address in each.person.ways
    ]


def _queued(row: dict[str, Any]) -> ledger.NewEntry:
    return ledger.NewEntry(
        Event.QUEUED,
        court_id=row["court_id"],
        case_id=row["case_id"],
        about=row["about"],
        attempt=f"n{row['id']}.0",
        notice_id=row["id"],
        counsel_id=row["counsel_id"],
        side=row["side"],
        channel=row["channel"],
        kind=row["kind"],
        detail={"due_at": ledger.instant(row["due_at"])},
        personal={"name": row["name"], "address": row["address"]},
    )
