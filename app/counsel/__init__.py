"""Counsel's page, and what counsel can do there."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.counsel import acts

    app.register_blueprint(acts.blueprint())
