"""The court decides a request for another date; all counsel are told, and see why."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.characters import whole_number
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message, NotFound, Refusal, RuleWarning
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.desk import confirmations, todo
from app.hearings import move_requests
from app.hearings.forms import MoveDecisionIn
from app.hearings.models import Hearing, MoveRequest
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.hearings.rescheduling import deciding
from app.hearings.scheduling import CourtContext
from app.people.models import User

bp = Blueprint("move_requests", __name__)


@bp.post("/requests/<int:task_id>")
@signed_in
@shows_again
def decline(task_id: int) -> Any:
    """Leave the date as it is when counsel asks for another one, with a reason."""
    reason = request.form.get("why", "").strip()

    def refuse(session: Session, context: CourtContext, asked: MoveRequest) -> None:
        form = _decision({"reason": "why"}, decision="refuse", reason=reason)
        deciding.refuse(session, asked, form.reason, context.now)

    def before(asked: MoveRequest) -> ConfirmationPage | None:
        return confirmations.keeping_date(asked.hearing, reason) if reason else None

    done = gettext("The date stays. All counsel are told, with your reason.")
    return _decide(task_id, refuse, done, before)


@bp.post("/requests/<int:task_id>/move")
@signed_in
@shows_again
def move(task_id: int) -> Any:
    """Move a hearing to a slot of a request: at once where all sides agree, else by order.

    Where a rule warns of a time on which all agree, ``override`` is the reason to go on.
    """
    slot = whole_number(request.form.get("slot", ""), 18)
    reason, override = (request.form.get(name, "").strip() for name in ("reason", "override"))

    def change(session: Session, context: CourtContext, asked: MoveRequest) -> None:
        if not isinstance(slot, int):
            raise Invalid({"slot": Message(N_("Choose one of the times."))})
        form = _decision(
            {"override_reason": "override"},
            decision="move",
            slot=slot,
            reason=reason,
            override_reason=override or reason,
        )
        deciding.move(
            session, context, asked, slot, reason=form.reason, override_reason=form.override_reason
        )

    def before(asked: MoveRequest) -> ConfirmationPage | None:
        return confirmations.moving(asked, slot, reason) if reason else None

    done = gettext("The hearing is moved. All counsel are told now.")
    return _decide(task_id, change, done, before)


def _decision(names: Mapping[str, str], **typed: object) -> MoveDecisionIn:
    """Load what was typed by the form that the API takes too.

    Raises Invalid, by the fields of the page: ``names`` are those that it calls otherwise.
    """
    try:
        return load(MoveDecisionIn, typed)
    except Invalid as fault:
        errors = {names.get(name, name): words for name, words in fault.errors.items()}
        raise Invalid(errors) from fault


def _decide(
    task_id: int,
    act: Callable[[Session, CourtContext, MoveRequest], None],
    done: str,
    before: Callable[[MoveRequest], ConfirmationPage | None],
) -> Any:
    """Decide the request that a task is about, after a page that shows the messages if need be.

    What the services refuse is shown with the request, and with all that was typed.
    """
    user_id, now, secret = current_user.id, web.now(), web.secret()
    asked = move_requests.request_of_task(db.session(), task_id)
    if asked is None or asked.court_id != current_user.court_id:
        raise NotFound(N_("There is no such request in this court."))
    hearing_id, number = asked.hearing_id, asked.number

    def work(session: Session) -> Hearing:
        user = session.get_one(User, user_id)
        locked = deciding.lock(session, user.court_id, hearing_id, number)
        act(session, CourtContext(user.court, user, now, secret), locked)
        return locked.hearing

    if only_shown():
        text = gettext("You are signed in again. Nothing was done: look, then press.")
        return _page(task_id, refused=text)
    try:
        page = before(asked)
        if page and (shown := confirmation.page_before(lambda each: work(each).case_id, page)):
            return shown
        retrying(lambda session: work(session).id)
    except Invalid as fault:
        return _page(task_id, errors=translated_errors(fault)), 422
    except Refusal as fault:
        refused = web.translated(fault.message)
        warns = isinstance(fault, RuleWarning)
        return _page(task_id, refused=refused, warns=warns), web.status_of(fault)
    flash(done, "ok")
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _page(task_id: int, **changes: Any) -> str:
    """Render a request with what was typed, and why it was not decided."""
    session, now = db.session(), web.now()
    asked = move_requests.request_of_task(session, task_id)
    assert asked is not None
    items = todo.of_hearing(session, asked.hearing, now)
    return render_template(
        "desk/move_request.html",
        item=next((each for each in items if each.task.id == task_id), None),
        hearing=asked.hearing,
        zone=asked.hearing.case.court.zone,
        typed=request.form,
        **{"errors": {}, "refused": "", "warns": False, **changes},
    )
