"""Stored files as downloads."""

from flask import Response

from app.core.errors import N_, Unavailable
from app.core.web.downloads import attachment
from app.storage import staged_uploads
from app.storage.models import StoredFile


def download(file: StoredFile, media_type: str, name: str) -> Response:
    """Return a stored file as an attachment. Raises Unavailable where the store is away."""
    try:
        stream = staged_uploads.store().open(file.digest)
    except OSError as fault:
        raise Unavailable(
            N_("This file cannot be read just now. Nothing was lost; try again in a minute.")
        ) from fault
    return attachment(stream, file.size, media_type, name)
