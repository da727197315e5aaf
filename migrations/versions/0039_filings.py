"""Papers: filings, their papers and files, and who opened and confirmed them.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
UNSEEN = sa.text("unseen")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "filing",
        sa.Column("id", Key, primary_key=True),
        sa.Column("court_id", Key, sa.ForeignKey("court.id"), nullable=False),
        sa.Column("case_id", Key, sa.ForeignKey("case_file.id"), nullable=False),
        sa.Column("representation_id", Key, sa.ForeignKey("representation.id"), index=True),
        sa.Column("counsel_id", Key, sa.ForeignKey("counsel.id"), index=True),
        sa.Column("user_id", Key, sa.ForeignKey("user_account.id")),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("draft_key", sa.String(60), unique=True),
        sa.Column("number", sa.Integer()),
        sa.Column("seq", sa.Integer()),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("filed_at", Time),
        sa.Column("page_nonce", sa.String(40), nullable=False),
        sa.Column("unseen", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.JSON(none_as_null=True), nullable=False),
        sa.UniqueConstraint("case_id", "number"),
    )
    op.create_index(
        "ix_filing_unseen",
        "filing",
        ["court_id", "filed_at"],
        sqlite_where=UNSEEN,
        postgresql_where=UNSEEN,
    )
    op.create_table(
        "paper",
        sa.Column("id", Key, primary_key=True),
        sa.Column("filing_id", Key, sa.ForeignKey("filing.id"), nullable=False, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("proves", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "paper_file",
        sa.Column("id", Key, primary_key=True),
        sa.Column("paper_id", Key, sa.ForeignKey("paper.id"), nullable=False, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", Key, sa.ForeignKey("stored_file.id"), index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "paper_reading",
        sa.Column("id", Key, primary_key=True),
        sa.Column("paper_id", Key, sa.ForeignKey("paper.id"), nullable=False),
        sa.Column("counsel_id", Key, sa.ForeignKey("counsel.id"), nullable=False, index=True),
        sa.Column("opened_at", Time),
        sa.Column("confirmed_at", Time),
        sa.UniqueConstraint("paper_id", "counsel_id"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("paper_reading", "paper_file", "paper", "filing"):
        op.drop_table(table)
