"""Letters: what a notice says, in each language and over each channel."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.letters import views

    app.register_blueprint(views.bp)
