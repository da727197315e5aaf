"""Calendars of the court's people: their own, a judge's, a courtroom's, one hearing's."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.web.access import signed_in
from app.core.web.params import row_number
from app.court import queries as court_queries
from app.feeds import queries, service
from app.feeds.models import Feed
from app.feeds.service import FeedLinks
from app.people.models import User

bp = Blueprint("court_feeds", __name__)


@dataclass(frozen=True)
class FeedChoice:
    """A calendar that can be subscribed to: whose it is, and its address while it has one."""

    scope: str
    whose: int
    name: str
    at: FeedLinks | None
    busy_only: bool = False


@bp.app_template_global()
def hearing_feed(hearing_id: int) -> FeedLinks | None:
    """Return the address of a user's calendar of one hearing, or None while there is none."""
    feed = queries.open_feed(
        db.session(), current_user.court_id, "hearing", hearing_id, current_user.id
    )
    return _where(feed) if feed else None


def _where(feed: Feed) -> FeedLinks:
    url, name = web.services().settings.public_url, current_user.court.short
    return service.ways_of(feed, url, web.secret(), name)


@bp.get("/calendars")
@signed_in
def calendars() -> str:
    """Show which calendars there are, and their addresses."""
    session, court_id = db.session(), current_user.court_id
    feeds = service.feeds_of(session, current_user.court, current_user)
    known = {(feed.scope, feed.owner_id, feed.busy_only): _where(feed) for feed in feeds}
    judges = [
        ("judge", each.id, each.name, False) for each in court_queries.judges(session, court_id)
    ]
    rooms = [
        ("courtroom", each.id, name, busy)
        for each in court_queries.courtrooms(session, court_id)
        for name, busy in (
            (each.name, False),
            (gettext("%(name)s (busy times only)", name=each.name), True),
        )
    ]
    mine = [("assistant", current_user.id, current_user.name, False)]
    groups = [
        (gettext("Mine"), mine),
        (gettext("Judges"), judges),
        (gettext("Courtrooms"), rooms),
    ]
    shown = [
        (
            words,
            [
                FeedChoice(scope, whose, name, known.get((scope, whose, busy)), busy)
                for scope, whose, name, busy in each
            ],
        )
        for words, each in groups
    ]
    return render_template("feeds/calendars.html", groups=shown)


@bp.post("/calendars")
@signed_in
def change_calendar() -> Any:
    """Give a calendar an address for the user, or end it with ``stop=1``."""
    scope, typed = request.form.get("scope", ""), request.form.get("whose", "")
    _change(scope, row_number(typed), busy_only=bool(request.form.get("busy_only")))
    return redirect(url_for("court_feeds.calendars"), 303)


@bp.post("/hearings/<int:hearing_id>/feed")
@signed_in
def of_hearing(hearing_id: int) -> Any:
    """Open a hearing's calendar for the user, or end it with ``stop=1``."""
    _change("hearing", hearing_id)
    target = url_for("hearing.shown", hearing_id=hearing_id, _anchor="calendar-form")
    return redirect(target, 303)


def _change(scope: str, whose: int | None, *, busy_only: bool = False) -> None:
    """Open or end a feed of the user. Raises Invalid, NotFound."""
    stop, user_id, now, secret = request.form.get("stop"), current_user.id, web.now(), web.secret()

    def change(session: Session) -> None:
        user = session.get_one(User, user_id)
        feed, _ = service.open_feed(
            session, user.court, scope, whose, user, now, secret, busy_only=busy_only
        )
        if stop:
            service.revoke(session, user.court, feed.id, now)

    retrying(change)
    if stop:
        flash(gettext("Calendar address stopped. It no longer works."), "ok")
    else:
        flash(gettext("Calendar address created."), "ok")
