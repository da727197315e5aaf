"""What people who come to a hearing need: an interpreter, a hearing loop; for the court alone."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of needs."""
    from app.needs import views

    app.register_blueprint(views.bp)
