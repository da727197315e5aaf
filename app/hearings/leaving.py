"""When counsel leave a case: their time is given back, and nobody waits for their answer."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.models import Party, Representation
from app.hearings import queries
from app.hearings.answers import decide
from app.hearings.models import Booking, Hearing
from app.hearings.rules import KINDS, whose
from app.notices import service as notices
from app.notices.holds import LEFT


def left_behind(session: Session, limit: int = 100) -> list[int]:
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


def go_on_without(session: Session, hearing_id: int, now: dt.datetime, secret: bytes) -> bool:
    """Give back the time of counsel who left a hearing's case, withdraw what waits for them.

    Where an open round waited for them alone, it is decided now. Returns whether anybody had left.
    """
    hearing = queries.hold(session, hearing_id)
    gone = _released(session, hearing, queries.acting(session, hearing))
    notices.withdraw(session, f"hearing/{hearing.id}", now, LEFT, counsel_ids=gone)
    round_ = queries.open_proposal(session, hearing)
    if round_ and gone and now < round_.answer_by:
        decide(session, hearing, round_, now, secret)
    return bool(gone)


def _released(session: Session, hearing: Hearing, acting: set[int]) -> set[int]:
    gone = set()
    for each in session.scalars(sa.select(Booking).where(Booking.hearing_id == hearing.id)).all():
        kind, row = whose(each.resource)
        if kind == "counsel" and row not in acting:
            gone.add(row)
            session.delete(each)
    session.flush()
    return gone
