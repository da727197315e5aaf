"""The court's part: who may act for counsel in a case, and the button that ends it."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.web.access import signed_in
from app.core.web.params import row_number
from app.delegates import queries, service
from app.delegates.queries import DelegateView, RefusedDelegate
from app.people.models import Role, User
from app.tasks import service as tasks
from app.tasks.service import TaskKind

bp = Blueprint("delegates", __name__)


@bp.app_template_global()
def delegates_of(case_id: int, hearing_id: int = 0) -> Sequence[DelegateView]:
    """Return the delegates of all counsel in a case, or in one hearing of it, the active first."""
    found = queries.of_case(db.session(), case_id, web.now())
    return [
        each for each in found if not hearing_id or each.delegate.hearing_id in (None, hearing_id)
    ]


@bp.app_template_global()
def refused_delegates(whose: str = "all") -> Sequence[RefusedDelegate]:
    """Return the refused delegates that wait for the user's court, or for the user themselves."""
    mine = current_user.id if whose == "mine" and current_user.role == Role.ASSISTANT else None
    return queries.refused(db.session(), current_user.court_id, mine)


@bp.post("/delegates/refused/<int:task_id>/seen")
@signed_in
def seen(task_id: int) -> ResponseReturnValue:
    """Take a refused delegate off the list of the home page."""
    court_id, now = current_user.court_id, web.now()
    retrying(lambda session: tasks.mark_seen(session, court_id, task_id, TaskKind.DELEGATE, now))
    flash(gettext("It is off your list, and stays on the record."), "ok")
    return redirect(url_for("home.home"), 303)


@bp.post("/delegates/<int:delegate_id>/end")
@signed_in
def end(delegate_id: int) -> ResponseReturnValue:
    """End what a delegate may do, and go back to the page with the button."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()

    def work(session: Session) -> tuple[int, str]:
        user = session.get_one(User, user_id)
        ended = service.end_by_court(session, court_id, delegate_id, user, now)
        return ended.case_id, ended.name

    case_id, name = retrying(work)
    flash(gettext("%(name)s acts no longer. All sides see it on the record.", name=name), "ok")
    hearing_id = row_number(request.form.get("hearing", ""))
    if hearing_id:
        back = url_for("hearing.shown", hearing_id=hearing_id, _anchor="delegates")
    else:
        back = url_for("case.case", case_id=case_id, _anchor="delegates")
    return redirect(back, 303)
