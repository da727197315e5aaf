"""Outcomes of hearings, who was absent, and since when a court enters them and sends by us.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
AWAITING = sa.text("state = 'fixed' AND outcome = ''")
CURRENT = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    """Add the tables; hearings that were over before today wait for no outcome."""
    op.add_column("court", sa.Column("sends_from", sa.Date()))
    op.add_column("court", sa.Column("outcomes_from", sa.Date()))
    op.execute("UPDATE court SET outcomes_from = CURRENT_DATE")
    op.add_column("hearing", sa.Column("outcome", sa.String(20), nullable=False, server_default=""))
    op.create_index(
        "ix_hearing_awaiting",
        "hearing",
        ["court_id", "ends_at"],
        sqlite_where=AWAITING,
        postgresql_where=AWAITING,
    )
    _create_outcomes()
    _create_absences()


def _create_outcomes() -> None:
    op.create_table(
        "hearing_outcome",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", Time, nullable=False),
        sa.Column("entered_at", Time, nullable=False),
        sa.Column("user_id", Key),
        sa.Column("replaced_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_hearing_outcome"),
        sa.UniqueConstraint("hearing_id", "number", name="uq_hearing_outcome_hearing_id_number"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_hearing_outcome_court_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_hearing_outcome_case_id"),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name="fk_hearing_outcome_hearing_id"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_hearing_outcome_user_id"
        ),
    )
    op.create_index("ix_hearing_outcome_case_id", "hearing_outcome", ["case_id"])
    op.create_index(
        "ix_hearing_outcome_current",
        "hearing_outcome",
        ["court_id", "starts_at"],
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def _create_absences() -> None:
    op.create_table(
        "absence",
        sa.Column("id", Key, nullable=False),
        sa.Column("outcome_id", Key, nullable=False),
        sa.Column("counsel_id", Key),
        sa.Column("party_id", Key),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("proof_seq", sa.Integer()),
        sa.Column("sufficient", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
        sa.UniqueConstraint("outcome_id", "counsel_id", name="uq_absence_outcome_id_counsel_id"),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["hearing_outcome.id"], name="fk_absence_outcome_id"
        ),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_absence_counsel_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_absence_party_id"),
    )
    op.create_index("ix_absence_counsel_id", "absence", ["counsel_id"])
    op.create_index("ix_absence_party_id", "absence", ["party_id"])


def downgrade() -> None:
    """Drop the tables; the record keeps its entries."""
    op.drop_table("absence")
    op.drop_table("hearing_outcome")
    op.drop_index("ix_hearing_awaiting", "hearing")
    op.drop_column("hearing", "outcome")
    op.drop_column("court", "outcomes_from")
    op.drop_column("court", "sends_from")
