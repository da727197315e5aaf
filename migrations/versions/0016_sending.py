"""Sending at speed: what waits by channel, what a person was sent of late, weights of carriers."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0016"
down_revision = "0015"

QUEUED = sa.text("state = 'queued'")


def _waiting(*columns: str) -> None:
    op.drop_index("ix_notice_waiting", "notice")
    op.create_index(
        "ix_notice_waiting", "notice", list(columns), sqlite_where=QUEUED, postgresql_where=QUEUED
    )


def upgrade() -> None:
    _waiting("channel", "due_at", "id")
    op.drop_index("ix_notice_counsel_id", "notice")
    op.create_index("ix_notice_counsel_id_notice_tried_at", "notice", ["counsel_id", "tried_at"])
    op.create_table(
        "carrier_weight",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("shifted_at", UTCDateTime(), nullable=True),
        sa.Column("why", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_carrier_weight")),
    )


def downgrade() -> None:
    op.drop_table("carrier_weight")
    op.drop_index("ix_notice_counsel_id_notice_tried_at", "notice")
    op.create_index("ix_notice_counsel_id", "notice", ["counsel_id"])
    _waiting("due_at", "id")
