"""The court: courtrooms, judges, closed days, settings and their log."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.court import closed_day_views, courtroom_views

    for pages in (closed_day_views, courtroom_views):
        app.register_blueprint(pages.bp)
