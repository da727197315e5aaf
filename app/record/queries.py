"""Contacts with the people of a case's sides, as the timeline draws them."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.record.models import Entry, EntryContent
from app.record.rules import LOST, Event, current_events, fold, touchpoint
from app.record.timeline import Contact, Touchpoint

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
            Entry.detail,
            Entry.notice_id,
            EntryContent.body,
        )
        .outerjoin(EntryContent, EntryContent.line_id == Entry.id)
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
    name = str((row.body or {}).get("name", ""))
    return Contact(row.at, row.side, row.channel, row.kind, mark, row.what, name, row.seq)
