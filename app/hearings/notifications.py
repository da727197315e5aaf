"""Who is told what about a hearing: notices for counsel of all sides, and for the assistant."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.hearings import facts
from app.hearings.models import Hearing, Invitation, Proposal, Slot
from app.notices import service as notices
from app.notices.models import Notice
from app.notices.service import outside_quiet_hours_at
from app.people.models import User
from app.record.rules import NoticeState

# A nudge goes this long before the date to answer by, if more than twice that is left.
NUDGE_BEFORE = dt.timedelta(hours=24)
STALE_AFTER = dt.timedelta(days=3)  # GOV.UK Notify gives a message up after 72 hours


def proposal(
    session: Session,
    hearing: Hearing,
    round_: Proposal,
    reason: str,
    now: dt.datetime,
    *,
    seats: Sequence[Invitation] | None = None,
) -> None:
    """Ask every counsel, all sides in this one transaction, due at the same moment.

    ``seats`` are those who came to the case since, and are asked after the others.
    """
    asked = round_.invitations if seats is None else seats
    common = facts.of(
        hearing,
        slots=facts.slots(round_),
        answer_by=facts.iso(round_.answer_by),
        round=round_.round,
        reason=reason,
        tentative=round_.tentative,
    )
    matter = facts.matter(hearing, f"r{round_.round}")
    for seat in asked:
        notices.queue(
            session,
            matter,
            "proposal",
            facts.counsel_of(seat),
            {**common, "person": facts.person(seat)},
            due_at=now,
            stale_at=round_.answer_by,
            now=now,
        )
    nudge_at = outside_quiet_hours_at(hearing.case.court, round_.answer_by - NUDGE_BEFORE)
    if nudge_at - now < NUDGE_BEFORE:
        return
    for seat in asked:
        notices.queue(
            session,
            matter,
            "nudge",
            facts.counsel_of(seat),
            {**common, "person": facts.person(seat)},
            due_at=nudge_at,
            stale_at=round_.answer_by,
            now=now,
            ways=1,
        )


def everyone(
    session: Session,
    hearing: Hearing,
    kind: str,
    seats: Iterable[Invitation],
    now: dt.datetime,
    *,
    stale_at: dt.datetime | None = None,
    stamp: str = "",
    **more: Any,
) -> None:
    """Tell all seats of a hearing one thing, on all their channels, due at the same moment."""
    common = facts.of(hearing, **more)
    for seat in seats:
        notices.queue(
            session,
            facts.matter(hearing, stamp),
            kind,
            facts.counsel_of(seat),
            {**common, "person": facts.person(seat)},
            due_at=now,
            stale_at=stale_at or now + STALE_AFTER,
            now=now,
        )


def assistant(
    session: Session, hearing: Hearing, kind: str, stamp: str, now: dt.datetime, **more: Any
) -> None:
    """Tell the assistant whose hearing it is; nobody, where none is known."""
    user: User | None = hearing.user or hearing.case.assistant
    if user is None or not user.active:
        return
    told = facts.of(hearing, **{"detail": "", **more}, person=facts.court_person(user))
    notices.queue(
        session,
        facts.matter(hearing, stamp),
        kind,
        facts.assistant_of(user, hearing.case.court.language),
        told,
        due_at=now,
        stale_at=now + STALE_AFTER,
        now=now,
    )


def concluded(
    session: Session, hearing: Hearing, round_: Proposal, slot: Slot | None, now: dt.datetime
) -> None:
    """Tell the assistant what all answers come to, whenever that changes; ``slot`` suits all."""
    kinds = ("ready", "none_suits")
    told = session.scalars(
        sa.select(Notice.key)
        .where(Notice.about == f"hearing/{hearing.id}", Notice.kind.in_(kinds))
        .order_by(Notice.id)
    ).all()
    now_so = f"r{round_.round}.{slot.id if slot else 0}"
    before = told[-1].split("/")[1] if told else ""
    if f"{before}.".startswith(f"{hearing.id}.{now_so}."):
        return
    notices.withdraw(session, f"hearing/{hearing.id}", now, N_("the answers changed"), kinds=kinds)
    more = {"slots": slot_words(slot)} if slot else {}
    assistant(
        session,
        hearing,
        "ready" if slot else "none_suits",
        f"{now_so}.{len(told)}",
        now,
        round=round_.round,
        **more,
    )


def renumber(hearing: Hearing) -> None:
    """Raise the number of what calendars are told next; no reminder hangs on it."""
    hearing.revise()
    hearing.planned_revision = hearing.revision


def clear_calendars(session: Session, hearing: Hearing, round_: Proposal, now: dt.datetime) -> None:
    """Take the slots of a round that is over, and left no date, out of counsel's calendars.

    Only who was sent them is told; the number rises, as it must for a CANCEL (RFC 5546, 2.1.4).
    """
    told = with_calendar(session, hearing, ("proposal",))
    if not told:
        return
    renumber(hearing)
    common = facts.of(hearing, slots=facts.slots(round_), tentative=True)
    for seat in round_.invitations:
        if seat.counsel_id in told and seat.left_at is None:
            person = facts.counsel_of(seat, "email")
            notices.queue(
                session,
                facts.matter(hearing),
                "released",
                person,
                {**common, "person": facts.person(seat)},
                due_at=now,
                stale_at=now + STALE_AFTER,
                now=now,
                ways=1,
            )


def with_calendar(session: Session, hearing: Hearing, kinds: Iterable[str]) -> set[int]:
    """Return to which counsel an invite of some kinds went, or may have gone, by mail."""
    never = [NoticeState.QUEUED.value, NoticeState.WITHDRAWN.value, NoticeState.MISSED.value]
    wanted = sa.select(Notice.counsel_id).where(
        Notice.about == f"hearing/{hearing.id}",
        Notice.channel == "email",
        Notice.kind.in_(list(kinds)),
        Notice.counsel_id.is_not(None),
        Notice.state.not_in(never),
    )
    return {each for each in session.scalars(wanted) if each is not None}


def slot_words(slot: Slot) -> list[dict[str, Any]]:
    """Return one slot as a letter's list of slots."""
    return [facts.slot_facts(slot)]
