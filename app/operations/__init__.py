"""Operations: health checks, metrics, doctor, backup."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.operations import views

    app.register_blueprint(views.bp)
