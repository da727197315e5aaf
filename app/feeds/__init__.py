"""The room for calendars to subscribe to."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.feeds import desk_views, views

    for pages in (desk_views, views):
        app.register_blueprint(pages.bp)
