"""How often the bench of a hearing changed: calendars are corrected, and the date stays as told."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Add the number; no bench was changed before there was a way to."""
    op.add_column(
        "hearing", sa.Column("bench_changes", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_column("hearing", "bench_changes")
