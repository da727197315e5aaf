"""Know who joined a case and was not yet told what the others know."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    # Who is in a case today was told, or will be with the next news.
    op.add_column(
        "representation",
        sa.Column("welcomed", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_index(
        "ix_representation_joined",
        "representation",
        ["id"],
        sqlite_where=sa.text("NOT welcomed"),
        postgresql_where=sa.text("NOT welcomed"),
    )


def downgrade() -> None:
    op.drop_index("ix_representation_joined", "representation")
    op.drop_column("representation", "welcomed")
