"""The days on which a court is closed beside its country's holidays."""

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
from app.court.authorship import by_whom
from app.court.change_log import ChangeAuthor
from app.court.models import ClosedDay

bp = Blueprint("closed_days", __name__)


MOST_DAYS = 60  # at once


@bp.get("/settings/closed-days")
@may("set_up")
def closed_days() -> str:
    """Show the days that come on which the court is closed."""
    return _shown()


def _shown(**more: Any) -> str:
    today = web.now().date() - dt.timedelta(days=1)
    wanted = (
        sa.select(ClosedDay)
        .where(ClosedDay.court_id == current_user.court_id, ClosedDay.on >= today)
        .order_by(ClosedDay.on)
    )
    given = {"given": {}, "errors": {}, **more}
    days = db.session.scalars(wanted).all()
    return render_template("court/closed_days.html", days=days, **given)


@bp.post("/settings/closed-days")
@may("set_up")
def change_closed_days() -> Any:
    """Close the court on some days, or take one back with ``open=<number>``."""
    whose = by_whom()
    given = {name: half_width(request.form.get(name, "")) for name in ("from", "until")}
    given["why"] = request.form.get("why", "")
    taken_back = request.form.get("open", "")
    try:
        if taken_back:
            retrying(lambda session: _open(session, whose(session), taken_back))
            flash(gettext("The court works on that day again."), "yes")
        else:
            days = _days(given)
            why = settings.plain(given["why"]).strip()[:200]
            retrying(lambda session: _close(session, whose(session), days, why))
            flash(gettext("No hearing is suggested for these days."), "yes")
    except Invalid as fault:
        errors = {name: web.translated(words) for name, words in fault.errors.items()}
        return _shown(given=given, errors=errors), 422
    return redirect(url_for("closed_days.closed_days"), 303)


def _days(given: dict[str, str]) -> list[dt.date]:
    """Return the days that are meant. Raises Invalid."""
    try:
        first = dt.date.fromisoformat(given["from"])
        last = dt.date.fromisoformat(given["until"]) if given["until"] else first
    except ValueError:
        raise Invalid({"from": Message(N_("Give a day as 2026-10-01."))}) from None
    if not 0 <= (last - first).days < MOST_DAYS:
        words = N_("Give up to %(most)s days, the first before the last.")
        raise Invalid({"until": Message(words, most=MOST_DAYS)})
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _close(session: Session, by: ChangeAuthor, days: list[dt.date], why: str) -> None:
    wanted = sa.select(ClosedDay.on).where(
        ClosedDay.court_id == by.court_id, ClosedDay.on.in_(days)
    )
    known = set(session.scalars(wanted))
    for day in days:
        if day not in known:
            session.add(ClosedDay(court_id=by.court_id, on=day, why=why))
            change_log.note(session, by, "closed_days", day.isoformat(), "", why or True)


def _open(session: Session, by: ChangeAuthor, number: str) -> None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return
    closure = session.get(ClosedDay, int(number))
    if closure is not None and closure.court_id == by.court_id:
        was = closure.why or True
        change_log.note(session, by, "closed_days", closure.on.isoformat(), was, "")
        session.delete(closure)
