"""Mails to users wait for a mail server that is away: when each is tried next."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0062"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
NAME, TABLE = "ix_account_mail_waiting", "account_mail"


def upgrade() -> None:
    """Add the columns; what was not sent yet is due."""
    op.drop_index(NAME, TABLE)
    op.add_column(TABLE, sa.Column("due_at", Time))
    op.add_column(TABLE, sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE account_mail SET due_at = created_at WHERE sent_at IS NULL")
    _add_index("due_at", "due_at IS NOT NULL")


def downgrade() -> None:
    """Remove them; what was given up counts as sent, as it did before."""
    op.drop_index(NAME, TABLE)
    op.execute(
        "UPDATE account_mail SET sent_at = created_at WHERE sent_at IS NULL AND due_at IS NULL"
    )
    op.drop_column(TABLE, "tries")
    op.drop_column(TABLE, "due_at")
    _add_index("id", "sent_at IS NULL")


def _add_index(column: str, where: str) -> None:
    only = sa.text(where)
    op.create_index(NAME, TABLE, [column], sqlite_where=only, postgresql_where=only)
