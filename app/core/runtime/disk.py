"""How much room is left on the disk of the instance folder."""

import shutil
from pathlib import Path

FEW = 64 * 1024**2  # bytes: an import of 100,000 rows, or six documents of counsel, may fill them


def free_bytes(folder: Path) -> int:
    """Return the bytes that whoever runs Tingqi may still write on the disk of a folder.

    Raises OSError where the folder is not there.
    """
    return shutil.disk_usage(folder).free


def nearly_full(folder: Path) -> str:
    """Return what to say of a disk with little room left; nothing of one with enough."""
    free = free_bytes(folder)
    return f"nearly full: {free // 1024**2} MB left at {folder}" if free < FEW else ""
