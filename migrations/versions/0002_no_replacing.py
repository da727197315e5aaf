"""SQLite: refuse to replace lines of the record too, whatever the asking program's habits."""

from alembic import op

revision = "0002"
down_revision = "0001"

# REPLACE deletes without a word where a connection has recursive_triggers off, as the sqlite3
# shell has; so the guard stands before the row that would take another's place.
TAKEN = {
    "record_line": "id = NEW.id OR (case_id = NEW.case_id AND seq = NEW.seq)",
    "record_content": "line_id = NEW.line_id",
    "receipt": "id = NEW.id",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, taken in TAKEN.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) BEGIN "
            f"SELECT RAISE(ABORT, 'the record is only ever added to ({table})'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TAKEN:
        op.execute(f"DROP TRIGGER {table}_no_replace")
