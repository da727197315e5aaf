"""Staged files: bytes on their way into a store, written once, hashed as they come.

Names: ``part.<seconds>.<random>`` while bytes arrive, ``<digest>.<seconds>.<random>`` once they are
complete and synced. A file that is left after a crash says by its name which bytes may lie in the
store without a row, and since when.
"""

import datetime as dt
import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.core.errors import N_, Unavailable
from app.storage.background import ArrivingDigest, BackgroundJob

FOLDER = "incoming"
PART = "part"
# Digest or "part", seconds since 1970, a random part.
NAME = re.compile(r"([0-9a-f]{64}|part)\.(\d{1,12})\.[0-9a-f]{16}")
# Bytes after which what was written is sent on to the disk, so that the last sync has little to do.
WRITE_OUT = 4 * 1024 * 1024


def storage_fault(fault: OSError) -> Unavailable:
    """Return what users are told of an error of the disk of the files."""
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(
            N_(
                "The court's server has no disk space left. Nothing was lost, but nothing new "
                "can be saved until its administrator frees some."
            )
        )
    return Unavailable(
        N_("Files cannot be stored just now. Nothing was lost; try again in a minute.")
    )


class StagedFile:
    """A file that is being received; ``limit`` (bytes) bounds what is written of it.

    What comes after the limit is counted in ``size`` and dropped, so that the rest of a form is
    still read. It is a stream as werkzeug's form parser writes it.
    """

    def __init__(self, folder: Path, now: dt.datetime, limit: int) -> None:
        """Create the file. Raises Unavailable."""
        self.folder, self.limit, self.size = folder, limit, 0
        self._stamp = f"{int(now.timestamp())}.{secrets.token_hex(8)}"
        self._begin()
        self.path = folder / f"{PART}.{self._stamp}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("x+b", buffering=0)
        except OSError as fault:
            raise storage_fault(fault) from fault

    def _begin(self) -> None:
        """Set what is known of a file before anything is read or written."""
        self.digest, self.published = "", False
        self._arrived, self._writing_out, self._dirty = ArrivingDigest(), BackgroundJob(), 0

    @property
    def stamp(self) -> str:
        """What tells its name from those of other staged files."""
        return self._stamp

    @property
    def too_large(self) -> bool:
        """Whether more came than the limit."""
        return self.size > self.limit

    def write(self, data: bytes) -> int:
        """Write and hash a part. Raises Unavailable where the disk is full."""
        self.size += len(data)
        if not self.too_large:
            self._append(data)
        return len(data)

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            self._arrived.update(data)
            while view:
                view = view[self._file.write(view) :]
            self._dirty += len(data)
            if self._dirty >= WRITE_OUT:
                self._writing_out.start(os.fsync, self._file.fileno())
                self._dirty = 0
        except OSError as fault:
            raise storage_fault(fault) from fault

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the current place."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to a place in the file."""
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Read from the current place."""
        return self._file.read(size)

    def sync(self) -> None:
        """Sync what was written to the disk. Raises Unavailable."""
        try:
            self._writing_out.wait()
            os.fsync(self._file.fileno())
        except OSError as fault:
            raise storage_fault(fault) from fault

    def finish(self) -> str:
        """Sync the bytes to the disk and return their SHA-256; the name says it from then on."""
        if not self.digest:
            self.sync()
            try:
                digest = self._hexdigest()
                named = self.folder / f"{digest}.{self._stamp}"
                self.path.rename(named)
                sync_folder(self.folder)
            except OSError as fault:
                raise storage_fault(fault) from fault
            self.digest, self.path = digest, named
        return self.digest

    def _hexdigest(self) -> str:
        return self._arrived.hexdigest()

    def close(self) -> None:
        """Close the file; its name stays."""
        for job in (self._arrived, self._writing_out):
            with suppress(OSError):
                job.wait()
        self._file.close()

    def discard(self) -> None:
        """Close the file and remove its name: its bytes are stored, or nobody needs them."""
        self.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class StagedDocument:
    """An uploaded document: its name, media type and staged bytes."""

    name: str
    kind: str
    file: StagedFile


class Leftover(NamedTuple):
    """A staged file that a crash left; ``digest`` is "" where its bytes were incomplete."""

    path: Path
    digest: str
    size: int


def leftovers(folder: Path, before: dt.datetime) -> Iterator[Leftover]:
    """Yield the staged files from before a time, in no order."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        match = NAME.fullmatch(entry.name)
        if match and int(match[2]) < before.timestamp():
            with suppress(FileNotFoundError):
                digest = "" if match[1] == PART else match[1]
                yield Leftover(Path(entry.path), digest, entry.stat().st_size)


def sync_folder(folder: Path) -> None:
    """Sync the names of a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
