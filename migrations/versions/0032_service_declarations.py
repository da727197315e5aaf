"""Declarations of counsel about service, by representation; changes of address by link.

The days on which an address was confirmed and electronic service agreed were of a person; each
representation of theirs takes them over. Tables are frozen here and take nothing from the models.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")

DAYS = (("address", "address_confirmed_on"), ("electronic", "electronic_consent_on"))
AT_ONCE = 1000

court = sa.table("court", sa.column("id"), sa.column("zone"))
representation = sa.table("representation", sa.column("id"), sa.column("counsel_id"))
counsel = sa.table(
    "counsel",
    sa.column("id"),
    sa.column("court_id"),
    sa.column("email"),
    sa.column("phone"),
    *(sa.column(name, sa.Date()) for _, name in DAYS),
)
declaration = sa.table(
    "service_declaration",
    sa.column("representation_id"),
    sa.column("kind"),
    sa.column("declared_at", Time),
    sa.column("ended_at", Time),
    sa.column("declared_on", sa.Date()),
    sa.column("by_link", sa.Boolean()),
    *(sa.column(name) for name in ("email", "phone", "words_version", "words_digest")),
)


def upgrade() -> None:
    op.create_table(
        "service_declaration",
        sa.Column("id", Key, nullable=False),
        sa.Column("representation_id", Key, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("declared_at", Time, nullable=False),
        sa.Column("ended_at", Time),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("words_version", sa.String(60), nullable=False),
        sa.Column("words_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_service_declaration"),
        sa.ForeignKeyConstraint(
            ["representation_id"],
            ["representation.id"],
            name="fk_service_declaration_representation_id",
        ),
    )
    op.create_index(
        "ix_service_declaration_representation_id", "service_declaration", ["representation_id"]
    )
    op.create_table(
        "address_change",
        sa.Column("id", Key, nullable=False),
        sa.Column("representation_id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("field", sa.String(10), nullable=False),
        sa.Column("value", sa.String(254), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", Time, nullable=False),
        sa.Column("ended_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_address_change"),
        sa.ForeignKeyConstraint(
            ["representation_id"], ["representation.id"], name="fk_address_change_representation_id"
        ),
        sa.ForeignKeyConstraint(
            ["counsel_id"], ["counsel.id"], name="fk_address_change_counsel_id"
        ),
    )
    op.create_index("ix_address_change_representation_id", "address_change", ["representation_id"])
    op.create_index("ix_address_change_counsel_id", "address_change", ["counsel_id"])
    _take_over()
    for _, name in DAYS:
        op.drop_column("counsel", name)


def _take_over() -> None:
    """Insert the days of each counsel as declarations in every case in which they act."""
    connection = op.get_bind()
    zones = {row.id: ZoneInfo(row.zone) for row in connection.execute(sa.select(court))}
    query = (
        sa.select(representation.c.id.label("representation_id"), counsel)
        .join_from(representation, counsel, counsel.c.id == representation.c.counsel_id)
        .where(sa.or_(*(counsel.c[name].is_not(None) for _, name in DAYS)))
    )
    rows = [
        _declared(row._mapping, kind, row._mapping[name], zones[row.court_id])
        for row in connection.execute(query).all()
        for kind, name in DAYS
        if row._mapping[name] is not None
    ]
    for first in range(0, len(rows), AT_ONCE):
        connection.execute(sa.insert(declaration), rows[first : first + AT_ONCE])


def _declared(row: Any, kind: str, on: dt.date, zone: ZoneInfo) -> dict[str, Any]:
    begins = dt.datetime.combine(on, dt.time(), zone).astimezone(dt.UTC)
    is_address = kind == "address"
    is_aware = op.get_bind().dialect.name == "postgresql"
    return {
        "representation_id": row["representation_id"],
        "kind": kind,
        "declared_at": begins if is_aware else begins.replace(tzinfo=None),
        "ended_at": None,
        "declared_on": on,
        "by_link": False,
        "email": row["email"] if is_address else "",
        "phone": row["phone"] if is_address else "",
        "words_version": "",
        "words_digest": "",
    }


def downgrade() -> None:
    for kind, name in DAYS:
        op.add_column("counsel", sa.Column(name, sa.Date()))
        of_counsel = (
            sa.select(sa.func.max(declaration.c.declared_on))
            .join_from(
                declaration,
                representation,
                representation.c.id == declaration.c.representation_id,
            )
            .where(
                representation.c.counsel_id == counsel.c.id,
                declaration.c.kind == kind,
                declaration.c.ended_at.is_(None),
            )
            .scalar_subquery()
        )
        op.execute(sa.update(counsel).values({name: of_counsel}))
    op.drop_table("address_change")
    op.drop_table("service_declaration")
