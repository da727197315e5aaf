"""How well the people of each of many hearings were told of the date that holds: one query."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.hearings.models import Hearing
from app.notices.models import Line, Notice
from app.notices.rules import Grade, What, grade

NEWS = ("fixed", "moved")
# An answer to a question, and what came of asking, do not confirm a date that was told since.
ASKED = ("proposal", "nudge", "answered")


def worst(session: Session, hearings: Sequence[Hearing]) -> dict[int, Grade]:
    """Return, by hearing, what is shown of the counsel who was told worst of its present date.

    A hearing whose people were told nothing by the house is left out.
    """
    ids = {f"hearing/{hearing.id}": hearing.id for hearing in hearings}
    if not ids:
        return {}
    begun = _begun(ids)
    counts = sa.and_(Line.seq >= sa.func.coalesce(begun.c.seq, 0), Line.kind.not_in(ASKED))
    wanted = (
        sa.select(
            Line.about,
            Line.counsel_id,
            sa.case((counts, Line.what), else_=What.QUEUED.value),
            # Of a call it matters what came of it; other lines are told apart by nothing more.
            sa.case((Line.what == What.CALLED.value, sa.cast(Line.detail, sa.Text))),
        )
        .outerjoin(begun, begun.c.about == Line.about)
        .where(Line.about.in_(ids), Line.counsel_id.is_not(None))
        .distinct()
    )
    heard: dict[str, dict[int, list[tuple[What, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in session.execute(wanted):
        heard[line[0]][line[1]].append((What(line[2]), json.loads(line[3]) if line[3] else None))
    return {ids[about]: min(map(grade, each.values())) for about, each in heard.items()}


def _begun(ids: dict[str, int]) -> sa.Subquery:
    """Return from which line on each hearing's record is about its present date."""
    text = sa.String
    key = (
        Notice.kind + "/" + sa.cast(Hearing.id, text) + "." + sa.cast(Hearing.revision, text) + "/%"
    )
    return (
        sa.select(Line.about, sa.func.min(Line.seq).label("seq"))
        .join(Notice, Notice.id == Line.notice_id)
        .join(Hearing, Line.about == "hearing/" + sa.cast(Hearing.id, text))
        .where(Line.about.in_(ids), Notice.kind.in_(NEWS), Notice.key.like(key))
        .where(Hearing.id.in_(ids.values()))
        .group_by(Line.about)
        .subquery()
    )
