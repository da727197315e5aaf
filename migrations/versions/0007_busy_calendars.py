"""Counsel's own calendars: where each lies, and when it says busy."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0007"
down_revision = "0006"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "busy_calendar",
        sa.Column("id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("address", sa.String(2000), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_busy_calendar"),
        sa.UniqueConstraint("counsel_id", name="uq_busy_calendar_counsel_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_busy_calendar_counsel_id"),
    )
    op.create_index("ix_busy_calendar_due_at", "busy_calendar", ["due_at"])
    op.create_table(
        "busy_time",
        sa.Column("id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_busy_time"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_busy_time_counsel_id"),
    )
    op.create_index(
        "ix_busy_time_counsel_id_busy_time_starts_at", "busy_time", ["counsel_id", "starts_at"]
    )


def downgrade() -> None:
    op.drop_table("busy_time")
    op.drop_table("busy_calendar")
