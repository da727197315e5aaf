"""Half-days on which counsel could come, and what a request to be called is about.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "offered_half_day",
        sa.Column("id", Key, nullable=False),
        sa.Column("invitation_id", Key, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("half", sa.String(2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offered_half_day"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name="fk_offered_half_day_invitation_id"
        ),
        sa.UniqueConstraint(
            "invitation_id", "on", "half", name="uq_offered_half_day_invitation_id_on_half"
        ),
    )
    op.add_column("task", sa.Column("topic", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("task", "topic")
    op.drop_table("offered_half_day")
