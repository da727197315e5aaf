"""Settings page for closed days: days off beyond the country's public holidays."""

import datetime as dt
from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.characters import half_width
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message, NotFound
from app.core.web.access import may
from app.court import closed_days as days
from app.court import settings
from app.court.authorship import signed_in_author
from app.court.change_log import ChangeAuthor

bp = Blueprint("closed_days", __name__)


@bp.get("/settings/closed-days")
@may("set_up")
def closed_days() -> str:
    """Show upcoming closed days."""
    return _page()


def _page(**context: Any) -> str:
    yesterday = web.now().date() - dt.timedelta(days=1)
    context = {"form": {}, "errors": {}, **context}
    shown = days.from_day(db.session(), current_user.court_id, yesterday)
    return render_template("court/closed_days.html", days=shown, **context)


@bp.post("/settings/closed-days")
@may("set_up")
def change_closed_days() -> Any:
    """Close the court on a range of days, or reopen one with ``open=<id>``."""
    author = signed_in_author()
    form = {name: half_width(request.form.get(name, "")) for name in ("from", "until")}
    form["why"] = request.form.get("why", "")
    reopened_id = request.form.get("open", "")
    try:
        if reopened_id:
            retrying(lambda session: _open(session, author(session), reopened_id))
            flash(gettext("Closed day removed. Hearings can be suggested on it again."), "ok")
        else:
            chosen = _days(form)
            why = settings.plain(form["why"]).strip()[:200]
            retrying(lambda session: days.close(session, author(session), chosen, why))
            flash(gettext("Closed days added. No hearing is suggested on them."), "ok")
    except Invalid as fault:
        errors = {name: web.translated(words) for name, words in fault.errors.items()}
        return _page(form=form, errors=errors), 422
    return redirect(url_for("closed_days.closed_days"), 303)


def _days(form: dict[str, str]) -> list[dt.date]:
    """Return the days from the form's ``from`` to its ``until``, inclusive. Raises Invalid."""
    try:
        first = dt.date.fromisoformat(form["from"])
        last = dt.date.fromisoformat(form["until"]) if form["until"] else first
    except ValueError:
        raise Invalid({"from": Message(N_("Enter a day such as 2026-10-01."))}) from None
    return days.days_between(first, last)


def _open(session: Session, by: ChangeAuthor, closure_id: str) -> None:
    if not (closure_id.isascii() and closure_id.isdigit() and len(closure_id) < 19):
        return
    with suppress(NotFound):  # pressed twice
        days.open_again(session, by, days.find(session, by.court_id, int(closure_id)))
