"""Requests to move, on the court's side: their documents, and what pages show of them."""

from urllib.parse import quote

from flask import Blueprint, Response
from flask_login import current_user

from app.core.db import db
from app.core.web.access import signed_in
from app.hearings import move_requests
from app.hearings.models import MoveRequest

bp = Blueprint("rescheduling", __name__)


@bp.get("/papers/<int:paper_id>")
@signed_in
def download(paper_id: int) -> Response:
    """Return a document to the court's users as a download that the browser never runs."""
    document = move_requests.document(db.session(), current_user.court_id, paper_id)
    return Response(
        document.body,
        mimetype=document.kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@bp.app_template_global()
def move_request_of(task_id: int) -> MoveRequest | None:
    """Return the request that a task is about, or None."""
    return move_requests.request_of_task(db.session(), task_id)


@bp.app_template_global()
def agreed_slot_of(asked: MoveRequest) -> int | None:
    """Return the id of the slot on which all sides agree, or None."""
    return move_requests.agreed_slot(asked)
