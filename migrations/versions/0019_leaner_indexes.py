"""Three indexes hold only what is looked up by them: every message or line had its place there."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

HAS_ONE, NO_MESSAGE = sa.text("carrier_id <> ''"), sa.text("notice_id IS NULL")
ASKS = sa.text("kind = 'proposal'")


def upgrade() -> None:
    op.drop_index("ix_notice_carrier_id", "notice")
    op.create_index(
        "ix_notice_carrier_id",
        "notice",
        ["carrier_id"],
        sqlite_where=HAS_ONE,
        postgresql_where=HAS_ONE,
    )
    op.drop_index("ix_record_line_attempt", "record_line")
    op.create_index(
        "ix_record_line_attempt",
        "record_line",
        ["attempt"],
        sqlite_where=NO_MESSAGE,
        postgresql_where=NO_MESSAGE,
    )
    op.drop_index("ix_notice_invitation_id", "notice")
    op.create_index(
        "ix_notice_invitation_id",
        "notice",
        ["invitation_id"],
        sqlite_where=ASKS,
        postgresql_where=ASKS,
    )


def downgrade() -> None:
    op.drop_index("ix_notice_invitation_id", "notice")
    op.create_index("ix_notice_invitation_id", "notice", ["invitation_id"])
    op.drop_index("ix_record_line_attempt", "record_line")
    op.create_index("ix_record_line_attempt", "record_line", ["attempt"])
    op.drop_index("ix_notice_carrier_id", "notice")
    op.create_index("ix_notice_carrier_id", "notice", ["carrier_id"])
