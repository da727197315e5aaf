"""Figures of a court from its own record: how soon, how often agreed, who came."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the page of figures."""
    from app.figures import views

    app.register_blueprint(views.bp)
