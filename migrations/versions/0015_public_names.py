"""How names appear on the list that hangs at the court's door."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column(
        "court", sa.Column("public_names", sa.String(10), nullable=False, server_default="short")
    )


def downgrade() -> None:
    op.drop_column("court", "public_names")
