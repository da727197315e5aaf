"""By which time zone rules told times are stored; hearings whose clock was changed."""

import datetime as dt
import hashlib
from zoneinfo import ZoneInfoNotFoundError

import sqlalchemy as sa
from alembic import op

from app.core import zones

revision = "0022"
down_revision = "0021"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    rules = op.create_table(
        "zone_rules",
        sa.Column("id", Key, primary_key=True),
        sa.Column("court_id", Key, sa.ForeignKey("court.id"), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rules", sa.LargeBinary(), nullable=False),
        sa.Column("since", Time, nullable=False),
    )
    op.create_index("ix_zone_rules_court_id", "zone_rules", ["court_id"])
    op.create_table(
        "clock_change",
        sa.Column(
            "hearing_id", Key, sa.ForeignKey("hearing.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("was", Time),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("clashes", sa.JSON(), nullable=False),
    )
    op.add_column(
        "hearing", sa.Column("corrections", sa.Integer(), nullable=False, server_default="0")
    )
    _keep_rules(rules)


def _keep_rules(rules: sa.Table) -> None:
    """Keep the rules in use: by them the times that are stored already were told."""
    version = zones.choose().used.version
    now = dt.datetime.now(dt.UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    for court_id, zone in op.get_bind().execute(sa.text("SELECT id, zone FROM court")).all():
        try:
            read = zones.file_of(zone)
        except (ZoneInfoNotFoundError, ValueError):
            continue
        row = {
            "court_id": court_id,
            "zone": zone,
            "version": version,
            "rules": read,
            "digest": hashlib.sha256(read).hexdigest(),
            "since": now,
        }
        op.bulk_insert(rules, [row])


def downgrade() -> None:
    op.drop_column("hearing", "corrections")
    op.drop_table("clock_change")
    op.drop_table("zone_rules")
