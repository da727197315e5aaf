"""Filings noted by hand, the day by which evidence is due, and courtrooms that are video rooms.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column(
        "courtroom", sa.Column("by_video", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("case_file", sa.Column("evidence_due_on", sa.Date()))
    op.create_table(
        "noted_filing",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("party_id", Key, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("noted_at", Time, nullable=False),
        sa.Column("user_id", Key),
        sa.Column("removed_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_noted_filing"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_noted_filing_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_noted_filing_case_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_noted_filing_party_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_noted_filing_user_id"),
    )
    for name in ("case_id", "party_id"):
        op.create_index(f"ix_noted_filing_{name}", "noted_filing", [name])


def downgrade() -> None:
    op.drop_table("noted_filing")
    op.drop_column("case_file", "evidence_due_on")
    op.drop_column("courtroom", "by_video")
