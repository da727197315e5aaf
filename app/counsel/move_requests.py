"""Asking to move: counsel's form with a reason and a document."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from app.core import document_types, web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.counsel.callbacks import rendered
from app.counsel.page import OFTEN, SELDOM, enter
from app.counsel.page_state import CounselPage
from app.hearings.answers import forms
from app.hearings.rescheduling import service

bp = Blueprint("counsel_move", __name__)


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
        "counsel/move_requests.html",
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
        errors = {name: web.translated(message) for name, message in invalid.errors.items()}
        return _form(token, enter(token), reason=reason, errors=errors), 422
    except Refusal as refusal:
        page = _form(token, enter(token), reason=reason, kind_word=web.translated(refusal.message))
        return page, web.status_of(refusal)
    return redirect(url_for("counsel_move.plea", token=token), 303)


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
