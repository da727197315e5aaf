"""Which hearings changed, by the database's own word; rendered events; feeds that only say busy."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNDRAWN = sa.text("drawn_edition < edition")
# What of a hearing's own row a calendar says, or is chosen by.
OWN = (
    "court_id",
    "case_id",
    "judge_id",
    "kind",
    "minutes",
    "state",
    "revision",
    "uid",
    "starts_at",
    "ends_at",
    "courtroom_id",
    "imported",
    "user_id",
    "changed_at",
)
# What else a calendar says: table, when, its columns (of an update), and which hearings say it.
ROUNDS = (
    "id IN (SELECT p.hearing_id FROM proposal p JOIN slot s ON s.proposal_id = p.id "
    "WHERE p.state = 'open' AND s.courtroom_id = NEW.id)"
)
ELSEWHERE = (
    ("court", "UPDATE", ("name", "zone", "phone"), "court_id = NEW.id"),
    ("case_file", "UPDATE", ("number", "title", "assistant_id"), "case_id = NEW.id"),
    ("judge", "UPDATE", ("name",), "judge_id = NEW.id"),
    ("courtroom", "UPDATE", ("name", "location"), f"courtroom_id = NEW.id OR {ROUNDS}"),
    ("proposal", "INSERT", (), "id = NEW.hearing_id"),
    ("proposal", "UPDATE", ("state",), "id = NEW.hearing_id"),
    (
        "invitation",
        "INSERT",
        (),
        "id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id)",
    ),
    (
        "invitation",
        "UPDATE",
        ("revoked_at",),
        "id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id)",
    ),
    (
        "representation",
        "INSERT",
        (),
        "case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id)",
    ),
    (
        "representation",
        "UPDATE",
        ("left_at",),
        "case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id)",
    ),
)


def upgrade() -> None:
    for name in ("edition", "drawn_edition"):
        op.add_column("hearing", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hearing", sa.Column("stamp", Key, nullable=False, server_default="0"))
    op.execute("UPDATE hearing SET edition = 1")
    op.create_index("ix_hearing_court_id_hearing_stamp", "hearing", ["court_id", "stamp"])
    op.create_index(
        "ix_hearing_undrawn", "hearing", ["id"], sqlite_where=UNDRAWN, postgresql_where=UNDRAWN
    )
    op.add_column(
        "feed", sa.Column("busy_only", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "rendered_event",
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("house", sa.String(32), nullable=False),
        sa.Column("events", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", "language", name="pk_rendered_event"),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name="fk_rendered_event_hearing_id"
        ),
    )
    op.create_index("ix_rendered_event_house", "rendered_event", ["house"])
    op.create_table(
        "calendar_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("n", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_tick"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _watch_on_postgresql()
    else:
        _watch_on_sqlite()


def _watch_on_postgresql() -> None:
    """Stamp a hearing with its transaction: a reader who keeps its snapshot knows what is newer.

    No counter is locked, and the order in which transactions commit does not matter.
    """
    old, new = (", ".join(f"{row}.{name}" for name in OWN) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE FUNCTION hearing_stamped() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' AND NEW.edition = OLD.edition THEN "
        f"IF ROW({old}) IS NOT DISTINCT FROM ROW({new}) THEN RETURN NEW; END IF; "
        "NEW.edition := OLD.edition + 1; END IF; "
        "IF TG_OP = 'INSERT' THEN NEW.edition := 1; END IF; "
        "NEW.stamp := pg_current_xact_id()::text::bigint; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER hearing_stamped BEFORE INSERT OR UPDATE ON hearing "
        "FOR EACH ROW EXECUTE FUNCTION hearing_stamped()"
    )
    for table, when, columns, which in ELSEWHERE:
        name = f"{table}_{when.lower()}_in_calendars"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"UPDATE hearing SET edition = edition + 1 WHERE {which}; RETURN NULL; END $$"
        )
        differs = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
        condition = f"WHEN ({differs}) " if columns else ""
        op.execute(
            f"CREATE TRIGGER {name} AFTER {when} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION {name}()"
        )


def _watch_on_sqlite() -> None:
    """Number the changes: there is one writer at a time, so numbers rise as commits do."""
    op.execute("INSERT INTO calendar_tick (id, n) VALUES (1, 1)")
    stamp = "stamp = (SELECT n FROM calendar_tick), edition = edition + 1"
    tick = "UPDATE calendar_tick SET n = n + 1"
    own = f"{tick}; UPDATE hearing SET {stamp} WHERE id = NEW.id;"
    op.execute(f"CREATE TRIGGER hearing_stamped_insert AFTER INSERT ON hearing BEGIN {own} END")
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in OWN)
    op.execute(
        f"CREATE TRIGGER hearing_stamped_update AFTER UPDATE OF {', '.join(OWN)} ON hearing "
        f"WHEN {differs} BEGIN {own} END"
    )
    for table, when, columns, which in ELSEWHERE:
        of = f" OF {', '.join(columns)}" if columns else ""
        differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
        condition = f"WHEN {differs} " if columns else ""
        op.execute(
            f"CREATE TRIGGER {table}_{when.lower()}_in_calendars AFTER {when}{of} ON {table} "
            f"{condition}BEGIN {tick}; UPDATE hearing SET {stamp} WHERE {which}; END"
        )


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, when, _, _ in ELSEWHERE:
        name = f"{table}_{when.lower()}_in_calendars"
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if on_postgresql else ""))
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}")
    if on_postgresql:
        op.execute("DROP TRIGGER hearing_stamped ON hearing")
        op.execute("DROP FUNCTION hearing_stamped")
    else:
        op.execute("DROP TRIGGER hearing_stamped_insert")
        op.execute("DROP TRIGGER hearing_stamped_update")
    op.drop_table("calendar_tick")
    op.drop_table("rendered_event")
    op.drop_column("feed", "busy_only")
    op.drop_index("ix_hearing_undrawn", "hearing")
    op.drop_index("ix_hearing_court_id_hearing_stamp", "hearing")
    for name in ("stamp", "drawn_edition", "edition"):
        op.drop_column("hearing", name)
