"""Events of a court for other systems, and webhooks that deliver them."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = "state = 'waiting'"


def _instant(name: str, nullable: bool = True) -> sa.Column:
    kind = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _part(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    """Add the tables."""
    _add_events()
    _add_webhooks()


def _add_events() -> None:
    op.create_table(
        "court_event",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("type", sa.String(30), nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        _instant("at", nullable=False),
        sa.Column("chain_seq", sa.Integer(), nullable=False),
        sa.Column("chain_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_court_event"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_court_event_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_court_event_case_id"),
        sa.UniqueConstraint("court_id", "number", name="uq_court_event_number"),
    )
    _part("ix_court_event_unnumbered", "court_event", ["court_id", "id"], "number IS NULL")
    op.create_table(
        "event_counter",
        sa.Column("court_id", Key, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("court_id", name="pk_event_counter"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_event_counter_court_id"),
    )
    op.create_table(
        "unreached_counsel",
        sa.Column("case_id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        _instant("since", nullable=False),
        sa.PrimaryKeyConstraint("case_id", "counsel_id", name="pk_unreached_counsel"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_unreached_counsel_case_id"),
        sa.ForeignKeyConstraint(
            ["counsel_id"], ["counsel.id"], name="fk_unreached_counsel_counsel_id"
        ),
    )


def _add_webhooks() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _instant("changed_at", nullable=False),
        sa.Column("secret_version", sa.Integer(), nullable=False),
        _instant("old_secret_until"),
        _instant("created_at", nullable=False),
        sa.Column("user_id", Key),
        sa.Column("cursor", sa.Integer(), nullable=False),
        _instant("failing_since"),
        _instant("paused_until"),
        _instant("notified_at"),
        _instant("lease_until"),
        sa.Column("claimed_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_webhook_endpoint_court_id"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_webhook_endpoint_user_id"
        ),
    )
    op.create_index("ix_webhook_endpoint_court_id", "webhook_endpoint", ["court_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", Key, nullable=False),
        sa.Column("endpoint_id", Key, nullable=False),
        sa.Column("event_id", Key),
        sa.Column("case_id", Key),
        sa.Column("state", sa.String(10), nullable=False),
        _instant("due_at", nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        _instant("called_at"),
        _instant("created_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name="fk_webhook_delivery_endpoint_id"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["court_event.id"], name="fk_webhook_delivery_event_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_webhook_delivery_case_id"),
    )
    table = "webhook_delivery"
    op.create_index("ix_webhook_delivery_endpoint_id_id", table, ["endpoint_id", "id"])
    op.create_index(
        "ix_webhook_delivery_endpoint_id_called_at", table, ["endpoint_id", "called_at"]
    )
    _part("ix_webhook_delivery_due", table, ["endpoint_id", "due_at"], WAITING)
    _part("ix_webhook_delivery_case", table, ["endpoint_id", "case_id", "id"], WAITING)
    _part("ix_webhook_delivery_ended", table, ["called_at"], "state <> 'waiting'")


def downgrade() -> None:
    """Remove them."""
    for table in (
        "webhook_delivery",
        "webhook_endpoint",
        "unreached_counsel",
        "event_counter",
        "court_event",
    ):
        op.drop_table(table)
