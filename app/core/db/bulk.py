"""Many rows in one statement: one JSON document on PostgreSQL, executemany on SQLite.

Why SQL by hand: an answer writes dozens of notices and entries, a worker settles thousands of
messages a minute, and by the session a row costs more Python (tracking, ordering, compiling) than
all else that happens to it. SQLAlchemy's own bulk statements still send each value as a parameter
of its own; a JSON document is one parameter, one statement and one plan for any number of rows.
Used only where rows are written by the hundred; the session's objects of them are not refreshed.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from app.core.db import Base, UTCDateTime, json_text

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
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        statement = _inserting(table, tuple(rows[0]), unless)
        return int(connection.exec_driver_sql(statement, (_document(rows),)).rowcount)
    return int(_insert_each(connection, table, rows, unless).rowcount)


def insert_pairs(
    session: Session,
    table: sa.Table,
    rows: Sequence[dict[str, Any]],
    of: sa.Table,
    others: Sequence[dict[str, Any]],
    by: Sequence[str],
) -> None:
    """Insert rows in their order, and one row of another table, ``of``, that belongs to each.

    The database numbers the rows, and both are given the numbers; the first column of ``of`` is
    the number of the row that its own belongs to. ``by`` are columns by which the rows of one call
    are told apart.
    """
    if not rows:
        return
    key, owner = (next(iter(each.primary_key)).name for each in (table, of))
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        names = tuple(rows[0]), tuple(others[0])
        both = [{**row, **other} for row, other in zip(rows, others, strict=True)]
        connection.exec_driver_sql(
            _inserting_pairs(table, of, names, (key, owner), tuple(by)), (_document(both),)
        )
        return
    if len(rows) == 1:
        numbers = [_insert_each(connection, table, rows).lastrowid]
    else:
        numbers = ids(session, table, len(rows))
        for n, row in zip(numbers, rows, strict=True):
            row[key] = n
        insert(session, table, rows)
    for n, other in zip(numbers, others, strict=True):
        other[owner] = n
    insert(session, of, others)


def update(session: Session, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Set columns of rows that are named by their primary key, the first item of each."""
    if not rows:
        return
    key, *columns = rows[0]
    connection = session.connection()
    # PostgreSQL expects a document to have a hundred rows, and for so many it scans a small table.
    if connection.dialect.name == "postgresql" and len(rows) > 1:
        connection.exec_driver_sql(_updating(table, key, tuple(columns)), (_document(rows),))
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    values = _tuples(connection.dialect, table, (*columns, key), rows)
    connection.exec_driver_sql(_updating_each(table, key, tuple(columns), mark), values)


def rows_as_table(
    session: Session,
    name: str,
    columns: Sequence[sa.ColumnClause[Any]],
    rows: Sequence[dict[str, Any]],
) -> sa.CTE:
    """Return rows as a table to join with, sent as one JSON document.

    A statement that has them as values has a parameter for each, and is composed anew for every
    number of rows, which takes longer than to execute it.
    """
    dialect = session.get_bind().dialect
    if dialect.name == "postgresql":
        document = sa.cast(sa.bindparam(None, _document(rows), sa.Text), postgresql.JSON)
        recordset = sa.func.json_to_recordset(document).table_valued(*columns, name="given")
        return sa.select(recordset.render_derived(with_types=True)).cte(name)
    names = tuple(each.name for each in columns)
    binders = [each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns]
    values = [
        [bind(row[key]) if bind else row[key] for key, bind in zip(names, binders, strict=True)]
        for row in rows
    ]
    each_row = sa.func.json_each(sa.bindparam(None, json_text(values), sa.Text))
    item = each_row.table_valued("value", name="given").c.value
    parts = [
        sa.type_coerce(sa.func.json_extract(item, f"$[{n}]"), each.type).label(each.name)
        for n, each in enumerate(columns)
    ]
    return sa.select(*parts).cte(name)


def ids(session: Session, table: sa.Table, count: int) -> list[int]:
    """Return ``count`` primary keys for new rows, as the database itself would number them.

    From the column's default on PostgreSQL; on SQLite the numbers after the last, under the write
    lock.
    """
    key = next(iter(table.primary_key))
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        default = _default(session, table.name, key.name).replace("%", "%%")
        wanted = f"SELECT {default} FROM generate_series(1, %s)"  # noqa: S608  (the schema's own)
        return sorted(connection.exec_driver_sql(wanted, (count,)).scalars())
    last = connection.exec_driver_sql(_last(key)).scalar() or 0
    return list(range(last + 1, last + 1 + count))


def _default(session: Session, table: str, column: str) -> str:
    """Return the SQL of a column's default; read once a database."""
    key = (session.connection().engine.url, table)
    if key not in _DEFAULTS:
        wanted = sa.text(
            "SELECT column_default FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = :t AND column_name = :c"
        )
        _DEFAULTS[key] = (
            session.connection().execute(wanted, {"t": table, "c": column}).scalar_one()
        )
    return _DEFAULTS[key]


def _document(rows: Sequence[dict[str, Any]]) -> str:
    return json_text(rows, _instant_or_day)


def _instant_or_day(value: Any) -> str:
    is_instant = isinstance(value, dt.datetime)
    if value.tzinfo is not None if is_instant else isinstance(value, dt.date):
        return str(value.isoformat())
    raise TypeError(f"not a value for a row: {value!r}")


def _insert_each(
    connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], unless: str = ""
) -> sa.CursorResult:
    columns = tuple(rows[0])
    values = _tuples(connection.dialect, table, columns, rows)
    return connection.exec_driver_sql(_inserting_each(table, columns, unless), values)


def _tuples(
    dialect: Dialect, table: sa.Table, columns: tuple[str, ...], rows: Sequence[dict[str, Any]]
) -> list[tuple[Any, ...]]:
    """Return rows as the driver takes them, each value bound by its column's type."""
    binders = _binders(dialect, table, columns)
    by_column = (
        map(bind, [row[name] for row in rows]) if bind else [row[name] for row in rows]
        for name, bind in zip(columns, binders, strict=True)
    )
    return list(zip(*by_column, strict=True))


# Statements are composed once: that takes longer than to execute them.
@lru_cache(64)
def _binders(
    dialect: Dialect, table: sa.Table, columns: tuple[str, ...]
) -> list[Callable[[Any], Any] | None]:
    types = [table.c[name].type for name in columns]
    binders = [each.dialect_impl(dialect).bind_processor(dialect) for each in types]
    return [  # rows written at once have few times: each is written out once
        lru_cache(1024)(bind) if bind and isinstance(type_, UTCDateTime) else bind
        for type_, bind in zip(types, binders, strict=True)
    ]


@lru_cache(64)
def _last(key: sa.Column) -> str:
    return f'SELECT max("{key.name}") FROM "{key.table.name}"'  # noqa: S608  (our own names)


@lru_cache(64)
def _inserting_each(table: sa.Table, columns: tuple[str, ...], unless: str) -> str:
    marks = ", ".join("?" for _ in columns)
    return _into(table, columns) + f"VALUES ({marks})" + _unless(unless)


@lru_cache(64)
def _updating_each(table: sa.Table, key: str, columns: tuple[str, ...], mark: str) -> str:
    changed = ", ".join(f'"{name}" = {mark}' for name in columns)
    return f'UPDATE "{table.name}" SET {changed} WHERE "{key}" = {mark}'  # noqa: S608  (our own)


@lru_cache(64)
def _inserting(table: sa.Table, columns: tuple[str, ...], unless: str) -> str:
    names, typed = _names(columns), _typed(table, columns)
    rows = f"SELECT {names} FROM json_to_recordset(%s::json) AS given({typed})"  # noqa: S608
    return _into(table, columns) + rows + _unless(unless)


@lru_cache(64)
def _inserting_pairs(
    table: sa.Table,
    of: sa.Table,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    keys: tuple[str, str],
    by: tuple[str, ...],
) -> str:
    (columns, others), (key, owner) = names, keys
    typed = f"{_typed(table, columns)}, {_typed(of, others)}"
    selected = ", ".join(f'given."{name}"' for name in others)
    return (
        f"WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS given({typed})), "  # noqa: S608
        f"made AS ({_into(table, columns)} SELECT {_names(columns)} FROM given "
        f"RETURNING {_names((key, *by))}) "
        f'{_into(of, (owner, *others))} SELECT made."{key}", {selected} '
        f"FROM made JOIN given USING ({_names(by)})"
    )


def _into(table: sa.Table, columns: tuple[str, ...]) -> str:
    return f'INSERT INTO "{table.name}" ({_names(columns)}) '


def _unless(unique: str) -> str:
    return f' ON CONFLICT ("{unique}") DO NOTHING' if unique else ""


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


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
