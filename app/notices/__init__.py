"""The queue of notices: what is to be told to whom, over which channel, by when."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.notices import views

    app.register_blueprint(views.bp)
