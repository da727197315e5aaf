"""What comes in by mail and text, where a mailbox was read to, tentative invites."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0004"
down_revision = "0003"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("done_at IS NULL")
NO = sa.false()


def upgrade() -> None:
    for name in ("text_slots", "tentative_invites"):
        op.add_column("court", sa.Column(name, sa.Boolean(), nullable=False, server_default=NO))
    op.add_column(
        "proposal", sa.Column("tentative", sa.Boolean(), nullable=False, server_default=NO)
    )
    op.add_column("invitation", sa.Column("left_at", UTCDateTime(), nullable=True))
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("uidvalidity", Key, nullable=False),
        sa.Column("last_uid", Key, nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mailbox"),
    )
    _make_inbound()


def _make_inbound() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("court_id", Key, nullable=True),
        sa.Column("case_id", Key, nullable=True),
        sa.Column("counsel_id", Key, nullable=True),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sender", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("user_id", Key, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("key", name="uq_inbound_key"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_inbound_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_inbound_case_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_inbound_counsel_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_inbound_user_id"),
    )
    op.create_index(
        "ix_inbound_waiting",
        "inbound",
        ["court_id", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index("ix_inbound_court_id_inbound_id", "inbound", ["court_id", "id"])
    for column in ("case_id", "counsel_id", "about", "user_id"):
        op.create_index(f"ix_inbound_{column}", "inbound", [column])


def downgrade() -> None:
    op.drop_table("inbound")
    op.drop_table("mailbox")
    op.drop_column("invitation", "left_at")
    op.drop_column("proposal", "tentative")
    for name in ("tentative_invites", "text_slots"):
        op.drop_column("court", name)
