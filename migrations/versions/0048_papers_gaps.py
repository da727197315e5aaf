"""Opinions on papers have a reason for each aspect, and who has given none is reminded.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
REMINDED = sa.text("opinions_remind_at IS NOT NULL")
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
