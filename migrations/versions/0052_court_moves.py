"""Moves of hearings by the court of its own accord, to be counted by their cause.

Those of before are on the record, in words; they are not counted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "court_move",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("moved_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_court_move"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_court_move_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_court_move_case_id"),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name="fk_court_move_hearing_id"),
    )
    op.create_index("ix_court_move_case_id", "court_move", ["case_id"])
    op.create_index("ix_court_move_hearing_id", "court_move", ["hearing_id"])
    op.create_index("ix_court_move_court_id_moved_at", "court_move", ["court_id", "moved_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("court_move")
