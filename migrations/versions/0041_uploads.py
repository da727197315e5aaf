"""Uploads of papers in parts, drafts that are filed once the last part is there, and their end.

Tables are frozen here and take nothing from the models.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
DRAFTS = sa.text("draft_key IS NOT NULL")
FLAGS = ("awaits_uploads", "receipt_by_mail")
NUMBERS = {"turned": sa.Integer, "turned_since": sa.Integer, "upload_id": sa.BigInteger}


def upgrade() -> None:
    """Add table and columns; drafts that are there are kept for another day."""
    op.add_column("filing", sa.Column("kept_until", Time))
    for name in FLAGS:
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("filing", column)
    op.add_column("filing", sa.Column("chosen_exchange", sa.BigInteger()))
    reason = sa.Column("chosen_reason", sa.Text(), nullable=False, server_default="")
    op.add_column("filing", reason)
    op.create_index(
        "ix_filing_kept_until",
        "filing",
        ["kept_until"],
        sqlite_where=DRAFTS,
        postgresql_where=DRAFTS,
    )
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    if op.get_bind().dialect.name == "sqlite":
        until = until.replace(tzinfo=None)
    filing = sa.table("filing", sa.column("kept_until", Time), sa.column("draft_key"))
    drafts = sa.update(filing).where(filing.c.draft_key.is_not(None))
    op.execute(drafts.values(kept_until=until))
    for name, kind in NUMBERS.items():
        column = sa.Column(name, kind(), nullable=False, server_default="0")
        op.add_column("paper_file", column)
    op.create_table(
        "paper_upload",
        sa.Column("id", Key, primary_key=True),
        sa.Column("filing_id", Key, sa.ForeignKey("filing.id"), nullable=False, index=True),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("stamp", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("group_key", sa.String(40), nullable=False),
        sa.Column("paper_id", sa.BigInteger()),
        sa.Column("paper_name", sa.String(200), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("finished_at", Time),
    )
    op.create_index("ix_paper_upload_created_at", "paper_upload", ["created_at"])


def downgrade() -> None:
    """Drop table and columns; uploads that were not finished are lost."""
    op.drop_table("paper_upload")
    for name in NUMBERS:
        op.drop_column("paper_file", name)
    op.drop_index("ix_filing_kept_until", "filing")
    for name in (*FLAGS, "chosen_reason", "chosen_exchange", "kept_until"):
        op.drop_column("filing", name)
