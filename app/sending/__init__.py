"""Sending: claim, call, settle, recover, poll."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages, and the labels of carriers for all templates."""
    from flask_babel import gettext

    from app.carriers import registry
    from app.sending import carrier_views, receipt_views

    app.jinja_env.globals["carrier_label"] = lambda name: gettext(registry.label(name))

    for pages in (carrier_views, receipt_views):
        app.register_blueprint(pages.bp)
