"""Opinions on papers of other sides; steps towards counsel who do not open papers.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
UNPLANNED = sa.text("number IS NOT NULL AND NOT steps_planned")


def upgrade() -> None:
    """Add the table and the column; nobody is reminded of what was filed before."""
    op.add_column(
        "filing",
        sa.Column("steps_planned", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute("UPDATE filing SET steps_planned = true WHERE number IS NOT NULL")
    op.create_index(
        "ix_filing_unplanned",
        "filing",
        ["id"],
        sqlite_where=UNPLANNED,
        postgresql_where=UNPLANNED,
    )
    op.create_table(
        "opinion_deadline",
        sa.Column(
            "exchange_id", Key, sa.ForeignKey("exchange.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("due_at", Time, nullable=False),
        sa.Column("set_at", Time, nullable=False),
        sa.Column("user_id", Key, sa.ForeignKey("user_account.id"), nullable=False),
    )
    op.create_table(
        "paper_opinion",
        sa.Column("id", Key, primary_key=True),
        sa.Column("case_id", Key, sa.ForeignKey("case_file.id"), nullable=False, index=True),
        sa.Column("paper_id", Key, sa.ForeignKey("paper.id"), nullable=False),
        sa.Column(
            "representation_id", Key, sa.ForeignKey("representation.id"), nullable=False, index=True
        ),
        sa.Column("counsel_id", Key, sa.ForeignKey("counsel.id"), nullable=False, index=True),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("authentic", sa.Boolean()),
        sa.Column("lawful", sa.Boolean()),
        sa.Column("relevant", sa.Boolean()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("given_at", Time, nullable=False),
        sa.Column("delegate_id", Key, sa.ForeignKey("delegate.id"), index=True),
        sa.UniqueConstraint("paper_id", "representation_id"),
    )


def downgrade() -> None:
    """Drop the table; every version of every opinion stays on the record."""
    op.drop_table("paper_opinion")
    op.drop_table("opinion_deadline")
    op.drop_index("ix_filing_unplanned", "filing")
    op.drop_column("filing", "steps_planned")
