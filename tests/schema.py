"""Two databases compared: the facts of a schema, and the rows of every table."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from app.core.db.schema_check import PARTITION

DATA = Path(__file__).parent / "data"
_COLUMNS = """
SELECT 'column', table_name, column_name, data_type, character_maximum_length::text, is_nullable,
  column_default FROM information_schema.columns WHERE table_schema = 'public'
"""
_INDEXES = (
    "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
)
_CONSTRAINTS = """
SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.connamespace = 'public'::regnamespace AND k.conparentid = 0
"""
_TRIGGERS = """
SELECT 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
"""
_FUNCTIONS = """
SELECT 'function', '', p.proname, pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
"""
_SEQUENCES = """
SELECT 'sequence', '', sequencename, data_type::text, start_value::text, max_value::text,
  cycle::text FROM pg_sequences WHERE schemaname = 'public'
"""
_PARTITIONED = """
SELECT 'partitioned', c.relname, '', pg_get_partkeydef(c.oid) FROM pg_class c
WHERE c.relkind = 'p' AND c.relnamespace = 'public'::regnamespace
"""
CATALOGUE = (
    _COLUMNS,
    _INDEXES,
    _CONSTRAINTS,
    _TRIGGERS,
    _FUNCTIONS,
    _SEQUENCES,
    _PARTITIONED,
)


def empty(url: str) -> None:
    """Take everything out of a database, the migrations' own table too."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{address.database}{ending}").unlink(missing_ok=True)
        return
    with psycopg.connect(_plain_address(address), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def restore(url: str, name: str) -> None:
    """Put a dump of ``tests/data`` in the place of all that a database holds."""
    empty(url)
    address = sa.make_url(url)
    dump = (DATA / f"{name}.{address.get_backend_name()}.sql").read_text("utf-8")
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(address.database))) as connection:
            connection.executescript(dump)
        return
    with psycopg.connect(_plain_address(address), autocommit=True) as server:
        server.execute(dump)


def _plain_address(address: sa.URL) -> str:
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


def facts(connection: sa.Connection) -> set[tuple[str, ...]]:
    """Return what a schema is made of: columns, keys, indexes, triggers, functions.

    The order of columns and the layout of SQL are left out, and so are the record's partitions.
    """
    if connection.dialect.name == "postgresql":
        rows = [tuple(row) for words in CATALOGUE for row in connection.exec_driver_sql(words)]
    else:
        rows = list(_on_sqlite(connection))
    return {
        tuple(_plain(part) for part in row)
        for row in rows
        if not PARTITION.fullmatch(row[1]) and row[1] != "alembic_version"
    }


def _plain(part: Any) -> str:
    """Return SQL without what a dump and a restore change in it, and SQLite's lengths of text."""
    part = re.sub(r"::(character varying|text)(\[\])?|[()]|VARCHAR\(\d+\)", "", str(part))
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(str(part).replace('"', "").split()))


def _on_sqlite(connection: sa.Connection) -> Any:
    def ask(words: str) -> Any:
        return connection.exec_driver_sql(words).all()

    for (table,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for _, name, kind, required, default, key, _ in ask(f"PRAGMA table_xinfo('{table}')"):
            yield "column", table, name, kind, required, default, key
        for check in re.findall(r"CONSTRAINT \w+ CHECK \(.*?\)", _sql(connection, table)):
            yield "check", table, "", check
        for key in ask(f"PRAGMA foreign_key_list('{table}')"):
            yield "reference", table, key[3], key[2], key[4], key[5], key[6]
        for _, index, unique, origin, part in ask(f"PRAGMA index_list('{table}')"):
            columns = [row[2] for row in ask(f"PRAGMA index_info('{index}')")]
            named = "" if index.startswith("sqlite_autoindex") else index
            yield "index", table, named, columns, unique, origin, part, _sql(connection, index)
    for name, table, words in ask(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    ):
        yield "trigger", table, name, words


def _sql(connection: sa.Connection, name: str) -> str:
    wanted = sa.text("SELECT sql FROM sqlite_master WHERE name = :name")
    return str(connection.scalar(wanted, {"name": name}))


def rows(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but the migrations' own, in an order of its own."""
    inspector = sa.inspect(connection)
    return {
        table: sorted(
            (
                dict(row)
                for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')).mappings()
            ),
            key=str,
        )
        for table in inspector.get_table_names()
        if not PARTITION.fullmatch(table) and table != "alembic_version"
    }
