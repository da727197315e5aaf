"""Public keys with which receipts are, or were, signed. Nothing deletes them."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("public", sa.String(43), nullable=False),
        sa.Column("since", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signing_key"),
    )


def downgrade() -> None:
    """Remove it: receipts that were handed out can be checked only with the published keys."""
    op.drop_table("signing_key")
