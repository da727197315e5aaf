"""Record of contact about a hearing, as any counsel may read it: others' addresses are masked."""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app.core import half_days
from app.core.db import db
from app.core.half_days import HalfDay
from app.counsel import access
from app.counsel.page_state import CounselPage
from app.court.models import Court
from app.evidence import symmetry
from app.hearings.models import Hearing
from app.hearings.wall_clock import Shift
from app.people.models import ZoneRules
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event, shown_as

# (instant in an entry, when the entry was written) -> instant of the same wall clock by today's
# time zone rules.
InstantReader = Callable[[dt.datetime, dt.datetime], dt.datetime]


@dataclass
class ContactRow:
    """One attempt to tell or hear from one counsel, and what became of it.

    ``subject`` and ``text`` are of the message sent: all sides may read what one side was sent.
    ``half_days`` belong to an answer: when counsel could come if no slot suits them.
    """

    name: str
    side: str
    own: bool
    channel: str
    kind: str
    address: str
    begun_at: dt.datetime
    steps: list[tuple[dt.datetime, str]] = field(default_factory=list)
    says: list[tuple[dt.datetime, str]] = field(default_factory=list)
    half_days: tuple[HalfDay, ...] = ()
    comment: str = ""
    subject: str = ""
    text: str = ""
    agent: str = ""

    @property
    def planned(self) -> bool:
        """Whether nothing was sent: the message is queued, or was withdrawn in time."""
        return {event for _, event in self.steps} <= {Event.QUEUED, Event.WITHDRAWN}


@access.page
def show(page: CounselPage) -> str:
    """Show the record of contact with all sides about the hearing."""
    session = db.session()
    return access.render(
        "counsel/contact_record.html",
        page,
        contacts=contacts(session, page.hearing, page.counsel.id),
        symmetry=symmetry.of(session, page.case, page.hearing.about),
    )


def contacts(session: Session, hearing: Hearing, reader_id: int) -> list[ContactRow]:
    """Return the contacts with counsel about a hearing, oldest first, for one counsel to read."""
    entries = ledger.entries_of(session, case_id=hearing.case_id, about=hearing.about)
    with_counsel = (entry for entry in entries if entry.counsel_id is not None)
    return fold(with_counsel, reader_id, instant_reader(session, hearing.case.court))


def instant_reader(session: Session, court: Court) -> InstantReader:
    """Return how to read instants in entries, each by the time zone rules of when it was written.

    An entry never changes, and a wall-clock time in it is by the rules of that day.
    """
    stored = (
        sa.select(ZoneRules)
        .where(ZoneRules.court_id == court.id)
        .options(undefer(ZoneRules.rules))
        .order_by(ZoneRules.id)
    )
    versions: Sequence[ZoneRules] = session.scalars(stored).all()
    if len(versions) < 2:
        return lambda at, _: at
    current = ZoneInfo(court.zone)
    shifts = [
        (each.since, Shift(ZoneInfo.from_file(io.BytesIO(each.rules), each.zone), current))
        for each in versions
    ]

    def read(at: dt.datetime, written_at: dt.datetime) -> dt.datetime:
        in_force = (shift for since, shift in reversed(shifts) if since <= written_at)
        return next(in_force, shifts[0][1]).of(at)

    return read


def fold(
    entries: Iterable[Entry], reader_id: int, instant: InstantReader = lambda at, _: at
) -> list[ContactRow]:
    """Return one contact for each notice, visit or answer, with its events in order."""
    rows: dict[str, ContactRow] = {}
    for entry in entries:
        # A visit and an answer share an attempt, but are two contacts.
        key = f"entry {entry.id}" if entry.notice_id is None else f"notice {entry.notice_id}"
        row = rows.setdefault(key, _row(entry, reader_id, instant))
        last = row.steps[-1][1] if row.steps else ""
        handed_on = entry.kind == "handed_on"
        if (entry.what == Event.STARTED or handed_on) and entry.content:
            row.subject = str(entry.content.body.get("subject", ""))
            row.text = str(entry.content.body.get("text", ""))
        if entry.what != last and shown_as(entry.what).traits.shown_to_counsel:
            if last == Event.STARTED:  # the outcome says more
                row.steps.pop()
            row.steps.append((entry.at, entry.what))
    return list(rows.values())


def _row(entry: Entry, reader_id: int, instant: InstantReader) -> ContactRow:
    content: dict[str, Any] = entry.content.body if entry.content else {}
    detail, address = entry.detail or {}, str(content.get("address", ""))
    own = entry.counsel_id == reader_id
    return ContactRow(
        name=str(content.get("name", "")),
        side=entry.side,
        own=own,
        channel=entry.channel,
        kind=entry.kind if entry.notice_id or entry.kind in ("move", "handed_on") else "",
        address=address if own else mask(address),
        begun_at=entry.at,
        says=[
            (instant(dt.datetime.fromisoformat(each["starts_at"]), entry.at), each["says"])
            for each in detail.get("says", [])
        ],
        half_days=half_days.of_entry(content),
        comment=_comment(entry, content, own=own),
        agent=str(detail.get("agent", "")) if entry.what == Event.FETCHED else "",
    )


def _comment(entry: Entry, content: dict[str, Any], *, own: bool) -> str:
    """Return what counsel, or the court in answer to them, wrote for all sides to read."""
    if entry.kind == "move":
        hidden = (entry.detail or {}).get("private") and not own
        return "" if hidden else str(content.get("note", ""))
    return str(content.get("comment", "")) if entry.what == Event.ANSWERED else ""


def mask(address: str) -> str:
    """Shorten an address to tell it from others: ``l•••@huacheng.example``, ``•••01``."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"•••{address[-2:]}" if address else ""
