"""Partial indexes, declared once for both databases."""

import sqlalchemy as sa


def partial_index(name: str, *columns: str, where: str) -> sa.Index:
    """Return an index over a part of a table, on both databases."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
