"""Stored files: bytes lie in a folder or a bucket, and the database holds their digests.

The documents of requests to move, whose bytes were in the table ``paper``, move there. A staged
file is kept of each until the worker removes it a day later: should this transaction fail, it tells
the worker which bytes have no row.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op
from flask import current_app

from app import storage
from app.storage import stores

revision = "0038"
down_revision = "0037"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
RELEASED = sa.text("released_at IS NOT NULL")
INDEXED = ("case_id", "task_id")
CONSTRAINTS = ("pk_{}", "fk_{}_case_id", "fk_{}_court_id", "fk_{}_task_id")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    """Add the table, and move the bytes of documents into the store."""
    op.create_table(
        "stored_file",
        sa.Column("id", Key, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("released_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_stored_file"),
        sa.UniqueConstraint("digest", name="uq_stored_file_digest"),
    )
    op.create_index(
        "ix_stored_file_released",
        "stored_file",
        ["id"],
        sqlite_where=RELEASED,
        postgresql_where=RELEASED,
    )
    _rename("paper", "move_document")
    _add_column("file_id", "BIGINT" if _on_postgresql() else "INTEGER")
    op.create_index("ix_move_document_file_id", "move_document", ["file_id"])
    _move_into_store()
    op.drop_column("move_document", "body")


def _rename(before: str, after: str) -> None:
    """Rename the table of documents with its indexes, and what else PostgreSQL names by it."""
    for column in INDEXED:
        op.drop_index(f"ix_{before}_{column}", before)
    op.rename_table(before, after)
    for column in INDEXED:
        op.create_index(f"ix_{after}_{column}", after, [column])
    if _on_postgresql():
        for name in CONSTRAINTS:
            op.execute(
                f"ALTER TABLE {after} RENAME CONSTRAINT {name.format(before)} "
                f"TO {name.format(after)}"
            )
        op.execute(f"ALTER SEQUENCE {before}_id_seq RENAME TO {after}_id_seq")


def _add_column(name: str, kind: str) -> None:
    constraint = f"CONSTRAINT fk_move_document_{name} REFERENCES stored_file (id)"
    op.execute(f"ALTER TABLE move_document ADD COLUMN {name} {kind} {constraint}")


def _documents() -> sa.TableClause:
    columns = (sa.column("id"), sa.column("file_id"), sa.column("body", sa.LargeBinary()))
    return sa.table("move_document", *columns)


def _files() -> sa.TableClause:
    columns = (
        sa.column("id"),
        sa.column("digest"),
        sa.column("size"),
        sa.column("created_at", Time),
    )
    return sa.table("stored_file", *columns)


def _move_into_store() -> None:
    bind, documents, files = op.get_bind(), _documents(), _files()
    store = storage.of_app(current_app)
    now = dt.datetime.now(dt.UTC)
    at = now if _on_postgresql() else now.replace(tzinfo=None)
    for document_id in bind.scalars(sa.select(documents.c.id).order_by(documents.c.id)).all():
        body = bind.scalar(sa.select(documents.c.body).where(documents.c.id == document_id))
        if not body:  # of a case that was erased
            continue
        staged = stores.stage(store, now, len(body))
        staged.write(bytes(body))
        store.publish(staged)
        staged.close()
        wanted = sa.select(files.c.id).where(files.c.digest == staged.digest)
        file_id = bind.scalar(wanted)
        if file_id is None:
            row = {"digest": staged.digest, "size": len(body), "created_at": at}
            bind.execute(files.insert().values(row))
            file_id = bind.scalar(wanted)
        bind.execute(
            documents.update().where(documents.c.id == document_id).values(file_id=file_id)
        )


def downgrade() -> None:
    """Move the bytes of documents back into the database."""
    op.execute(
        "ALTER TABLE move_document ADD COLUMN body "
        + ("BYTEA NOT NULL DEFAULT ''" if _on_postgresql() else "BLOB NOT NULL DEFAULT x''")
    )
    _move_back()
    op.drop_index("ix_move_document_file_id", "move_document")
    op.drop_column("move_document", "file_id")
    _rename("move_document", "paper")
    if _on_postgresql():
        op.alter_column("paper", "body", server_default=None)
    op.drop_table("stored_file")


def _move_back() -> None:
    bind, documents, files = op.get_bind(), _documents(), _files()
    store = storage.of_app(current_app)
    rows = sa.select(documents.c.id, files.c.digest).join_from(
        documents, files, documents.c.file_id == files.c.id
    )
    for document_id, digest in bind.execute(rows).all():
        with store.open(digest) as stream:
            body = stream.read()
        bind.execute(documents.update().where(documents.c.id == document_id).values(body=body))
