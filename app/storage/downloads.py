"""Stored files as downloads."""

from functools import partial

from flask import Response

from app.core import web
from app.core.errors import N_, Unavailable
from app.core.web.downloads import attachment
from app.storage import staged_uploads
from app.storage.models import StoredFile


def download(file: StoredFile, media_type: str, name: str, inline: bool = False) -> Response:
    """Return a stored file as an attachment. Raises Unavailable where the store is away."""
    open_at = partial(staged_uploads.store().open, file.digest)
    try:
        return attachment(open_at, file.size, media_type, name, file.digest, inline)
    except OSError as fault:
        raise Unavailable(
            N_("This file cannot be read just now. Nothing was lost; try again in a minute.")
        ) from fault


def scanned_only() -> bool:
    """Tell whether a scanner is set up, so that others have a file only once it was scanned."""
    return bool(web.services().settings.storage.clamd)
