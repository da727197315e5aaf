"""Staged files that arrive in several requests: what is on the disk is where the next one goes on.

One request at a time may write to such a file: it holds a lock of the operating system on it, which
a process that is killed gives back. Names are those of ``staging``, so that what nobody ends is
removed a day after it was begun.
"""

import datetime as dt
import fcntl
import os
from collections import OrderedDict
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from app.storage import staging
from app.storage.background import ArrivingDigest
from app.storage.staging import StagedFile

# Files of which a process keeps in memory what it has hashed; each takes some hundred bytes.
MOST_KNOWN = 500


class LockedByAnother(Exception):  # noqa: N818
    """Another request writes to the file just now."""


class _KnownDigests:
    """What this process has hashed of files that later requests go on with, by their stamps.

    It stays true whatever other processes do, since the bytes below an offset that was told never
    change: a file is only cut to what it had when a request began.
    """

    def __init__(self) -> None:
        self._by_stamp: OrderedDict[str, ArrivingDigest] = OrderedDict()

    def take(self, stamp: str, size: int) -> ArrivingDigest:
        """Return the digest of the first bytes of a file of some size, at worst of none of them."""
        known = self._by_stamp.pop(stamp, None)
        return known if known is not None and known.size <= size else ArrivingDigest()

    def keep(self, stamp: str, digest: ArrivingDigest) -> None:
        """Keep a digest for the next request."""
        self._by_stamp[stamp] = digest
        while len(self._by_stamp) > MOST_KNOWN:
            self._by_stamp.popitem(last=False)


_known = _KnownDigests()


class ResumedFile(StagedFile):
    """A staged file that was begun by an earlier request, locked until it is closed.

    A file that is complete keeps its bytes whatever is written: they may lie in the store already,
    under the name of their digest.
    """

    def __init__(self, folder: Path, stamp: str, limit: int) -> None:
        """Open and lock the file at its end. Raises FileNotFoundError and LockedByAnother."""
        self.folder, self.limit, self._stamp = folder, limit, stamp
        self._begin()
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
        self.size = os.fstat(self._file.fileno()).st_size
        if not self.digest:
            self.size = min(self.size, self.limit - 1)
            self._file.truncate(self.size)
        self._file.seek(self.size)
        self._arrived = _known.take(self._stamp, self.size)

    @property
    def offset(self) -> int:
        """How many bytes are there; less than ``limit`` until the file is finished."""
        return min(self.size, self.limit - 1)

    def write(self, data: bytes) -> int:
        """Write a part, but nothing beyond the limit. Raises Unavailable."""
        if not self.digest:
            part = data[: self.limit - self.size]
            self._arrived.read_up_to(self._file.fileno(), self.size)
            self.size += len(part)
            self._append(part)
        return len(data)

    def _hexdigest(self) -> str:
        self._arrived.read_up_to(self._file.fileno(), self.size)
        return super()._hexdigest()

    def cut(self, size: int) -> None:
        """Give back what was written beyond a size: the disk was full."""
        self._file.truncate(size)

    def close(self) -> None:
        """Close the file; what was hashed of it is kept for the request that goes on with it."""
        hashed = None if self.digest or self._file.closed else self._hashed()
        super().close()
        if hashed is not None:
            _known.keep(self._stamp, hashed)

    def _hashed(self) -> ArrivingDigest | None:
        """Return the digest of the file's bytes if it covers them all, whatever went wrong."""
        try:
            self._arrived.wait()
            size = os.fstat(self._file.fileno()).st_size
        except OSError:
            return None
        return self._arrived if self._arrived.size == size else None

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
