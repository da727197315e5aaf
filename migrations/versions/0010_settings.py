"""A court's own words with their versions, what it changed and when, tests of carriers, paper."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONLY_ADDED_TO = ("setting_change", "wording")


def upgrade() -> None:
    at = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    for table in ("court", "counsel"):
        op.add_column(table, sa.Column("postal", sa.String(300), nullable=False, server_default=""))
    op.add_column("user_account", sa.Column("seen_at", at, nullable=True))
    op.add_column("courtroom", sa.Column("retired_at", at, nullable=True))
    op.create_table(
        "setting_change",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("at", at, nullable=False),
        sa.Column("user_id", Key, nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("area", sa.String(20), nullable=False),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_setting_change"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_setting_change_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_setting_change_user_id"),
    )
    op.create_index(
        "ix_setting_change_court_id_setting_change_id", "setting_change", ["court_id", "id"]
    )
    op.create_table(
        "wording",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", Key, nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", at, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wording"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_wording_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_wording_user_id"),
        sa.UniqueConstraint(
            "court_id", "kind", "channel", "language", "version", name="uq_wording_version"
        ),
    )
    op.create_table(
        "carrier_test",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("asked_at", at, nullable=False),
        sa.Column("tried_at", at, nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("carrier", sa.String(20), nullable=False),
        sa.Column("said", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_carrier_test"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_carrier_test_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_carrier_test_user_id"),
    )
    op.create_index(
        "ix_carrier_test_court_id_carrier_test_asked_at", "carrier_test", ["court_id", "asked_at"]
    )
    for table in ONLY_ADDED_TO:
        _guard(table)
    _keep_rooms_of_feeds()


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for when, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"{table}_not_emptied" if each == "STATEMENT" else f"{table}_only_added_to"
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {when} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION only_added_to()"
            )
        return
    for when in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{when.lower()} BEFORE {when} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, 'the record is only ever added to ({table})'); END"
        )


def _keep_rooms_of_feeds() -> None:
    """Keep a courtroom whose calendar somebody follows: its number must not become another's."""
    followed = "EXISTS (SELECT 1 FROM feed WHERE scope = 'courtroom' AND whose = OLD.id)"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION courtroom_followed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {followed} THEN RAISE EXCEPTION 'the courtroom has calendars' "
            "USING ERRCODE = 'foreign_key_violation'; END IF; RETURN OLD; END $$"
        )
        op.execute(
            "CREATE TRIGGER courtroom_followed BEFORE DELETE ON courtroom "
            "FOR EACH ROW EXECUTE FUNCTION courtroom_followed()"
        )
        return
    op.execute(
        f"CREATE TRIGGER courtroom_followed BEFORE DELETE ON courtroom WHEN {followed} "
        "BEGIN SELECT RAISE(ABORT, 'the courtroom has calendars'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER courtroom_followed ON courtroom")
        op.execute("DROP FUNCTION courtroom_followed()")
    else:
        op.execute("DROP TRIGGER courtroom_followed")
    for table in ("carrier_test", "wording", "setting_change"):
        op.drop_table(table)
    op.drop_column("courtroom", "retired_at")
    op.drop_column("user_account", "seen_at")
    for table in ("counsel", "court"):
        op.drop_column(table, "postal")
