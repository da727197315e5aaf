"""Notices superseded before they are sent: by later news, or because their person left."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import delegates
from app.cases.delegates import DelegateEnd
from app.cases.models import Party, Representation
from app.core.errors import N_
from app.notices.keys import NoticeKey
from app.notices.kinds import NoticeKind
from app.notices.models import Notice, NoticeRow

OVERTAKEN = N_("newer news about the hearing went into the queue")
LEFT = N_("the person acts in the case no longer")


def superseded(session: Session, notices: Sequence[NoticeRow], now: dt.datetime) -> dict[int, str]:
    """Return, by id, the reasons why some notices must not be sent any more; in three queries.

    A notice that is being sent when a hearing changes cannot be withdrawn at that moment. If its
    carrier refuses it for now, or it escalates, it would arrive after the news that ended it.
    """
    return {
        **_overtaken(session, notices),
        **_left(session, notices),
        **_ended(session, notices, now),
    }


def _overtaken(session: Session, notices: Sequence[NoticeRow]) -> dict[int, str]:
    kinds = {each.id: NoticeKind(each.kind).traits.superseded_by for each in notices if each.about}
    candidates = [each for each in notices if kinds.get(each.id)]
    if not candidates:
        return {}
    later = session.execute(
        sa.select(
            *(Notice.id, Notice.about, Notice.kind, Notice.key),
            *(Notice.counsel_id, Notice.delegate_id, Notice.member_id),
        ).where(
            Notice.about.in_({each.about for each in candidates}),
            Notice.kind.in_(frozenset().union(*kinds.values())),
            Notice.id > min(each.id for each in candidates),
        )
    ).all()
    return {
        old.id: OVERTAKEN
        for old in candidates
        for new in later
        if new.id > old.id
        and new.about == old.about
        and new.kind in kinds[old.id]
        # A notice to a user of the court is superseded by news to anybody.
        and (old.user_id is not None or _recipient(new) == _recipient(old))
        and NoticeKey.parse(new.key).version != NoticeKey.parse(old.key).version
    }


def _recipient(notice: NoticeRow | sa.Row) -> tuple[int | None, int | None, int | None]:
    return notice.counsel_id, notice.delegate_id, notice.member_id


def _ended(session: Session, notices: Sequence[NoticeRow], now: dt.datetime) -> dict[int, str]:
    """Return the reasons for copies to delegates who may act no longer."""
    copies = {each.id: each.delegate_id for each in notices if each.delegate_id is not None}
    if not copies:
        return {}
    ended = delegates.ended(session, copies.values(), now)
    return {
        notice_id: DelegateEnd(ended[delegate_id]).label
        for notice_id, delegate_id in copies.items()
        if delegate_id in ended
    }


def _left(session: Session, notices: Sequence[NoticeRow]) -> dict[int, str]:
    of_counsel = [
        each for each in notices if each.counsel_id is not None and each.kind != NoticeKind.LEFT
    ]
    if not of_counsel:
        return {}
    acting = {
        (row.case_id, row.counsel_id)
        for row in session.execute(
            sa.select(Party.case_id, Representation.counsel_id)
            .join(Representation)
            .where(
                Party.case_id.in_({each.case_id for each in of_counsel}),
                Representation.left_at.is_(None),
            )
        )
    }
    return {each.id: LEFT for each in of_counsel if (each.case_id, each.counsel_id) not in acting}
