"""Questions of counsel to the court, on the record: asked before all sides, answered to all."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of questions."""
    from app.questions import views

    app.register_blueprint(views.bp)
