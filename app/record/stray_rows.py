"""Stray rows: those of the record's tables that belong to nothing; and missing guards.

Verification of a chain begins at a case and that of days at a court: rows that name neither are
seen by neither. The guards are the triggers by which the database refuses changes of the record.
"""

import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.errors import N_, Message
from app.court.models import Court
from app.record import raw_columns
from app.record.models import NOTICE, ChainHead, DailySeal, Entry, EntryContent, Receipt

TABLES = tuple(each.__tablename__ for each in (Entry, EntryContent, ChainHead, DailySeal, Receipt))
# Each guard by table and name, with the first digits of the SHA-256 of its body: a trigger that was
# put back empty guards nothing. A migration that changes one changes it here.
SQLITE = {
    ("receipt", "receipt_no_delete"): "d63d020cef30b304",
    ("receipt", "receipt_no_replace"): "cc202469daa7503a",
    ("receipt", "receipt_no_update"): "0574fd4eb82dd971",
    ("record_content", "record_content_no_delete"): "f8fcf2eac8d4e8c5",
    ("record_content", "record_content_no_replace"): "9a525b2ebc984fae",
    ("record_content", "record_content_no_update"): "e8343160b227e2e0",
    ("record_day", "record_day_no_delete"): "e25167d0616047bd",
    ("record_day", "record_day_no_replace"): "0e3c308cbffd6dbe",
    ("record_day", "record_day_no_update"): "c7b34ec7f46e8c0e",
    ("record_line", "record_line_follows"): "fe54867c6d44e7c2",
    ("record_line", "record_line_no_delete"): "222ee6e2f422d72c",
    ("record_line", "record_line_no_replace"): "c20b66da1fbaecf3",
    ("record_line", "record_line_no_update"): "665c847f29e1edd4",
}
POSTGRESQL = {
    ("receipt", "receipt_not_emptied"): "cadfdaa42c5a7ef9",
    ("receipt", "receipt_only_added_to"): "5eb64625d6d64696",
    ("record_content", "record_content_not_emptied"): "cadfdaa42c5a7ef9",
    ("record_content", "record_content_only_added_to"): "2d486415c91730d8",
    ("record_day", "record_day_not_emptied"): "cadfdaa42c5a7ef9",
    ("record_day", "record_day_only_added_to"): "e19d13e7055c9d61",
    ("record_head", "record_head_not_back"): "55474273de955a81",
    ("record_head", "record_head_not_emptied"): "cadfdaa42c5a7ef9",
    ("record_head", "record_head_not_taken"): "9dbb420aa8447614",
    ("record_line", "record_line_follows"): "2dfa2398c5c968df",
    ("record_line", "record_line_not_emptied"): "cadfdaa42c5a7ef9",
    ("record_line", "record_line_only_added_to"): "e19d13e7055c9d61",
}
# When each trigger fires, with what condition, and its function.
_TRIGGERS = """
    SELECT c.relname, t.tgname, t.tgtype, t.tgqual IS NULL, p.proname, p.prosrc
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
"""
_PARTS = """
    SELECT c.relname, coalesce(p.relname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relkind IN ('r', 'p') AND n.nspname = current_schema()
"""


def missing_guards(session: Session) -> list[str]:
    """Return the guards that are missing, disabled or changed, as TABLE.TRIGGER."""
    if session.get_bind().dialect.name != "postgresql":
        rows = session.connection().exec_driver_sql(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
        )
        existing = {(table, name): _digest(sql) for table, name, sql in rows}
        return [".".join(each) for each, digest in SQLITE.items() if existing.get(each) != digest]
    rows = session.connection().exec_driver_sql(_TRIGGERS)
    existing = {(table, name): _digest(*body) for table, name, *body in rows}
    # Each monthly partition has the guards of its table.
    partitions = [
        (partition, parent)
        for partition, parent in session.connection().exec_driver_sql(_PARTS)
        if parent in TABLES
    ]
    return sorted(
        f"{partition}.{name}"
        for partition, parent in partitions
        for (table, name), digest in POSTGRESQL.items()
        if table == parent and existing.get((partition, name)) != digest
    )


def _digest(*body: object) -> str:
    # SQLite puts quotes round the names of tables that were created anew.
    text = " ".join(" ".join(map(str, body)).replace('"', "").split())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@raw_columns.tolerant
def strays(session: Session) -> list[Message]:
    """Return what is wrong with rows that belong to no case, entry, message or court."""
    messages = []
    by_case = sa.select(Entry.case_id.label("case_id")).group_by(Entry.case_id).subquery()
    for words, query in (
        (
            N_("record_line: there are lines of case %(which)s, and no such case"),
            _without(by_case.c.case_id, Case, Case.id),
        ),
        (
            N_("record_line: there are lines of message %(which)s, and no such message"),
            _without(Entry.notice_id, NOTICE, NOTICE.c.id).where(Entry.notice_id.is_not(None)),
        ),
        (
            N_("record_content: there are contents of line %(which)s, and no such line"),
            _without(EntryContent.line_id, Entry, Entry.id),
        ),
        (
            N_("record_head: there is a head of case %(which)s, and no such case"),
            _without(ChainHead.case_id, Case, Case.id),
        ),
        (
            N_("record_head: case %(which)s has two heads"),
            sa.select(ChainHead.case_id).group_by(ChainHead.case_id).having(sa.func.count() > 1),
        ),
        (
            N_("record_day: there are days of court %(which)s, and no such court"),
            _without(DailySeal.court_id, Court, Court.id),
        ),
    ):
        row = session.execute(query.limit(1)).first()
        if row is not None:
            messages.append(Message(words, which=ascii(row[0])[:40]))
    return messages


def _without(column: Any, model: Any, key: Any) -> sa.Select:
    """Return a query for the values of a column that no row of another table has as its key."""
    value = sa.type_coerce(column, sa.types.NullType())
    return sa.select(value).outerjoin_from(column.table, model, key == column).where(key.is_(None))
