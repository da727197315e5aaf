"""Contacts with the people of a case's sides for the timeline, and pages of a record's rows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.record.models import Entry, EntryContent
from app.record.rows import RESPONSES, RecordRow, rows
from app.record.rules import LOST, Event, current_events, fold, touchpoint
from app.record.timeline import Contact, Touchpoint

MOST_RESPONSES = 1000  # entries that tell what people did after the messages of one page
_DRAWN = [event.value for event in Event if event.traits.touchpoint is not None]


def contacts(session: Session, case_id: int, about: str = "") -> Sequence[Contact]:
    """Return the contacts of a case, or of one hearing in it, with the people of its sides.

    A message is one contact, from the moment at which a carrier had it; in vain where by all that
    is known since it did not arrive. For a hearing this includes what was logged by hand about
    its case as a whole.
    """
    query = (
        sa.select(
            Entry.at,
            Entry.side,
            Entry.channel,
            Entry.kind,
            Entry.what,
            Entry.direction,
            Entry.attempt,
            Entry.seq,
            # Only of what was logged by hand it matters, and it is long to read.
            sa.case((Entry.notice_id.is_(None), Entry.detail)).label("detail"),
            Entry.notice_id,
        )
        .where(Entry.case_id == case_id, Entry.counsel_id.is_not(None))
        .where(sa.or_(Entry.notice_id.is_not(None), Entry.what.in_(_DRAWN)))
        .order_by(Entry.seq)
    )
    if about:
        by_hand = sa.and_(Entry.about == "", Entry.kind == "by_hand")
        query = query.where(sa.or_(Entry.about == about, by_hand))
    drawn: list[Contact] = []
    by_notice: dict[int, list[sa.Row]] = defaultdict(list)
    for row in session.execute(query):
        if row.notice_id is not None:
            by_notice[row.notice_id].append(row)
        elif mark := touchpoint(Event(row.what), row.direction, row.detail):
            drawn.append(_contact(row, mark))
    drawn += filter(None, map(_message, by_notice.values()))
    return sorted(drawn, key=lambda each: (each.at, each.line))


def _message(rows: Sequence[sa.Row]) -> Contact | None:
    """Return the contact that the entries of one notice make; None while no carrier had it."""
    state = fold(current_events((Event(row.what), row.attempt) for row in rows))
    if state in LOST:
        last = [row for row in rows if Event(row.what).traits.leads_to in LOST][-1]
        return _contact(last, Touchpoint.VAIN)
    taken = [row for row in rows if Event(row.what).traits.handed_over]
    return _contact(taken[0], Touchpoint.TO) if taken else None


def _contact(row: sa.Row, mark: Touchpoint) -> Contact:
    return Contact(row.at, row.side, row.channel, row.kind, mark, row.what, row.seq)


def names(session: Session, case_id: int, numbers: Collection[int]) -> dict[int, str]:
    """Return whom some entries of a case are about, by their number; "" where that is blanked."""
    query = (
        sa.select(Entry.seq, EntryContent.body)
        .join(EntryContent, EntryContent.line_id == Entry.id)
        .where(Entry.case_id == case_id, Entry.seq.in_(numbers))
    )
    return {seq: str((body or {}).get("name", "")) for seq, body in session.execute(query)}


@dataclass(frozen=True)
class RowPage:
    """A page of a record's rows, newest first; ``older`` is 0 where there are no older ones."""

    rows: Sequence[RecordRow]
    older: int


def row_page(
    session: Session, case_id: int, *, size: int, counsel_id: int = 0, before: int = 0
) -> RowPage:
    """Return one page of the rows of a case, in three queries however long its record is.

    A message is on the page of the entry with which it was first tried, with all of its entries;
    a page holds the ``size`` newest rows whose first entry's number is below ``before``.
    """
    own = [Entry.case_id == case_id]
    if counsel_id:
        own.append(Entry.counsel_id == counsel_id)
    query = sa.select(Entry).where(*own, _begins_row()).order_by(Entry.seq.desc())
    if before:
        query = query.where(Entry.seq < before)
    begins = session.scalars(query.limit(size + 1)).all()
    entries = list(begins[:size])
    notice_ids = {each.notice_id for each in entries if each.notice_id is not None}
    known = [each.id for each in entries]
    others = sa.select(Entry).where(Entry.notice_id.in_(notice_ids), Entry.id.not_in(known))
    if notice_ids:
        entries += session.scalars(others).all()
    responses = sa.select(Entry).where(
        *own, Entry.notice_id.is_(None), Entry.what.in_([each.value for each in RESPONSES])
    )
    if notice_ids:
        first = min(each.seq for each in entries)
        newest = responses.where(Entry.seq > first).order_by(Entry.seq).limit(MOST_RESPONSES)
        found = rows(entries, session.scalars(newest).all())
    else:
        found = rows(entries)
    return RowPage(found, entries[size - 1].seq if len(begins) > size else 0)


def _begins_row() -> sa.ColumnElement[bool]:
    """Return the condition for the entry by whose number a row is placed.

    Of a message it is the first try, or while it is not tried, the entry that queued it.
    """
    other = aliased(Entry)
    same_notice = sa.select(other.id).where(other.notice_id == Entry.notice_id)
    queued = Event.QUEUED.value
    tried_before = same_notice.where(other.what != queued, other.seq < Entry.seq).exists()
    better = same_notice.where(sa.or_(other.what != queued, other.seq < Entry.seq)).exists()
    return sa.or_(
        Entry.notice_id.is_(None),
        sa.and_(Entry.what != queued, ~tried_before),
        sa.and_(Entry.what == queued, ~better),
    )
