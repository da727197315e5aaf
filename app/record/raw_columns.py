"""Raw columns: values of the record as the database holds them, for verification alone.

Whoever writes to the database past Tingqi may leave values that typed reading refuses with an error
that names no row: text in a column of numbers (SQLite), broken JSON, infinite times (PostgreSQL).
Here every value is read as the database's own text or number, and verification judges it.
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
# Errors that writing a value as canonical JSON, or reading one, may raise.
UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)


def column(attribute: InstrumentedAttribute[Any], dialect: str) -> sa.ColumnElement[Any]:
    """Return the expression for a column's raw value: times as text, in UTC, and JSON as text."""
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
    """Return a raw time as the chain writes it; None if it is no text."""
    if not isinstance(value, str):
        return None
    if value.endswith("ZAD"):  # PostgreSQL
        return value[:-2]
    if len(value) == 26 and value[10] == " ":  # SQLite, as SQLAlchemy writes it
        return f"{value[:10]}T{value[11:]}Z"
    return value


def date(value: Any) -> str | None:
    """Return a raw date as ISO 8601 writes it; None if it is no ASCII text."""
    return value.strip('"') if isinstance(value, str) and value.isascii() else None


def number(value: Any) -> int:
    """Return a raw non-negative 64-bit integer; -1 for anything else."""
    return value if type(value) is int and 0 <= value < 2**63 else -1


def parsed(text: Any) -> Any:
    """Return the value of a JSON column's text.

    Raises ValueError for what is no JSON, and for an object with a duplicate key, which parsers
    read differently (RFC 8259, 4).
    """
    if not isinstance(text, str):
        raise ValueError("no JSON")
    value = orjson.loads(text)
    if orjson.dumps(value).decode() != text:  # not as Tingqi writes it
        json.loads(text, object_pairs_hook=_without_duplicates)
    return value


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is there twice")
    return value


def tolerant(check: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function of a session to run again, tolerantly, over text that is not UTF-8.

    SQLite stores any bytes as text, and its driver refuses such rows; decoded with surrogates they
    are text that no hash matches.
    """

    @wraps(check)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return check(*args, **kwargs)
        except sa.exc.OperationalError as fault:
            session: Any = args[0]
            if "decode to UTF-8" not in str(fault.orig):
                raise
            with _any_bytes(session):
                return check(*args, **kwargs)

    return checked


def _decode(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


@contextmanager
def _any_bytes(session: Session) -> Iterator[None]:
    driver: Any = session.connection().connection.driver_connection
    usual, driver.text_factory = driver.text_factory, _decode
    try:
        yield
    finally:
        driver.text_factory = usual
