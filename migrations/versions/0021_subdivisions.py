"""The part of its country whose holidays hold for a court; those that there are have none."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column(
        "court", sa.Column("subdivision", sa.String(40), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("court", "subdivision")
