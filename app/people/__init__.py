"""The court's users: sign-in, sessions, roles, API tokens."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.people import account_views, member_views, views

    views.init_login(app)
    for pages in (account_views, member_views, views):
        app.register_blueprint(pages.bp)
