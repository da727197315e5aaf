"""What a proposal, a date or a cancellation is to members who are outside the court.

Each function runs in the use case's own transaction, with the hearing locked: members are asked
and told with counsel. Where the bench itself changes, ``follow_bench`` does what follows; the
worker calls it too, so that nobody who changes a bench has to know of messages.
"""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from app.hearings import queries
from app.hearings.bench import invitations, messages
from app.hearings.bench.invitations import Invited
from app.hearings.bench.messages import WhyReleased
from app.hearings.models import Hearing, HearingState, Proposal


def ask(
    session: Session, hearing: Hearing, proposal: Proposal, now: dt.datetime, secret: bytes
) -> None:
    """Ask all members outside the court whether they can come to the slots of a new proposal."""
    if not invitations.concerns(session, hearing):
        return
    invited = _brought_up_to_date(session, hearing, now, secret)
    messages.ask(session, hearing, proposal, invited.current, now)


def tell_date(
    session: Session,
    hearing: Hearing,
    now: dt.datetime,
    secret: bytes,
    *,
    was: dict[str, Any] | None,
) -> None:
    """Tell all members outside the court the date that was fixed, or moved from another."""
    if not invitations.concerns(session, hearing):
        return
    invited = _brought_up_to_date(session, hearing, now, secret)
    messages.tell_date(session, hearing, invited.current, now, was=was)


def cancel(
    session: Session, hearing: Hearing, now: dt.datetime, secret: bytes, *, had_date: bool
) -> None:
    """Tell all members outside the court that a hearing does not take place."""
    if not invitations.concerns(session, hearing):
        return
    invited = _brought_up_to_date(session, hearing, now, secret)
    why = WhyReleased.CANCELLED if had_date else WhyReleased.WITHDRAWN
    messages.release(session, hearing, invited.current, why, now)


def _brought_up_to_date(
    session: Session, hearing: Hearing, now: dt.datetime, secret: bytes
) -> Invited:
    invited = invitations.bring_up_to_date(session, hearing, now, secret)
    messages.release(session, hearing, invited.removed, WhyReleased.REPLACED, now)
    session.expire(hearing, ["member_invitations"])
    return invited


def follow_bench(session: Session, hearing_id: int, now: dt.datetime, secret: bytes) -> set[int]:
    """Invite who has joined the bench of a hearing, and release who has left it.

    Returns the invitations of those who were told a date and are to be reminded of it.
    """
    hearing = queries.lock_hearing(session, hearing_id)
    invited = _brought_up_to_date(session, hearing, now, secret)
    live = hearing.state in (HearingState.PROPOSED, HearingState.FIXED)
    if not live or not messages.tell_what_there_is(session, hearing, invited.joined, now):
        return set()
    return {each.id for each in invited.joined}
