"""What of a record is drawn: the contacts with people of the sides, read as plain rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.notices.lanes import Did, Touch
from app.notices.models import Content, Line
from app.notices.rules import What

DRAWN = {
    What.ACCEPTED: Did.TO, What.FAILED: Did.VAIN, What.UNKNOWN: Did.VAIN, What.OPENED: Did.FROM,
    What.ANSWERED: Did.FROM, What.CONFIRMED: Did.FROM, What.ASKED: Did.FROM,
    What.CALLED: Did.TO, What.TOLD: Did.TO,
}  # fmt: skip
SPOKE = {"spoke", "told", "left_word", ""}


def touches(session: Session, case_id: int, about: str = "") -> Sequence[Touch]:
    """Return the contacts of a case, or of one hearing in it, with the people of its sides.

    A message counts once a carrier has it. Of a hearing also what was logged by hand for the case
    as a whole.
    """
    wanted = (
        sa.select(
            Line.at, Line.side, Line.channel, Line.kind, Line.what, Line.direction, Line.seq,
            Line.detail, Content.body,
        )
        .outerjoin(Content, Content.line_id == Line.id)
        .where(Line.case_id == case_id, Line.counsel_id.is_not(None))
        .where(Line.what.in_([what.value for what in DRAWN]))
        .order_by(Line.seq)
    )  # fmt: skip
    if about:
        by_hand = sa.and_(Line.about == "", Line.kind == "by_hand")
        wanted = wanted.where(sa.or_(Line.about == about, by_hand))
    return [
        Touch(row.at, row.side, row.channel, row.kind, _did(row), row.what,
              str((row.body or {}).get("name", "")), row.seq)
        for row in session.execute(wanted)
    ]  # fmt: skip


def _did(row: sa.Row) -> Did:
    what = What(row.what)
    if what in (What.CALLED, What.TOLD):
        if row.direction == "in":
            return Did.FROM
        return Did.TO if (row.detail or {}).get("outcome", "") in SPOKE else Did.VAIN
    return DRAWN[what]
