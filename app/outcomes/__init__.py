"""Outcomes of hearings, and who was absent with which evidence of notice."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the pages on which outcomes are entered."""
    from app.outcomes import views

    app.register_blueprint(views.bp)
