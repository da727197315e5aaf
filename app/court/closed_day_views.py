"""Settings page for closed days: days off beyond the country's public holidays."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.characters import half_width
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message
from app.core.web.access import may
from app.court import change_log, settings
from app.court.authorship import signed_in_author
from app.court.change_log import ChangeAuthor
from app.court.models import ClosedDay

bp = Blueprint("closed_days", __name__)

MOST_DAYS = 60  # that one form may close


@bp.get("/settings/closed-days")
@may("set_up")
def closed_days() -> str:
    """Show upcoming closed days."""
    return _page()


def _page(**context: Any) -> str:
    yesterday = web.now().date() - dt.timedelta(days=1)
    query = (
        sa.select(ClosedDay)
        .where(ClosedDay.court_id == current_user.court_id, ClosedDay.on >= yesterday)
        .order_by(ClosedDay.on)
    )
    context = {"form": {}, "errors": {}, **context}
    days = db.session.scalars(query).all()
    return render_template("court/closed_days.html", days=days, **context)


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
            days = _days(form)
            why = settings.plain(form["why"]).strip()[:200]
            retrying(lambda session: _close(session, author(session), days, why))
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
    if not 0 <= (last - first).days < MOST_DAYS:
        text = N_("Enter up to %(most)s days, the first not after the last.")
        raise Invalid({"until": Message(text, most=MOST_DAYS)})
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _close(session: Session, by: ChangeAuthor, days: list[dt.date], why: str) -> None:
    query = sa.select(ClosedDay.on).where(ClosedDay.court_id == by.court_id, ClosedDay.on.in_(days))
    closed_already = set(session.scalars(query))
    for day in days:
        if day not in closed_already:
            session.add(ClosedDay(court_id=by.court_id, on=day, why=why))
            change_log.note(session, by, "closed_days", day.isoformat(), "", why or True)


def _open(session: Session, by: ChangeAuthor, closure_id: str) -> None:
    if not (closure_id.isascii() and closure_id.isdigit() and len(closure_id) < 19):
        return
    closure = session.get(ClosedDay, int(closure_id))
    if closure is not None and closure.court_id == by.court_id:
        reason = closure.why or True
        change_log.note(session, by, "closed_days", closure.on.isoformat(), reason, "")
        session.delete(closure)
