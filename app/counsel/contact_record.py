"""A hearing's record of contact as counsel of any side may read it: addresses of others masked."""

import datetime as dt
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app.court.models import Court
from app.hearings.models import Hearing
from app.hearings.wall_clock import Shift
from app.people.models import ZoneRules
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event, shown_as

# Given an instant on the record and when it was written, says the instant of that wall clock now.
Told = Callable[[dt.datetime, dt.datetime], dt.datetime]


@dataclass
class ContactRow:
    """One attempt to tell or hear from one counsel, and what became of it."""

    name: str
    side: str
    own: bool
    channel: str
    kind: str
    address: str
    begun_at: dt.datetime
    steps: list[tuple[dt.datetime, str]] = field(default_factory=list)
    says: list[tuple[dt.datetime, str]] = field(default_factory=list)
    comment: str = ""
    # What a message to them said, whoever reads: all sides may see what one side was told.
    subject: str = ""
    text: str = ""
    agent: str = ""

    @property
    def planned(self) -> bool:
        """Whether nothing of it has left the house: it waits, or it was withdrawn in time."""
        return {what for _, what in self.steps} <= {Event.QUEUED, Event.WITHDRAWN}


def masked(address: str) -> str:
    """Return what of an address tells one from another: ``l•••@huacheng.example``, ``•••01``."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"•••{address[-2:]}" if address else ""


def contacts(session: Session, hearing: Hearing, own: int) -> list[ContactRow]:
    """Return contacts with counsel about a hearing, oldest first; ``own`` is the reader's id."""
    lines = ledger.entries_of(session, case_id=hearing.case_id, about=f"hearing/{hearing.id}")
    about_people = (line for line in lines if line.counsel_id is not None)
    return fold(about_people, own, as_told(session, hearing.case.court))


def as_told(session: Session, court: Court) -> Told:
    """Return how to read an instant on the record: by the time zone rules of the day of its line.

    A line is never changed, and what it says was told by the rules of then.
    """
    wanted = sa.select(ZoneRules).where(ZoneRules.court_id == court.id)
    kept = session.scalars(wanted.options(undefer(ZoneRules.rules)).order_by(ZoneRules.id)).all()
    if len(kept) < 2:
        return lambda at, _: at
    now = ZoneInfo(court.zone)
    shifts = [
        (each.since, Shift(ZoneInfo.from_file(io.BytesIO(each.rules), each.zone), now))
        for each in kept
    ]

    def told(at: dt.datetime, written_at: dt.datetime) -> dt.datetime:
        first = shifts[0][1]
        return next((s for since, s in reversed(shifts) if since <= written_at), first).of(at)

    return told


def fold(lines: Iterable[Entry], own: int, told: Told = lambda at, _: at) -> list[ContactRow]:
    """Return one contact for each notice or visit, its lines in order beneath."""
    found: dict[str, ContactRow] = {}
    for line in lines:
        apart = line.notice_id is None  # a visit and an answer share an attempt but are two things
        key = f"line {line.id}" if apart else f"notice {line.notice_id}"
        contact = found.setdefault(key, _begun(line, own, told))
        last = contact.steps[-1][1] if contact.steps else ""
        if line.what == Event.STARTED and line.content:
            contact.subject = str(line.content.body.get("subject", ""))
            contact.text = str(line.content.body.get("text", ""))
        if line.what != last and shown_as(line.what).traits.shown_to_counsel:
            if last == Event.STARTED:  # what came of it says more
                contact.steps.pop()
            contact.steps.append((line.at, line.what))
    return list(found.values())


def _words(line: Entry, body: dict) -> str:
    """Return what counsel, or the court in answer to them, wrote for all sides to read."""
    if line.kind == "move":
        return str(body.get("note", ""))
    return str(body.get("comment", "")) if line.what == Event.ANSWERED else ""


def _begun(line: Entry, own: int, told: Told) -> ContactRow:
    body, detail = line.content.body if line.content else {}, line.detail or {}
    address = str(body.get("address", ""))
    mine = line.counsel_id == own
    return ContactRow(
        name=str(body.get("name", "")),
        side=line.side,
        own=mine,
        channel=line.channel,
        kind=line.kind if line.notice_id or line.kind == "move" else "",
        address=address if mine else masked(address),
        begun_at=line.at,
        says=[
            (told(dt.datetime.fromisoformat(each["starts_at"]), line.at), each["says"])
            for each in detail.get("says", [])
        ],
        comment=_words(line, body),
        agent=str(detail.get("agent", "")) if line.what == Event.FETCHED else "",
    )
