"""Propose, answer, fix, move, cancel, lapse: each within the caller's one transaction."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.cases.models import Case
from app.core.errors import N_, Invalid, Message, Refusal
from app.hearings import booking, facts, notifications, queries
from app.hearings.answers.service import AnswerInput, answer
from app.hearings.dates import invite_everybody, set_date, settle
from app.hearings.models import Hearing, HearingState, ProposalState
from app.hearings.proposals import DeskContext, check_rules, checked_slots, open_proposal
from app.hearings.rescheduling import service as rescheduling
from app.notices.kinds import ASKING, NoticeKind
from app.notices.queue import withdraw

__all__ = [
    "AnswerInput",
    "DeskContext",
    "answer",
    "cancel",
    "elsewhere",
    "fix",
    "fixed_elsewhere",
    "lapse",
    "move",
    "open_proposal",
    "propose",
]


def propose(session: Session, desk: DeskContext, given: Mapping[str, Any]) -> Hearing:
    """Open a hearing with its first round: slots held, every counsel asked, all in one go.

    ``given`` is checked input (forms.HearingIn); its ``uid``, if any, names the hearing, so that
    the same form sent twice cannot make two. Raises Invalid for times that cannot be,
    Clash for what is taken, RuleWarning where a rule warns and no reason is given, Refusal.
    """
    case = cases.find_case(session, desk.court.id, given["case_id"])
    hearing = Hearing(
        court_id=desk.court.id,
        case_id=case.id,
        judge_id=case.judge_id,
        kind=given["kind"],
        minutes=given["minutes"],
        state=HearingState.PROPOSED.value,
        revision=0,
        planned_revision=0,
        uid=given.get("uid") or str(uuid.uuid4()),
        user_id=desk.user.id if desk.user else None,
        created_at=desk.now,
        changed_at=desk.now,
    )
    session.add(hearing)
    session.flush()
    open_proposal(session, desk, hearing, given)
    return hearing


def fix(session: Session, desk: DeskContext, hearing_id: int, slot_id: int, reason: str) -> Hearing:
    """Fix one slot of the newest round by order, when counsel does not answer or agree.

    Raises NotFound, Refusal where nothing is to be fixed, Clash where a lapsed slot is taken.
    """
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    round_ = queries.last_proposal(session, hearing)
    if hearing.state not in (HearingState.PROPOSED, HearingState.LAPSED) or round_ is None:
        raise Refusal(N_("This hearing has no open question: move it instead."))
    slot = next((each for each in round_.slots if each.id == slot_id), None)
    if slot is None:
        raise Invalid({"slot_id": Message(N_("This slot is not of this proposal."))})
    if slot.starts_at <= desk.now:
        raise Invalid({"slot_id": Message(N_("This time is past."))})
    if round_.state == ProposalState.LAPSED:
        round_.state = ProposalState.DECIDED.value
    settle(session, hearing, slot, desk.now, desk.secret, order=reason)
    return hearing


def move(session: Session, desk: DeskContext, hearing_id: int, given: Mapping[str, Any]) -> Hearing:
    """Move a hearing to one new slot at once, or ask all counsel anew with several.

    With several slots the date that holds stays until a new one is agreed.
    """
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled: propose a new one."))
    slots = _slots_to_move_to(hearing, given)
    rescheduling.close_requests(session, hearing, desk.now)
    if given["minutes"]:
        hearing.minutes = given["minutes"]
    if given["answer_by"] is not None:
        open_proposal(session, desk, hearing, {**given, "slots": slots}, reason=given["reason"])
        return hearing
    if len(slots) > 1:
        raise Invalid({"answer_by": Message(N_("Several slots need a date to answer by."))})
    [(starts_at, room)] = checked_slots(session, desk, slots, hearing.minutes, None)
    check_rules(session, desk, hearing.case, [starts_at], given["override_reason"])
    if (starts_at, room.id) == (hearing.starts_at, hearing.courtroom_id):
        raise Refusal(N_("The hearing is at this time and in this courtroom already."))
    round_ = queries.open_proposal(session, hearing)
    if round_:
        round_.state = ProposalState.WITHDRAWN.value
    ends_at = starts_at + dt.timedelta(minutes=hearing.minutes)
    set_date(
        session, hearing, starts_at, ends_at, room.id, desk.now, desk.secret, order=given["reason"]
    )
    return hearing


def _slots_to_move_to(hearing: Hearing, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    if given["slots"]:
        return list(given["slots"])
    if given["starts_at"] is None:
        raise Invalid({"slots": Message(N_("Give the new slots, or one."))})
    room = given["courtroom"] or hearing.courtroom_id
    if room is None:
        raise Invalid({"courtroom": Message(N_("Name the courtroom."))})
    return [{"starts_at": given["starts_at"], "courtroom": room}]


def cancel(session: Session, desk: DeskContext, hearing_id: int, reason: str) -> Hearing:
    """Cancel a hearing: its time is free again, everybody who was asked or told is told."""
    hearing = queries.find(session, desk.court.id, hearing_id, lock=True)
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled already."))
    had_date = hearing.starts_at is not None
    last = queries.last_proposal(session, hearing)
    round_ = queries.open_proposal(session, hearing)
    if round_:
        round_.state = ProposalState.WITHDRAWN.value
    hearing.state, hearing.changed_at = HearingState.CANCELLED.value, desk.now
    hearing.reason = reason
    hearing.revise()
    hearing.planned_revision = hearing.revision
    session.flush()
    rescheduling.close_requests(session, hearing, desk.now)
    booking.release(session, hearing)
    withdraw(session, f"hearing/{hearing.id}", desk.now, N_("the hearing was cancelled"))
    seats = invite_everybody(session, hearing, desk.secret, desk.now)
    kind = NoticeKind.CANCELLED if had_date else NoticeKind.WITHDRAWN
    more: dict[str, Any] = {}
    if last and last.tentative and not had_date:
        more = {"slots": facts.slots(last), "tentative": True}
    notifications.everyone(session, hearing, kind, seats.values(), desk.now, reason=reason, **more)
    return hearing


def lapse(session: Session, hearing_id: int, now: dt.datetime) -> bool:
    """Close a round whose date to answer by has passed: holds fall, the assistant is told.

    A date that held before the round still holds. Returns whether there was something to close.
    """
    hearing = queries.lock(session, hearing_id)
    round_ = queries.open_proposal(session, hearing)
    if round_ is None or round_.answer_by > now:
        return False
    round_.state = ProposalState.LAPSED.value
    holds = hearing.starts_at is not None
    if hearing.starts_at and hearing.ends_at:  # the round may have asked for another length
        hearing.minutes = (hearing.ends_at - hearing.starts_at) // dt.timedelta(minutes=1)
    hearing.state = (HearingState.FIXED if holds else HearingState.LAPSED).value
    hearing.changed_at = now
    session.flush()
    session.refresh(round_, ["invitations"])
    booking.book(session, hearing, None, [seat.counsel_id for seat in round_.invitations])
    if round_.tentative and not holds:
        notifications.clear_calendars(session, hearing, round_, now)
    silent = [seat.counsel.name for seat in round_.invitations if not seat.answered_at]
    withdraw(
        session,
        f"hearing/{hearing.id}",
        now,
        N_("the date to answer by has passed"),
        kinds=ASKING,
    )
    notifications.assistant(
        session,
        hearing,
        NoticeKind.LAPSED,
        f"r{round_.round}",
        now,
        round=round_.round,
        silent=silent,
    )
    return True


def fixed_elsewhere(
    session: Session,
    desk: DeskContext,
    case: Case,
    *,
    kind: str,
    starts_at: dt.datetime,
    minutes: int,
    courtroom_id: int | None,
    judge_id: int | None = None,
    uid: str = "",
    shared: bool = False,
    remind: bool = False,
) -> tuple[Hearing, bool]:
    """Enter a hearing that was fixed before Tingqi knew it; its time counts as busy.

    The judge is the case's where none is given. The same ``uid``, or the same case, kind and time,
    is the same hearing. With ``shared`` it may lie over others, as where a list of cases is called
    at one time, and takes what they leave free. Its people are told nothing, unless ``remind``
    asks for reminders. Returns the hearing and whether it is new. Raises Clash.
    """
    same = sa.and_(Hearing.kind == kind, Hearing.starts_at == starts_at)
    known = session.scalar(
        sa.select(Hearing)
        .where(Hearing.case_id == case.id, sa.or_(Hearing.uid == uid, same))
        .limit(1)
    )
    if known:
        return known, False
    hearing = elsewhere(
        desk,
        case.id,
        judge_id or case.judge_id,
        kind=kind,
        starts_at=starts_at,
        minutes=minutes,
        courtroom_id=courtroom_id,
        uid=uid,
        remind=remind,
    )
    session.add(hearing)
    session.flush()
    booking.book(session, hearing, None, sorted(queries.acting(session, hearing)), shared=shared)
    return hearing, True


def elsewhere(
    desk: DeskContext,
    case_id: int,
    judge_id: int,
    *,
    kind: str,
    starts_at: dt.datetime,
    minutes: int,
    courtroom_id: int | None,
    uid: str = "",
    remind: bool = False,
) -> Hearing:
    """Return a hearing that was fixed elsewhere, which has taken no time of anybody yet."""
    return Hearing(
        court_id=desk.court.id,
        case_id=case_id,
        judge_id=judge_id,
        kind=kind,
        minutes=minutes,
        uid=uid or str(uuid.uuid4()),
        state=HearingState.FIXED.value,
        revision=1,
        planned_revision=0 if remind and starts_at > desk.now else 1,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        courtroom_id=courtroom_id,
        imported=True,
        user_id=desk.user.id if desk.user else None,
        created_at=desk.now,
        changed_at=desk.now,
    )
