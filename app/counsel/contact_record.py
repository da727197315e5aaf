"""Record of contact about a hearing, as any counsel may read it: others' addresses are masked."""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app.core.db import db
from app.counsel import access
from app.counsel.page_state import CounselPage
from app.court.models import Court
from app.evidence import symmetry
from app.hearings.clock_change.wall_clock import Shift
from app.hearings.models import Hearing
from app.people.models import ZoneRules
from app.record import ledger
from app.record.rows import RecordRow, Release, RowStep, releases, rows
from app.record.rules import Event, shown_as

# (instant in an entry, when the entry was written) -> instant of the same wall clock by today's
# time zone rules.
InstantReader = Callable[[dt.datetime, dt.datetime], dt.datetime]


@access.page
def show(page: CounselPage) -> str:
    """Show the record of contact with all sides about the hearing."""
    session = db.session()
    return access.render(
        "counsel/contact_record.html",
        page,
        releases=contacts(session, page.hearing, page.counsel.id),
        symmetry=symmetry.of(session, page.case, page.hearing.about),
    )


def contacts(session: Session, hearing: Hearing, reader_id: int) -> list[Release]:
    """Return the contacts with counsel about a hearing, newest first, for one counsel to read."""
    entries = ledger.entries_of(session, case_id=hearing.case_id, about=hearing.about)
    with_counsel = (entry for entry in entries if entry.counsel_id is not None)
    return readable(
        releases(rows(with_counsel)), reader_id, instant_reader(session, hearing.case.court)
    )


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


def readable(
    contacts: Iterable[Release], reader_id: int, instant: InstantReader = lambda at, _: at
) -> list[Release]:
    """Return the rows of a record as one counsel may read them.

    The addresses of others are masked; there are no entries, numbers, digests or notes of the
    court. All sides may read what one side was sent and answered.
    """
    return [
        Release(tuple(_readable(row, reader_id, instant) for row in each.rows)) for each in contacts
    ]


def _readable(row: RecordRow, reader_id: int, instant: InstantReader) -> RecordRow:
    own = row.counsel_id == reader_id
    return replace(
        row,
        entries=(),
        steps=tuple(_shown_steps(row)),
        own=own,
        kind=row.kind if row.is_message or row.kind in ("move", "handed_on") else "",
        address=row.address if own else mask(row.address),
        comment=row.comment if own else row.public_comment,
        says=tuple((instant(at, row.recorded_at), choice) for at, choice in row.says),
    )


def _shown_steps(row: RecordRow) -> list[RowStep]:
    """Return the steps that counsel can read, without repetitions."""
    steps: list[RowStep] = []
    for step in row.steps:
        last = steps[-1] if steps else None
        if not shown_as(step.what).traits.shown_to_counsel:
            continue
        if last and (last.what, last.agent) == (step.what, step.agent):
            continue
        if last and last.what == Event.STARTED:  # the outcome says more
            steps.pop()
        steps.append(step)
    return steps


def mask(address: str) -> str:
    """Shorten an address to tell it from others: ``l•••@huacheng.example``, ``•••01``."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"•••{address[-2:]}" if address else ""
