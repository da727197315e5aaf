"""The record of contact: an append-only ledger, chained by hash."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.record import views

    app.register_blueprint(views.bp)
