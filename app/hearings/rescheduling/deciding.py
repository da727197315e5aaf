"""The court decides a request to move a date: it moves the hearing, or leaves the date."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.hearings import move_requests, notifications, queries
from app.hearings import service as hearings
from app.hearings.forms import MoveIn, SlotIn
from app.hearings.models import Hearing, MoveRequest, MoveState
from app.hearings.rescheduling.asking import MAX_REASON
from app.hearings.service import CourtContext
from app.notices.kinds import NoticeKind
from app.record import ledger
from app.record.rules import Event
from app.tasks.service import TaskKind

# What stands in place of a reason in a form that has to have one; it is not shown to anybody.
AGREED = "agreed"


def lock(session: Session, court_id: int, hearing_id: int, number: int) -> MoveRequest:
    """Return an open request of a court, its hearing locked and consent read under that lock.

    Raises NotFound; Refusal where it has ended.
    """
    hearing = queries.find_hearing(session, court_id, hearing_id, lock=True)
    request = move_requests.open_request(session, hearing.id)
    if request is not None and request.number == number:
        return request
    if all(each.number != number for each in move_requests.requests_of(session, hearing.id)):
        raise NotFound(N_("There is no such request in this court."))
    raise Refusal(N_("This request was answered already."))


def move(
    session: Session,
    context: CourtContext,
    request: MoveRequest,
    slot_id: int,
    *,
    reason: str = "",
    override_reason: str = "",
) -> Hearing:
    """Move the hearing to a slot of a request; all counsel are told as of any move.

    Without consent of all it needs a reason, as every move by order. Raises Invalid; RuleWarning
    where a period speaks against the slot; Clash where it was taken meanwhile.
    """
    slot = next((each for each in request.slots if each.id == slot_id), None)
    if slot is None:
        raise Invalid({"slot": Message(N_("This slot is not of this request."))})
    by_agreement = move_requests.suits_all(session, request, slot)
    if not by_agreement and not reason.strip():
        words = N_("Not all sides agree to this time: give the reason for the move.")
        raise Invalid({"reason": Message(words)})
    hearing = request.hearing
    move_requests.close(session, request, MoveState.MOVED, context.now)
    form = MoveIn(
        slots=[SlotIn.of(slot.sittings)],
        reason=reason or AGREED,
        override_reason=override_reason,
    )
    return hearings.move(session, context, hearing.id, form, agreed=not reason, requested=True)


def refuse(session: Session, request: MoveRequest, reason: str, now: dt.datetime) -> None:
    """Leave the date as it is: all sides are told, with the reason, and it is on the record.

    Raises Invalid without a reason.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid({"why": Message(N_("Give the reason, in at most 2000 characters."))})
    hearing = request.hearing
    first = next(each for each in request.opinions if each.asks)
    entry = ledger.NewEntry(
        Event.SKIPPED,
        court_id=request.court_id,
        case_id=request.case_id,
        about=hearing.about,
        attempt=f"k{request.task_id}.court",
        counsel_id=first.counsel_id,
        side=first.side,
        channel="link",
        kind=TaskKind.MOVE.value,
        detail={"request": request.number},
        personal={"name": first.counsel.name, "note": reason},
    )
    ledger.append(session, [entry], now)
    move_requests.close(session, request, MoveState.REFUSED, now, reason)
    asked = ", ".join(each.counsel.name for each in request.opinions if each.asks)
    notifications.everyone(
        session,
        hearing,
        NoticeKind.STAYS,
        queries.latest_invitations(session, hearing).values(),
        now,
        version=f"k{request.task_id}",
        reason=reason,
        asked_by=asked,
    )
