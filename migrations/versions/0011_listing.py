"""Listings of many hearings: drafts, and how the search for each goes."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UTCDateTime

revision = "0011"
down_revision = "0010"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True)
AT_WORK = sa.text("state IN ('waiting', 'running', 'sending')")


def upgrade() -> None:
    op.create_table(
        "listing",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("answer_by", UTCDateTime(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("rooms", Json, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("bound", sa.Integer(), nullable=True),
        sa.Column("fault", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_listing_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_listing_user_id"),
    )
    op.create_index("ix_listing_court_id", "listing", ["court_id"])
    op.create_index(
        "ix_listing_at_work", "listing", ["state"], sqlite_where=AT_WORK, postgresql_where=AT_WORK
    )
    op.create_table(
        "listed_hearing",
        sa.Column("id", Key, nullable=False),
        sa.Column("listing_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("wishes", Json, nullable=False),
        sa.Column("slots", Json, nullable=False),
        sa.Column("why", Json, nullable=True),
        sa.Column("tried", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(200), nullable=False),
        sa.Column("hearing_id", Key, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_listed_hearing"),
        sa.UniqueConstraint("uid", name="uq_listed_hearing_uid"),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_listed_hearing_listing_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_listed_hearing_case_id"),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name="fk_listed_hearing_hearing_id"
        ),
    )
    for column in ("listing_id", "case_id", "hearing_id"):
        op.create_index(f"ix_listed_hearing_{column}", "listed_hearing", [column])


def downgrade() -> None:
    op.drop_table("listed_hearing")
    op.drop_table("listing")
