"""Forms of a round that were begun and not sent yet."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0009"
down_revision = "0008"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("user_id", "about", name="uq_draft_user_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_draft_user_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_draft_case_id"),
    )
    op.create_index("ix_draft_case_id", "draft", ["case_id"])


def downgrade() -> None:
    op.drop_table("draft")
