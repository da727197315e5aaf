"""Time stamps of sealed days, what was seen of other courts' days, and checks of long chains."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "record_stamp",
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("court_id", "seq", name="pk_record_stamp"),
        sa.ForeignKeyConstraint(
            ["court_id", "seq"],
            ["record_day.court_id", "record_day.seq"],
            name="fk_record_stamp_court_id_seq",
        ),
    )
    op.create_table(
        "witness_statement",
        sa.Column("id", Key, nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("court_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("seen_at", Time, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_witness_statement"),
        sa.UniqueConstraint(
            "address",
            "court_number",
            "number",
            "hash",
            name="uq_witness_statement_address_court_number_number_hash",
        ),
    )
    op.create_table(
        "chain_check",
        sa.Column("case_id", Key, nullable=False),
        sa.Column("key", sa.String(22), nullable=False),
        sa.Column("asked_at", Time, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("claimed_until", Time, nullable=True),
        sa.Column("finished_at", Time, nullable=True),
        sa.Column("bad_seq", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_chain_check"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_chain_check_case_id"),
        sa.UniqueConstraint("key", name="uq_chain_check_key"),
    )


def downgrade() -> None:
    """Remove them: days are sealed without the stamps too, which can be got only once."""
    op.drop_table("chain_check")
    op.drop_table("witness_statement")
    op.drop_table("record_stamp")
