"""Documents of requests to move, for the court's users."""

from flask import Blueprint, Response
from flask_login import current_user

from app.core.db import db
from app.core.web.access import signed_in
from app.core.web.downloads import attachment
from app.hearings import move_requests

bp = Blueprint("rescheduling", __name__)


@bp.get("/papers/<int:paper_id>")
@signed_in
def download(paper_id: int) -> Response:
    """Return a document to the court's users as a download that the browser never runs."""
    document = move_requests.document(db.session(), current_user.court_id, paper_id)
    return attachment(document.body, document.kind, document.name)
