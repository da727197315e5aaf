"""Counsel's page, and what counsel can do there."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.counsel import acknowledging_views, away_views, move_views, views

    for pages in (acknowledging_views, away_views, move_views, views):
        app.register_blueprint(pages.bp)
