"""Asking to move: counsel's form with a reason and a document; the desk's answer and download."""

import secrets
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from app.core import document_types, web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.counsel.acknowledging_views import rendered
from app.counsel.representation import CounselPage
from app.counsel.views import OFTEN, SELDOM, bp, enter
from app.desk import home_views
from app.hearings.answers import forms
from app.hearings.models import MoveDocument
from app.hearings.rescheduling import service
from app.people.views import signed_in


@bp.get("/r/<token>/move")
@web.limiter.limit(OFTEN)
def plea(token: str) -> Any:
    """Show the form by which counsel ask for another date, or how their request stands."""
    return _form(token, enter(token))


def _form(token: str, view: CounselPage, **more: Any) -> str:
    key = forms.page_key(web.secret(), view.seat.id, view.round.id, secrets.token_urlsafe(16))
    asked = service.of_counsel(db.session(), view.hearing.id, view.counsel.id)
    told = {"reason": "", "errors": {}, "kind_word": "", **more}
    return render_template(
        "reply/move.html",
        token=token,
        view=view,
        nonce=key,
        most=service.MOST_REASON,
        asked=asked,
        sent=service.papers_of(db.session(), [each.id for each in asked]),
        can=service.may_ask(view.hearing, web.now()),
        **told,
    )


@bp.post("/r/<token>/move")
@web.limiter.limit(SELDOM)
def ask_move(token: str) -> Any:
    """Take counsel's request to move the date."""
    request.max_content_length = document_types.LARGEST_FORM
    view, reason = enter(token), request.form.get("reason", "").strip()
    if not rendered(view):
        words = gettext("Nothing was recorded. Please press the button once more.")
        return _form(token, view, reason=reason, kind_word=words), 422
    seat_id, now = view.seat.id, web.now()
    try:
        paper = _paper()
        retrying(lambda session: service.ask(session, seat_id, reason, paper, now).id)
    except Invalid as invalid:
        errors = {name: web.said(message) for name, message in invalid.errors.items()}
        return _form(token, enter(token), reason=reason, errors=errors), 422
    except Refusal as refusal:
        page = _form(token, enter(token), reason=reason, kind_word=web.said(refusal.message))
        return page, web.status_of(refusal)
    return redirect(url_for("reply.plea", token=token), 303)


def _paper() -> document_types.UploadedDocument | None:
    """Return the document that was sent, if any. Raises Invalid for one that is not taken."""
    sent = request.files.get("paper")
    if sent is None or not sent.filename:
        return None
    body = sent.stream.read(document_types.LARGEST + 1)
    if fault := document_types.fault_of(body):
        raise Invalid({"paper": fault})
    kind = document_types.kind_of(body)
    return document_types.UploadedDocument(document_types.name_of(sent.filename, kind), kind, body)


@home_views.bp.get("/papers/<int:paper_id>")
@signed_in
def download(paper_id: int) -> Response:
    """Give a document to somebody of the court, to be kept and never to be run by the browser."""
    found = service.paper(db.session(), current_user.court_id, paper_id)
    return Response(
        found.body,
        mimetype=found.kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@home_views.bp.post("/requests/<int:task_id>")
@signed_in
def decline(task_id: int) -> Any:
    """Leave the date as it is, with a reason."""
    court_id, why, now = current_user.court_id, request.form.get("why", "").strip(), web.now()
    hearing_id = retrying(
        lambda session: service.decline(session, court_id, task_id, why, now).about.split("/")[1]
    )
    flash(gettext("The date stays. Counsel are told so, with your reason."), "yes")
    return redirect(url_for("hearings.shown", hearing_id=int(hearing_id)), 303)


@home_views.bp.app_template_global()
def paper_of(task_id: int) -> MoveDocument | None:
    """Return the document that came with a request."""
    return service.papers_of(db.session(), [task_id]).get(task_id)
