"""Absence of people who are needed at a hearing and are outside the court."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; until now only counsel were noted absent."""
    with op.batch_alter_table("absence") as batch:
        batch.add_column(sa.Column("judge_id", Key))
        batch.add_column(sa.Column("role", sa.String(20), nullable=False, server_default=""))
        batch.create_unique_constraint("uq_absence_outcome_id_judge_id", ["outcome_id", "judge_id"])
        batch.create_foreign_key("fk_absence_judge_id", "judge", ["judge_id"], ["id"])
    op.create_index("ix_absence_judge_id", "absence", ["judge_id"])


def downgrade() -> None:
    """Drop them with what they hold; the record keeps its entries."""
    op.execute("DELETE FROM absence WHERE judge_id IS NOT NULL")
    op.drop_index("ix_absence_judge_id", "absence")
    with op.batch_alter_table("absence") as batch:
        batch.drop_constraint("fk_absence_judge_id", type_="foreignkey")
        batch.drop_constraint("uq_absence_outcome_id_judge_id", type_="unique")
        batch.drop_column("role")
        batch.drop_column("judge_id")
