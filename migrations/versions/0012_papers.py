"""Documents that counsel send with a request to move a date."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0012"
down_revision = "0011"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("task_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_paper_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_paper_case_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_paper_task_id"),
    )
    op.create_index("ix_paper_case_id", "paper", ["case_id"])
    op.create_index("ix_paper_task_id", "paper", ["task_id"])


def downgrade() -> None:
    op.drop_table("paper")
