"""Events, and their deliveries, outlive the case of an import that is undone: a plain number.

Other systems were told of its hearings, and are told that they are gone; no event is deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = "state = 'waiting'"
CASES = "(SELECT id FROM case_file)"
OF_CASES = {
    "court_event": "fk_court_event_case_id",
    "webhook_delivery": "fk_webhook_delivery_case_id",
}


def upgrade() -> None:
    """Drop the foreign keys, and find the events of a case by an index."""
    if op.get_bind().dialect.name == "postgresql":
        for table, name in OF_CASES.items():
            op.drop_constraint(name, table, type_="foreignkey")
    else:
        _make_again(refers=False)
    op.create_index("ix_court_event_case_id", "court_event", ["case_id", "number"])


def downgrade() -> None:
    """Delete the events of cases that are gone, and add the foreign keys again."""
    of_events = f"SELECT id FROM court_event WHERE case_id NOT IN {CASES}"
    op.execute(
        f"DELETE FROM webhook_delivery WHERE case_id NOT IN {CASES} OR event_id IN ({of_events})"
    )
    op.execute(f"DELETE FROM court_event WHERE case_id NOT IN {CASES}")
    op.drop_index("ix_court_event_case_id", "court_event")
    if op.get_bind().dialect.name == "postgresql":
        for table, name in OF_CASES.items():
            op.create_foreign_key(name, table, "case_file", ["case_id"], ["id"])
    else:
        _make_again(refers=True)


def _make_again(*, refers: bool) -> None:
    """Make both tables again: SQLite cannot drop a foreign key.

    The old ones are renamed first, which renames what the deliveries refer to, and the deliveries
    are dropped before the events: so no row refers to one that is gone at any moment.
    """
    for table in ("webhook_delivery", "court_event"):
        op.rename_table(table, f"old_{table}")
    for name in ("ix_court_event_unnumbered", *(name for name, _, _ in DELIVERY_INDEXES)):
        op.execute(f"DROP INDEX {name}")
    _add_events(refers=refers)
    _add_deliveries(refers=refers)
    for table in ("court_event", "webhook_delivery"):
        op.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")
    for table in ("webhook_delivery", "court_event"):
        op.drop_table(f"old_{table}")


def _case(name: str, *, refers: bool) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=name)] if refers else []


def _add_events(*, refers: bool) -> None:
    op.create_table(
        "court_event",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("type", sa.String(30), nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("chain_seq", sa.Integer(), nullable=False),
        sa.Column("chain_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_court_event"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_court_event_court_id"),
        *_case(OF_CASES["court_event"], refers=refers),
        sa.UniqueConstraint("court_id", "number", name="uq_court_event_number"),
    )
    where = sa.text("number IS NULL")
    columns = ["court_id", "id"]
    op.create_index("ix_court_event_unnumbered", "court_event", columns, sqlite_where=where)


DELIVERY_INDEXES = (
    ("ix_webhook_delivery_endpoint_id_id", ["endpoint_id", "id"], None),
    ("ix_webhook_delivery_endpoint_id_called_at", ["endpoint_id", "called_at"], None),
    ("ix_webhook_delivery_due", ["endpoint_id", "due_at"], WAITING),
    ("ix_webhook_delivery_case", ["endpoint_id", "case_id", "id"], WAITING),
    ("ix_webhook_delivery_ended", ["called_at"], "state <> 'waiting'"),
)


def _add_deliveries(*, refers: bool) -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", Key, nullable=False),
        sa.Column("endpoint_id", Key, nullable=False),
        sa.Column("event_id", Key),
        sa.Column("case_id", Key),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("called_at", sa.DateTime()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name="fk_webhook_delivery_endpoint_id"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["court_event.id"], name="fk_webhook_delivery_event_id"
        ),
        *_case(OF_CASES["webhook_delivery"], refers=refers),
    )
    for name, columns, where in DELIVERY_INDEXES:
        only = {"sqlite_where": sa.text(where)} if where else {}
        op.create_index(name, "webhook_delivery", columns, **only)
