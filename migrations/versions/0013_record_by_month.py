"""The record by month on PostgreSQL; the database itself moves each chain's head on, line by line.

A line's number begins with the year and month in which it is written (202611 0000000123), so that
ranges of numbers are months: the number alone stays the key, and contents refer to it. What the
unique pair of case and place in the chain held, which no index over months can hold, the head
holds now: a line must follow the last one of its case, by number, hash and time.
"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0013"
down_revision = "0012"

ONLY_ADDED = "the record is only ever added to"
A_MONTH = 10**10  # numbers of lines in a month
MOVE_ON = (
    "UPDATE record_head SET seq = NEW.seq, hash = NEW.hash, last_at = NEW.at "
    "WHERE case_id = NEW.case_id AND seq = NEW.seq - 1 AND hash = NEW.prev "
    "AND (last_at IS NULL OR last_at <= NEW.at);"
)
LAST_AT = (
    "UPDATE record_head SET last_at = (SELECT l.at FROM record_line l "
    "WHERE l.case_id = record_head.case_id AND l.seq = record_head.seq)"
)
INDEXES = {
    "ix_record_line_about": "(about)",
    "ix_record_line_attempt": "(attempt)",
    "ix_record_line_counsel_id": "(counsel_id)",
    "ix_record_line_erased": "(case_id) WHERE what = 'erased'",
    "ix_record_line_hash": "(hash)",
    "ix_record_line_notice_id": "(notice_id)",
}
REFERENCES = {
    "court_id": "court",
    "case_id": "case_file",
    "notice_id": "notice",
    "counsel_id": "counsel",
}


def upgrade() -> None:
    op.add_column("record_head", sa.Column("last_at", UTCDateTime(), nullable=True))
    op.execute(LAST_AT)
    if op.get_bind().dialect.name == "postgresql":
        _take_guards_off()
        _divide()
        _put_guards_on()
        _follow_on_postgresql()
        op.execute("SELECT make_record_months(3)")
    else:
        op.execute(
            f"CREATE TRIGGER record_line_follows AFTER INSERT ON record_line BEGIN {MOVE_ON} "
            f"SELECT RAISE(ABORT, '{ONLY_ADDED}: a line follows the last one (record_line)') "
            "WHERE changes() = 0; END"
        )


def _take_guards_off() -> None:
    for table in ("record_line", "record_content"):
        op.execute(f"DROP TRIGGER {table}_only_added_to ON {table}")
        op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")


def _put_guards_on() -> None:
    for table, refuse in (
        ("record_line", "only_added_to"),
        ("record_content", "record_content_blanked"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refuse}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )


def _divide() -> None:
    """Make each table the first part, all before this month, of a new one of its name."""
    first = op.get_bind().scalar(sa.text("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')"))
    before = f"FOR VALUES FROM (MINVALUE) TO ({int(first) * A_MONTH})"
    op.execute("ALTER TABLE record_content DROP CONSTRAINT fk_record_content_line_id")
    op.execute("ALTER TABLE record_line DROP CONSTRAINT uq_record_line_case_id_seq")
    for table, key in (("record_line", "id"), ("record_content", "line_id")):
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
        op.execute(f"ALTER TABLE {table}_before RENAME CONSTRAINT pk_{table} TO pk_{table}_before")
        op.execute(
            f"CREATE TABLE {table} (LIKE {table}_before INCLUDING DEFAULTS, "
            f"CONSTRAINT pk_{table} PRIMARY KEY ({key})) PARTITION BY RANGE ({key})"
        )
    _number_by_month()
    for column, other in REFERENCES.items():
        name = f"fk_record_line_{column}"
        op.execute(
            f"ALTER TABLE record_line ADD CONSTRAINT {name} "
            f"FOREIGN KEY ({column}) REFERENCES {other} (id)"
        )
    for name, what in INDEXES.items():
        op.execute(f"ALTER INDEX {name} RENAME TO {name}_before")
        op.execute(f"CREATE INDEX {name} ON record_line {what}")
    op.execute("CREATE INDEX ix_record_line_place ON record_line (case_id, seq)")
    for table in ("record_line", "record_content"):
        op.execute(f"ALTER TABLE {table} ATTACH PARTITION {table}_before {before}")
        op.execute(f"CREATE TABLE {table}_other PARTITION OF {table} DEFAULT")
    op.execute(
        "ALTER TABLE record_content ADD CONSTRAINT fk_record_content_line_id "
        "FOREIGN KEY (line_id) REFERENCES record_line (id)"
    )


def _number_by_month() -> None:
    op.execute("ALTER SEQUENCE record_line_id_seq OWNED BY record_line.id")
    op.execute(f"ALTER SEQUENCE record_line_id_seq MAXVALUE {A_MONTH - 1} CYCLE")
    op.execute(
        "ALTER TABLE record_line ALTER COLUMN id SET DEFAULT "
        f"to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * {A_MONTH} "
        "+ nextval('record_line_id_seq')"
    )


def _follow_on_postgresql() -> None:
    """Let the head be moved on by its lines alone, and never back."""
    op.execute(
        f"CREATE FUNCTION record_line_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{MOVE_ON} IF NOT FOUND THEN RAISE EXCEPTION '{ONLY_ADDED}: line % of case % does not "
        "follow the last one (%)', NEW.seq, NEW.case_id, TG_TABLE_NAME "
        "USING ERRCODE = 'unique_violation'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER record_line_follows AFTER INSERT ON record_line "
        "FOR EACH ROW EXECUTE FUNCTION record_line_follows()"
    )
    op.execute(
        "CREATE TRIGGER record_head_not_back BEFORE UPDATE ON record_head "
        "FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.case_id <> OLD.case_id) "
        "EXECUTE FUNCTION only_added_to()"
    )
    op.execute(
        "CREATE TRIGGER record_head_not_taken BEFORE DELETE ON record_head "
        "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
    )
    op.execute(
        "CREATE TRIGGER record_head_not_emptied BEFORE TRUNCATE ON record_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
    )
    # A month's tables are made while lines are written: whoever waits longer than half a second
    # for that (a dump reads for hours) gives up, and is asked again.
    op.execute(
        f"""
        CREATE FUNCTION make_record_months(ahead integer) RETURNS integer LANGUAGE plpgsql
        SET lock_timeout = '500ms' AS $$
        DECLARE
            month timestamp; name text; made integer := 0; part text;
        BEGIN
            FOR n IN 0..ahead LOOP
                month := date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month';
                name := to_char(month, 'YYYYMM');
                CONTINUE WHEN to_regclass('record_content_' || name) IS NOT NULL;
                FOREACH part IN ARRAY ARRAY['record_line', 'record_content'] LOOP
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
                        part || '_' || name, part, name::bigint * {A_MONTH},
                        to_char(month + interval '1 month', 'YYYYMM')::bigint * {A_MONTH});
                    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
                        'EXECUTE FUNCTION only_added_to()',
                        part || '_not_emptied', part || '_' || name);
                END LOOP;
                made := made + 1;
            END LOOP;
            RETURN made;
        END $$
        """
    )
    for table in ("record_line", "record_content"):
        for part in ("before", "other"):
            op.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}_{part} "
                "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _unite()
    else:
        op.execute("DROP TRIGGER record_line_follows")
    op.drop_column("record_head", "last_at")


def _unite() -> None:
    for when in ("not_back", "not_taken", "not_emptied"):
        op.execute(f"DROP TRIGGER record_head_{when} ON record_head")
    op.execute("DROP TRIGGER record_line_follows ON record_line")
    op.execute("DROP FUNCTION record_line_follows()")
    op.execute("DROP FUNCTION make_record_months(integer)")
    _take_guards_off()
    op.execute("ALTER TABLE record_content DROP CONSTRAINT fk_record_content_line_id")
    # Lines are counted from one again: nothing but their contents refers to their numbers.
    op.execute(
        "CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS "
        "SELECT id AS was, row_number() OVER (ORDER BY id) AS id FROM record_line"
    )
    for table, key in (("record_line", "id"), ("record_content", "line_id")):
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_parts")
        op.execute(f"ALTER TABLE {table}_parts RENAME CONSTRAINT pk_{table} TO pk_{table}_parts")
        op.execute(f"CREATE TABLE {table} (LIKE {table}_parts)")
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_parts")
        op.execute(
            f"UPDATE {table} SET {key} = numbered.id FROM numbered WHERE was = {table}.{key}"
        )
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})")
    op.execute("SELECT setval('record_line_id_seq', (SELECT count(*) + 1 FROM numbered))")
    op.execute(f"ALTER SEQUENCE record_line_id_seq MAXVALUE {2**63 - 1} NO CYCLE")
    op.execute(
        "ALTER TABLE record_line ALTER COLUMN id SET DEFAULT nextval('record_line_id_seq'), "
        "ADD CONSTRAINT uq_record_line_case_id_seq UNIQUE (case_id, seq)"
    )
    op.execute("ALTER SEQUENCE record_line_id_seq OWNED BY record_line.id")
    for table in ("record_content", "record_line"):
        op.execute(f"DROP TABLE {table}_parts")
    for name, what in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON record_line {what}")
    for column, other in REFERENCES.items():
        op.execute(
            f"ALTER TABLE record_line ADD CONSTRAINT fk_record_line_{column} "
            f"FOREIGN KEY ({column}) REFERENCES {other} (id)"
        )
    op.execute(
        "ALTER TABLE record_content ADD CONSTRAINT fk_record_content_line_id "
        "FOREIGN KEY (line_id) REFERENCES record_line (id)"
    )
    _put_guards_on()
