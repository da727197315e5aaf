"""Documents of requests to move, for the court's users."""

from flask import Blueprint, Response
from flask_login import current_user

from app.core.db import db
from app.core.web.access import signed_in
from app.hearings import move_requests
from app.storage.downloads import download, scanned_only

bp = Blueprint("rescheduling", __name__)


@bp.get("/papers/<int:paper_id>", endpoint="download")
@signed_in
def document(paper_id: int) -> Response:
    """Return a document to the court's users as a download that the browser never runs."""
    stored = move_requests.document(
        db.session(), current_user.court_id, paper_id, scanned_only=scanned_only()
    )
    assert stored.file is not None
    return download(stored.file, stored.kind, stored.name)
