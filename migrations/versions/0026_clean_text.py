"""Telephone numbers with an extension; names and numbers without characters that nobody sees.

Stored text is cleaned and its keys are made anew, by the same functions as on the way in. Where two
rows then have one key both stay: the second gets its key with a line break and a number behind,
which nothing typed can have, and `tingqi doctor` names them.
"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

from app.cases.rules import number_key
from app.core.characters import clean
from app.core.normalization import name_key

revision = "0026"
down_revision = "0024"

PHONES = ("counsel", "party", "task")
BATCH = 5000
TEXTS = {
    "case_file": ("number", "title"),
    "judge": ("name",),
    "courtroom": ("name", "location"),
    "party": ("name", "role", "reference"),
    "counsel": ("name", "firm"),
    "court": ("short",),
    "user_account": ("name",),
}
KEYS: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "case_file": ("number", "number_key", number_key),
    "judge": ("name", "name_key", name_key),
    "courtroom": ("name", "name_key", name_key),
}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":  # SQLite keeps no lengths
        for table in PHONES:
            op.alter_column(table, "phone", type_=sa.String(40))
    for name, columns in TEXTS.items():
        _clean(connection, name, columns)
    for name, (column, key, key_of) in KEYS.items():
        _make_keys(connection, name, column, key, key_of)


def _table(name: str, columns: tuple[str, ...]) -> sa.TableClause:
    return sa.table(name, sa.column("id"), *(sa.column(each) for each in columns))


def _rows(connection: sa.Connection, table: sa.TableClause) -> Iterator[sa.Row]:
    """Yield the rows of a table by their numbers, a batch at a time."""
    after = 0
    while True:
        wanted = sa.select(table).where(table.c.id > after).order_by(table.c.id).limit(BATCH)
        rows = connection.execute(wanted).all()
        yield from rows
        if not rows:
            return
        after = rows[-1].id


def _clean(connection: sa.Connection, name: str, columns: tuple[str, ...]) -> None:
    table = _table(name, columns)
    for row in _rows(connection, table):
        news = {each: clean(getattr(row, each)).strip() for each in columns}
        news = {each: text for each, text in news.items() if text != getattr(row, each)}
        # A name of nothing but invisible characters stays: somebody has to see it and name it.
        news = {each: text for each, text in news.items() if text}
        if news:
            connection.execute(sa.update(table).where(table.c.id == row.id).values(**news))


def _make_keys(
    connection: sa.Connection, name: str, column: str, key: str, key_of: Callable[[str], str]
) -> None:
    table = _table(name, ("court_id", column, key))
    changed = [
        (row.id, row.court_id, new)
        for row in _rows(connection, table)
        if (new := key_of(getattr(row, column))) != getattr(row, key)
    ]
    own = sa.update(table).where(table.c.id == sa.bindparam("row"))
    for row, _, _ in changed:  # out of each other's way
        connection.execute(own.values({key: f"\n{row}"}), {"row": row})
    for row, court, new in changed:
        count, free = 1, new
        while connection.scalar(
            sa.select(table.c.id).where(table.c.court_id == court, table.c[key] == free)
        ):
            count += 1
            free = f"{new}\n{count}"
        connection.execute(own.values({key: free}), {"row": row})


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in PHONES:
            main = "split_part(phone, ';', 1)"
            op.execute(f"UPDATE {table} SET phone = {main} WHERE length(phone) > 20")
            op.alter_column(table, "phone", type_=sa.String(20))
