"""The standard answer with which a question was answered, and its words in each language.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

HELD_BACK = sa.text("state = 'open' OR outcome = 'merits'")


def upgrade() -> None:
    op.add_column("question", sa.Column("answers", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("question", sa.Column("standard_answer_id", sa.Integer()))
    op.add_column(
        "question", sa.Column("standard_versions", sa.JSON(), nullable=False, server_default="{}")
    )
    op.create_index(
        "ix_question_held_back",
        "question",
        ["case_id"],
        sqlite_where=HELD_BACK,
        postgresql_where=HELD_BACK,
    )


def downgrade() -> None:
    op.drop_index("ix_question_held_back", "question")
    op.drop_column("question", "standard_versions")
    op.drop_column("question", "standard_answer_id")
    op.drop_column("question", "answers")
