"""Send a message again, and leave a date as it is: both show first what they send."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.matters import Matter
from app.core.web.access import signed_in
from app.desk import confirmations
from app.hearings import queries
from app.hearings.proposing import confirmation
from app.hearings.rescheduling import service as rescheduling
from app.notices import resending
from app.tasks.models import Task

bp = Blueprint("messages", __name__)


@bp.post("/notices/<int:notice_id>/again")
@signed_in
def again(notice_id: int) -> Any:
    """Resend a message that failed, was missed or has an unknown outcome."""
    court_id, now = current_user.court_id, web.now()

    def queue_again(session: Session) -> int:
        notice = resending.find(session, court_id, notice_id)
        resending.again(session, notice, now)
        return notice.case_id

    notice = resending.find(db.session(), court_id, notice_id)
    name, back = notice.name, _page_of(notice.about, notice.case_id)
    page = confirmations.resending(notice, back)
    db.session().rollback()  # the lock of the notice
    if shown := confirmation.page_before(queue_again, page, always=True):
        return shown
    retrying(queue_again)
    flash(gettext("The message to %(name)s is in the queue again.", name=name), "ok")
    return redirect(back, 303)


def _page_of(about: str, case_id: int) -> str:
    """Return the URL of the page that shows what became of a message."""
    if hearing_id := Matter.hearing_id(about):
        return url_for("hearing.shown", hearing_id=hearing_id)
    return url_for("record.case_record", case_id=case_id)


@bp.post("/requests/<int:task_id>")
@signed_in
def decline(task_id: int) -> Any:
    """Leave the date as it is when counsel asks to move it, with a reason."""
    court_id, reason, now = current_user.court_id, request.form.get("why", "").strip(), web.now()

    def work(session: Session) -> Task:
        return rescheduling.decline(session, court_id, task_id, reason, now)

    task = db.session().get(Task, task_id)
    if task is not None and task.court_id == court_id and reason:
        hearing = queries.find_hearing(db.session(), court_id, task.hearing_id)
        page = confirmations.keeping_date(hearing, reason)
        if shown := confirmation.page_before(_case_of(work), page):
            return shown
    hearing_id = retrying(work).hearing_id
    flash(gettext("The date stays. Counsel are told so, with your reason."), "ok")
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _case_of(work: Callable[[Session], Task]) -> Callable[[Session], int]:
    return lambda session: work(session).case_id
