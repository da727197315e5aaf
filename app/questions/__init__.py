"""Questions of counsel to the court, on the record: asked before all sides, answered to all."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of questions, and hold back from judges what they do not read."""
    from app.core.db import db
    from app.questions import held_back, views

    held_back.install(db.session)
    app.register_blueprint(views.bp)
