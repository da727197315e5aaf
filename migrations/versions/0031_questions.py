"""Questions to the court, words added to them, and the court's promise to answer.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.add_column(
        "court", sa.Column("answer_days", sa.Integer(), nullable=False, server_default="2")
    )
    op.create_table(
        "question",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("representation_id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("private", sa.String(10), nullable=False),
        sa.Column("disclosed_at", Time),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", Time, nullable=False),
        sa.Column("due_at", Time, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Time),
        sa.Column("user_id", Key),
        sa.Column("follows_id", Key),
        sa.Column("joined_id", Key),
        sa.Column("helpful", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_question_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_question_case_id"),
        sa.ForeignKeyConstraint(
            ["representation_id"], ["representation.id"], name="fk_question_representation_id"
        ),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_question_counsel_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_question_user_id"),
        sa.ForeignKeyConstraint(["follows_id"], ["question.id"], name="fk_question_follows_id"),
        sa.ForeignKeyConstraint(["joined_id"], ["question.id"], name="fk_question_joined_id"),
    )
    for names in (
        ["case_id"],
        ["representation_id"],
        ["counsel_id"],
        ["follows_id"],
        ["joined_id"],
    ):
        op.create_index(f"ix_question_{names[0]}", "question", names)
    op.create_index("ix_question_court_id_question_asked_at", "question", ["court_id", "asked_at"])
    op.create_index(
        "ix_question_open",
        "question",
        ["court_id", "asked_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "question_word",
        sa.Column("id", Key, nullable=False),
        sa.Column("question_id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question_word"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name="fk_question_word_question_id"
        ),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_question_word_counsel_id"),
        sa.UniqueConstraint(
            "question_id", "counsel_id", name="uq_question_word_question_id_counsel_id"
        ),
    )
    op.create_index("ix_question_word_counsel_id", "question_word", ["counsel_id"])


def downgrade() -> None:
    op.drop_table("question_word")
    op.drop_table("question")
    op.drop_column("court", "answer_days")
