"""Hearings: propose, answer, fix, move, cancel."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.hearings.bench import presentation
    from app.hearings.proposing import views as proposing
    from app.hearings.rescheduling import views as rescheduling

    presentation.register(app)
    for pages in (proposing, rescheduling):
        app.register_blueprint(pages.bp)
