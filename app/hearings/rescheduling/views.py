"""Requests to move, on the court's side: their documents."""

from urllib.parse import quote

from flask import Blueprint, Response
from flask_login import current_user

from app.core.db import db
from app.core.web.access import signed_in
from app.hearings.models import MoveDocument
from app.hearings.rescheduling import service

bp = Blueprint("rescheduling", __name__)


@bp.get("/papers/<int:paper_id>")
@signed_in
def download(paper_id: int) -> Response:
    """Return a document to the court's users as a download that the browser never runs."""
    document = service.document(db.session(), current_user.court_id, paper_id)
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
def paper_of(task_id: int) -> MoveDocument | None:
    """Return the document of a request, or None."""
    return service.documents_of(db.session(), [task_id]).get(task_id)
