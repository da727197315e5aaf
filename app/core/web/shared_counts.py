"""Counts that all processes of an installation share: in its database, or in Redis if it is set.

A count belongs to a key and lasts for one window of time. What is stored of a key is its keyed
hash: no address and no name.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base, UTCDateTime, sqlite
from app.core.errors import N_, Misconfigured


@dataclass(frozen=True)
class WindowCount:
    """How often a key was hit in its window, and when that ends, in seconds since 1970."""

    hits: int
    ends_at: float


class CountStore(Protocol):
    """Where the counts are: each of its methods raises ``faults`` while it cannot be reached."""

    faults: tuple[type[Exception], ...]

    def add(self, key: str, hits: int, seconds: float, now: float) -> WindowCount:
        """Add hits to a key's count; a window that is over begins anew, for ``seconds``."""

    def read(self, key: str, now: float) -> WindowCount:
        """Return a key's count; none, and now as its end, where no window is open."""

    def clear(self, key: str | None) -> int:
        """Forget a key, or every key; return of how many there was a count."""


class RateCount(Base):
    """How often one key was hit within its window."""

    __tablename__ = "rate_count"

    # A keyed hash of the key.
    digest: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    hits: Mapped[int]
    ends_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)


# One statement on both databases. The window of a clock that was set back counts as over.
_ADD = (
    sa.text(
        "INSERT INTO rate_count (digest, hits, ends_at) VALUES (:digest, :hits, :ends_at) "
        "ON CONFLICT (digest) DO UPDATE SET "
        "hits = CASE WHEN rate_count.ends_at > :now AND rate_count.ends_at <= :ends_at "
        "THEN rate_count.hits ELSE 0 END + :hits, "
        "ends_at = CASE WHEN rate_count.ends_at > :now AND rate_count.ends_at <= :ends_at "
        "THEN rate_count.ends_at ELSE :ends_at END "
        "RETURNING hits, ends_at"
    )
    .bindparams(sa.bindparam("now", type_=UTCDateTime), sa.bindparam("ends_at", type_=UTCDateTime))
    .columns(hits=sa.Integer, ends_at=UTCDateTime)
)


NORMAL = 1  # of SQLite's PRAGMA synchronous: in WAL, checkpoints are synced, commits are not


class DatabaseCounts:
    """Counts in the installation's database, each in a transaction of its own.

    A count need not survive a power cut: no commit waits for the disk.
    """

    faults = (sa.exc.SQLAlchemyError,)

    def __init__(self, engine: Engine, secret: bytes) -> None:
        self._engine, self._secret = engine, secret

    def add(self, key: str, hits: int, seconds: float, now: float) -> WindowCount:
        """Add hits to a key's count; a window that is over begins anew, for ``seconds``."""
        values = {
            "digest": _digest(self._secret, key),
            "hits": hits,
            "now": _instant(now),
            "ends_at": _instant(now + seconds),
        }
        with self._writing() as connection:
            row = connection.execute(_ADD, values).one()
        return WindowCount(row.hits, row.ends_at.timestamp())

    def read(self, key: str, now: float) -> WindowCount:
        """Return a key's count; none, and now as its end, where no window is open."""
        query = sa.select(RateCount.hits, RateCount.ends_at).where(
            RateCount.digest == _digest(self._secret, key), RateCount.ends_at > _instant(now)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return WindowCount(row.hits, row.ends_at.timestamp()) if row else WindowCount(0, now)

    def clear(self, key: str | None) -> int:
        """Forget a key, or every key; return of how many there was a count."""
        statement = sa.delete(RateCount)
        if key is not None:
            statement = statement.where(RateCount.digest == _digest(self._secret, key))
        with self._writing() as connection:
            return int(connection.execute(statement).rowcount)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with sqlite.write_lock(self._engine), self._engine.connect() as connection:
            synchronous = _leave_disk_alone(connection)
            connection.execution_options(writes=True)
            try:
                with connection.begin():
                    if connection.dialect.name == "postgresql":
                        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                    yield connection
            finally:
                _restore(connection, synchronous)


def _leave_disk_alone(connection: Connection) -> int | None:
    """Let commits of an SQLite connection not wait for the disk; return what to restore, if any.

    NORMAL, and not OFF: a commit of a count may be the one that moves the log into the database,
    with what others committed. With OFF that is not synced either, and a power cut in it loses
    commits that waited for the disk, or breaks the database (sqlite.org, PRAGMA synchronous).
    """
    if connection.dialect.name != "sqlite":
        return None
    driver: Any = connection.connection.driver_connection
    before = int(driver.execute("PRAGMA synchronous").fetchone()[0])
    if before <= NORMAL:
        return None
    driver.execute(f"PRAGMA synchronous={NORMAL}")
    return before


def _restore(connection: Connection, synchronous: int | None) -> None:
    if synchronous is not None:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA synchronous={synchronous}")


class RedisCounts:
    """Counts in a Redis that all machines of the installation reach."""

    def __init__(self, url: str, secret: bytes) -> None:
        try:
            import redis
        except ImportError as fault:
            raise Misconfigured(
                N_("%(name)s needs the package redis: run %(command)s."),
                name="TINGQI_REDIS_URL",
                command="`pip install 'tingqi[redis]'`",
            ) from fault
        self.faults: tuple[type[Exception], ...] = (redis.RedisError,)
        self._secret = secret
        self._redis: Any = redis.Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True
        )

    def add(self, key: str, hits: int, seconds: float, now: float) -> WindowCount:
        """Add hits to a key's count; a window that is over begins anew, for ``seconds``."""
        name = self._name(key)
        with self._redis.pipeline(transaction=True) as commands:
            commands.set(name, 0, px=max(1, int(seconds * 1000)), nx=True)
            commands.incrby(name, hits)
            commands.pttl(name)
            _, count, left = commands.execute()
        return WindowCount(int(count), now + max(0, int(left)) / 1000)

    def read(self, key: str, now: float) -> WindowCount:
        """Return a key's count; none, and now as its end, where no window is open."""
        with self._redis.pipeline(transaction=True) as commands:
            commands.get(self._name(key))
            commands.pttl(self._name(key))
            count, left = commands.execute()
        return WindowCount(int(count or 0), now + max(0, int(left)) / 1000)

    def clear(self, key: str | None) -> int:
        """Forget a key, or every key; return of how many there was a count."""
        if key is not None:
            return int(self._redis.delete(self._name(key)))
        return sum(int(self._redis.delete(name)) for name in self._redis.scan_iter(f"{PREFIX}*"))

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _name(self, key: str) -> str:
        return PREFIX + _digest(self._secret, key)


PREFIX = "tingqi:rate:"  # of the names in Redis


def _digest(secret: bytes, key: str) -> str:
    """Return the keyed hash of a key (128 bits in hex)."""
    text = key.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, key=secret[:64], digest_size=16).hexdigest()


def _instant(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def delete_expired(session: Session, now: dt.datetime) -> int:
    """Delete the counts in the database whose window is over; return how many there were."""
    over = sa.delete(RateCount).where(RateCount.ends_at <= now)
    return int(session.execute(over).rowcount)  # type: ignore[attr-defined]
