"""Salt of the digests by which the record knows the words of questions."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("question", sa.Column("salt", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("question", "salt")
