"""Reasons and reminders of opinions on papers; scans of more files, and release of some.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
REMINDED = sa.text("opinions_remind_at IS NOT NULL")
UNSCANNED = sa.text("scan_state = ''")
SCAN = {
    "scan_state": sa.String(10),
    "scanned_at": Time,
    "scan_finding": sa.String(200),
    "scan_after": Time,
}
ASPECTS = ("authentic", "lawful", "relevant")


def upgrade() -> None:
    """Split the reason of an opinion: it was that of each aspect that it denies.

    Of an opinion that denies nothing it was a remark, kept with the first aspect.
    """
    for aspect in ASPECTS:
        op.add_column(
            "paper_opinion",
            sa.Column(f"{aspect}_reason", sa.Text(), nullable=False, server_default=""),
        )
        op.execute(
            f"UPDATE paper_opinion SET {aspect}_reason = reason WHERE {aspect} IS NOT TRUE "
            f"AND {aspect} IS NOT NULL"
        )
    op.execute(
        "UPDATE paper_opinion SET authentic_reason = reason "
        "WHERE authentic IS TRUE AND lawful IS TRUE AND relevant IS TRUE"
    )
    op.drop_column("paper_opinion", "reason")
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    reference = "CONSTRAINT fk_paper_repeats_id REFERENCES paper (id)"
    op.execute(f"ALTER TABLE paper ADD COLUMN repeats_id {kind} {reference}")
    op.create_index("ix_paper_repeats_id", "paper", ["repeats_id"], unique=True)
    for name, kind in SCAN.items():
        default = {} if kind is Time else {"nullable": False, "server_default": ""}
        op.add_column("move_document", sa.Column(name, kind, **default))
    op.create_index(
        "ix_move_document_unscanned",
        "move_document",
        ["id"],
        sqlite_where=UNSCANNED,
        postgresql_where=UNSCANNED,
    )
    op.create_table(
        "file_release",
        sa.Column(
            "file_id", Key, sa.ForeignKey("paper_file.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("user_id", Key, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("released_at", Time, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.add_column("exchange", sa.Column("opinions_remind_at", Time))
    op.execute("UPDATE exchange SET opinions_remind_at = ended_at WHERE state = 'closed'")
    op.create_index(
        "ix_exchange_opinions_remind",
        "exchange",
        ["opinions_remind_at"],
        sqlite_where=REMINDED,
        postgresql_where=REMINDED,
    )


def downgrade() -> None:
    """Join the reasons of an opinion, each once."""
    op.execute("UPDATE paper_file SET scan_state = 'found' WHERE scan_state = 'released'")
    op.drop_table("file_release")
    op.drop_index("ix_paper_repeats_id", "paper")
    op.drop_column("paper", "repeats_id")
    op.drop_index("ix_move_document_unscanned", "move_document")
    for name in SCAN:
        op.drop_column("move_document", name)
    op.drop_index("ix_exchange_opinions_remind", "exchange")
    op.drop_column("exchange", "opinions_remind_at")
    op.add_column(
        "paper_opinion", sa.Column("reason", sa.Text(), nullable=False, server_default="")
    )
    for place, aspect in enumerate(ASPECTS):
        own = f"{aspect}_reason"
        known = "".join(f" AND {own} <> {each}_reason" for each in ASPECTS[:place])
        op.execute(
            f"UPDATE paper_opinion SET reason = CASE WHEN reason = '' THEN {own} "
            f"ELSE reason || '; ' || {own} END WHERE {own} <> ''{known}"
        )
    for aspect in ASPECTS:
        op.drop_column("paper_opinion", f"{aspect}_reason")
