"""Files that are imported by page, columns that a court chose, and what each import made."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MADE = ("case_file", "hearing")


def upgrade() -> None:
    at = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    op.create_table(
        "upload",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("remind", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", at, nullable=False),
        sa.Column("ended_at", at, nullable=True),
        sa.Column("counsel_before", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_upload_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_upload_user_id"),
    )
    op.create_index("ix_upload_court_id_upload_id", "upload", ["court_id", "id"])
    op.create_index("ix_upload_state", "upload", ["state"])
    op.create_table(
        "upload_part",
        sa.Column("upload_id", Key, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "seq", name="pk_upload_part"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_upload_part_upload_id"),
    )
    op.create_table(
        "chosen_column",
        sa.Column("court_id", Key, nullable=False),
        sa.Column("header_key", sa.String(200), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("court_id", "header_key", name="pk_chosen_column"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_chosen_column_court_id"),
    )
    for table in MADE:
        op.add_column(table, sa.Column("upload_id", Key, nullable=True))
        op.create_index(f"ix_{table}_upload_id", table, ["upload_id"])
    op.create_table(
        "gone_hearing",
        sa.Column("hearing_id", Key, autoincrement=False, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("stamp", Key, nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", name="pk_gone_hearing"),
    )
    op.create_index(
        "ix_gone_hearing_court_id_gone_hearing_stamp", "gone_hearing", ["court_id", "stamp"]
    )
    _watch_goings()


def _watch_goings() -> None:
    """Stamp a hearing's going as its changes are stamped, and let its drawn events go with it."""
    drawn = "DELETE FROM rendered_event WHERE hearing_id = OLD.id;"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION hearing_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{drawn} INSERT INTO gone_hearing (hearing_id, court_id, stamp) "
            "VALUES (OLD.id, OLD.court_id, pg_current_xact_id()::text::bigint) "
            "ON CONFLICT (hearing_id) DO UPDATE SET stamp = EXCLUDED.stamp; RETURN OLD; END $$"
        )
        op.execute(
            "CREATE TRIGGER hearing_gone BEFORE DELETE ON hearing "
            "FOR EACH ROW EXECUTE FUNCTION hearing_gone()"
        )
        return
    op.execute(
        f"CREATE TRIGGER hearing_gone BEFORE DELETE ON hearing BEGIN {drawn} "
        "UPDATE calendar_tick SET n = n + 1; "
        "INSERT OR REPLACE INTO gone_hearing (hearing_id, court_id, stamp) "
        "SELECT OLD.id, OLD.court_id, n FROM calendar_tick; END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER hearing_gone ON hearing")
        op.execute("DROP FUNCTION hearing_gone()")
    else:
        op.execute("DROP TRIGGER hearing_gone")
    op.drop_table("gone_hearing")
    for table in MADE:
        op.drop_index(f"ix_{table}_upload_id", table)
        op.drop_column(table, "upload_id")
    for table in ("chosen_column", "upload_part", "upload"):
        op.drop_table(table)
