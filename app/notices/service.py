"""Queue notices, withdraw them, note what came back: within the caller's transaction."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import bulk
from app.court.models import Court
from app.notices import entries as notices_entries
from app.notices.due_notices import COLUMNS, DueNotice
from app.notices.models import Notice
from app.notices.rules import outside_quiet_hours
from app.record import ledger
from app.record.rules import Event, NoticeState, after

_NOTICE = bulk.table(Notice)


@dataclass(frozen=True)
class Recipient:
    """Whom a notice is for, and the ways to reach them, best first: ``[("sms", "+86…"), …]``."""

    name: str
    language: str
    ways: Sequence[tuple[str, str]]
    side: str = ""
    counsel_id: int | None = None
    user_id: int | None = None
    invitation_id: int | None = None
    link_version: int = 1

    @property
    def seat(self) -> str:
        """The part of a notice's key that names the person."""
        if self.invitation_id is not None:
            return str(self.invitation_id)
        return f"c{self.counsel_id}" if self.counsel_id is not None else f"u{self.user_id}"


@dataclass(frozen=True)
class Matter:
    """What a notice is about: the court, the case, the hearing and its state in the key."""

    court_id: int
    case_id: int
    about: str  # "hearing/12"
    stamp: str  # "12.3": what makes two notices of one kind different matters


def queue(
    session: Session,
    matter: Matter,
    kind: str,
    person: Recipient,
    facts: dict[str, Any],
    *,
    due_at: dt.datetime,
    stale_at: dt.datetime,
    now: dt.datetime,
    ways: int | None = None,
    lines: Sequence[ledger.NewEntry] = (),
) -> list[Notice]:
    """Put one notice per channel of a person in the queue, and say so in the record.

    ``ways`` limits it to the first so many channels. A person without any channel gets a line that
    says that they cannot be reached. A notice that was queued before, by its key, is not queued
    again: the same call twice is one notice. ``lines`` are written on the record before its own.
    """
    ways_now = list(person.ways)[:ways]
    if not ways_now:
        ledger.append(session, [*lines, unreachable(kind, matter, person)], now)
        return []
    made = []
    for channel, address in ways_now:
        key = f"{kind}/{matter.stamp}/{person.seat}/{channel}"
        if session.scalar(sa.select(Notice.id).where(Notice.key == key)) is not None:
            continue
        made.append(
            Notice(
                key=key,
                court_id=matter.court_id,
                case_id=matter.case_id,
                about=matter.about,
                counsel_id=person.counsel_id,
                user_id=person.user_id,
                invitation_id=person.invitation_id,
                link_version=person.link_version,
                kind=kind.split("-")[0] if kind.startswith("reminder-") else kind,
                channel=channel,
                address=address,
                name=person.name,
                side=person.side,
                language=person.language,
                facts=facts,
                due_at=due_at,
                first_due_at=due_at,
                stale_at=stale_at,
                state=NoticeState.QUEUED.value,
                tries=0,
                created_at=now,
            )
        )
    session.add_all(made)
    session.flush()
    entries = [
        notices_entries.entry_of(notice, Event.QUEUED, due_at=ledger.instant(due_at))
        for notice in made
    ]
    ledger.append(session, [*lines, *entries], now)
    return made


def unreachable(kind: str, matter: Matter, person: Recipient) -> ledger.NewEntry:
    """Return the line that says that a person has no channel."""
    return ledger.NewEntry(
        Event.FAILED,
        court_id=matter.court_id,
        case_id=matter.case_id,
        about=matter.about,
        counsel_id=person.counsel_id,
        side=person.side,
        kind=kind,
        detail={"why": "no address is known"},
        personal={"name": person.name},
    )


def outside_quiet_hours_at(court: Court, at: dt.datetime) -> dt.datetime:
    """Return when what the house sends of itself may go: outside the court's quiet hours."""
    local = at.astimezone(ZoneInfo(court.zone))
    return outside_quiet_hours(local, court.quiet_from, court.quiet_until).astimezone(dt.UTC)


def note(
    session: Session,
    notice: Notice,
    what: Event,
    now: dt.datetime,
    *,
    personal: dict[str, Any] | None = None,
    **detail: Any,
) -> NoticeState:
    """Write what happened to a notice and let it move; return its new state."""
    entry = notices_entries.entry_of(notice, what, personal=personal, **detail)
    ledger.append(session, [entry], now)
    state = after(NoticeState(notice.state), what)
    notice.state = state.value
    if state is not NoticeState.SENDING:
        notice.lease_until, notice.claimed_by = None, ""
    return state


def withdraw(
    session: Session,
    about: str,
    now: dt.datetime,
    why: str,
    *,
    kinds: Iterable[str] = (),
    counsel_ids: Iterable[int] | None = None,
) -> int:
    """Take back what is still in the queue about a hearing; return how many notices that were.

    What a carrier already has is not taken back, and the record says nothing else.
    """
    wanted = _waiting(about)
    if kinds := list(kinds):
        wanted = wanted.where(Notice.kind.in_(kinds))
    if counsel_ids is not None:
        wanted = wanted.where(Notice.counsel_id.in_(list(counsel_ids)))
    waiting = session.scalars(wanted).all()
    ledger.append(session, _withdrawn(waiting, why), now)
    for notice in waiting:
        notice.state = NoticeState.WITHDRAWN.value
    return len(waiting)


def withdraw_unless_sent(
    session: Session, about: str, why: str, *, kinds: Sequence[str], invitation_id: int
) -> list[ledger.NewEntry]:
    """Withdraw what waits for one seat; return the lines, which are the caller's to write."""
    given = {"about": about, "kinds": kinds, "seat": invitation_id}
    waiting = [DueNotice(*row) for row in session.connection().execute(_WAITING_FOR_SEAT, given)]
    changed = [{"id": notice.id, "state": NoticeState.WITHDRAWN.value} for notice in waiting]
    bulk.update(session, _NOTICE, changed)
    return _withdrawn(waiting, why)


def _waiting(about: Any, what: Sequence[Any] = (Notice,)) -> sa.Select:
    """Ask for what waits, but one that a worker is claiming this moment: it is on its way out.

    It is not waited for; should it come back into the queue, the next claim sees that it holds no
    longer.
    """
    return (
        sa.select(*what)
        .where(Notice.about == about, Notice.state == NoticeState.QUEUED.value)
        .order_by(Notice.case_id, Notice.id)
        .with_for_update(skip_locked=True)
    )


# Put together once: that takes longer than to ask it.
_WAITING_FOR_SEAT = _waiting(sa.bindparam("about"), COLUMNS).where(
    _NOTICE.c.kind.in_(sa.bindparam("kinds", expanding=True)),
    _NOTICE.c.invitation_id == sa.bindparam("seat"),
)


def _withdrawn(waiting: Iterable[Notice | DueNotice], why: str) -> list[ledger.NewEntry]:
    return [notices_entries.entry_of(notice, Event.WITHDRAWN, why=why) for notice in waiting]
