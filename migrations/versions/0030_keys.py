"""Keys of representations: one key opens all of a case; an invitation's own keys stay as sent.

Hashes of the new keys are stored when they are first sent, for the database has not the secret that
they are derived from.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

HASHES = ("key_digest", "code_digest")


def upgrade() -> None:
    op.add_column(
        "representation", sa.Column("key_version", sa.Integer(), nullable=False, server_default="1")
    )
    for name in HASHES:
        op.add_column("representation", sa.Column(name, sa.String(64)))
        op.create_index(f"ix_representation_{name}", "representation", [name], unique=True)
    op.create_table(
        "revoked_key",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("representation_id", Key, nullable=False),
        sa.Column("revoked_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_revoked_key"),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name="fk_revoked_key_representation_id",
        ),
    )
    op.create_index("ix_revoked_key_representation_id", "revoked_key", ["representation_id"])
    # SQLite adds a reference with its column only.
    integer = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE invitation ADD COLUMN representation_id {integer} "
        "CONSTRAINT fk_invitation_representation_id REFERENCES representation (id)"
    )
    op.create_index("ix_invitation_representation_id", "invitation", ["representation_id"])
    op.execute(
        "UPDATE invitation SET representation_id = (SELECT representation.id FROM representation "
        "WHERE representation.party_id = invitation.party_id "
        "AND representation.counsel_id = invitation.counsel_id)"
    )
    op.add_column("notice", sa.Column("representation_id", Key))


def downgrade() -> None:
    op.drop_column("notice", "representation_id")
    op.drop_index("ix_invitation_representation_id", "invitation")
    op.drop_column("invitation", "representation_id")
    op.drop_table("revoked_key")
    for name in HASHES:
        op.drop_index(f"ix_representation_{name}", "representation")
        op.drop_column("representation", name)
    op.drop_column("representation", "key_version")
