"""Questions of counsel to the court, on the record: asked before all sides, answered to all."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of questions and of what came in.

    Hold back from judges the words that they do not read.
    """
    from app.core.db import db
    from app.questions import court_text_views, held_back, views
    from app.questions.filings import views as filing_views

    held_back.install(db.session)
    app.register_blueprint(views.bp)
    app.register_blueprint(filing_views.bp)
    app.register_blueprint(court_text_views.bp)
