"""Make reading copies of files that wait for one, outside of any transaction, and keep them."""

import datetime as dt
import tempfile
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import document_types
from app.papers.models import PaperFile
from app.papers.reading import runner
from app.papers.reading.results import ConversionResult, ReadingNote, ReadingState
from app.storage import service as storage
from app.storage import stores
from app.storage.models import StoredFile
from app.storage.staging import StagedFile
from app.storage.stores import FileStore

READABLE = document_types.PICTURES | {document_types.PDF}


def next_pending(session: Session) -> tuple[int, str, str] | None:
    """Return id, media type and digest of the oldest file that waits, or None."""
    query = (
        sa.select(PaperFile.id, PaperFile.media_type, PaperFile.digest)
        .where(PaperFile.reading_state == ReadingState.PENDING.value)
        .order_by(PaperFile.id)
        .limit(1)
    )
    row = session.execute(query).first()
    return (row[0], row[1], row[2]) if row else None


class ReadingCopy:
    """A conversion and the staged files that it wrote; discarded at the end of a ``with``."""

    def __init__(self, store: FileStore, media_type: str, digest: str, now: dt.datetime) -> None:
        """Convert a stored file. Raises OSError where the store cannot be read."""
        self.store, self.now = store, now
        self.copy: StagedFile | None = None
        self.image: StagedFile | None = None
        if media_type not in READABLE:
            self.state, self.result = ReadingState.NONE, ConversionResult()
            return
        with tempfile.TemporaryDirectory(prefix="tingqi-") as name:
            folder = Path(name)
            try:
                self._fetch(digest, folder / "source")
            except FileNotFoundError:  # erased meanwhile
                self.state = ReadingState.UNREADABLE
                self.result = ConversionResult(note=ReadingNote.BROKEN.value)
                return
            self.result = runner.convert(media_type, folder / "source", folder)
            if self.result.has_copy:
                self.copy = self._staged(folder / "copy.pdf")
            if self.result.has_image:
                self.image = self._staged(folder / "image.jpg")
        self.state = ReadingState.READ if self.result.is_readable else ReadingState.UNREADABLE

    def _fetch(self, digest: str, target: Path) -> None:
        with self.store.open(digest) as stream, target.open("wb") as source:
            while part := stream.read(1024 * 1024):
                source.write(part)

    def _staged(self, path: Path) -> StagedFile:
        staged = stores.stage(self.store, self.now, path.stat().st_size)
        with path.open("rb") as source:
            stores.copy(source, staged)
        self.store.publish(staged)
        return staged

    def __enter__(self) -> "ReadingCopy":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for staged in (self.copy, self.image):
            if staged is not None:
                # After a failed transaction the name tells the worker of bytes without a row.
                staged.close() if kind else staged.discard()


def keep(session: Session, file_id: int, made: ReadingCopy, now: dt.datetime) -> int:
    """Keep the reading copy of a file, unless it was dropped or erased meanwhile; return 1 or 0."""
    file = session.get(PaperFile, file_id, with_for_update=True, populate_existing=True)
    if file is None or file.reading_state != ReadingState.PENDING.value:
        return 0
    staged = [each for each in (made.copy, made.image) if each is not None]
    stored: dict[str, StoredFile] = {}
    if file.file_id is not None:
        stored = storage.keep(session, made.store, staged, now)
        file.copy_id = stored[made.copy.digest].id if made.copy else None
        file.image_id = stored[made.image.digest].id if made.image else None
    file.reading_state, file.pages = made.state.value, made.result.pages
    file.reading_note = made.result.note
    return 1
