"""Webhooks: events of a court, posted to other systems by Standard Webhooks 1.0."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the pages; importing them also defines the tables."""
    from app.webhooks import views

    app.register_blueprint(views.bp)
