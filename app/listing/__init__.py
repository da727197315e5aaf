"""List many hearings at once: find slots for all of them together, as a draft that is then sent."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.listing import views

    app.register_blueprint(views.bp)
