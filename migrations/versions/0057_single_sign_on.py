"""Single sign-on: accounts of users at a provider, sign-ins under way, what a court requires."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "user_identity",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("label", sa.String(254), nullable=False),
        sa.Column("linked_at", Time, nullable=False),
        sa.Column("used_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_user_identity_issuer"),
        sa.UniqueConstraint("user_id", "issuer", name="uq_user_identity_user_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_user_identity_user_id"),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", Key, nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(64), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("user_id", Key),
        sa.Column("user_version", sa.Integer(), nullable=False),
        sa.Column("session_id", Key),
        sa.Column("created_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
        sa.UniqueConstraint("state", name="uq_sign_in_attempt_state"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_sign_in_attempt_user_id"
        ),
    )
    op.create_index("ix_sign_in_attempt_created_at", "sign_in_attempt", ["created_at"])
    op.create_table(
        "provider_session",
        sa.Column("session_id", Key, nullable=False),
        sa.Column("identity_id", Key, nullable=False),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_provider_session"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["user_session.id"],
            name="fk_provider_session_session_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["user_identity.id"],
            name="fk_provider_session_identity_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_provider_session_identity_id", "provider_session", ["identity_id"])
    op.create_table(
        "single_sign_on_rule",
        sa.Column("court_id", Key, nullable=False),
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("role_claim", sa.String(200), nullable=False),
        sa.Column("admin_value", sa.String(200), nullable=False),
        sa.Column("judge_value", sa.String(200), nullable=False),
        sa.Column("assistant_value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("court_id", name="pk_single_sign_on_rule"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_single_sign_on_rule_court_id"),
    )


def downgrade() -> None:
    """Remove them."""
    for table in (
        "single_sign_on_rule",
        "provider_session",
        "sign_in_attempt",
        "user_identity",
    ):
        op.drop_table(table)
