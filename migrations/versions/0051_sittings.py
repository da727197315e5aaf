"""Hearings of several sittings: a row for each, of a hearing, a slot or a slot of a request.

Hearings and slots of before have one sitting, the times of their own row, and no row here. What
calendars say changes with the name of a courtroom of any sitting.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
# Tables that have sittings, and whether days are looked for in them.
OWNERS = {"hearing": True, "slot": True, "move_slot": False}
TRIGGER = "courtroom_update_of_sittings"
OF_COURTROOM = (
    "id IN (SELECT s.hearing_id FROM hearing_sitting s WHERE s.courtroom_id = NEW.id) "
    "OR id IN (SELECT p.hearing_id FROM proposal p JOIN slot s ON s.proposal_id = p.id "
    "JOIN slot_sitting t ON t.slot_id = s.id "
    "WHERE p.state = 'open' AND t.courtroom_id = NEW.id)"
)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    """Add the counts and the tables."""
    for owner, by_day in OWNERS.items():
        op.add_column(
            owner, sa.Column("sitting_count", sa.Integer(), server_default="1", nullable=False)
        )
        _create_table(f"{owner}_sitting", owner, by_day=by_day)
    if _on_postgresql():
        op.execute(
            f"CREATE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"UPDATE hearing SET edition = edition + 1 WHERE {OF_COURTROOM}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {TRIGGER} AFTER UPDATE ON courtroom FOR EACH ROW "
            "WHEN (OLD.name IS DISTINCT FROM NEW.name "
            f"OR OLD.location IS DISTINCT FROM NEW.location) EXECUTE FUNCTION {TRIGGER}()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {TRIGGER} AFTER UPDATE OF name, location ON courtroom "
            "WHEN OLD.name IS NOT NEW.name OR OLD.location IS NOT NEW.location "
            "BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET "
            "stamp = (SELECT n FROM calendar_tick), edition = edition + 1 "
            f"WHERE {OF_COURTROOM}; END"
        )


def _create_table(table: str, owner: str, *, by_day: bool) -> None:
    column = f"{owner}_id"
    op.create_table(
        table,
        sa.Column("id", Key, nullable=False),
        sa.Column("starts_at", Time, nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.Column("courtroom_id", Key, nullable=False),
        sa.Column(column, Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["courtroom_id"], ["courtroom.id"], name=f"fk_{table}_courtroom_id"
        ),
        sa.ForeignKeyConstraint(
            [column], [f"{owner}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
        ),
    )
    op.create_index(f"ix_{table}_courtroom_id", table, ["courtroom_id"])
    op.create_index(f"ix_{table}_{column}", table, [column])
    if by_day:
        op.create_index(f"ix_{table}_starts_at", table, ["starts_at"])


def downgrade() -> None:
    """Remove them: what has several sittings keeps the first and the end of the last."""
    if _on_postgresql():
        op.execute(f"DROP TRIGGER {TRIGGER} ON courtroom")
        op.execute(f"DROP FUNCTION {TRIGGER}()")
    else:
        op.execute(f"DROP TRIGGER {TRIGGER}")
    for owner in reversed(OWNERS):
        op.drop_table(f"{owner}_sitting")
        op.drop_column(owner, "sitting_count")
