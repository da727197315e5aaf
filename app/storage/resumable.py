"""Staged files that arrive in several requests: what is on the disk is where the next one goes on.

One request at a time may write to such a file: it holds a lock of the operating system on it, which
a process that is killed gives back. Names are those of ``staging``, so that what nobody ends is
removed a day after it was begun.
"""

import datetime as dt
import fcntl
import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from app.storage import staging
from app.storage.staging import CHUNK, StagedFile, storage_fault


class LockedByAnother(Exception):  # noqa: N818
    """Another request writes to the file just now."""


class ResumedFile(StagedFile):
    """A staged file that was begun by an earlier request, locked until it is closed.

    A file that is complete keeps its bytes whatever is written: they may lie in the store already,
    under the name of their digest.
    """

    def __init__(self, folder: Path, stamp: str, limit: int) -> None:
        """Open and lock the file at its end. Raises FileNotFoundError and LockedByAnother."""
        self.folder, self.limit, self._stamp, self.published = folder, limit, stamp, False
        self.path = _path(folder, stamp)
        self._file: BinaryIO = self.path.open("r+b", buffering=0)
        try:
            self._lock()
            self._read_state()
        except BaseException:
            self.close()
            raise

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise LockedByAnother from fault
        # Whoever held the lock before may have stored the file meanwhile.
        mine, named = os.fstat(self._file.fileno()), self.path.stat()
        if mine.st_ino != named.st_ino:
            raise FileNotFoundError(self.path)

    def _read_state(self) -> None:
        """Read from name and size how far it is; the last byte of a file is written once more."""
        name = self.path.name.partition(".")[0]
        self.digest = "" if name == staging.PART else name
        self._hash = hashlib.sha256()
        self.size = os.fstat(self._file.fileno()).st_size
        if not self.digest:
            self.size = min(self.size, self.limit - 1)
            self._file.truncate(self.size)
        self._file.seek(self.size)
        self._is_hashed = not self.size

    @property
    def offset(self) -> int:
        """How many bytes are there; less than ``limit`` until the file is finished."""
        return min(self.size, self.limit - 1)

    def write(self, data: bytes) -> int:
        """Write a part, but nothing beyond the limit. Raises Unavailable."""
        if not self.digest:
            part = data[: self.limit - self.size]
            self.size += len(part)
            if self._is_hashed:
                self._hash.update(part)
            self._append(part)
        return len(data)

    def finish(self) -> str:
        """Sync the bytes and return their SHA-256, otherwise as StagedFile."""
        if not self.digest and not self._is_hashed:
            self._file.seek(0)
            while part := self._file.read(CHUNK):
                self._hash.update(part)
        return super().finish()

    def sync(self) -> None:
        """Sync what was written to the disk. Raises Unavailable."""
        try:
            os.fsync(self._file.fileno())
        except OSError as fault:
            raise storage_fault(fault) from fault

    def cut(self, size: int) -> None:
        """Give back what was written beyond a size: the disk was full."""
        self._file.truncate(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


def begin(folder: Path, now: dt.datetime) -> str:
    """Create an empty file that later requests write to; return its stamp. Raises Unavailable."""
    file = StagedFile(folder, now, 0)
    file.close()
    return file.stamp


def offset(folder: Path, stamp: str, length: int) -> int:
    """Return how many bytes of a file are on the disk. Raises FileNotFoundError.

    The last one counts only once the file is stored with its row.
    """
    with _path(folder, stamp).open("rb") as file:
        os.fsync(file.fileno())
        return min(os.fstat(file.fileno()).st_size, length - 1)


def remove(folder: Path, stamp: str) -> None:
    """Remove a file that nobody needs; no error where there is none. Raises LockedByAnother."""
    try:
        with ResumedFile(folder, stamp, 1) as file:
            file.path.unlink(missing_ok=True)
    except FileNotFoundError:
        return


def _path(folder: Path, stamp: str) -> Path:
    """Return the path of a file by its stamp. Raises FileNotFoundError."""
    incomplete = folder / f"{staging.PART}.{stamp}"
    if incomplete.exists():
        return incomplete
    for path in folder.glob(f"*.{stamp}"):
        return path
    raise FileNotFoundError(incomplete)
