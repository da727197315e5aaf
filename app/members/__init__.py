"""Pages of people who are needed at a hearing and are outside the court, and the court's of them.

Assessors, interpreters, experts and witnesses answer by a link of their own kind, below ``/m``.
Their page says what is needed to come, and nothing of the parties or of what they sent.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.members import address_views, desk_views, views

    for pages in (views, desk_views, address_views):
        app.register_blueprint(pages.bp)
