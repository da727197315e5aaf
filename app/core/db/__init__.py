"""The database: base of the models, times that know their zone, and the one way to write."""

import datetime as dt
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import orjson
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.core.errors import N_, Message
from app.core.runtime.logs import one_line_error

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

T = TypeVar("T")
# Seconds that a writer waits for SQLite's one lock unless its engine has the execution option
# ``patience``, and after which it looks again.
PATIENCE, GLANCE = 15.0, 0.002
log = logging.getLogger("tingqi.database")


class Base(DeclarativeBase):
    """Every table of the house."""

    metadata = sa.MetaData(naming_convention=NAMES)


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware instant, kept in UTC; naive times are refused, on both databases alike."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """PostgreSQL keeps the zone itself; SQLite keeps text, which sorts as time does."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive time; give the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a time without its zone cannot be stored: {value!r}")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Return an aware time in UTC."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


class _Lenient:
    """A column whose value can be read whatever the database holds: else it is ``default()``.

    For the record: whoever changed it past Tingqi must not be able to make the pages fail that
    would show it. The check reads such columns for itself (see app.record.raw_columns).
    """

    kind: type = object
    default: Callable[[], Any] = object

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Read as the type below does, and take its errors for what they say."""
        read = super().result_processor(dialect, coltype)  # type: ignore[misc]

        def lenient(value: Any) -> Any:
            try:
                found = read(value) if read else value
            except (ValueError, TypeError, OverflowError, RecursionError):
                return self.default()
            return found if found is None or isinstance(found, self.kind) else self.default()

        return lenient


class LenientDict(_Lenient, TypeDecorator[Any]):
    """A JSON object; an empty one where it cannot be read."""

    impl, cache_ok, kind, default = sa.JSON(none_as_null=True), True, dict, dict


class LenientList(_Lenient, TypeDecorator[Any]):
    """A JSON list; an empty one where it cannot be read."""

    impl, cache_ok, kind, default = sa.JSON(none_as_null=True), True, list, list


class LenientInteger(_Lenient, TypeDecorator[Any]):
    """A whole number; 0 where it cannot be read."""

    impl, cache_ok, kind, default = sa.Integer, True, int, int


class LenientTime(_Lenient, UTCDateTime):
    """An instant; the year 1000 where it cannot be read, which PostgreSQL's infinity cannot."""

    cache_ok, kind = True, dt.datetime

    @staticmethod
    def default() -> dt.datetime:
        """Return a time that nobody takes for a real one."""
        return dt.datetime(1000, 1, 1, tzinfo=dt.UTC)

    def column_expression(self, column: Any) -> Any:
        """Select no time that Python does not have."""
        return _between(column, self.default(), dt.datetime(9999, 1, 1, tzinfo=dt.UTC), self)


class LenientDate(_Lenient, TypeDecorator[Any]):
    """A date; 1 January 1000 where it cannot be read."""

    impl, cache_ok, kind = sa.Date, True, dt.date

    @staticmethod
    def default() -> dt.date:
        """Return a date that nobody takes for a real one."""
        return dt.date(1000, 1, 1)

    def column_expression(self, column: Any) -> Any:
        """Select no date that Python does not have."""
        return _between(column, self.default(), dt.date(9999, 1, 1), self)


def _between(column: Any, first: Any, last: Any, kind: Any) -> Any:
    low, high = sa.literal(first, kind), sa.literal(last, kind)
    return sa.case((~column.between(low, high), low), else_=column)


def json_text(value: Any, other: Callable[[Any], Any] | None = None) -> str:
    """Write a value as JSON for the database; ``other`` tells what JSON has no word for.

    Raises TypeError: a time goes in by ``other`` alone, or it might lack its zone.
    """
    how = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(value, other, how).decode()


Json = sa.JSON(none_as_null=True)
# 64-bit keys on PostgreSQL; SQLite's rowid is 64-bit under the name INTEGER only.
Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

db = SQLAlchemy(model_class=Base)


def configure_engine(engine: Engine) -> None:
    """Give an engine the house's habits: SQLite in WAL with real transactions, UTC on both."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_habits)
        event.listen(engine, "begin", _sqlite_begin)
        _TURNS[engine] = threading.RLock()


def use_database(app: Flask, url: str, options: dict[str, Any]) -> None:
    """Let the sessions of an app use another database; connections to the one before are closed."""
    with app.app_context():
        release_session()
        db.engine.dispose()
        engine = sa.create_engine(url, **options)
        configure_engine(engine)
        # Flask-SQLAlchemy makes its engines in init_app only; what it shows is its own dict.
        cast(dict[str | None, Engine], db.engines)[None] = engine


# Of each SQLite database, whose turn it is to write among the threads of this process.
_TURNS: WeakKeyDictionary[Any, threading.RLock] = WeakKeyDictionary()
_BUSY = f"busy_timeout={PATIENCE * 1000:.0f}"


def _sqlite_habits(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver's own comes too late
    cursor = connection.cursor()
    for habit in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what was answered stays after a power cut
        # Of a batch's hundreds of rows no page is written twice.
        "cache_size=-16000",  # KiB
        "wal_autocheckpoint=4000",  # pages of 4 KiB
        _BUSY,
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {habit}")
    cursor.close()


def _sqlite_begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + options.get("patience", PATIENCE)
    driver = cast(Any, connection.connection.driver_connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _has_begun(connection, until):
            time.sleep(GLANCE)
    finally:
        driver.execute(f"PRAGMA {_BUSY}")


def _has_begun(connection: sa.Connection, until: float) -> bool:
    """Take the write lock, or tell that it is taken; raise what SQLite says after ``until``.

    Left to itself SQLite looks again after pauses that grow to a tenth of a second, and so stands
    idle beside a lock that was free for most of one.
    """
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except sa.exc.OperationalError as fault:
        if not is_contention(fault) or time.monotonic() > until:
            raise
        return False
    return True


def release_session(_fault: BaseException | None = None) -> None:
    """Give back the connection of a request or a job, at its end.

    A line that is cut after the last read spoils nothing that was read: the answer stays as it is,
    and the next one gets a connection of its own. Raises what is a fault of ours.
    """
    try:
        db.session.remove()
    except sa.exc.SQLAlchemyError as error:
        db.session.registry.clear()
        if not is_away(error):
            raise
        log.warning("the database hung up after its last answer: %s", one_line_error(error))


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a use case: committed at the end, rolled back on any error.

    On SQLite it takes the write lock at once, so that what was read stays true until the commit.
    """
    session = db.session()
    if session.in_transaction():
        session.rollback()  # a read before it may have opened a snapshot that is out of date
    with _turn(session.get_bind()):
        session.connection(execution_options={"writes": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def _turn(engine: Any) -> Iterator[None]:
    """Let the writers of one process to an SQLite database wait for each other in memory.

    Only one of them then asks SQLite, which decides between processes. Raises what it would raise
    for whoever waited in vain.
    """
    turn = _TURNS.get(engine)
    if turn is None:
        yield
        return
    if not turn.acquire(timeout=engine.get_execution_options().get("patience", PATIENCE)):
        locked = sqlite3.OperationalError("database is locked")
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", {}, locked)
    try:
        yield
    finally:
        turn.release()


def persist(work: Callable[[], T], tries: int = 60) -> T:
    """Do a piece of work that opens its own transaction, again while the database is away.

    For what must not be forgotten because a database restarts: with 60 tries and pauses that grow
    to 5 seconds it holds on for about five minutes, then raises what the database raised.
    """
    for tried in range(tries):
        try:
            return work()
        except sa.exc.SQLAlchemyError as error:
            release_session()
            if tried == tries - 1 or not is_away(error):
                raise
            time.sleep(min(5.0, 0.1 * 2**tried) * (0.5 + random.random()))
    raise AssertionError("unreachable")


def retrying(work: Callable[[Session], T], tries: int = 6) -> T:
    """Do a use case in its transaction; again, from the start, when two writers met.

    Who lost a race against a constraint sees on the next try what the other wrote, and says it
    kindly. Raises what the last try raised.
    """
    for tried in range(tries):
        try:
            with transaction() as session:
                return work(session)
        except (sa.exc.OperationalError, sa.exc.IntegrityError) as error:
            if tried == tries - 1 or not is_contention(error):
                raise
            time.sleep(min(1.0, 0.02 * 2**tried) * (0.5 + random.random()))
    raise AssertionError("unreachable")


def is_away(error: BaseException) -> bool:
    """Tell whether the database cannot work just now, through nobody's fault in the request.

    It cannot be reached, it hung up, every connection is busy, a statement or a lock took too
    long, the disk is full, or (PostgreSQL: 25006) it may only be read.
    """
    kinds = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
    lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, kinds) or lost or state == "25006"


def database_fault(error: BaseException) -> Message:
    """Return what to tell a person of a database that cannot work just now.

    Waiting helps, but for where no room is left (SQLite: SQLITE_FULL; PostgreSQL: 53100).
    """
    said = getattr(error, "orig", None)
    full = getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    if full or getattr(said, "sqlstate", None) == "53100":
        return Message(
            N_(
                "The court's machine has no room left to write. Nothing was lost, but nothing new "
                "can be taken in until whoever keeps it makes room."
            )
        )
    return Message(
        N_("The database cannot be reached just now. Nothing was lost; try again in a minute.")
    )


def is_contention(error: BaseException) -> bool:
    """Tell whether an error is two writers in each other's way, which trying again cures.

    PostgreSQL: 40001 serialization failure, 40P01 deadlock, 55P03 lock not available, 23505 unique
    and 23P01 exclusion violation; SQLite: busy, or a constraint that the other's row now breaks.
    """
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None)
    words = ("database is locked", "double booking", "UNIQUE constraint")
    return state in {"40001", "40P01", "55P03", "23505", "23P01"} or any(
        word in str(original) for word in words
    )
