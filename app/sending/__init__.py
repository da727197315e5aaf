"""Sending: claim, call, settle, recover, poll."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.sending import carrier_views, receipt_views

    for pages in (carrier_views, receipt_views):
        app.register_blueprint(pages.bp)
