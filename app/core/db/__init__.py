"""The database: base of the models, column types, and the transactions of use cases."""

import datetime as dt
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import orjson
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.core.db import sqlite
from app.core.db.faults import database_fault as database_fault
from app.core.db.faults import is_away as is_away
from app.core.db.faults import is_contention as is_contention
from app.core.runtime.logs import one_line_error

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

T = TypeVar("T")
log = logging.getLogger("tingqi.database")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(naming_convention=NAMES)


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware datetime, stored in UTC; naive ones are refused, on both databases alike."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return timestamptz on PostgreSQL; on SQLite text, which sorts as time does."""
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
    """A column type that reads what is no value of its type as ``default()``.

    For the record: somebody who changed it behind Tingqi's back must not be able to make the pages
    fail that would show it. Verification reads such columns itself (see app.record.raw_columns).
    """

    kind: type = object
    default: Callable[[], Any] = object

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Wrap the processor of the type below."""
        read = super().result_processor(dialect, coltype)  # type: ignore[misc]

        def lenient(value: Any) -> Any:
            try:
                result = read(value) if read else value
            except (ValueError, TypeError, OverflowError, RecursionError):
                return self.default()
            return result if result is None or isinstance(result, self.kind) else self.default()

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
    """Prepare an engine that was just created, before its first connection."""
    if engine.dialect.name == "sqlite":
        sqlite.configure(engine)
    else:
        from app.core.db import postgresql  # its driver is not needed beside SQLite

        postgresql.configure(engine)


def use_database(app: Flask, url: str, options: dict[str, Any]) -> None:
    """Let the sessions of an app use another database; connections to the one before are closed."""
    with app.app_context():
        release_session()
        db.engine.dispose()
        engine = sa.create_engine(url, **options)
        configure_engine(engine)
        # Flask-SQLAlchemy makes its engines in init_app only; what it shows is its own dict.
        cast(dict[str | None, Engine], db.engines)[None] = engine


def release_session(_fault: BaseException | None = None) -> None:
    """Give back the connection of a request or a job, at its end.

    A connection that is lost after the last read spoils nothing that was read, so that is logged
    and no more. Raises other errors.
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
    with sqlite.write_lock(session.get_bind()):
        session.connection(execution_options={"writes": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def persist(work: Callable[[], T], tries: int = 60) -> T:
    """Do a piece of work that opens its own transaction, again while the database is away.

    For work that must survive a restart of the database: 60 tries, with pauses that grow to 5
    seconds, last about five minutes; then the database's error is raised.
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
    """Do a use case in its transaction; again, from the start, if two writers met.

    The loser of a race against a constraint sees on the next try what the other wrote, and can name
    it. Raises the error of the last try.
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
