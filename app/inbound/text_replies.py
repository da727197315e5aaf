"""What the house says back to a text: which question is meant; that it did not understand, once."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel
from app.core.matters import Matter
from app.hearings import facts
from app.hearings.models import Hearing, Invitation
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Recipient, Subject, queue

MOST = 3  # times that one person is asked in a day which question they mean
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GOOD_FOR = dt.timedelta(days=1)


def letters_sent(session: Session, counsel_ids: Sequence[int]) -> dict[str, int]:
    """Return the letters by which a person was last asked which question they mean, by seat."""
    last = session.scalar(
        sa.select(Notice)
        .where(Notice.counsel_id.in_(counsel_ids), Notice.kind == NoticeKind.WHICH)
        .order_by(Notice.id.desc())
        .limit(1)
    )
    told = (last.facts or {}).get("choices", []) if last else []
    return {each["letter"]: int(each["seat"]) for each in told}


def which(session: Session, seats: Sequence[Invitation], phone: str, now: dt.datetime) -> bool:
    """Ask a person which of several open questions their digit is for.

    Returns False where they were asked often enough today already, or want no texts.
    """
    first = seats[0]
    people = [seat.counsel_id for seat in seats]
    asked = (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Notice)
            .where(
                Notice.counsel_id.in_(people),
                Notice.kind == NoticeKind.WHICH,
                Notice.created_at > now - GOOD_FOR,
            )
        )
        or 0
    )
    if asked >= MOST or any(seat.counsel.opted_out_at for seat in seats):
        return False
    hearing = first.proposal.hearing
    choices = [
        {"letter": letter, "seat": seat.id, "number": seat.proposal.hearing.case.number}
        for letter, seat in zip(LETTERS, seats, strict=False)
    ]
    told = facts.of(hearing, person=facts.person(first), choices=choices)
    numbered = (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.about == f"hearing/{hearing.id}", Notice.kind == NoticeKind.WHICH)
    )
    request = NoticeRequest(
        facts.subject(hearing, f"w{session.scalar(numbered) or 0}"),
        NoticeKind.WHICH,
        facts.counsel_of(first).by(("sms", phone)),
        told,
        due_at=now,
        stale_at=now + GOOD_FOR,
    )
    queue(session, [request], now)
    return True


def not_understood(session: Session, last: Notice, phone: str, now: dt.datetime) -> None:
    """Answer politely what was not understood: once for each hearing and person."""
    counsel = session.get(Counsel, last.counsel_id) if last.counsel_id else None
    hearing_id = Matter.hearing_id(last.about)
    if counsel is None or counsel.opted_out_at or not last.facts or hearing_id is None:
        return
    hearing = session.get(Hearing, hearing_id)
    if hearing is None:
        return
    request = NoticeRequest(
        Subject(last.court_id, last.case_id, last.about, f"{hearing.id}.once"),
        NoticeKind.NOT_UNDERSTOOD,
        Recipient.of(last.row).by(("sms", phone)),
        facts.of(hearing, person=last.facts["person"]),
        due_at=now,
        stale_at=now + GOOD_FOR,
    )
    queue(session, [request], now)
