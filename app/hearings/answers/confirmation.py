"""Confirmation that counsel gets of their answer."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.hearings import facts
from app.hearings.answers.locking import LockedInvitation
from app.hearings.models import AnswerChoice
from app.hearings.notifications import STALE_AFTER
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.record import ledger


def queue_confirmation(
    session: Session,
    locked: LockedInvitation,
    says: Mapping[int, str],
    stamp: str,
    now: dt.datetime,
    *,
    channel: str,
    entries: Sequence[ledger.NewEntry],
    delegate: Delegation | None = None,
) -> None:
    """Queue the confirmation of an answer, by which counsel notice any misuse of their link.

    An answer by text is confirmed by text, whatever counsel's preferred channel is. ``stamp``
    distinguishes this answer from others to the proposal; ``entries`` go on the record before it.
    ``delegate`` gave the answer for counsel.
    """
    hearing, proposal = locked.hearing, locked.proposal
    context = facts.hearing_facts(
        hearing,
        answers=[
            {**facts.slot_facts(slot), "says": says.get(slot.id, AnswerChoice.NO.value)}
            for slot in locked.slots
        ],
        answer_by=facts.iso(proposal.answer_by),
        person=facts.person_facts(locked.invitation),
        by_delegate=delegate.name if delegate else "",
    )
    request = NoticeRequest(
        facts.subject(hearing, f"r{proposal.round}.{stamp}"),
        NoticeKind.ANSWERED,
        facts.invitation_recipient(locked.invitation, channel),
        context,
        due_at=now,
        stale_at=now + STALE_AFTER,
    )
    queue(session, [request], now, entries, heads={hearing.case_id: locked.head})
