"""Requests to move, on the court's side: their documents, and what pages show of them."""

from urllib.parse import quote

from flask import Blueprint, Response
from flask_login import current_user

from app.core.db import db
from app.core.web.access import signed_in
from app.hearings import move_requests

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
