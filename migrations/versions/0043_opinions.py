"""Opinions on papers of other sides.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0040"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the table."""
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
