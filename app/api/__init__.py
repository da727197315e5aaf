"""The room for the JSON face of the same services."""

from flask import Flask

from app.api import models as models


def install(app: Flask) -> None:
    """Register."""
