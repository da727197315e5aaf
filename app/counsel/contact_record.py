"""Record of contact in a case, as any counsel may read it: others' addresses are masked."""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app.cases import delegates
from app.cases.models import Case
from app.cases.rules import masked_address
from app.core.db import db
from app.core.matters import Matter
from app.core.web.params import page_number
from app.counsel import access
from app.counsel.page_state import CasePage
from app.court.models import Court
from app.evidence import symmetry
from app.hearings.clock_change.wall_clock import Shift
from app.people.models import ZoneRules
from app.record.models import Entry
from app.record.rows import RecordRow, Release, RowStep, releases, rows
from app.record.rules import Event, shown_as

# (instant in an entry, when the entry was written) -> instant of the same wall clock by today's
# time zone rules.
InstantReader = Callable[[dt.datetime, dt.datetime], dt.datetime]


PAGE = 50  # contacts
FILINGS = ("filing_noted", "filing_removed", "evidence_due")
# Of the court, about nobody in particular.
OF_HEARINGS = ("outcome", "absence", "bench")
# Kinds of entries about no message that counsel are told.
NAMED = (
    *("move", "handed_on", "question", "question_word", "question_rating"),
    *("address", "electronic_service", "key", "delegate", "papers"),
    *FILINGS,
    *OF_HEARINGS,
)


@dataclass(frozen=True)
class RecordPage:
    """One page of the contacts of a case, the newest first."""

    releases: list[Release]
    number: int
    last: int


@access.case_page
def show(page: CasePage) -> str:
    """Show the record of contact with all sides in the case."""
    session, delegate = db.session(), page.delegate
    # A delegate is shown no address, and nothing but their hearing if they are for one alone.
    about = str(Matter.hearing(delegate.hearing_id)) if delegate and delegate.hearing_id else ""
    reader_id = 0 if delegate else page.counsel.id
    record = contacts(session, page.case, reader_id, page_number(), about)
    return access.render(
        "counsel/contact_record.html",
        page,
        record=record,
        releases=record.releases,
        symmetry=symmetry.of(session, page.case, about),
    )


def contacts(
    session: Session, case: Case, reader_id: int, number: int, about: str = ""
) -> RecordPage:
    """Return a page of the contacts with counsel in a case for one counsel to read.

    ``about``: those of one matter alone. What delegates of counsel were sent, and opened, is among
    them. A contact is a notice with all that became of it, or one entry about none.
    """
    contact = sa.func.coalesce(Entry.notice_id, -Entry.id)
    in_order = (
        sa.select(contact)
        .where(
            Entry.case_id == case.id,
            sa.or_(
                Entry.counsel_id.is_not(None),
                Entry.side == delegates.SIDE,
                Entry.kind.in_(OF_HEARINGS),
            ),
        )
        .where(Entry.about == about if about else sa.true())
        .group_by(contact)
        .order_by(sa.func.min(Entry.seq).desc())
    )
    keys = session.scalars(in_order).all()
    last = max(1, -(-len(keys) // PAGE))
    number = min(number, last)
    shown = keys[(number - 1) * PAGE : number * PAGE]
    query = sa.select(Entry).where(
        Entry.case_id == case.id,
        sa.or_(
            Entry.notice_id.in_([key for key in shown if key > 0]),
            Entry.id.in_([-key for key in shown if key < 0]),
        ),
    )
    entries = session.scalars(query.order_by(Entry.seq)).all()
    readable_rows = readable(
        releases(rows(entries)), reader_id, instant_reader(session, case.court)
    )
    return RecordPage(readable_rows, number, last)


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
    court. All sides may read what one side was sent and answered, except for words about a private
    matter: of those they may know that they were sent.
    """
    return [
        Release(tuple(_readable(row, reader_id, instant) for row in each.rows)) for each in contacts
    ]


def _readable(row: RecordRow, reader_id: int, instant: InstantReader) -> RecordRow:
    own = row.counsel_id == reader_id
    if row.private and not own:
        row = replace(row, subject="", text="")
    return replace(
        row,
        entries=(),
        steps=tuple(_shown_steps(row)),
        own=own,
        kind=row.kind if row.is_message or row.kind in NAMED else "",
        address=row.address if own else masked_address(row.address),
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
