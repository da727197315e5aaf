"""Exchanges of evidence: how far each party is, what is sealed, decisions on late filings.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables; whatever was filed before is open to all."""
    op.create_table(
        "exchange",
        sa.Column("id", Key, primary_key=True),
        sa.Column("court_id", Key, sa.ForeignKey("court.id"), nullable=False, index=True),
        sa.Column("case_id", Key, sa.ForeignKey("case_file.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("started_at", Time, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("user_account.id")),
        sa.Column("closes_at", Time, nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.Column("ended_at", Time),
        sa.Column("ended_by", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Time, nullable=False),
        sa.Column("remind_at", Time),
        sa.UniqueConstraint("case_id", "number"),
    )
    _partial("ix_exchange_open", "exchange", ["case_id"], "state = 'open'", unique=True)
    _partial("ix_exchange_ends", "exchange", ["ends_at"], "state = 'open'")
    _partial("ix_exchange_remind", "exchange", ["remind_at"], "state = 'open'")
    op.create_table(
        "exchange_party",
        sa.Column("id", Key, primary_key=True),
        sa.Column("exchange_id", Key, sa.ForeignKey("exchange.id"), nullable=False),
        sa.Column("party_id", Key, sa.ForeignKey("party.id"), nullable=False, index=True),
        sa.Column("closes_at", Time),
        sa.Column("completed_at", Time),
        sa.UniqueConstraint("exchange_id", "party_id"),
    )
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    reference = "CONSTRAINT fk_filing_exchange_id REFERENCES exchange (id)"
    op.execute(f"ALTER TABLE filing ADD COLUMN exchange_id {kind} {reference}")
    op.create_index("ix_filing_exchange_id", "filing", ["exchange_id"])
    for name, length, default in (("disclosure", 10, "open"), ("list_salt", 32, "")):
        column = sa.Column(name, sa.String(length), nullable=False, server_default=default)
        op.add_column("filing", column)
    op.create_table(
        "late_filing",
        sa.Column(
            "filing_id", Key, sa.ForeignKey("filing.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("court_id", Key, sa.ForeignKey("court.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decided_at", Time),
        sa.Column("user_id", Key, sa.ForeignKey("user_account.id")),
    )
    _partial("ix_late_filing_pending", "late_filing", ["court_id", "filing_id"], "decision = ''")


def _partial(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    """Drop the tables; the version before knows no seal: what was sealed is open to all in it."""
    op.drop_table("late_filing")
    op.drop_index("ix_filing_exchange_id", "filing")
    for name in ("list_salt", "disclosure", "exchange_id"):
        op.drop_column("filing", name)
    op.drop_table("exchange_party")
    op.drop_table("exchange")
