"""Papers of delegates, links that open counsel's papers on another device, codes sent again.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add who acted for counsel, the openings of delegates, and the links."""
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for table, name in (("filing", "delegate_id"), ("paper_reading", "confirmed_by_id")):
        reference = f"CONSTRAINT fk_{table}_{name} REFERENCES delegate (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind} {reference}")
    for column in (
        sa.Column("sendings", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("sent_at", MOMENT),
    ):
        op.add_column("address_change", column)
    op.create_table(
        "delegate_opening",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("paper_id", KEY, sa.ForeignKey("paper.id"), nullable=False),
        sa.Column("delegate_id", KEY, sa.ForeignKey("delegate.id"), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.UniqueConstraint("paper_id", "delegate_id"),
    )
    op.create_index("ix_delegate_opening_delegate_id", "delegate_opening", ["delegate_id"])
    op.create_table(
        "device_link",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("representation_id", KEY, sa.ForeignKey("representation.id"), nullable=False),
        sa.Column("delegate_id", KEY, sa.ForeignKey("delegate.id")),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), unique=True),
        sa.Column("page_nonce", sa.String(40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("replaced", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_device_link_representation_id", "device_link", ["representation_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("address_change", "sent_at")
    op.drop_column("address_change", "sendings")
    op.drop_table("device_link")
    op.drop_table("delegate_opening")
    op.drop_column("paper_reading", "confirmed_by_id")
    op.drop_column("filing", "delegate_id")
