"""The confirmation that counsel get of their answer."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.hearings import facts
from app.hearings.answers.locking import LockedInvitation
from app.hearings.models import AnswerChoice
from app.hearings.notifications import STALE_AFTER
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.record import ledger


def answered(
    session: Session,
    held: LockedInvitation,
    says: Mapping[int, str],
    stamp: str,
    now: dt.datetime,
    *,
    channel: str,
    entries: Sequence[ledger.NewEntry],
) -> None:
    """Confirm an answer to its person: a key that somebody else used is noticed so.

    What came by text is confirmed by text, whatever the person's usual way is. ``stamp`` is the
    answer's own; ``entries`` are what the record says of the answer before it is confirmed.
    """
    hearing, round_ = held.hearing, held.round
    told = facts.of(
        hearing,
        answers=[
            {**facts.slot_facts(s), "says": says.get(s.id, AnswerChoice.NO.value)}
            for s in held.slots
        ],
        answer_by=facts.iso(round_.answer_by),
        person=facts.person(held.seat),
    )
    request = NoticeRequest(
        facts.subject(hearing, f"r{round_.round}.{stamp}"),
        NoticeKind.ANSWERED,
        facts.counsel_of(held.seat, channel),
        told,
        due_at=now,
        stale_at=now + STALE_AFTER,
    )
    queue(session, [request], now, entries, heads={hearing.case_id: held.head})
