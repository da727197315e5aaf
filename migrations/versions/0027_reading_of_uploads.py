"""The sheet or the encoding in which an uploaded file is read."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column(
        "upload",
        sa.Column("reading", sa.JSON(none_as_null=True), nullable=False, server_default="{}"),
    )


def downgrade() -> None:
    op.drop_column("upload", "reading")
