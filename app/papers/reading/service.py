"""Make reading copies and page images of files that wait for them, and keep them.

A conversion runs outside of any transaction. A file is claimed for some minutes before: what fails
by a fault of ours, of the store or of the machine is tried again after that, behind all others.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import document_types
from app.papers.models import PaperFile, PaperPage
from app.papers.reading import results, runner
from app.papers.reading.results import (
    ConversionRequest,
    ConversionResult,
    PageImage,
    ReadingNote,
    ReadingState,
)
from app.storage import service as storage
from app.storage import stores
from app.storage.models import StoredFile
from app.storage.staging import StagedFile
from app.storage.stores import FileStore

READABLE = document_types.PICTURES | {document_types.PDF}
CLAIMED_FOR = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class ConversionTask:
    """A file to be read: the whole of it, or a PDF's page images from ``first`` to ``last``."""

    file_id: int
    media_type: str
    # Of the bytes that are read: the copy's, where images are made of it.
    digest: str
    first: int = 0
    last: int = 0
    turned: int = 0


def claim_next(session: Session, now: dt.datetime) -> ConversionTask | None:
    """Claim and return the next task, or None: files that were never read come first."""
    free = sa.or_(PaperFile.read_after.is_(None), PaperFile.read_after <= now)
    there = PaperFile.file_id.is_not(None)  # not erased
    for due in (PaperFile.reading_state == ReadingState.PENDING.value, PaperFile.images_due):
        query = sa.select(PaperFile).where(due, free, there).order_by(PaperFile.id).limit(1)
        file = session.scalar(query.with_for_update(skip_locked=True))
        if file is not None:
            file.read_after = now + CLAIMED_FOR
            return _task(file)
    return None


def _task(file: PaperFile) -> ConversionTask:
    if file.reading_state == ReadingState.PENDING:
        return ConversionTask(file.id, file.media_type, file.digest, turned=file.turned)
    first = len(file.images) + 1
    last = min(file.pages or 0, first + results.BATCH - 1, results.MOST_IMAGES)
    digest = file.copy.digest if file.copy else file.digest
    return ConversionTask(file.id, document_types.PDF, digest, first, last)


class ReadingCopy:
    """A conversion and the staged files that it wrote; discarded at the end of a ``with``."""

    def __init__(self, store: FileStore, task: ConversionTask, now: dt.datetime) -> None:
        """Convert a stored file. Raises OSError and Unavailable where the store is away or full."""
        self.store, self.now, self.task = store, now, task
        self.copy: StagedFile | None = None
        self.thumbnail: StagedFile | None = None
        self.images: list[tuple[PageImage, StagedFile]] = []
        if task.media_type not in READABLE:
            self.state, self.result = ReadingState.NONE, ConversionResult()
            return
        with tempfile.TemporaryDirectory(prefix="tingqi-") as name:
            try:
                self._convert(Path(name))
            except BaseException:
                self.__exit__(Exception)
                raise
        self.state = ReadingState.READ if self.result.is_readable else ReadingState.UNREADABLE

    def _convert(self, folder: Path) -> None:
        task, source = self.task, folder / "source"
        try:
            self._fetch(task.digest, source)
        except FileNotFoundError:  # erased meanwhile
            self.result = ConversionResult.unreadable(ReadingNote.BROKEN)
            return
        self.result = runner.convert(
            ConversionRequest(
                task.media_type,
                str(source),
                str(folder),
                turned=task.turned,
                first=task.first,
                last=task.last,
            )
        )
        if self.result.has_copy:
            self.copy = self._staged(folder / results.COPY)
        if self.result.has_thumbnail:
            self.thumbnail = self._staged(folder / results.THUMBNAIL)
        for image in self.result.images:
            self.images.append((image, self._staged(results.image_path(folder, image))))

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

    @property
    def staged(self) -> Iterator[StagedFile]:
        """All files that were written."""
        yield from (each for each in (self.copy, self.thumbnail) if each is not None)
        yield from (staged for _, staged in self.images)

    def __enter__(self) -> "ReadingCopy":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for staged in self.staged:
            # After a failed transaction the name tells the worker of bytes without a row.
            staged.close() if kind else staged.discard()


def keep(session: Session, made: ReadingCopy, now: dt.datetime) -> int:
    """Keep what was made of a file, unless it was dropped or erased meanwhile; return 1 or 0."""
    task = made.task
    file = session.get(PaperFile, task.file_id, with_for_update=True, populate_existing=True)
    if file is None or file.file_id is None:
        return 0
    if task.first:
        if not file.images_due or len(file.images) + 1 != task.first:
            return 0
    elif file.reading_state != ReadingState.PENDING.value:
        return 0
    elif file.turned != task.turned:  # meanwhile: it is read once more
        file.read_after = None
        return 0
    stored = storage.keep(session, made.store, list(made.staged), now)
    if not task.first:
        _replace(session, file, made, stored, now)
    for image, staged in made.images:
        file.images.append(
            PaperPage(
                number=image.number,
                image=stored[staged.digest],
                width=image.width,
                height=image.height,
            )
        )
    # What stops before the end is a page that cannot be drawn: so it would be at the next try.
    complete = len(made.images) == task.last - task.first + 1 if task.first else bool(made.images)
    wanted = min(file.pages or 0, results.MOST_IMAGES)
    file.images_due = complete and file.media_type == document_types.PDF
    file.images_due = file.images_due and len(file.images) < wanted
    file.read_after = None
    return 1


def _replace(
    session: Session,
    file: PaperFile,
    made: ReadingCopy,
    stored: dict[str, StoredFile],
    now: dt.datetime,
) -> None:
    """Take the result of a whole file; what was made of it before is released."""
    before = [each for each in file.file_ids if each != file.file_id]
    storage.release(session, before, now)
    file.images.clear()
    file.turned_since = 0
    session.flush()
    file.copy_id = stored[made.copy.digest].id if made.copy else None
    file.image_id = stored[made.thumbnail.digest].id if made.thumbnail else None
    file.reading_state, file.pages = made.state.value, made.result.pages
    file.reading_note = " ".join(made.result.notes)
