"""Free space on the disk of the instance folder."""

import shutil
from pathlib import Path

from app.core.errors import N_, Message

LOW = 64 * 1024**2  # bytes; an import of 100,000 rows may fill them


def free_bytes(folder: Path) -> int:
    """Return how many bytes the process's user may still write on the disk of a folder.

    Raises OSError if there is no such folder.
    """
    return shutil.disk_usage(folder).free


def nearly_full(folder: Path, low: int | None = None) -> Message | None:
    """Return a warning if less than ``low`` bytes, by default LOW, are left on a folder's disk."""
    free = free_bytes(folder)
    if free >= (LOW if low is None else low):
        return None
    words = N_("nearly full: %(free)s MB left at %(folder)s")
    return Message(words, free=free // 1024**2, folder=folder)
