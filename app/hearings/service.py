"""Propose, fix, move, cancel, lapse: each within the caller's one transaction.

Page, API and listing call these same functions with the same forms. ``answer`` is in ``answers``.
"""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.core.errors import N_, Clash, Invalid, Message, Refusal
from app.core.normalization import name_key
from app.events.rules import EventType
from app.hearings import booking, facts, move_requests, notifications, queries, versions
from app.hearings.answers import locking
from app.hearings.answers.service import AnswerInput, answer, decide
from app.hearings.bench import attending, members
from app.hearings.forms import HearingIn, MoveIn, ProposalIn, SlotIn
from app.hearings.imported import add_imported_hearing
from app.hearings.models import CourtMove, Hearing, HearingState, ProposalState, Slot
from app.hearings.scheduling import (
    CourtContext,
    check_rules,
    check_slots,
    fix_slot,
    invite_everybody,
    open_proposal,
    set_date,
)
from app.hearings.sittings.rules import sitting_time
from app.notices.kinds import ANNOUNCING_DATE, ASKING, NoticeKind
from app.notices.models import Notice
from app.notices.queue import withdraw

__all__ = [
    "AlreadySent",
    "AnswerInput",
    "CourtContext",
    "add_imported_hearing",
    "answer",
    "cancel",
    "fix",
    "lapse",
    "move",
    "open_proposal",
    "propose",
]


class AlreadySent(Exception):  # noqa: N818  (it is an answer, not a fault)
    """The same form was sent before; ``hearing_id`` is where its result can be seen."""

    def __init__(self, hearing_id: int) -> None:
        super().__init__(hearing_id)
        self.hearing_id = hearing_id


def propose(
    session: Session, context: CourtContext, form: HearingIn, *, uid: str = "", version: str = ""
) -> Hearing:
    """Open a hearing with its first proposal: slots held, every counsel asked, all at once.

    ``uid`` names the hearing, so that a form that is sent twice makes one: whichever process and
    database sees it, the second raises AlreadySent. ``version`` is that of the case when the form
    was loaded (see versions). Raises Clash where it changed, and what open_proposal raises.
    """
    if uid and (known := _hearing_named(session, context, uid)) is not None:
        raise AlreadySent(known)
    if version and versions.of_case(session, form.case_id) != version:
        raise Clash(versions.ANOTHER)
    case = cases.find_case(session, context.court.id, form.case_id)
    hearing = Hearing(
        court_id=context.court.id,
        case_id=case.id,
        judge_id=case.judge_id,
        kind=form.kind,
        minutes=form.length,
        state=HearingState.PROPOSED.value,
        revision=0,
        planned_revision=0,
        uid=uid or str(uuid.uuid4()),
        user_id=context.user.id if context.user else None,
        created_at=context.now,
        changed_at=context.now,
    )
    hearing.members = members.of_case(case, hearing.judge_id)
    session.add(hearing)
    session.flush()
    if form.bench is not None:
        members.set_bench(session, hearing, form.bench)
    open_proposal(session, context, hearing, form)
    return hearing


def _hearing_named(session: Session, context: CourtContext, uid: str) -> int | None:
    named = sa.select(Hearing.id).where(Hearing.uid == uid, Hearing.court_id == context.court.id)
    return session.scalar(named)


def fix(
    session: Session, context: CourtContext, hearing_id: int, slot_id: int, reason: str
) -> Hearing:
    """Fix one slot of the newest proposal by order, when counsel does not answer or agree.

    Raises NotFound, Refusal where nothing is to be fixed, Clash where a lapsed slot is taken.
    """
    hearing = queries.find_hearing(session, context.court.id, hearing_id, lock=True)
    proposal = queries.last_proposal(session, hearing)
    if hearing.state not in (HearingState.PROPOSED, HearingState.LAPSED) or proposal is None:
        raise Refusal(N_("This hearing has no open question: move it instead."))
    slot = next((each for each in proposal.slots if each.id == slot_id), None)
    if slot is None:
        raise Invalid({"slot_id": Message(N_("Choose one of the slots that were asked about."))})
    if slot.starts_at <= context.now:
        raise Invalid({"slot_id": Message(N_("Choose a time that is not past."))})
    if proposal.state == ProposalState.LAPSED:
        proposal.state = ProposalState.DECIDED.value
    fix_slot(session, hearing, slot, context.now, context.secret, order=reason)
    return hearing


def move(
    session: Session,
    context: CourtContext,
    hearing_id: int,
    form: MoveIn,
    *,
    version: str | None = None,
    agreed: bool = False,
    requested: bool = False,
) -> Hearing:
    """Move a hearing to one new slot at once, or open a proposal of several.

    ``agreed``: all sides have agreed to the slot, so that the move is no order of the court.
    ``requested``: counsel asked for it, so that it is not counted as the court's own.

    With several slots the date that holds stays until a new one is agreed. ``version`` is that of
    the hearing when the form was loaded; None checks nothing. Raises AlreadySent where the same
    was done already, Clash where the hearing was changed to something else, Refusal, Invalid.
    """
    hearing = queries.find_hearing(session, context.court.id, hearing_id, lock=True)
    if version is not None and versions.of_hearing(session, hearing) != version:
        if _is_done(session, hearing, form):
            raise AlreadySent(hearing.id)
        raise Clash(versions.CHANGED)
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled: propose a new one."))
    _check_no_outcome(hearing)
    slots = _slots_to_move_to(hearing, form)
    move_requests.close_requests(session, hearing, context.now)
    if hearing.starts_at is not None and not requested:
        session.add(_court_move(session, hearing, form, context.now))
    if form.minutes:
        hearing.minutes = form.minutes
    if form.answer_by is not None:
        proposal = ProposalIn(
            slots=slots,
            answer_by=form.answer_by,
            fix=form.fix,
            override_reason=form.override_reason,
        )
        open_proposal(session, context, hearing, proposal, reason=form.reason)
        return hearing
    if len(slots) > 1:
        raise Invalid(
            {"answer_by": Message(N_("Enter a date to answer by: several slots are asked about."))}
        )
    [sittings] = checked = check_slots(session, context, slots, hearing.minutes, None)
    check_rules(session, context, hearing, checked, form.override_reason)
    if sittings == [sitting_time(each) for each in hearing.sittings]:
        raise Refusal(N_("The hearing is at this time and in this courtroom already."))
    open_one = queries.open_proposal(session, hearing)
    if open_one:
        open_one.state = ProposalState.WITHDRAWN.value
    set_date(
        session,
        hearing,
        sittings,
        context.now,
        context.secret,
        order=form.override_reason if agreed else form.reason,
        agreed=agreed,
    )
    return hearing


def _court_move(session: Session, hearing: Hearing, form: MoveIn, now: dt.datetime) -> CourtMove:
    """Return the row by which a move of the court's own accord is counted."""
    last = queries.last_proposal(session, hearing) if form.answer_by is not None else None
    return CourtMove(
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        hearing_id=hearing.id,
        round=(last.round if last else 0) + 1 if form.answer_by is not None else 0,
        cause=form.cause,
        moved_at=now,
    )


def _check_no_outcome(hearing: Hearing) -> None:
    """Raise Refusal where a hearing is over: its date is the one that its outcome is about."""
    if hearing.outcome:
        raise Refusal(N_("This hearing has an outcome: propose a further hearing of the case."))


def _slots_to_move_to(hearing: Hearing, form: MoveIn) -> list[SlotIn]:
    if form.slots:
        return list(form.slots)
    if form.starts_at is None:
        raise Invalid({"slots": Message(N_("Enter one or more new slots."))})
    room = form.courtroom or hearing.courtroom_id
    if room is None:
        raise Invalid({"courtroom": Message(N_("Choose a courtroom."))})
    return [SlotIn(starts_at=form.starts_at, courtroom=room)]


def _is_done(session: Session, hearing: Hearing, form: MoveIn) -> bool:
    """Tell whether a hearing's newest proposal, or its date, already equals the request.

    Two who take the slots that are suggested ask for the same but for the reason, which counsel
    read: the second is shown what the first did, and theirs is kept.
    """
    if form.reason != _last_reason(session, hearing):
        return False
    slots = sorted(
        sorted((each.starts_at, name_key(str(each.courtroom))) for each in slot.parts)
        for slot in form.slots
    )
    if form.answer_by is None:
        return hearing.state == HearingState.FIXED and slots == [_times_and_rooms(hearing)]
    last = queries.last_proposal(session, hearing)
    return (
        last is not None
        and last.answer_by == form.answer_by
        and slots == sorted(_times_and_rooms(slot) for slot in last.slots)
    )


def _times_and_rooms(dated: Hearing | Slot) -> list[tuple[dt.datetime, str]]:
    return [
        (each.starts_at, each.courtroom.name_key if each.courtroom else "")
        for each in dated.sittings
    ]


def _last_reason(session: Session, hearing: Hearing) -> str:
    """Return the reason that counsel were given with a hearing's newest proposal or date."""
    notice_facts = session.scalar(
        sa.select(Notice.facts)
        .where(
            Notice.about == hearing.about,
            Notice.kind.in_([NoticeKind.PROPOSAL, *ANNOUNCING_DATE]),
        )
        .order_by(Notice.id.desc())
        .limit(1)
    )
    return str((notice_facts or {}).get("reason") or "")


def cancel(session: Session, context: CourtContext, hearing_id: int, reason: str) -> Hearing:
    """Cancel a hearing: release its time, and notify everybody who was asked or notified."""
    hearing = queries.find_hearing(session, context.court.id, hearing_id, lock=True)
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled already."))
    _check_no_outcome(hearing)
    had_date = hearing.starts_at is not None
    last = queries.last_proposal(session, hearing)
    proposal = queries.open_proposal(session, hearing)
    if proposal:
        proposal.state = ProposalState.WITHDRAWN.value
    hearing.state, hearing.changed_at = HearingState.CANCELLED.value, context.now
    hearing.reason = reason
    hearing.revise()
    hearing.planned_revision = hearing.revision
    session.flush()
    move_requests.close_requests(session, hearing, context.now)
    booking.release(session, hearing)
    withdraw(session, hearing.about, context.now, N_("the hearing was cancelled"))
    invitations = invite_everybody(session, hearing, context.secret, context.now)
    more: dict[str, Any] = {}
    if last and last.tentative and not had_date:
        more = {"slots": facts.slots_facts(last), "tentative": True}
    notifications.everyone(
        session,
        hearing,
        NoticeKind.CANCELLED if had_date else NoticeKind.WITHDRAWN,
        invitations.values(),
        context.now,
        reason=reason,
        **more,
    )
    attending.cancel(session, hearing, context.now, context.secret, had_date=had_date)
    notifications.publish(session, hearing, EventType.HEARING_CANCELLED, context.now)
    return hearing


def lapse(session: Session, hearing_id: int, now: dt.datetime, secret: bytes) -> bool:
    """Close a proposal past its answer date: release its holds, and notify the assistant.

    Where it waited for a member of the bench alone, the date on which counsel agreed is fixed. A
    date that held before still holds. Returns whether there was something to close.
    """
    hearing = queries.lock_hearing(session, hearing_id)
    proposal = queries.open_proposal(session, hearing)
    if proposal is None or proposal.answer_by > now:
        return False
    answers = locking.counsel_answers(session, proposal.id, hearing.id)
    if decide(session, proposal.id, now, secret, answers, over=True):
        return True
    proposal.state = ProposalState.LAPSED.value
    holds = hearing.starts_at is not None
    for first in hearing.sittings[:1]:  # the proposal may have asked for another length
        hearing.minutes = (first.ends_at - first.starts_at) // dt.timedelta(minutes=1)
    hearing.state = (HearingState.FIXED if holds else HearingState.LAPSED).value
    hearing.changed_at = now
    session.flush()
    session.refresh(proposal, ["invitations"])
    booking.book(session, hearing, None, [each.counsel_id for each in proposal.invitations])
    if proposal.tentative and not holds:
        notifications.clear_calendars(session, hearing, proposal, now)
    silent = [each.counsel.name for each in proposal.invitations if not each.answered_at]
    withdraw(
        session,
        hearing.about,
        now,
        N_("the date to answer by has passed"),
        kinds=ASKING,
    )
    notifications.assistant(
        session,
        hearing,
        NoticeKind.LAPSED,
        f"r{proposal.round}",
        now,
        round=proposal.round,
        silent=silent,
    )
    notifications.publish(session, hearing, EventType.HEARING_LAPSED, now)
    return True
