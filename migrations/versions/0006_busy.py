"""A court's hours and closed days, counsel's way to it, and when they are away."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0006"
down_revision = "0005"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HOURS = {"opens": "09:00", "lunch_from": "12:00", "lunch_until": "13:30", "closes": "17:00"}


def upgrade() -> None:
    for name, usual in HOURS.items():
        op.add_column("court", sa.Column(name, sa.String(5), nullable=False, server_default=usual))
    op.add_column(
        "court", sa.Column("buffer_minutes", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "counsel", sa.Column("travel_minutes", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "court_closure",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_court_closure"),
        sa.UniqueConstraint("court_id", "on", name="uq_court_closure_on"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_court_closure_court_id"),
    )
    op.create_table(
        "away",
        sa.Column("id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_away"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_away_counsel_id"),
    )
    op.create_index("ix_away_counsel_id", "away", ["counsel_id"])


def downgrade() -> None:
    op.drop_table("away")
    op.drop_table("court_closure")
    op.drop_column("counsel", "travel_minutes")
    for name in ("buffer_minutes", *reversed(HOURS)):
        op.drop_column("court", name)
