"""Many rows in one statement: one JSON document on PostgreSQL, one prepared statement on SQLite.

For the few places where thousands of rows are written a second: the session's own way costs more
a row than all else that happens to it. What a session holds of these rows is not refreshed.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db import Base, json_text

_POSTGRESQL = postgresql.dialect()
_DEFAULTS: dict[tuple[sa.URL, str], str] = {}


def table(model: type[Base]) -> sa.Table:
    """Return the table of a model."""
    return cast(sa.Table, model.__table__)


def insert(
    session: Session, table: sa.Table, rows: Sequence[dict[str, Any]], *, unless: str = ""
) -> int:
    """Insert rows that all name the same columns; return how many were new.

    ``unless`` names a unique column: a row whose value is there already is left out.
    """
    if not rows:
        return 0
    line = session.connection()
    if line.dialect.name == "postgresql":
        made = line.exec_driver_sql(_inserting(table, tuple(rows[0]), unless), (_document(rows),))
        return int(made.rowcount)
    made = line.execute(_prepared_insert(table, unless), list(rows))
    return int(made.rowcount)


def update(session: Session, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Set columns of rows that are named by their primary key, the first item of each."""
    if not rows:
        return
    key, *columns = rows[0]
    line = session.connection()
    if line.dialect.name == "postgresql":
        line.exec_driver_sql(_updating(table, key, tuple(columns)), (_document(rows),))
        return
    given = [{"row": row[key], **{f"new_{name}": row[name] for name in columns}} for row in rows]
    line.execute(_prepared_update(table, key, tuple(columns)), given)


def ids(session: Session, table: sa.Table, count: int) -> list[int]:
    """Return ``count`` numbers for rows to come, as the database itself would give them.

    One statement on PostgreSQL; on SQLite the numbers after the last, under its one lock.
    """
    key = next(iter(table.primary_key))
    line = session.connection()
    if line.dialect.name == "postgresql":
        given = _default(session, table.name, key.name).replace("%", "%%")
        wanted = f"SELECT {given} FROM generate_series(1, %s)"  # noqa: S608  (the schema's own)
        return sorted(line.exec_driver_sql(wanted, (count,)).scalars())
    last = line.scalar(_last(key)) or 0
    return list(range(last + 1, last + 1 + count))


def _default(session: Session, table: str, column: str) -> str:
    """Return what the database writes into a column of its own accord; asked once."""
    known = (session.connection().engine.url, table)
    if known not in _DEFAULTS:
        wanted = sa.text(
            "SELECT column_default FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = :t AND column_name = :c"
        )
        _DEFAULTS[known] = (
            session.connection().execute(wanted, {"t": table, "c": column}).scalar_one()
        )
    return _DEFAULTS[known]


def _document(rows: Sequence[dict[str, Any]]) -> str:
    return json_text(rows, _instant)


def _instant(value: Any) -> str:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.isoformat()
    raise TypeError(f"not a value for a row: {value!r}")


# Statements are put together once: that takes longer than to ask them.
@lru_cache(64)
def _last(key: sa.Column) -> sa.Select:
    return sa.select(sa.func.max(key))


@lru_cache(64)
def _prepared_insert(table: sa.Table, unless: str) -> sqlite.Insert:
    statement = sqlite.insert(table)
    return statement.on_conflict_do_nothing(index_elements=[unless]) if unless else statement


@lru_cache(64)
def _prepared_update(table: sa.Table, key: str, columns: tuple[str, ...]) -> sa.Update:
    changed: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns}
    return sa.update(table).where(table.c[key] == sa.bindparam("row")).values(changed)


@lru_cache(64)
def _inserting(table: sa.Table, columns: tuple[str, ...], unless: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    statement = (
        f'INSERT INTO "{table.name}" ({names}) '  # noqa: S608  (names of our own columns)
        f"SELECT {names} FROM json_to_recordset(%s::json) AS given({_typed(table, columns)})"
    )
    return statement + (f' ON CONFLICT ("{unless}") DO NOTHING' if unless else "")


@lru_cache(64)
def _updating(table: sa.Table, key: str, columns: tuple[str, ...]) -> str:
    changed = ", ".join(f'"{name}" = given."{name}"' for name in columns)
    return (
        f'UPDATE "{table.name}" SET {changed} '  # noqa: S608  (names of our own columns)
        f"FROM json_to_recordset(%s::json) AS given({_typed(table, (key, *columns))}) "
        f'WHERE "{table.name}"."{key}" = given."{key}"'
    )


def _typed(table: sa.Table, columns: tuple[str, ...]) -> str:
    return ", ".join(
        f'"{name}" {table.c[name].type.compile(dialect=_POSTGRESQL)}' for name in columns
    )
