"""Sign-in."""

from flask import Blueprint, Flask

bp = Blueprint("people", __name__)


def install(app: Flask) -> None:
    """Register."""
    app.register_blueprint(bp)
