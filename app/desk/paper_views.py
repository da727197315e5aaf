"""Notices on paper by page: printed one by one or fifty at once, posted, and logged by a button."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import Refusal
from app.core.web.access import signed_in
from app.court import settings
from app.desk import case_views, paper_notices
from app.people.models import User

bp = Blueprint("paper_notices", __name__)


@bp.get("/hearings/<int:hearing_id>/paper/<int:counsel_id>", endpoint="paper")
@signed_in
def one(hearing_id: int, counsel_id: int) -> Any:
    """Show one notice as it is printed, and what is to be done with it."""
    found = paper_notices.find(db.session(), current_user.court_id, hearing_id, counsel_id)
    return _print([paper_notices.sheet(*found, web.secret(), _public())], alone=found)


def _public() -> str:
    return web.services().settings.public_url


def _print(sheets: list[paper_notices.PaperNotice], **more: Any) -> str:
    pictures = [Markup(each.qr) for each in sheets]  # noqa: S704 - segno's, of our own address
    return render_template(
        "desk/paper.html",
        sheets=list(zip(sheets, pictures, strict=True)),
        court=current_user.court,
        page=secrets.token_urlsafe(16),
        **{"alone": None, **more},
    )


@bp.post("/hearings/<int:hearing_id>/paper/<int:counsel_id>")
@signed_in
def posted(hearing_id: int, counsel_id: int) -> Any:
    """Write down that the notice was handed to the post, or where paper reaches the person."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()
    page, address = request.form.get("page", "")[:32], request.form.get("postal")

    def write(session: Session) -> str:
        hearing, seat = paper_notices.find(session, court_id, hearing_id, counsel_id)
        if address is not None:
            seat.counsel.postal = settings.address_lines(address)[:300]
        else:
            user = session.get_one(User, user_id)
            paper_notices.posted(session, hearing, seat.counsel, user, page, now)
        return seat.counsel.name

    name = retrying(write)
    if address is not None:
        return redirect(request.path, 303)
    case_views.say_logged(name, [])
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


@bp.get("/paper")
@signed_in
def papers() -> str:
    """Show the notices that are to be posted, to be chosen for one print."""
    court = current_user.court
    found = paper_notices.waiting(db.session(), court, web.now())
    return render_template(
        "desk/papers.html", found=found, zone=court.zone, most=paper_notices.MOST
    )


@bp.get("/paper/print")
@signed_in
def print_papers() -> Any:
    """Show the notices that were chosen, a page each; it reads, and marks nothing."""
    try:
        sheets = paper_notices.sheets(
            db.session(), current_user.court_id, _tasks("args"), web.secret(), _public()
        )
    except Refusal as fault:
        flash(web.translated(fault.message), "alarm")
        return redirect(url_for("paper_notices.papers"))
    if not sheets:
        flash(gettext("Choose at least one notice."), "maybe")
        return redirect(url_for("paper_notices.papers"))
    return _print(sheets)


@bp.post("/paper/posted")
@signed_in
def papers_posted() -> Any:
    """Write down that all notices of a print were handed to the post: one contact for each."""
    court_id, user_id, now, tasks = (
        current_user.court_id,
        current_user.id,
        web.now(),
        _tasks("form"),
    )
    page = request.form.get("page", "")[:32]

    def write(session: Session) -> int:
        user = session.get_one(User, user_id)
        found = paper_notices.sheets(session, court_id, tasks, web.secret(), _public())
        # Chains are held in rising order of case, as everywhere.
        for each in sorted(found, key=lambda sheet: sheet.hearing.case_id):
            paper_notices.posted(session, each.hearing, each.seat.counsel, user, page, now)
        return len(found)

    count = retrying(write)
    flash(
        ngettext(
            "%(num)s notice is on the record as posted.",
            "%(num)s notices are on the record as posted.",
            count,
        ),
        "yes",
    )
    return redirect(url_for("paper_notices.papers"), 303)


def _tasks(where: str) -> list[int]:
    given = getattr(request, where).getlist("task")
    numbers = (int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 19)
    return list(dict.fromkeys(numbers))
