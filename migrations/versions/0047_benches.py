"""Benches: who sits and is needed beside the judge who presides, by case and by hearing.

Hearings of before are a bench of one: the judge of their own row. What calendars say about a
hearing changes with its members, and so does its edition.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWNERS = {"case_member": "case_file", "hearing_member": "hearing"}
MEMBERS = (
    ("INSERT", "id = NEW.hearing_id"),
    ("UPDATE", "id = NEW.hearing_id"),
    ("DELETE", "id = OLD.hearing_id"),
)
NAMED = "id IN (SELECT m.hearing_id FROM hearing_member m WHERE m.judge_id = NEW.id)"


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    """Add the tables, and what people usually are."""
    op.add_column("judge", sa.Column("role", sa.String(20), server_default="judge", nullable=False))
    for table, owner in OWNERS.items():
        column = f"{owner.removesuffix('_file')}_id"
        op.create_table(
            table,
            sa.Column("id", Key, nullable=False),
            sa.Column(column, Key, nullable=False),
            sa.Column("judge_id", Key, nullable=False),
            sa.Column("role", sa.String(20), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(
                [column], [f"{owner}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=f"fk_{table}_judge_id"),
            sa.UniqueConstraint(column, "judge_id", name=f"uq_{table}_{column}_judge_id"),
        )
        op.create_index(f"ix_{table}_judge_id", table, ["judge_id"])
    if _on_postgresql():
        _watch_on_postgresql()
    else:
        _watch_on_sqlite()


def _watch_on_postgresql() -> None:
    def watch(name: str, table: str, when: str, which: str, condition: str = "") -> None:
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"UPDATE hearing SET edition = edition + 1 WHERE {which}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {when} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION {name}()"
        )

    for when, which in MEMBERS:
        watch(f"hearing_member_{when.lower()}_in_calendars", "hearing_member", when, which)
    renamed = "WHEN (OLD.name IS DISTINCT FROM NEW.name) "
    watch("judge_update_of_members", "judge", "UPDATE", NAMED, renamed)


def _watch_on_sqlite() -> None:
    stamped = (
        "UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET "
        "stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE"
    )
    for when, which in MEMBERS:
        op.execute(
            f"CREATE TRIGGER hearing_member_{when.lower()}_in_calendars AFTER {when} "
            f"ON hearing_member BEGIN {stamped} {which}; END"
        )
    op.execute(
        "CREATE TRIGGER judge_update_of_members AFTER UPDATE OF name ON judge "
        f"WHEN OLD.name IS NOT NEW.name BEGIN {stamped} {NAMED}; END"
    )


def downgrade() -> None:
    """Remove them: every hearing has the judge of its own row again."""
    names = [f"hearing_member_{when.lower()}_in_calendars" for when, _ in MEMBERS]
    names.append("judge_update_of_members")
    if not _on_postgresql():
        op.execute("DROP TRIGGER judge_update_of_members")
    else:
        op.execute("DROP TRIGGER judge_update_of_members ON judge")
    for table in reversed(OWNERS):
        op.drop_table(table)
    if _on_postgresql():
        for name in names:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("judge", "role")
