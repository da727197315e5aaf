"""How well counsel of many hearings are shown to know the present date: one query."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.hearings.models import Hearing
from app.notices.kinds import ANNOUNCING_DATE, ASKING, NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import Event, EvidenceGrade, grade

# An answer to a proposal, and other entries about it, do not confirm a date announced since.
ASKED = (*ASKING, NoticeKind.ANSWERED)
_DETAILED = [event.value for event in Event if event.traits.proven_if is not None]


def grades(session: Session, hearings: Sequence[Hearing]) -> dict[int, list[EvidenceGrade]]:
    """Return, by hearing id, the grade of each of its counsel for its present date.

    Hearings about which nobody was sent anything are left out.
    """
    ids = {hearing.about: hearing.id for hearing in hearings}
    if not ids:
        return {}
    begun = _begun(ids)
    counts = sa.and_(Entry.seq >= sa.func.coalesce(begun.c.seq, 0), Entry.kind.not_in(ASKED))
    query = (
        sa.select(
            Entry.about,
            Entry.counsel_id,
            sa.case((counts, Entry.what), else_=Event.QUEUED.value),
            # Whether a call proves anything depends on its outcome; nothing else has conditions.
            sa.case((Entry.what.in_(_DETAILED), sa.cast(Entry.detail, sa.Text))),
        )
        .outerjoin(begun, begun.c.about == Entry.about)
        .where(Entry.about.in_(ids), Entry.counsel_id.is_not(None))
        .distinct()
    )
    by_counsel: dict[str, dict[int, list[tuple[Event, Any]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for about, counsel_id, event, detail in session.execute(query):
        by_counsel[about][counsel_id].append((Event(event), json.loads(detail) if detail else None))
    return {ids[about]: list(map(grade, each.values())) for about, each in by_counsel.items()}


def _begun(ids: dict[str, int]) -> sa.Subquery:
    """Return the number of the first entry about the present date, by hearing."""
    text = sa.String
    key = (
        Notice.kind + "/" + sa.cast(Hearing.id, text) + "." + sa.cast(Hearing.revision, text) + "/%"
    )
    return (
        sa.select(Entry.about, sa.func.min(Entry.seq).label("seq"))
        .join(Notice, Notice.id == Entry.notice_id)
        .join(Hearing, Entry.about == "hearing/" + sa.cast(Hearing.id, text))
        .where(Entry.about.in_(ids), Notice.kind.in_(ANNOUNCING_DATE), Notice.key.like(key))
        .where(Hearing.id.in_(ids.values()))
        .group_by(Entry.about)
        .subquery()
    )
