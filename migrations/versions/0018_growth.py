"""What the house's promise is measured over is found without reading whole tables."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

CALLBACK = sa.text("way = 'callback'")


def upgrade() -> None:
    op.create_index("ix_notice_first_due_at", "notice", ["first_due_at"])
    op.create_index("ix_proposal_created_at", "proposal", ["created_at"])
    op.create_index(
        "ix_task_callback",
        "task",
        ["created_at"],
        sqlite_where=CALLBACK,
        postgresql_where=CALLBACK,
    )


def downgrade() -> None:
    op.drop_index("ix_task_callback", "task")
    op.drop_index("ix_proposal_created_at", "proposal")
    op.drop_index("ix_notice_first_due_at", "notice")
