"""Files of the current request: staged as they arrive, and discarded when it ends."""

import errno
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import sqlalchemy as sa
from flask import Request, g
from werkzeug.formparser import FormDataParser

from app.core import web
from app.core.db import db
from app.storage import stores
from app.storage.limits import PaperLimits
from app.storage.models import StoredFile
from app.storage.staging import StagedFile, storage_fault
from app.storage.stores import FileStore

log = logging.getLogger("tingqi.storage")
# Bytes of a body that are read at once, and the most that is lost of it with the line.
PIECE = 256 * 1024
# A body of which nothing comes for so long is given up: the line is lost (seconds).
STALLED = 20.0
# Where servers put the connection of a request.
CONNECTIONS = ("gunicorn.socket", "werkzeug.socket")


class _FormParser(FormDataParser):
    """A parser of forms that reads from the server in large pieces.

    Werkzeug's looks at small ones; asked for these, gunicorn copies all that it holds each time.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        """Return what is left of the stream, the fields and the files."""
        if mimetype == "multipart/form-data" and isinstance(stream, io.RawIOBase):
            stream = io.BufferedReader(stream, PIECE)
        return super().parse(stream, mimetype, content_length, options)


class UploadRequest(Request):
    """A request whose uploaded files can be staged in the store while the form is read.

    Werkzeug would write them to the system's folder of temporary files first, and a second time
    from there.
    """

    form_data_parser_class = _FormParser
    staging_limit: int | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.staging_limit is None:
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        stream: Any = new(self.staging_limit)
        return stream


@contextmanager
def limited_patience(request: Request) -> Iterator[None]:
    """Give a body up once nothing comes of it for STALLED seconds: reading it then raises OSError.

    Otherwise who lost the line would keep the file locked, and a thread of this server. A server
    that shows no connection waits by its own rules.
    """
    found = (request.environ.get(name) for name in CONNECTIONS)
    connection = next((each for each in found if each is not None), None)
    if connection is None:
        yield
        return
    patience = connection.gettimeout()
    connection.settimeout(STALLED)
    try:
        yield
    finally:
        connection.settimeout(patience)


def store() -> FileStore:
    """Return the store of the current app."""
    return web.services().files


def check_room(size: int = 0) -> None:
    """Check that the disk of staged files has room for ``size`` bytes. Raises Unavailable."""
    if not stores.has_room(store(), size):
        raise storage_fault(OSError(errno.ENOSPC, "the reserve is reached"))


def new(limit: int) -> StagedFile:
    """Return a new staged file of the current request, of at most ``limit`` bytes.

    Raises Unavailable where the disk has little room left.
    """
    check_room()
    staged = stores.stage(store(), web.now(), limit)
    g.setdefault("staged_files", []).append(staged)
    return staged


def limits() -> PaperLimits:
    """Return how much may be given in as papers."""
    return web.services().settings.paper_limits


def publish(file: StagedFile) -> None:
    """Store the bytes of a file before the transaction of its row. Raises Unavailable."""
    try:
        store().publish(file)
    except OSError as fault:
        raise storage_fault(fault) from fault


def discard_all(_fault: BaseException | None = None) -> None:
    """Discard the staged files of a request.

    One that was published keeps its name unless its row is committed: the worker then deletes the
    bytes after a day.
    """
    for staged in g.pop("staged_files", []):
        if not staged.published or _has_row(staged.digest):
            staged.discard()
        else:
            staged.close()


def _has_row(digest: str) -> bool:
    try:
        return (
            db.session.scalar(sa.select(StoredFile.id).where(StoredFile.digest == digest))
            is not None
        )
    except sa.exc.SQLAlchemyError:
        log.warning("a staged file is left to the worker: the database is away")
        return False
