"""Replies by mail, calendar and text: matched, processed, or shown in the inbox."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages and the webhooks of carriers."""
    from app.inbound import carrier_webhooks, views

    carrier_webhooks.register(app)
    app.register_blueprint(views.bp)
