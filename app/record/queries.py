"""What of a record is drawn: the contacts with people of the sides, read as plain rows."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.notices.models import Content, Line
from app.notices.rules import State, What, fold
from app.record.timeline import Did, Touch

APART = {
    What.ACCEPTED: Did.TO,
    What.FAILED: Did.VAIN,
    What.OPENED: Did.FROM,
    What.ANSWERED: Did.FROM,
    What.CONFIRMED: Did.FROM,
    What.ASKED: Did.FROM,
    What.CALLED: Did.TO,
    What.TOLD: Did.TO,
}
SPOKE = {"spoke", "told", "left_word", ""}
LOST = {State.FAILED, State.UNKNOWN}
TAKEN = {What.ACCEPTED, What.DELIVERED}


def touches(session: Session, case_id: int, about: str = "") -> Sequence[Touch]:
    """Return the contacts of a case, or of one hearing in it, with the people of its sides.

    A message is one contact, from the moment at which a carrier had it; in vain where by all that
    is known since it did not arrive. Of a hearing also what was logged by hand for the case as a
    whole.
    """
    wanted = (
        sa.select(
            Line.at,
            Line.side,
            Line.channel,
            Line.kind,
            Line.what,
            Line.direction,
            Line.seq,
            Line.detail,
            Line.notice_id,
            Content.body,
        )
        .outerjoin(Content, Content.line_id == Line.id)
        .where(Line.case_id == case_id, Line.counsel_id.is_not(None))
        .where(sa.or_(Line.notice_id.is_not(None), Line.what.in_([what.value for what in APART])))
        .order_by(Line.seq)
    )
    if about:
        by_hand = sa.and_(Line.about == "", Line.kind == "by_hand")
        wanted = wanted.where(sa.or_(Line.about == about, by_hand))
    found: list[Touch] = []
    messages: dict[int, list[sa.Row]] = defaultdict(list)
    for row in session.execute(wanted):
        if row.notice_id is not None:
            messages[row.notice_id].append(row)
        else:
            found.append(_touch(row, _did(row)))
    found += filter(None, map(_message, messages.values()))
    return sorted(found, key=lambda each: (each.at, each.line))


def _message(rows: Sequence[sa.Row]) -> Touch | None:
    state = fold(What(row.what) for row in rows)
    if state in LOST:
        return _touch(
            [row for row in rows if row.what in (What.FAILED, What.UNKNOWN)][-1], Did.VAIN
        )
    taken = [row for row in rows if row.what in TAKEN]
    return _touch(taken[0], Did.TO) if taken else None


def _touch(row: sa.Row, did: Did) -> Touch:
    name = str((row.body or {}).get("name", ""))
    return Touch(row.at, row.side, row.channel, row.kind, did, row.what, name, row.seq)


def _did(row: sa.Row) -> Did:
    what = What(row.what)
    if what in (What.CALLED, What.TOLD):
        if row.direction == "in":
            return Did.FROM
        return Did.TO if (row.detail or {}).get("outcome", "") in SPOKE else Did.VAIN
    return APART[what]
