"""Messages to one counsel: copy the official one and hand it on, send one again.

What sends shows first what it sends.
"""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as case_queries
from app.cases import service as cases
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.forms import load
from app.core.matters import Matter
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.desk import confirmations
from app.desk.contacts import official_messages
from app.desk.contacts.contact_views import other_ways
from app.desk.contacts.forms import HandOnIn, MessageForm
from app.hearings import queries
from app.hearings.proposing import confirmation
from app.hearings.scheduling import CourtContext
from app.notices import resending
from app.people.models import User
from app.questions import queries as questions
from app.record.rules import HELD_BACK

bp = Blueprint("messages", __name__)


@bp.get("/cases/<int:case_id>/message")
@signed_in
def copy(case_id: int) -> Any:
    """Show the official message to a counsel, to be copied; changes and records nothing."""
    return _copy_page(case_id, {"page": secrets.token_urlsafe(16)})


@bp.post("/cases/<int:case_id>/message")
@signed_in
@shows_again
def hand_on(case_id: int) -> Any:
    """Record that the message was handed on, by which way and with which remark."""
    posted = {name: request.form.get(name, "") for name in ("channel", "form", "note", "page")}
    chosen, user_id, now, secret = _chosen(), current_user.id, web.now(), web.secret()
    if only_shown():
        return _copy_page(case_id, posted)

    def work(session: Session) -> tuple[str, int]:
        user = session.get_one(User, user_id)
        context = CourtContext(user.court, user, now, secret)
        case = cases.find_case(session, user.court_id, case_id)
        message = official_messages.find(session, context, case, *chosen, _public_url())
        official_messages.hand_on(session, context, case, message, form)
        return message.counsel.name, message.hearing.id

    try:
        form = load(HandOnIn, {name: text for name, text in posted.items() if text})
        name, hearing_id = retrying(work)
    except Invalid as fault:
        return _copy_page(case_id, posted, errors=translated_errors(fault)), 422
    flash(gettext("It is on the record that %(name)s was handed the message.", name=name), "ok")
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


def _chosen() -> tuple[int, int | None]:
    """Return the counsel and the hearing that the URL names; 0 and None where it does not."""
    return row_number(request.args.get("counsel_id", "")) or 0, row_number(
        request.args.get("hearing_id", "")
    )


def _public_url() -> str:
    return web.services().settings.public_url


def _copy_page(case_id: int, posted: dict[str, str], **context: Any) -> str:
    session, user = db.session(), current_user._get_current_object()
    case = case_queries.case_with_parties(session, user.court_id, case_id)
    acting = queries.acting_representations(session, case)
    counsel_id, hearing_id = _chosen()
    if not counsel_id and len(acting) == 1:
        counsel_id = acting[0].counsel_id
    message, refused = None, ""
    if counsel_id:
        court_context = CourtContext(user.court, user, web.now(), web.secret())
        try:
            message = official_messages.find(
                session, court_context, case, counsel_id, hearing_id, _public_url()
            )
        except Refusal as refusal:
            if web.status_of(refusal) == 404:
                raise
            refused = web.translated(refusal.message)
    form = MessageForm.FULL if request.args.get("form") == "full" else MessageForm.SHORT
    return render_template(
        "desk/message.html",
        case=case,
        zone=case.court.zone,
        acting=acting,
        message=message,
        form=form,
        forms=[(MessageForm.SHORT, gettext("Short")), (MessageForm.FULL, gettext("In full"))],
        ways=other_ways(),
        hearing_id=hearing_id,
        posted=posted,
        **{"errors": {}, "refused": refused, **context},
    )


@bp.post("/notices/<int:notice_id>/again")
@signed_in
def again(notice_id: int) -> Any:
    """Resend a message that failed, was missed or has an unknown outcome."""
    court_id, now = current_user.court_id, web.now()

    def queue_again(session: Session) -> int:
        notice = resending.find(session, court_id, notice_id, lock=True)
        resending.again(session, notice, now)
        return notice.case_id

    notice = resending.find(db.session(), court_id, notice_id)
    name, back = notice.name, _page_of(notice.about, notice.case_id)
    page = confirmations.resending(notice, back)
    asked = questions.of_notice(db.session(), notice)
    withheld = "" if asked is None or asked.may_be_read_by(current_user) else gettext(HELD_BACK)
    if shown := confirmation.page_before(queue_again, page, always=True, withheld=withheld):
        return shown
    retrying(queue_again)
    flash(gettext("The message to %(name)s is in the queue again.", name=name), "ok")
    return redirect(back, 303)


def _page_of(about: str, case_id: int) -> str:
    """Return the URL of the page that shows what became of a message."""
    if hearing_id := Matter.hearing_id(about):
        return url_for("hearing.shown", hearing_id=hearing_id)
    return url_for("record.case_record", case_id=case_id)
