"""Replies by mail, calendar and text: matched, processed, or shown in the inbox."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.inbound import twilio_webhooks, views

    for pages in (twilio_webhooks, views):
        app.register_blueprint(pages.bp)
