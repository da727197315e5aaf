"""The interface of what keeps files, and the store that is a folder."""

import datetime as dt
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from app.core.errors import Message
from app.core.runtime import disk
from app.storage.background import CHUNK
from app.storage.staging import FOLDER, StagedFile, sync_folder

# Bytes: less room than one filing may take (see papers.rules) is nearly none.
LOW = 1024**3
# Bytes that are left to the database, which lies on the same disk as a rule: no file is taken then.
RESERVE = 512 * 1024**2
PROBE = 64 * 1024  # bytes


class FileStore(Protocol):
    """Keeps files by the SHA-256 of their bytes, in hex."""

    # Where bytes are staged before they are stored.
    incoming: Path

    def publish(self, staged: StagedFile) -> None:
        """Store a finished file durably; nothing changes where its bytes are there already."""

    def has(self, digest: str) -> bool:
        """Tell whether the bytes of a digest are stored."""

    def open(self, digest: str, start: int = 0) -> BinaryIO:
        """Return a stream of stored bytes from an offset on. Raises FileNotFoundError."""

    def delete(self, digest: str) -> None:
        """Delete stored bytes; no error where there are none."""

    def check(self) -> Message | None:
        """Write and remove a probe; return a warning if little space is left. Raises OSError."""

    def free_bytes(self) -> int | None:
        """Return how many bytes can still be written, None where the store does not say."""

    def __str__(self) -> str:
        """Return where the files lie, without secrets."""


def stage(store: FileStore, now: dt.datetime, limit: int) -> StagedFile:
    """Return a new staged file of at most ``limit`` bytes. Raises Unavailable."""
    return StagedFile(store.incoming, now, limit)


class FolderStore:
    """Files in a folder, in sub-folders by the first two characters of their digest."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.incoming = folder, folder / FOLDER

    def __str__(self) -> str:
        return str(self.folder)

    def path(self, digest: str) -> Path:
        """Return where the bytes of a digest lie."""
        return self.folder / digest[:2] / digest

    def publish(self, staged: StagedFile) -> None:
        """Link a finished file to its place and sync the folder."""
        target = self.path(staged.finish())
        staged.published = True
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self.folder)
        with suppress(FileExistsError):
            os.link(staged.path, target)
        sync_folder(target.parent)  # also of a file that another process has just linked

    def has(self, digest: str) -> bool:
        """Tell whether the bytes of a digest are stored."""
        return self.path(digest).is_file()

    def open(self, digest: str, start: int = 0) -> BinaryIO:
        """Return a stream of stored bytes from an offset on. Raises FileNotFoundError."""
        stream = self.path(digest).open("rb")
        stream.seek(start)
        return stream

    def delete(self, digest: str) -> None:
        """Delete stored bytes; no error where there are none."""
        path = self.path(digest)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            sync_folder(path.parent)

    def check(self) -> Message | None:
        """Write and remove a probe; return a warning if little space is left. Raises OSError."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.incoming) as probe:
            probe.write(bytes(PROBE))
            probe.flush()
            os.fsync(probe.fileno())
        return disk.nearly_full(self.folder, LOW)

    def free_bytes(self) -> int | None:
        """Return how many bytes the process's user may still write on the folder's disk."""
        folder = self.folder
        while not folder.exists():  # it is created with the first file
            folder = folder.parent
        return disk.free_bytes(folder)


def has_room(store: FileStore, size: int = 0) -> bool:
    """Tell whether ``size`` bytes more can be staged: a disk may not be filled to the last byte."""
    folder = store.incoming
    while not folder.exists():  # it is created with the first file
        folder = folder.parent
    return disk.free_bytes(folder) >= RESERVE + size


def copy(source: BinaryIO, target: StagedFile) -> None:
    """Copy a stream into a staged file in parts."""
    shutil.copyfileobj(source, target, CHUNK)
