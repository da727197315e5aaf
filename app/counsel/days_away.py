"""Counsel's page of the days on which they are away: what they said, and saying more."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.params import row_number
from app.counsel.callbacks import rendered
from app.counsel.page import OFTEN, SELDOM, enter, said_away
from app.counsel.page_state import CounselPage
from app.hearings.answers import forms
from app.hearings.availability import away, busy_calendars

bp = Blueprint("counsel_away", __name__)


@bp.get("/r/<token>/away")
@web.limiter.limit(OFTEN)
def days_away(token: str) -> Any:
    """Show what counsel said, which they alone see, and a form to say more."""
    return _shown(token, enter(token))


def _shown(token: str, view: CounselPage, **more: Any) -> str:
    key = forms.page_key(web.secret(), view.seat.id, view.round.id, secrets.token_urlsafe(16))
    given = {"given": away.NOTHING, "errors": {}, "kind_word": "", **more}
    calendar = busy_calendars.of(db.session(), view.counsel.id)
    return render_template(
        "counsel/days_away.html",
        calendar=calendar,
        token=token,
        view=view,
        nonce=key,
        said_away=said_away(view),
        **given,
    )


@bp.post("/r/<token>/away")
@web.limiter.limit(SELDOM)
def change_days_away(token: str) -> Any:
    """Take more days, or take some back with ``back=<number>``."""
    view, given, back = enter(token), away.typed(request.form), request.form.get("back", "")
    if not rendered(view):
        words = gettext("Nothing was recorded. Please press the button once more.")
        return _shown(token, view, given=given, kind_word=words), 422
    seat_id, now = view.seat.id, web.now()
    try:
        if back:
            number = row_number(back) or 0
            retrying(lambda session: away.remove_days(session, seat_id, number))
        else:
            retrying(lambda session: away.add_days(session, seat_id, given, now).id)
    except Invalid as fault:
        errors = {name: web.translated(words) for name, words in fault.errors.items()}
        return _shown(token, enter(token), given=given, errors=errors), 422
    except Refusal as fault:
        return _shown(
            token, enter(token), given=given, kind_word=web.translated(fault.message)
        ), 422
    return redirect(url_for("counsel_away.days_away", token=token), 303)


@bp.post("/r/<token>/away/calendar")
@web.limiter.limit(SELDOM)
def name_calendar(token: str) -> Any:
    """Take the address of counsel's own calendar, or forget it with an empty one."""
    view, address = enter(token), request.form.get("address", "")[:4000]
    if not rendered(view):
        words = gettext("Nothing was recorded. Please press the button once more.")
        return _shown(token, view, kind_word=words, address=address), 422
    seat_id, now, gateway = view.seat.id, web.now(), web.services().gateways.calendars
    try:
        retrying(lambda session: busy_calendars.name(session, seat_id, address, gateway, now))
    except Invalid as fault:
        errors = {name: web.translated(words) for name, words in fault.errors.items()}
        return _shown(token, enter(token), errors=errors, address=address), 422
    return redirect(url_for("counsel_away.days_away", token=token), 303)
