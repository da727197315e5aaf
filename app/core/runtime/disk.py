"""Free space on the disk of the instance folder."""

import shutil
from pathlib import Path

LOW = 64 * 1024**2  # bytes; an import of 100,000 rows, or six documents of counsel, may fill them


def free_bytes(folder: Path) -> int:
    """Return how many bytes the process's user may still write on the disk of a folder.

    Raises OSError if there is no such folder.
    """
    return shutil.disk_usage(folder).free


def nearly_full(folder: Path) -> str:
    """Return a warning if little space is left on the disk of a folder, else an empty text."""
    free = free_bytes(folder)
    return f"nearly full: {free // 1024**2} MB left at {folder}" if free < LOW else ""
