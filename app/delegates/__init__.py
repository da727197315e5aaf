"""Delegates of counsel: who may act for them in a case, told to all, and until when."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of delegates."""
    from app.delegates import views

    app.register_blueprint(views.bp)
