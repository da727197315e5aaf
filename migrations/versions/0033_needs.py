"""Needs of people who come to a hearing, for the court alone.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

NEW = sa.text("noted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "need",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("hearing_id", Key),
        sa.Column("representation_id", Key),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("interpreter", sa.String(60), nullable=False),
        sa.Column("hearing_loop", sa.Boolean(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("other", sa.String(300), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Time, nullable=False),
        sa.Column("user_id", Key),
        sa.Column("noted_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_need"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_need_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_need_case_id"),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name="fk_need_hearing_id"),
        sa.ForeignKeyConstraint(
            ["representation_id"], ["representation.id"], name="fk_need_representation_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_need_user_id"),
    )
    for name in ("case_id", "hearing_id", "representation_id"):
        op.create_index(f"ix_need_{name}", "need", [name])
    op.create_index("ix_need_new", "need", ["court_id"], sqlite_where=NEW, postgresql_where=NEW)


def downgrade() -> None:
    op.drop_table("need")
