"""Papers of a backup: copies of stored files in a folder beside the copy of the database.

Files are named by their digests, so several backups share one folder, and each file is copied once.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from app.core.db import db
from app.core.errors import N_, Misconfigured
from app.storage import stores
from app.storage.models import StoredFile
from app.storage.stores import FileStore, FolderStore


def folder_beside(folder: Path) -> Path:
    """Return the folder of the papers of all backups in a folder."""
    return folder / "papers"


def save(copy: Path, store: FileStore, folder: Path, now: dt.datetime) -> int:
    """Copy the files that a copy of the database refers to; return how many that are.

    A file that was erased after the copy was made is left out. Raises Misconfigured for any other
    that is missing or damaged.
    """
    target, count = FolderStore(folder_beside(folder)), 0
    for digest, size in _files(copy):
        count += 1
        if target.has(digest):
            continue
        if not _transfer(store, target, digest, size, now) and _is_needed(digest):
            raise Misconfigured(
                N_("The paper %(digest)s in %(place)s is missing or damaged."),
                digest=digest,
                place=str(store),
            )
    return count


def bring_back(copy: Path, store: FileStore, folder: Path, now: dt.datetime) -> list[str]:
    """Store the files of a copy of the database again; return the digests that are nowhere."""
    source = FolderStore(folder_beside(folder))
    return [
        digest
        for digest, size in _files(copy)
        if not store.has(digest) and not _transfer(source, store, digest, size, now)
    ]


def _files(copy: Path) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(copy)) as connection:
        rows = "SELECT digest, size FROM stored_file WHERE released_at IS NULL ORDER BY id"
        yield from connection.execute(rows)


def _transfer(
    source: FileStore, target: FileStore, digest: str, size: int, now: dt.datetime
) -> bool:
    """Copy one file; return whether it was there with the bytes that its digest names."""
    staged = stores.stage(target, now, size)
    try:
        with source.open(digest) as stream:
            stores.copy(stream, staged)
        if staged.finish() != digest:
            return False
        target.publish(staged)
    except FileNotFoundError:
        return False
    finally:
        staged.discard()
    return True


def _is_needed(digest: str) -> bool:
    """Tell whether the database in use still refers to a file."""
    wanted = sa.select(StoredFile.id).where(
        StoredFile.digest == digest, StoredFile.released_at.is_(None)
    )
    with db.engine.connect() as connection:
        return connection.scalar(wanted) is not None
