"""A hearing's date: set, booked and told to everybody, each of whom has a seat to be reached by."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.hearings import booking, facts, notifications, queries
from app.hearings.models import (
    FixPolicy,
    Hearing,
    HearingState,
    Invitation,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.proposals import issue_links
from app.law import working_days
from app.notices.kinds import ENDING_WITH_DATE, NoticeKind
from app.notices.queue import withdraw


def settle(
    session: Session,
    hearing: Hearing,
    slot: Slot,
    now: dt.datetime,
    secret: bytes,
    *,
    order: str = "",
) -> None:
    """Give a hearing its slot: the hold becomes a booking, other holds fall, all are told."""
    round_ = slot.proposal
    if round_.state == ProposalState.OPEN:
        round_.state = ProposalState.DECIDED.value
    set_date(
        session, hearing, slot.starts_at, slot.ends_at, slot.courtroom_id, now, secret, order=order
    )


def set_date(
    session: Session,
    hearing: Hearing,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    courtroom_id: int,
    now: dt.datetime,
    secret: bytes,
    *,
    order: str = "",
) -> None:
    """Set time and place of a hearing, book them, tell everybody. Raises Clash."""
    was = {
        "starts_at": facts.iso(hearing.starts_at),
        "courtroom": hearing.courtroom.name if hearing.courtroom else None,
    }
    moved = hearing.starts_at is not None
    hearing.starts_at, hearing.ends_at = starts_at, ends_at
    hearing.courtroom_id = courtroom_id
    hearing.state, hearing.changed_at = HearingState.FIXED.value, now
    hearing.revise()
    hearing.reason = order
    session.flush()
    session.refresh(hearing, ["courtroom"])
    seats = invite_everybody(session, hearing, secret, now)
    booking.book(session, hearing, None, sorted(seats))
    withdraw(
        session, f"hearing/{hearing.id}", now, N_("the date was settled"), kinds=ENDING_WITH_DATE
    )
    notifications.everyone(
        session,
        hearing,
        NoticeKind.MOVED if moved else NoticeKind.FIXED,
        seats.values(),
        now,
        stale_at=starts_at,
        was=was,
        by_order=bool(order),
        reason=order,
    )


def invite_everybody(
    session: Session, hearing: Hearing, secret: bytes, now: dt.datetime
) -> dict[int, Invitation]:
    """Return everybody's seat by counsel, giving one to those who have none.

    Counsel who came to the case after the last round, or whose hearing was fixed elsewhere, are
    told of it too, and have a page of their own.
    """
    seats = queries.last_seats(session, hearing)
    missing = [
        each for each in queries.seats(session, hearing.case) if each.counsel_id not in seats
    ]
    if not missing:
        return seats
    before = queries.last_proposal(session, hearing)
    round_ = before or Proposal(
        hearing_id=hearing.id,
        round=1,
        answer_by=now,
        fix=FixPolicy.ASSISTANT.value,
        state=ProposalState.DECIDED.value,
        created_at=now,
        rules_version=working_days.rules_of(hearing.case.court).version,
    )
    session.add(round_)
    session.flush()
    for each in missing:
        seat = Invitation(
            proposal_id=round_.id,
            counsel_id=each.counsel_id,
            required=False,
            party_id=each.party_id,
            side=each.party.side,
        )
        session.add(seat)
        session.flush()
        issue_links(seat, secret)
    return queries.last_seats(session, hearing)
