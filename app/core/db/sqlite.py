"""SQLite as several writers need it: WAL, real transactions, and a fair wait for the write lock.

Why the wait is ours: a writer that finds the database locked is left by SQLite's own busy handler
to try again after pauses that grow to a tenth of a second, in no order, so that under load the lock
is free most of the time while some writer waits for seconds and fails. Here the writers of one
process queue for a lock in memory, and only one of them asks SQLite, which decides between
processes, every few milliseconds. Every writing transaction begins with BEGIN IMMEDIATE: one that
first reads and then writes would fail without waiting if another committed in between.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.core.db.faults import is_contention

# Seconds that a writer waits for the write lock unless its engine has the execution option
# ``patience``, and between two tries.
LOCK_TIMEOUT, RETRY_INTERVAL = 15.0, 0.002
# The lock of this process's writers to each database.
_WRITE_LOCKS: WeakKeyDictionary[Any, threading.RLock] = WeakKeyDictionary()
_BUSY_TIMEOUT = f"busy_timeout={LOCK_TIMEOUT * 1000:.0f}"


def configure(engine: Engine) -> None:
    """Put an engine's connections into WAL, with real transactions and one writer at a time."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    _WRITE_LOCKS[engine] = threading.RLock()


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we emit BEGIN ourselves; the driver's own comes too late
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a commit survives a power cut
        # Large enough that a batch of hundreds of rows writes no page twice.
        "cache_size=-16000",  # KiB
        "wal_autocheckpoint=4000",  # pages of 4 KiB
        _BUSY_TIMEOUT,
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + options.get("patience", LOCK_TIMEOUT)
    driver = cast(Any, connection.connection.driver_connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _has_begun(connection, until):
            time.sleep(RETRY_INTERVAL)
    finally:
        driver.execute(f"PRAGMA {_BUSY_TIMEOUT}")


def _has_begun(connection: sa.Connection, until: float) -> bool:
    """Take the write lock; return False if it is taken, raise SQLite's error after ``until``."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except sa.exc.OperationalError as fault:
        if not is_contention(fault) or time.monotonic() > until:
            raise
        return False
    return True


@contextmanager
def write_lock(engine: Any) -> Iterator[None]:
    """Hold this process's write lock of an SQLite database; on another database do nothing.

    Raises the error that SQLite raises for a lock that was not free in time.
    """
    lock = _WRITE_LOCKS.get(engine)
    if lock is None:
        yield
        return
    if not lock.acquire(timeout=engine.get_execution_options().get("patience", LOCK_TIMEOUT)):
        locked = sqlite3.OperationalError("database is locked")
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", {}, locked)
    try:
        yield
    finally:
        lock.release()
