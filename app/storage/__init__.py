"""Content-addressed files: stored bytes in a folder or a bucket, named by their SHA-256."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.core.web import Services
    from app.storage.stores import FileStore


def register(app: "Flask") -> None:
    """Discard the staged files of each request at its end."""
    from app.storage import staged_uploads

    app.teardown_request(staged_uploads.discard_all)


def of_app(app: "Flask") -> "FileStore":
    """Return the store of an app."""
    services: Services = app.extensions["tingqi"]
    return services.files
