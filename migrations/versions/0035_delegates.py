"""Delegates of counsel, their copies of notices, and which acts were theirs.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

ACTIVE = sa.text("ended_at IS NULL")
COPY = sa.text("delegate_id IS NOT NULL")
ACTS = ("invitation", "move_opinion", "question", "question_word")
HASHES = ("key_digest", "code_digest")


def upgrade() -> None:
    op.create_table(
        "delegate",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("representation_id", Key, nullable=False),
        sa.Column("hearing_id", Key),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("may_answer", sa.Boolean(), nullable=False),
        sa.Column("copies", sa.Boolean(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("key_digest", sa.String(64)),
        sa.Column("code_digest", sa.String(64)),
        sa.Column("named_at", Time, nullable=False),
        sa.Column("ends_at", Time),
        sa.Column("ended_at", Time),
        sa.Column("ended_because", sa.String(20), nullable=False),
        sa.Column("ended_by_id", Key),
        sa.PrimaryKeyConstraint("id", name="pk_delegate"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_delegate_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_delegate_case_id"),
        sa.ForeignKeyConstraint(
            ["representation_id"], ["representation.id"], name="fk_delegate_representation_id"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name="fk_delegate_ended_by_id"
        ),
    )
    for name in ("case_id", "representation_id"):
        op.create_index(f"ix_delegate_{name}", "delegate", [name])
    for name in HASHES:
        op.create_index(f"ix_delegate_{name}", "delegate", [name], unique=True)
    op.create_index(
        "ix_delegate_active",
        "delegate",
        ["representation_id"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.add_column("notice", sa.Column("delegate_id", Key))
    op.create_index(
        "ix_notice_delegate_id",
        "notice",
        ["delegate_id"],
        sqlite_where=COPY,
        postgresql_where=COPY,
    )
    # SQLite adds a reference with its column only.
    integer = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table in ACTS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN delegate_id {integer} "
            f"CONSTRAINT fk_{table}_delegate_id REFERENCES delegate (id)"
        )


def downgrade() -> None:
    for table in ACTS:
        op.drop_column(table, "delegate_id")
    op.drop_index("ix_notice_delegate_id", "notice")
    op.drop_column("notice", "delegate_id")
    op.drop_table("delegate")
