"""Counsel's page, beside answering: "I know the date", and "please call me"."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from app.core import web, wording
from app.core.db import retrying
from app.core.errors import Invalid, Refusal
from app.counsel import service as acts
from app.counsel.page import OFTEN, SELDOM, enter, shown
from app.counsel.page_state import CounselPage
from app.hearings.answers import forms

bp = Blueprint("counsel_acts", __name__)


def rendered(view: CounselPage) -> bool:
    """Tell whether a post comes from a page that was rendered for this seat in this round."""
    nonce = request.form.get("nonce", "")
    return forms.chance_of(web.secret(), nonce, view.seat.id, view.round.id) is not None


@bp.post("/r/<token>/knows")
@web.limiter.limit(OFTEN)
def knows(token: str) -> Any:
    """Take counsel's word that they know the date that the page showed."""
    view = enter(token)
    revision = request.form.get("revision", "")
    seat_id, now = view.seat.id, web.now()
    if not rendered(view) or not revision.isdigit() or len(revision) > 9:
        words = gettext("Nothing was recorded. Please look at the date and confirm it once more.")
        return shown(token, view, kind_word=words), 422
    try:
        retrying(lambda session: acts.confirm(session, seat_id, int(revision), now))
    except Refusal as refusal:
        page = shown(token, enter(token), kind_word=web.translated(refusal.message))
        return page, web.status_of(refusal)
    return redirect(url_for("counsel.page", token=token), 303)


@bp.get("/r/<token>/call-me")
@web.limiter.limit(OFTEN)
def call_me(token: str) -> Any:
    """Show the form by which counsel asks to be called, or how long they have waited."""
    return _form(token, enter(token), {"phone": "", "wish": ""})


def _form(token: str, view: CounselPage, given: dict[str, str], **more: Any) -> str:
    key = forms.page_key(web.secret(), view.seat.id, view.round.id, secrets.token_urlsafe(16))
    told = {"errors": {}, "kind_word": "", **more}
    return render_template(
        "counsel/callbacks.html",
        token=token,
        view=view,
        nonce=key,
        given=given,
        most=acts.MOST_WISH,
        **told,
    )


@bp.post("/r/<token>/call-me")
@web.limiter.limit(SELDOM)
def ask_call(token: str) -> Any:
    """Take counsel's wish to be called."""
    view = enter(token)
    given = {name: request.form.get(name, "")[:2000] for name in ("phone", "wish")}
    if not rendered(view):
        words = gettext("Nothing was recorded. Please press the button once more.")
        return _form(token, view, given, kind_word=words), 422
    seat_id, now = view.seat.id, web.now()
    phone, wish = (wording.one_line(given[name]) for name in ("phone", "wish"))
    try:
        retrying(lambda session: acts.ask_call(session, seat_id, phone, wish, now).id)
    except Invalid as invalid:
        errors = {name: web.translated(message) for name, message in invalid.errors.items()}
        return _form(token, enter(token), given, errors=errors), 422
    return redirect(url_for("counsel_acts.call_me", token=token), 303)
