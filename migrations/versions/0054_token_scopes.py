"""Scopes, end and last use of API tokens.

Tokens of before go on doing what their users may do: they get every scope of the user's role.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the columns."""
    op.add_column(
        "api_token",
        sa.Column("scopes", sa.String(100), nullable=False, server_default="read schedule contact"),
    )
    op.add_column("api_token", sa.Column("expires_at", Time))
    op.add_column("api_token", sa.Column("last_used_at", Time))
    op.execute(
        "UPDATE api_token SET scopes = 'read schedule contact admin' WHERE user_id IN "
        "(SELECT id FROM user_account WHERE role = 'admin')"
    )


def downgrade() -> None:
    """Forget them; tokens do all that their users may do."""
    for column in ("last_used_at", "expires_at", "scopes"):
        op.drop_column("api_token", column)
