"""Pages of paper notices: print one or up to fifty, and log that they were posted."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Refusal
from app.core.web.access import signed_in
from app.court import settings
from app.desk import case_views, paper_notices
from app.people.models import User
from app.tasks.models import Task

bp = Blueprint("paper_notices", __name__)


@bp.get("/hearings/<int:hearing_id>/paper/<int:counsel_id>", endpoint="paper")
@signed_in
def one(hearing_id: int, counsel_id: int) -> Any:
    """Show one notice for printing, with instructions."""
    hearing_and_invitation = paper_notices.find(
        db.session(), current_user.court_id, hearing_id, counsel_id
    )
    return _print(
        [paper_notices.sheet(*hearing_and_invitation, web.secret(), _public_url())],
        alone=hearing_and_invitation,
    )


def _public_url() -> str:
    return web.services().settings.public_url


def _print(sheets: list[paper_notices.PaperNotice], **more: Any) -> str:
    pictures = [Markup(each.qr) for each in sheets]  # noqa: S704 - SVG by segno, of our own URL
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
    """Log that the notice was posted, or save the postal address."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()
    page, address = request.form.get("page", "")[:32], request.form.get("postal")

    def log(session: Session) -> str:
        hearing, invitation = paper_notices.find(session, court_id, hearing_id, counsel_id)
        if address is not None:
            invitation.counsel.postal = settings.address_lines(address)[:300]
        else:
            user = session.get_one(User, user_id)
            paper_notices.posted(session, hearing, invitation.counsel, user, page, now)
        return invitation.counsel.name

    name = retrying(log)
    if address is not None:
        return redirect(request.path, 303)
    case_views.flash_logged(name, [])
    return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)


@bp.app_template_global()
def papers_to_post(case: Case) -> list[tuple[Task, Counsel]]:
    """Return the open tasks to post papers of the court in a case, with the person."""
    return paper_notices.papers_to_post(db.session(), case)


@bp.post("/tasks/<int:task_id>/papers-posted")
@signed_in
def case_papers_posted(task_id: int) -> Any:
    """Log that papers of the court were handed to the post."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()

    def log(session: Session) -> int:
        user = session.get_one(User, user_id)
        return paper_notices.papers_posted(session, court_id, task_id, user, now).case_id

    case_id = retrying(log)
    flash(gettext("Noted on the record: the papers were posted."), "ok")
    return redirect(url_for("papers.of_case", case_id=case_id), 303)


@bp.get("/paper")
@signed_in
def papers() -> str:
    """List the notices to be posted, to choose some for printing."""
    court = current_user.court
    tasks = paper_notices.waiting(db.session(), court, web.now())
    return render_template(
        "desk/papers.html", tasks=tasks, zone=court.zone, most=paper_notices.MOST
    )


@bp.get("/paper/print")
@signed_in
def print_papers() -> Any:
    """Show the chosen notices for printing, one page each; changes nothing."""
    try:
        sheets = paper_notices.sheets(
            db.session(), current_user.court_id, _task_ids("args"), web.secret(), _public_url()
        )
    except Refusal as fault:
        flash(web.translated(fault.message), "bad")
        return redirect(url_for("paper_notices.papers"))
    if not sheets:
        flash(gettext("Choose at least one notice."), "due")
        return redirect(url_for("paper_notices.papers"))
    return _print(sheets)


@bp.post("/paper/posted")
@signed_in
def papers_posted() -> Any:
    """Log that all notices of a print were posted, one contact each."""
    court_id, user_id, now, task_ids = (
        current_user.court_id,
        current_user.id,
        web.now(),
        _task_ids("form"),
    )
    page = request.form.get("page", "")[:32]

    def log(session: Session) -> int:
        user = session.get_one(User, user_id)
        found = paper_notices.sheets(session, court_id, task_ids, web.secret(), _public_url())
        # Chains are locked in ascending order of case, as everywhere.
        for each in sorted(found, key=lambda sheet: sheet.hearing.case_id):
            paper_notices.posted(session, each.hearing, each.invitation.counsel, user, page, now)
        return len(found)

    count = retrying(log)
    flash(
        ngettext(
            "%(num)s notice is on the record as posted.",
            "%(num)s notices are on the record as posted.",
            count,
        ),
        "ok",
    )
    return redirect(url_for("paper_notices.papers"), 303)


def _task_ids(source: str) -> list[int]:
    values = getattr(request, source).getlist("task")
    ids = (
        int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19
    )
    return list(dict.fromkeys(ids))
