"""Counts of rate limits, which all processes of the installation share."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "rate_count",
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rate_count"),
    )
    op.create_index("ix_rate_count_ends_at", "rate_count", ["ends_at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("rate_count")
