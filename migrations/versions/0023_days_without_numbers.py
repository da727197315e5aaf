"""Days without numbers of their own, and blanking of receipts that belong to no message.

A sealed day is known by its court and its place in the chain: every column that is left is covered
by the day's hash, so that none can be changed unseen. Of a receipt that matches no message what the
carrier said may be blanked; all else of it stays. A court may have names erased with all else.
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0023"
down_revision = "0022"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSE = "BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_day)'); END"
SAME = ("id", "at", "carrier", "carrier_id", "status")
ERASED = (
    "NEW.notice_id = OLD.notice_id AND EXISTS (SELECT 1 FROM notice n "
    "JOIN record_line e ON e.case_id = n.case_id AND e.what = 'erased' "
    "WHERE n.id = OLD.notice_id)"
)
UNMATCHED = f"(NEW.notice_id IS NULL AND OLD.notice_id IS NULL OR {ERASED})"
GUARDS = ("no_update", "no_delete", "no_replace")
KEPT = 'court_id, seq, "on", at, heads, prev, hash'


def upgrade() -> None:
    _guard_receipts(UNMATCHED)
    op.add_column(
        "court", sa.Column("erase_names", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_record_day", "record_day")
        op.drop_constraint("uq_record_day_seq", "record_day")
        op.drop_column("record_day", "id")
        op.create_primary_key("pk_record_day", "record_day", ["court_id", "seq"])
        return
    _make_anew(sa.PrimaryKeyConstraint("court_id", "seq", name="pk_record_day"), taken="")


def downgrade() -> None:
    _guard_receipts(ERASED)
    op.drop_column("court", "erase_names")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_record_day", "record_day")
        op.execute("ALTER TABLE record_day ADD COLUMN id bigserial NOT NULL")
        op.create_primary_key("pk_record_day", "record_day", ["id"])
        op.create_unique_constraint("uq_record_day_seq", "record_day", ["court_id", "seq"])
        return
    _make_anew(
        sa.Column("id", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_day"),
        sa.UniqueConstraint("court_id", "seq", name="uq_record_day_seq"),
        taken="id = NEW.id OR ",
    )


def _guard_receipts(may: str) -> None:
    """Let ``raw`` be blanked where a condition holds, and nothing else of a receipt be changed."""
    same = " AND ".join(f"NEW.{name} = OLD.{name}" for name in SAME)
    only_added = "the record is only ever added to"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION receipt_blanked() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'UPDATE' AND {same} AND {may} AND NEW.raw::text = '{{}}' THEN "
            f"RETURN NEW; END IF; RAISE EXCEPTION '{only_added} (%)', TG_TABLE_NAME; END $$"
        )
        return
    op.execute("DROP TRIGGER receipt_no_update")
    op.execute(
        f"CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt WHEN NOT ({same} AND {may} "
        f"AND NEW.raw = '{{}}') BEGIN SELECT RAISE(ABORT, '{only_added} (receipt)'); END"
    )


def _make_anew(*key: sa.schema.SchemaItem, taken: str) -> None:
    """Copy the table into one with another key, and put its guards back (SQLite)."""
    for guard in GUARDS:
        op.execute(f"DROP TRIGGER record_day_{guard}")
    op.execute("ALTER TABLE record_day RENAME TO record_day_before")
    op.create_table(
        "record_day",
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        *key,
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_record_day_court_id"),
        sa.UniqueConstraint("court_id", "on", name="uq_record_day_on"),
    )
    op.execute(
        f"INSERT INTO record_day ({KEPT}) SELECT {KEPT} FROM record_day_before "
        "ORDER BY court_id, seq"
    )
    op.drop_table("record_day_before")
    for when in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER record_day_no_{when} BEFORE {when.upper()} ON record_day {REFUSE}"
        )
    op.execute(
        "CREATE TRIGGER record_day_no_replace BEFORE INSERT ON record_day WHEN EXISTS "
        f"(SELECT 1 FROM record_day WHERE {taken}(court_id = NEW.court_id "
        f'AND (seq = NEW.seq OR "on" = NEW."on"))) {REFUSE}'
    )
