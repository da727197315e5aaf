"""Members of a bench who are outside the court: their addresses, keys, and answers by link.

Those who are named already were told by the court itself: they are invited with the next date, or
once an address of theirs is entered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
INDEXES = {
    "ix_hearing_member_uninvited": (
        "hearing_member",
        "hearing_id",
        "NOT invited AND role NOT IN ('presiding', 'judge')",
    ),
    "ix_notice_member_id": ("notice", "member_id", "member_id IS NOT NULL"),
    "ix_member_invitation_current": ("member_invitation", "hearing_id", "ended_at IS NULL"),
    "ix_member_invitation_declined": ("member_invitation", "hearing_id", "declined_at IS NOT NULL"),
}


def upgrade() -> None:
    """Add the columns and tables."""
    for name, length in (("email", 254), ("phone", 40), ("language", 8)):
        column = sa.Column(name, sa.String(length), server_default="", nullable=False)
        op.add_column("judge", column)
    invited = sa.Column("invited", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("hearing_member", invited)
    op.execute(sa.text("UPDATE hearing_member SET invited = :yes").bindparams(yes=True))
    op.add_column("notice", sa.Column("member_id", KEY))
    op.create_table(
        "member_invitation",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("hearing_id", KEY, sa.ForeignKey("hearing.id"), nullable=False),
        sa.Column("judge_id", KEY, sa.ForeignKey("judge.id"), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("key_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("key_digest", sa.String(64), unique=True),
        sa.Column("code_digest", sa.String(64), unique=True),
        sa.Column("ended_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("nonce", sa.String(64), server_default="", nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("confirmed_revision", sa.Integer()),
        sa.Column("declined_at", MOMENT),
        sa.Column("declined_revision", sa.Integer()),
        sa.Column("declined_because", sa.Text(), server_default="", nullable=False),
        sa.Column("noted_at", MOMENT),
        sa.UniqueConstraint("hearing_id", "judge_id"),
    )
    op.create_index("ix_member_invitation_judge_id", "member_invitation", ["judge_id"])
    invitation = sa.ForeignKey("member_invitation.id")
    op.create_table(
        "member_answer",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("member_invitation_id", KEY, invitation, nullable=False),
        sa.Column("slot_id", KEY, sa.ForeignKey("slot.id"), nullable=False),
        sa.Column("says", sa.String(10), nullable=False),
        sa.UniqueConstraint("member_invitation_id", "slot_id"),
    )
    op.create_index("ix_member_answer_slot_id", "member_answer", ["slot_id"])
    op.create_table(
        "revoked_member_key",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "member_invitation_id", KEY, sa.ForeignKey("member_invitation.id"), nullable=False
        ),
        sa.Column("revoked_at", MOMENT, nullable=False),
    )
    op.create_index(
        "ix_revoked_member_key_member_invitation_id",
        "revoked_member_key",
        ["member_invitation_id"],
    )
    for name, (table, column, where) in INDEXES.items():
        condition = sa.text(where)
        op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    """Drop them again."""
    for name in ("ix_hearing_member_uninvited", "ix_notice_member_id"):
        op.drop_index(name, INDEXES[name][0])
    for table in ("revoked_member_key", "member_answer", "member_invitation"):
        op.drop_table(table)
    op.drop_column("notice", "member_id")
    op.drop_column("hearing_member", "invited")
    for name in ("language", "phone", "email"):
        op.drop_column("judge", name)
