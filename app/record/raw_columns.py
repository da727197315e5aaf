"""Columns of the record as the database holds them, whatever that is: read by the check alone.

Whoever can write past Tingqi leaves values that typed reading refuses with an error that names no
row: text in a column of numbers (SQLite), broken JSON, times at infinity (PostgreSQL). Here every
value is read as the database's own text or number, and judged by the check.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

P = ParamSpec("P")
T = TypeVar("T")
# PostgreSQL writes the year of 2026 BC as 2026: the era keeps the two apart.
_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"BC'
# What writing a value as canonical JSON, or reading one, may raise.
UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)


def column(attribute: InstrumentedAttribute[Any], dialect: str) -> sa.ColumnElement[Any]:
    """Return how a column is selected as it is; times as text, in UTC, and JSON as its text."""
    kind = getattr(attribute.type, "impl", attribute.type)
    if dialect == "postgresql":
        if isinstance(kind, sa.DateTime):
            return sa.func.to_char(sa.func.timezone("UTC", attribute), _MOMENT)
        if isinstance(kind, sa.Date):
            return sa.cast(sa.func.to_json(attribute), sa.Text)
        if isinstance(kind, sa.JSON):
            return sa.cast(attribute, sa.Text)
    return sa.type_coerce(attribute, sa.types.NullType())


def moment(value: Any) -> str | None:
    """Return a time of the database as the chain writes it; None where it is none."""
    if not isinstance(value, str):
        return None
    if value.endswith("ZAD"):  # PostgreSQL
        return value[:-2]
    if len(value) == 26 and value[10] == " ":  # SQLite, as SQLAlchemy writes it
        return f"{value[:10]}T{value[11:]}Z"
    return value


def date(value: Any) -> str | None:
    """Return a date of the database as ISO 8601 writes it; None where it is none."""
    return value.strip('"') if isinstance(value, str) and value.isascii() else None


def number(value: Any) -> int:
    """Return a whole number from zero on that a database can hold; -1 for anything else."""
    return value if type(value) is int and 0 <= value < 2**63 else -1


def parsed(text: Any) -> Any:
    """Return what a column of JSON says.

    Raises ValueError for what is no JSON, and for an object that names a key twice: readers
    disagree about what such an object says.
    """
    if not isinstance(text, str):
        raise ValueError("no JSON")
    value = orjson.loads(text)
    if orjson.dumps(value).decode() != text:  # written otherwise than Tingqi writes
        json.loads(text, object_pairs_hook=_once)
    return value


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def tolerant(check: Callable[P, T]) -> Callable[P, T]:
    """Let a check, whose first argument is the session, be done again over text that is no UTF-8.

    SQLite holds any bytes as text, and its driver refuses such rows; read in the tolerant way they
    are text that no hash fits.
    """

    @wraps(check)
    def checked(*given: P.args, **named: P.kwargs) -> T:
        try:
            return check(*given, **named)
        except sa.exc.OperationalError as fault:
            session: Any = given[0]
            if "decode to UTF-8" not in str(fault.orig):
                raise
            with _any_bytes(session):
                return check(*given, **named)

    return checked


def _as_it_is(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


@contextmanager
def _any_bytes(session: Session) -> Iterator[None]:
    driver: Any = session.connection().connection.driver_connection
    usual, driver.text_factory = driver.text_factory, _as_it_is
    try:
        yield
    finally:
        driver.text_factory = usual
