"""Store files with their rows, release them, and delete what nothing refers to any more.

The order of a file's life, such that kill -9 at any moment leaves no row without bytes: the bytes
are staged and synced, published under their digest (synced too), then the row is committed. Bytes
without a row are known by the staged file that the crash left (see ``staging``). Deletion locks the
row, checks that nothing refers to it, deletes the bytes and then the row; ``keep`` takes the same
lock and looks whether the bytes are there.
"""

import datetime as dt
from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.db import Base
from app.storage import staging
from app.storage.models import StoredFile
from app.storage.staging import Leftover, StagedFile
from app.storage.stores import FileStore

# Files that were staged and never stored, or published without a row, are deleted after that.
UNUSED_AFTER = dt.timedelta(days=1)
BATCH = 50


def keep(
    session: Session, store: FileStore, files: Collection[StagedFile], now: dt.datetime
) -> dict[str, StoredFile]:
    """Return the rows of staged files by digest, creating missing ones; their bytes are durable.

    Publish large files before the transaction, so that this only looks whether they are there.
    Rows are locked in the order of their digests until the commit. Raises Unavailable.
    """
    by_digest = {each.finish(): each for each in files}
    stored: dict[str, StoredFile] = {}
    for digest in sorted(by_digest):
        _insert(session, digest, by_digest[digest].size, now, released_at=None)
        query = sa.select(StoredFile).where(StoredFile.digest == digest)
        stored[digest] = session.scalars(query.execution_options(populate_existing=True)).one()
        try:
            if not store.has(digest):
                store.publish(by_digest[digest])
        except OSError as fault:
            raise staging.storage_fault(fault) from fault
    return stored


def _insert(
    session: Session, digest: str, size: int, now: dt.datetime, released_at: dt.datetime | None
) -> None:
    """Insert a row, or lock the one that is there; what is kept anew is no longer released."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(StoredFile).values(
        digest=digest, size=size, created_at=now, released_at=released_at
    )
    unreleased = {"released_at": None} if released_at is None else {"digest": digest}
    session.execute(row.on_conflict_do_update(index_elements=[StoredFile.digest], set_=unreleased))


def release(session: Session, file_ids: Collection[int], now: dt.datetime) -> None:
    """Mark files that a feature stopped needing; the worker deletes what nothing refers to."""
    if file_ids:
        released = sa.update(StoredFile).where(StoredFile.id.in_(file_ids))
        session.execute(
            released.values(released_at=now).execution_options(synchronize_session=False)
        )


def released(session: Session) -> list[int]:
    """Return the ids of files that were released, the first ones first."""
    query = sa.select(StoredFile.id).where(StoredFile.released_at.is_not(None))
    return list(session.scalars(query.order_by(StoredFile.id).limit(BATCH)))


def delete_released(session: Session, file_id: int, store: FileStore) -> int:
    """Delete a released file, row and bytes, unless something refers to it; return how many.

    Raises OSError where the store cannot be reached; nothing is changed then.
    """
    query = sa.select(StoredFile).where(StoredFile.id == file_id).with_for_update()
    file = session.scalar(query.execution_options(populate_existing=True))
    if file is None or file.released_at is None:
        return 0
    if _is_referred_to(session, file_id):
        file.released_at = None
        return 0
    store.delete(file.digest)
    session.delete(file)
    session.flush()
    return 1


def _is_referred_to(session: Session, file_id: int) -> bool:
    """Tell whether any row refers to a file, by the foreign keys of all tables."""
    return any(
        session.scalar(sa.select(sa.literal(1)).where(column == file_id).limit(1))
        for column in referring_columns()
    )


def referring_columns() -> Iterator[sa.Column]:
    """Yield the columns of all tables that refer to stored files; each is indexed."""
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table is StoredFile.__table__:
                yield key.parent


def leftovers(store: FileStore, now: dt.datetime) -> list[Leftover]:
    """Return staged files that a crash left a day ago."""
    return list(staging.leftovers(store.incoming, now - UNUSED_AFTER))


def settle_leftover(session: Session, leftover: Leftover, now: dt.datetime) -> None:
    """Release the bytes that may have been published without a row; the caller then removes it."""
    if leftover.digest:
        _insert(session, leftover.digest, leftover.size, now, released_at=now)
