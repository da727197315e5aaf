"""Attempts to send: locked rows of the queue, and the one way in which an event moves them.

Everything that happens to an attempt (claimed by ``claiming``, settled by ``outcomes``, looked up
by ``recovery``, reported by ``receipts``) is an entry of the record and a change of the notice's
row, written together by ``write``. The state follows from the event by ``record.rules.after``.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.attempt_reference import AttemptReference
from app.core.db import bulk
from app.notices.models import Notice
from app.record import ledger
from app.record.chain import ChainPosition
from app.record.rules import Event, NoticeState, after, concerns_current

_NOTICE = bulk.table(Notice)


class Attempt(NamedTuple):
    """A notice's row as sending reads it: without its facts, and without an ORM object's cost."""

    id: int
    court_id: int
    case_id: int
    about: str
    counsel_id: int | None
    side: str
    channel: str
    kind: str
    name: str
    address: str
    tries: int
    created_at: dt.datetime
    tried_at: dt.datetime | None
    first_due_at: dt.datetime
    stale_at: dt.datetime
    carrier: str
    # The columns that events change, in the order of _CHANGING.
    state: str
    due_at: dt.datetime
    carrier_id: str
    server_id: str
    handed_at: dt.datetime | None
    ask_at: dt.datetime | None
    lease_until: dt.datetime | None
    claimed_by: str

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Return the row of a notice that was read as an object."""
        return cls(*(getattr(notice, name) for name in cls._fields))

    @property
    def reference(self) -> str:
        """Our reference of the current attempt, which the carrier is given: ``n123.1``."""
        return str(AttemptReference(self.id, self.tries))

    @property
    def begun(self) -> tuple[dt.datetime, int]:
        """When the attempt began; the notice's id decides between two of one moment."""
        return self.tried_at or self.created_at, self.id

    def after(self, event: Event) -> NoticeState:
        """Return the state after an event."""
        return after(NoticeState(self.state), event)


COLUMNS = [_NOTICE.c[name] for name in Attempt._fields]
_CHANGING = (
    "state",
    "due_at",
    "carrier_id",
    "server_id",
    "handed_at",
    "ask_at",
    "lease_until",
    "claimed_by",
)


@dataclass(frozen=True)
class Step:
    """One event of an attempt: what the record keeps of it, and what it changes in the row."""

    attempt: Attempt
    event: Event
    detail: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)
    # Values of columns besides the state and the lease.
    changes: Mapping[str, Any] = field(default_factory=dict)
    direction: str = ""
    # The attempt that the event is about, where that may be an earlier one.
    reference: str = ""

    @property
    def entry(self) -> ledger.NewEntry:
        """The entry for the record; details without a value are left out."""
        attempt = self.attempt
        return ledger.NewEntry(
            self.event,
            court_id=attempt.court_id,
            case_id=attempt.case_id,
            direction=self.direction,
            about=attempt.about,
            attempt=self.reference or attempt.reference,
            notice_id=attempt.id,
            counsel_id=attempt.counsel_id,
            side=attempt.side,
            channel=attempt.channel,
            kind=attempt.kind,
            detail={name: value for name, value in self.detail.items() if value not in ("", None)},
            personal={"name": attempt.name, "address": attempt.address, **self.personal},
        )

    @property
    def result(self) -> Attempt:
        """The row after the event; a lease ends with the sending that it was for."""
        attempt = self.attempt
        if not concerns_current(self.event, self.reference or attempt.reference, attempt.reference):
            return attempt
        moved = attempt._replace(state=attempt.after(self.event).value, **self.changes)
        if moved.state == NoticeState.SENDING:
            return moved
        return moved._replace(lease_until=None, claimed_by="")


def lock(session: Session, notice_ids: Iterable[int]) -> list[Attempt]:
    """Lock notices until the commit, in the order in which cases are locked; return their rows."""
    query = sa.select(*COLUMNS).where(_NOTICE.c.id.in_(list(notice_ids)))
    query = query.order_by(_NOTICE.c.case_id, _NOTICE.c.id).with_for_update()
    return [Attempt(*row) for row in session.connection().execute(query)]


def lock_notices(session: Session, notice_ids: Iterable[int]) -> list[Notice]:
    """Lock notices as ``lock`` does and return them as objects, with their facts."""
    query = (
        sa.select(Notice)
        .where(Notice.id.in_(list(notice_ids)))
        .order_by(Notice.case_id, Notice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def write(
    session: Session,
    steps: Sequence[Step],
    now: dt.datetime,
    *,
    heads: Mapping[int, ChainPosition] | None = None,
) -> list[Attempt]:
    """Write steps of different attempts: entries and rows in a few statements, however many.

    ``heads`` are the chain heads that the caller has locked. Returns the rows after the steps.
    """
    ledger.append(session, [step.entry for step in steps], now, heads=heads)
    results = [step.result for step in steps]
    changed = [
        result for step, result in zip(steps, results, strict=True) if result != step.attempt
    ]
    rows = [
        {"id": each.id, **{name: getattr(each, name) for name in _CHANGING}} for each in changed
    ]
    bulk.update(session, _NOTICE, rows)
    return results
