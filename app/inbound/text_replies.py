"""Automatic replies to texts: ask which proposal is meant; say once that it was not understood."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.core.channels import Channel
from app.core.matters import Matter
from app.hearings import facts
from app.hearings.models import Hearing, Invitation
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Recipient, Subject, queue

MOST = 3  # questions per person and day
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GOOD_FOR = dt.timedelta(days=1)  # of a reply that could not be sent


def letters_sent(session: Session, counsel_ids: Sequence[int]) -> dict[str, int]:
    """Return invitation ids, keyed by the letters of the last question."""
    notice = session.scalar(
        sa.select(Notice)
        .where(Notice.counsel_id.in_(counsel_ids), Notice.kind == NoticeKind.WHICH)
        .order_by(Notice.id.desc())
        .limit(1)
    )
    choices = (notice.facts or {}).get("choices", []) if notice else []
    return {each["letter"]: int(each["seat"]) for each in choices}


def ask_which(
    session: Session, invitations: Sequence[Invitation], phone: str, now: dt.datetime
) -> bool:
    """Ask which of several open proposals a digit is for.

    Returns False if the person was asked MOST times within a day, or has opted out.
    """
    first = invitations[0]
    counsel_ids = [invitation.counsel_id for invitation in invitations]
    count = (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Notice)
            .where(
                Notice.counsel_id.in_(counsel_ids),
                Notice.kind == NoticeKind.WHICH,
                Notice.created_at > now - GOOD_FOR,
            )
        )
        or 0
    )
    if count >= MOST or any(invitation.counsel.opted_out_at for invitation in invitations):
        return False
    hearing = first.proposal.hearing
    choices = [
        {"letter": letter, "seat": invitation.id, "number": invitation.proposal.hearing.case.number}
        for letter, invitation in zip(LETTERS, invitations, strict=False)
    ]
    context = facts.hearing_facts(hearing, person=facts.person_facts(first), choices=choices)
    sequence_query = (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.about == hearing.about, Notice.kind == NoticeKind.WHICH)
    )
    request = NoticeRequest(
        facts.subject(hearing, f"w{session.scalar(sequence_query) or 0}"),
        NoticeKind.WHICH,
        facts.invitation_recipient(first).by((Channel.SMS, phone)),
        context,
        due_at=now,
        stale_at=now + GOOD_FOR,
    )
    queue(session, [request], now)
    return True


def reply_not_understood(session: Session, notice: Notice, phone: str, now: dt.datetime) -> None:
    """Reply that a text was not understood, once per hearing and person."""
    counsel = session.get(Counsel, notice.counsel_id) if notice.counsel_id else None
    hearing_id = Matter.hearing_id(notice.about)
    if counsel is None or counsel.opted_out_at or not notice.facts or hearing_id is None:
        return
    hearing = session.get(Hearing, hearing_id)
    if hearing is None:
        return
    request = NoticeRequest(
        Subject(notice.court_id, notice.case_id, notice.about, f"{hearing.id}.once"),
        NoticeKind.NOT_UNDERSTOOD,
        Recipient.of(notice.row).by((Channel.SMS, phone)),
        facts.hearing_facts(hearing, person=notice.facts["person"]),
        due_at=now,
        stale_at=now + GOOD_FOR,
    )
    queue(session, [request], now)
