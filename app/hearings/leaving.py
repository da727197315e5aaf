"""When counsel leave a case: their time is given back, and nobody waits for their answer."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.models import Party, Representation
from app.hearings import facts, notifications, queries
from app.hearings.answers import locking
from app.hearings.answers.service import decide
from app.hearings.models import Booking, Hearing, Invitation, Proposal
from app.hearings.rules import KINDS, whose
from app.notices.kinds import ANNOUNCING_DATE, NoticeKind
from app.notices.queue import NoticeRequest, queue, withdraw
from app.notices.superseding import LEFT


def hearings_to_update(session: Session, limit: int = 100) -> list[int]:
    """Return hearings that still take the time of counsel who have left their case."""
    gone, stays, of_case = Representation, aliased(Representation), aliased(Party)
    number = gone.counsel_id * len(KINDS) + KINDS.index("counsel")
    still = (
        sa.select(stays.id)
        .join(of_case, of_case.id == stays.party_id)
        .where(of_case.case_id == Hearing.case_id, stays.counsel_id == gone.counsel_id)
        .where(stays.left_at.is_(None))
    )
    wanted = (
        sa.select(Hearing.id)
        .distinct()
        .select_from(gone)
        .join(Party)
        .join(Booking, Booking.resource == number)
        .join(Hearing, sa.and_(Hearing.id == Booking.hearing_id, Hearing.case_id == Party.case_id))
        .where(gone.left_at.is_not(None), ~still.exists())
        .order_by(Hearing.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def continue_without(session: Session, hearing_id: int, now: dt.datetime, secret: bytes) -> bool:
    """Give back the time of counsel who left a hearing's case, withdraw what waits for them.

    Where an open round waited for them alone, it is decided now. Returns whether anybody had left.
    """
    hearing = queries.lock(session, hearing_id)
    gone = _released(session, hearing, queries.acting(session, hearing))
    withdraw(session, f"hearing/{hearing.id}", now, LEFT, counsel_ids=gone)
    _clear_calendars(session, hearing, gone, now)
    round_ = queries.open_proposal(session, hearing)
    if round_ and gone and now < round_.answer_by:
        session.flush()
        answers = locking.counsel_answers(session, round_.id, hearing.id)
        decide(session, hearing.id, round_.id, now, secret, answers)
    return bool(gone)


def _clear_calendars(session: Session, hearing: Hearing, gone: set[int], now: dt.datetime) -> None:
    """Take a hearing that is to come out of the calendars of those who left.

    A CANCEL to one of several raises the number for them alone (RFC 5546, 3.2.5 and 2.1.4): the
    others' invites stand, and so do their reminders and what they confirmed.
    """
    told = notifications.with_calendar(session, hearing, [NoticeKind.PROPOSAL, *ANNOUNCING_DATE])
    over = hearing.ends_at is not None and hearing.ends_at <= now
    round_ = queries.last_proposal(session, hearing)
    if over or round_ is None:
        return
    common = facts.of(hearing)
    common["hearing"]["sequence"] = hearing.sequence + 1
    if hearing.starts_at is None:
        if not round_.tentative:
            return
        common |= {"slots": facts.slots(round_), "tentative": True}
    seats = _last_of(session, hearing, gone & told)
    requests = [
        NoticeRequest(
            facts.subject(hearing),
            NoticeKind.LEFT,
            facts.counsel_of(seat),
            {**common, "person": facts.person(seat)},
            due_at=now,
            stale_at=now + notifications.STALE_AFTER,
        )
        for seat in seats
    ]
    queue(session, requests, now)
    for seat in seats:
        seat.left_at = now


def _last_of(session: Session, hearing: Hearing, counsel_ids: set[int]) -> list[Invitation]:
    wanted = (
        sa.select(Invitation)
        .join(Proposal)
        .where(Proposal.hearing_id == hearing.id, Invitation.counsel_id.in_(counsel_ids))
        .order_by(Proposal.round)
    )
    return list({seat.counsel_id: seat for seat in session.scalars(wanted)}.values())


def _released(session: Session, hearing: Hearing, acting: set[int]) -> set[int]:
    gone = set()
    for each in session.scalars(sa.select(Booking).where(Booking.hearing_id == hearing.id)).all():
        kind, row = whose(each.resource)
        if kind == "counsel" and row not in acting:
            gone.add(row)
            session.delete(each)
    session.flush()
    return gone
