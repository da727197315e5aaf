"""The administrator's page that releases a file which the scanner had set aside."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.core.characters import clean
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.web.access import may, only_shown, shows_again
from app.core.web.params import translated_errors
from app.core.wording import one_line
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.papers.scanning import releases
from app.people.factors.confirmation import needs_fresh_proof
from app.people.models import User

bp = Blueprint("scanning", __name__)
MOST_TYPED = 2_000  # characters of a field that are shown again


@bp.get("/filings/files/<int:file_id>/release")
@may("set_up")
def shown(file_id: int) -> str:
    """Show the form by which a file that is set aside is released."""
    return _page(file_id)


def _page(file_id: int, reason: str = "", **more: Any) -> str:
    file = releases.find(db.session(), current_user.court_id, file_id)
    return render_template(
        "desk/release.html",
        file=file,
        paper=file.paper,
        case=file.paper.filing.case,
        zone=current_user.court.zone,
        most=releases.MAX_REASON,
        reason=reason,
        **{"errors": {}, "message": "", **more},
    )


@bp.post("/filings/files/<int:file_id>/release")
@may("set_up")
@shows_again
@needs_fresh_proof
def release(file_id: int) -> Any:
    """Release a file, after the messages that tell all counsel were shown."""
    reason = one_line(clean(request.form.get("reason", "")[:MOST_TYPED])).strip()
    if only_shown():
        return _page(file_id, reason)
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()
    file = releases.find(db.session(), court_id, file_id)
    paper_id, case_id = file.paper_id, file.paper.filing.case_id

    def work(session: Session) -> int:
        user = session.get_one(User, user_id)
        releases.release(session, court_id, file_id, reason, user, now, web.secret())
        return case_id

    page = ConfirmationPage(
        gettext("Release a file that was set aside"),
        gettext("Release it and tell all sides"),
        "send",
        back=url_for("papers.paper", paper_id=paper_id),
        facts=[
            (gettext("File"), file.name),
            (gettext("The scanner found"), file.scan_finding),
            (gettext("Reason"), reason),
        ],
        grave=True,
        editable=True,
    )
    try:
        if before := confirmation.page_before(work, page, always=True):
            return before
        retrying(work)
    except Invalid as fault:
        return _page(file_id, reason, errors=translated_errors(fault)), 422
    except Refusal as fault:
        words = web.translated(fault.message)
        return _page(file_id, reason, message=words), web.status_of(fault)
    flash(gettext("The file is released. All counsel are told."), "ok")
    return redirect(url_for("papers.paper", paper_id=paper_id), 303)
