"""Whether a due notice still holds: later news may have superseded it, its person left the case."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Party, Representation
from app.core.errors import N_
from app.notices.keys import NoticeKey
from app.notices.models import Notice, NoticeRow
from app.notices.rules import OVERTAKEN_BY

OVERTAKEN = N_("newer news about the hearing went into the queue")
LEFT = N_("the person acts in the case no longer")


def superseded(session: Session, notices: Sequence[NoticeRow]) -> dict[int, str]:
    """Return, by id, why some notices are not to be sent any more; in two queries.

    What is under way when a hearing changes cannot be taken back then. Where a carrier refuses it
    for now, or its duty passes to another channel, it would follow the news that ended it.
    """
    return {**_overtaken(session, notices), **_left(session, notices)}


def _overtaken(session: Session, notices: Sequence[NoticeRow]) -> dict[int, str]:
    asked = [each for each in notices if each.about and each.kind in OVERTAKEN_BY]
    if not asked:
        return {}
    news = session.execute(
        sa.select(Notice.id, Notice.about, Notice.counsel_id, Notice.kind, Notice.key).where(
            Notice.about.in_({each.about for each in asked}),
            Notice.kind.in_(set().union(*OVERTAKEN_BY.values())),
            Notice.id > min(each.id for each in asked),
        )
    ).all()
    return {
        old.id: OVERTAKEN
        for old in asked
        for new in news
        if new.id > old.id
        and new.about == old.about
        and new.kind in OVERTAKEN_BY[old.kind]
        # A letter to the court's own people is overtaken by whatever anybody is told.
        and (old.counsel_id is None or new.counsel_id == old.counsel_id)
        and NoticeKey.parse(new.key).version != NoticeKey.parse(old.key).version
    }


def _left(session: Session, notices: Sequence[NoticeRow]) -> dict[int, str]:
    asked = [each for each in notices if each.counsel_id is not None and each.kind != "left"]
    if not asked:
        return {}
    acting = {
        (row.case_id, row.counsel_id)
        for row in session.execute(
            sa.select(Party.case_id, Representation.counsel_id)
            .join(Representation)
            .where(
                Party.case_id.in_({each.case_id for each in asked}),
                Representation.left_at.is_(None),
            )
        )
    }
    return {each.id: LEFT for each in asked if (each.case_id, each.counsel_id) not in acting}
