"""Hearings: propose, answer, fix, move, cancel."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.hearings.proposing import views as proposing
    from app.hearings.rescheduling import views as rescheduling

    for pages in (proposing, rescheduling):
        app.register_blueprint(pages.bp)
