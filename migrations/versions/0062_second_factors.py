"""Second factors, sign-ins that wait for one, and mails to users about their accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
SETTINGS = ("factor_assistant", "factor_judge", "factor_admin", "factor_by_provider")
TABLES = (
    "account_mail",
    "factor_guesses",
    "passkey_challenge",
    "pending_sign_in",
    "recovery_code",
    "passkey",
    "authenticator_app",
)


def upgrade() -> None:
    """Add the tables and columns; sessions of before count as proven at their sign-in."""
    for name in SETTINGS:
        op.add_column(
            "court", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.add_column("user_session", sa.Column("proven_at", Time))
    op.execute("UPDATE user_session SET proven_at = created_at")
    with op.batch_alter_table("user_session") as table:
        table.alter_column("proven_at", existing_type=Time, nullable=False)
        table.add_column(
            sa.Column("by_factor", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _factors()
    _sign_ins()


def _factors() -> None:
    op.create_table(
        "authenticator_app",
        sa.Column("user_id", Key, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.String(200), nullable=False),
        sa.Column("last_counter", Key, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("used_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_authenticator_app"),
        _of_user("authenticator_app"),
    )
    op.create_table(
        "passkey",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", Key, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("used_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
        _of_user("passkey"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("digest", name="uq_recovery_code_digest"),
        _of_user("recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def _sign_ins() -> None:
    op.create_table(
        "pending_sign_in",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("identity_id", Key),
        sa.Column("id_token", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_pending_sign_in"),
        sa.UniqueConstraint("digest", name="uq_pending_sign_in_digest"),
        _of_user("pending_sign_in"),
    )
    op.create_index("ix_pending_sign_in_user_id", "pending_sign_in", ["user_id"])
    op.create_index("ix_pending_sign_in_created_at", "pending_sign_in", ["created_at"])
    op.create_table(
        "passkey_challenge",
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("registers", sa.Boolean(), nullable=False),
        sa.Column("expires_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("browser", name="pk_passkey_challenge"),
    )
    op.create_index("ix_passkey_challenge_expires_at", "passkey_challenge", ["expires_at"])
    op.create_table(
        "factor_guesses",
        sa.Column("user_id", Key, autoincrement=False, nullable=False),
        sa.Column("device", sa.String(32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Time, nullable=False),
        sa.Column("blocked_until", Time),
        sa.PrimaryKeyConstraint("user_id", "device", name="pk_factor_guesses"),
        _of_user("factor_guesses"),
    )
    op.create_index("ix_factor_guesses_last_at", "factor_guesses", ["last_at"])
    op.create_table(
        "account_mail",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("sent_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_account_mail"),
        _of_user("account_mail"),
    )
    op.create_index("ix_account_mail_user_id", "account_mail", ["user_id"])
    waiting = sa.text("sent_at IS NULL")
    op.create_index(
        "ix_account_mail_waiting",
        "account_mail",
        ["id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=f"fk_{table}_user_id")


def downgrade() -> None:
    """Remove them: everybody signs in with the password alone."""
    for table in TABLES:
        op.drop_table(table)
    for column in ("proven_at", "by_factor"):
        op.drop_column("user_session", column)
    for name in SETTINGS:
        op.drop_column("court", name)
