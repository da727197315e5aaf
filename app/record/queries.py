"""What of a record is drawn: the contacts with people of the sides, read as plain rows."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.record.models import Entry, EntryContent
from app.record.rules import Event, NoticeState, fold
from app.record.timeline import Contact, Touchpoint

APART = {
    Event.ACCEPTED: Touchpoint.TO,
    Event.FAILED: Touchpoint.VAIN,
    Event.OPENED: Touchpoint.FROM,
    Event.ANSWERED: Touchpoint.FROM,
    Event.CONFIRMED: Touchpoint.FROM,
    Event.ASKED: Touchpoint.FROM,
    Event.CALLED: Touchpoint.TO,
    Event.TOLD: Touchpoint.TO,
}
SPOKE = {"spoke", "told", "left_word", ""}
LOST = {NoticeState.FAILED, NoticeState.UNKNOWN}
TAKEN = {Event.ACCEPTED, Event.DELIVERED}


def contacts(session: Session, case_id: int, about: str = "") -> Sequence[Contact]:
    """Return the contacts of a case, or of one hearing in it, with the people of its sides.

    A message is one contact, from the moment at which a carrier had it; in vain where by all that
    is known since it did not arrive. Of a hearing also what was logged by hand for the case as a
    whole.
    """
    wanted = (
        sa.select(
            Entry.at,
            Entry.side,
            Entry.channel,
            Entry.kind,
            Entry.what,
            Entry.direction,
            Entry.seq,
            Entry.detail,
            Entry.notice_id,
            EntryContent.body,
        )
        .outerjoin(EntryContent, EntryContent.line_id == Entry.id)
        .where(Entry.case_id == case_id, Entry.counsel_id.is_not(None))
        .where(sa.or_(Entry.notice_id.is_not(None), Entry.what.in_([what.value for what in APART])))
        .order_by(Entry.seq)
    )
    if about:
        by_hand = sa.and_(Entry.about == "", Entry.kind == "by_hand")
        wanted = wanted.where(sa.or_(Entry.about == about, by_hand))
    found: list[Contact] = []
    messages: dict[int, list[sa.Row]] = defaultdict(list)
    for row in session.execute(wanted):
        if row.notice_id is not None:
            messages[row.notice_id].append(row)
        else:
            found.append(_touch(row, _did(row)))
    found += filter(None, map(_message, messages.values()))
    return sorted(found, key=lambda each: (each.at, each.line))


def _message(rows: Sequence[sa.Row]) -> Contact | None:
    state = fold(Event(row.what) for row in rows)
    if state in LOST:
        return _touch(
            [row for row in rows if row.what in (Event.FAILED, Event.UNKNOWN)][-1], Touchpoint.VAIN
        )
    taken = [row for row in rows if row.what in TAKEN]
    return _touch(taken[0], Touchpoint.TO) if taken else None


def _touch(row: sa.Row, did: Touchpoint) -> Contact:
    name = str((row.body or {}).get("name", ""))
    return Contact(row.at, row.side, row.channel, row.kind, did, row.what, name, row.seq)


def _did(row: sa.Row) -> Touchpoint:
    what = Event(row.what)
    if what in (Event.CALLED, Event.TOLD):
        if row.direction == "in":
            return Touchpoint.FROM
        return Touchpoint.TO if (row.detail or {}).get("outcome", "") in SPOKE else Touchpoint.VAIN
    return APART[what]
