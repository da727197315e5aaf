"""Changes of address that were refused, on the court's home page."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.addresses import queries
from app.addresses.queries import RefusedChange
from app.core import web
from app.core.db import db, retrying
from app.core.web.access import signed_in
from app.people.models import Role
from app.tasks import service as tasks
from app.tasks.service import TaskKind

bp = Blueprint("addresses", __name__)


@bp.app_template_global()
def refused_addresses(whose: str = "all") -> Sequence[RefusedChange]:
    """Return the refused changes that wait for the user's court, or for the user themselves."""
    mine = current_user.id if whose == "mine" and current_user.role == Role.ASSISTANT else None
    return queries.refused_changes(db.session(), current_user.court_id, mine)


@bp.post("/addresses/<int:task_id>/seen")
@signed_in
def seen(task_id: int) -> ResponseReturnValue:
    """Take a refused change off the list."""
    court_id, now = current_user.court_id, web.now()
    retrying(lambda session: tasks.mark_seen(session, court_id, task_id, TaskKind.ADDRESS, now))
    flash(gettext("It is off your list, and stays on the record."), "ok")
    return redirect(url_for("home.home"), 303)
