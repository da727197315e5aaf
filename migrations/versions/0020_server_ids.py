"""A notice keeps the id that a mail server gave to its mail: some write it over our Message-ID."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

HAS_ONE = sa.text("server_id <> ''")


def upgrade() -> None:
    op.add_column(
        "notice", sa.Column("server_id", sa.String(100), nullable=False, server_default="")
    )
    op.create_index(
        "ix_notice_server_id",
        "notice",
        ["server_id"],
        sqlite_where=HAS_ONE,
        postgresql_where=HAS_ONE,
    )


def downgrade() -> None:
    op.drop_index("ix_notice_server_id", "notice")
    op.drop_column("notice", "server_id")
