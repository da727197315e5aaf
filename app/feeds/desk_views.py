"""A hearing's own calendar, made and ended by the court's people on the hearing's page."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app import web
from app.db import db, retrying
from app.feeds import queries, service
from app.feeds.views import bp
from app.people.models import User
from app.people.views import signed_in


@dataclass(frozen=True)
class Address:
    """Where a calendar is read, for people to copy and for a calendar program to open."""

    address: str
    webcal: str


@bp.app_template_global()
def hearing_feed(hearing_id: int) -> Address | None:
    """Return the address of a user's calendar of one hearing, or None while there is none."""
    feed = queries.open_feed(
        db.session(), current_user.court_id, "hearing", hearing_id, current_user.id
    )
    if feed is None:
        return None
    root = web.house().settings.public_url.rstrip("/")
    address = root + service.path_of(feed, web.secret())
    return Address(address, "webcal://" + address.partition("://")[2])


@bp.post("/hearings/<int:hearing_id>/feed")
@signed_in
def of_hearing(hearing_id: int) -> Any:
    """Open a hearing's calendar for the user, or end it with ``stop=1``."""
    stop, user_id, now, secret = request.form.get("stop"), current_user.id, web.now(), web.secret()

    def change(session: Session) -> None:
        user = session.get_one(User, user_id)
        feed, _ = service.open_feed(session, user.court, "hearing", hearing_id, user, now, secret)
        if stop:
            service.revoke(session, user.court, feed.id, now)

    retrying(change)
    if stop:
        flash(gettext("The calendar's address is ended: it opens nothing any more."), "yes")
    else:
        flash(gettext("The calendar has an address now."), "yes")
    target = url_for("hearings.shown", hearing_id=hearing_id, _anchor="calendar")
    return redirect(target, 303)
