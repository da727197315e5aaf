"""Time stamps of sealed days from an authority outside the court (RFC 3161)."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"

Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the table."""
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


def downgrade() -> None:
    """Remove it: days are sealed without the stamps too, which can be got only once."""
    op.drop_table("record_stamp")
