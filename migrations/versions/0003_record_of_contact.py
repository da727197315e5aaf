"""Days of the court over the chains, tasks, what carriers are asked for, and blanking."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0003"
down_revision = "0002"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNFINISHED = sa.text("ask_at IS NOT NULL")
UNSEALED = sa.text("sealed_seq < seq")
ERASED = sa.text("what = 'erased'")
COMING = sa.text("state IN ('waiting', 'open')")
ONLY_ADDED = "the record is only ever added to"

# What may be blanked, once a later line of the same case says who did it and why: nothing else of
# the row changes with it.
MAY_BLANK = {
    "record_content": (
        "NEW.line_id = OLD.line_id AND {body} = '{{}}' AND EXISTS (SELECT 1 FROM record_line l "
        "JOIN record_line e ON e.case_id = l.case_id AND e.what = 'erased' AND e.seq > l.seq "
        "WHERE l.id = OLD.line_id)"
    ),
    "receipt": (
        "NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.carrier = OLD.carrier AND "
        "NEW.carrier_id = OLD.carrier_id AND NEW.status = OLD.status AND "
        "NEW.notice_id = OLD.notice_id AND {body} = '{{}}' AND EXISTS (SELECT 1 FROM notice n "
        "JOIN record_line e ON e.case_id = n.case_id AND e.what = 'erased' "
        "WHERE n.id = OLD.notice_id)"
    ),
}
BODY = {"record_content": "body", "receipt": "raw"}


def upgrade() -> None:
    with op.batch_alter_table("court") as table:
        table.add_column(sa.Column("keep_days", sa.Integer(), nullable=True))
    with op.batch_alter_table("notice") as table:
        table.add_column(sa.Column("handed_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("ask_at", UTCDateTime(), nullable=True))
        table.create_index(
            "ix_notice_unfinished",
            ["ask_at"],
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        )
        table.create_index("ix_notice_court_id_notice_created_at", ["court_id", "created_at"])
    op.add_column(
        "record_head", sa.Column("sealed_seq", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        "ix_record_head_unsealed",
        "record_head",
        ["case_id"],
        sqlite_where=UNSEALED,
        postgresql_where=UNSEALED,
    )
    op.create_index("ix_record_line_hash", "record_line", ["hash"])
    op.create_index(
        "ix_record_line_erased",
        "record_line",
        ["case_id"],
        sqlite_where=ERASED,
        postgresql_where=ERASED,
    )
    _make_day()
    _make_task()
    op.create_table(
        "tally",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "on", name="pk_tally"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def _make_day() -> None:
    op.create_table(
        "record_day",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_record_day_court_id"),
        sa.PrimaryKeyConstraint("id", name="pk_record_day"),
        sa.UniqueConstraint("court_id", "seq", name="uq_record_day_seq"),
        sa.UniqueConstraint("court_id", "on", name="uq_record_day_on"),
    )


def _make_task() -> None:
    op.create_table(
        "task",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opens_at", UTCDateTime(), nullable=False),
        sa.Column("latest_at", UTCDateTime(), nullable=True),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("tried_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_task_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_task_case_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_task_counsel_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.UniqueConstraint("key", name="uq_task_key"),
    )
    op.create_index("ix_task_court_id_task_state", "task", ["court_id", "state"])
    op.create_index("ix_task_case_id_task_counsel_id", "task", ["case_id", "counsel_id"])
    op.create_index("ix_task_about", "task", ["about"])
    op.create_index("ix_task_counsel_id", "task", ["counsel_id"])
    op.create_index(
        "ix_task_coming", "task", ["opens_at"], sqlite_where=COMING, postgresql_where=COMING
    )


def _guard_on_sqlite() -> None:
    for table, may in MAY_BLANK.items():
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN NOT ({may.format(body=f'NEW.{BODY[table]}')}) "
            f"BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED} ({table})'); END"
        )
    for when in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER record_day_no_{when.lower()} BEFORE {when} ON record_day "
            f"BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED} (record_day)'); END"
        )
    op.execute(
        "CREATE TRIGGER record_day_no_replace BEFORE INSERT ON record_day WHEN EXISTS "
        "(SELECT 1 FROM record_day WHERE id = NEW.id OR (court_id = NEW.court_id "
        'AND (seq = NEW.seq OR "on" = NEW."on"))) '
        "BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_day)'); END"
    )


def _guard_on_postgresql() -> None:
    for table, may in MAY_BLANK.items():
        op.execute(
            f"CREATE FUNCTION {table}_blanked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' AND {may.format(body=f'NEW.{BODY[table]}::text')} THEN "
            f"RETURN NEW; END IF; RAISE EXCEPTION '{ONLY_ADDED} (%)', TG_TABLE_NAME; END $$"
        )
        op.execute(f"DROP TRIGGER {table}_only_added_to ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_blanked()"
        )
    op.execute(
        "CREATE TRIGGER record_day_only_added_to BEFORE UPDATE OR DELETE ON record_day "
        "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
    )
    op.execute(
        "CREATE TRIGGER record_day_not_emptied BEFORE TRUNCATE ON record_day "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
    )


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in MAY_BLANK:
        if on_postgresql:
            op.execute(f"DROP TRIGGER {table}_only_added_to ON {table}")
            op.execute(f"DROP FUNCTION {table}_blanked()")
            op.execute(
                f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
            )
        else:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{ONLY_ADDED} ({table})'); END"
            )
    for table in ("tally", "task", "record_day"):
        op.drop_table(table)
    op.drop_index("ix_record_line_erased", "record_line")
    op.drop_index("ix_record_line_hash", "record_line")
    op.drop_index("ix_record_head_unsealed", "record_head")
    op.drop_column("record_head", "sealed_seq")
    op.drop_index("ix_notice_court_id_notice_created_at", "notice")
    op.drop_index("ix_notice_unfinished", "notice")
    op.drop_column("notice", "ask_at")
    op.drop_column("notice", "handed_at")
    op.drop_column("court", "keep_days")
