"""Runs the migrations on the app's own engine, in one transaction, one process at a time."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.core.db.schema_check import compared

database = current_app.extensions["migrate"].db
LOCK = 0x7496_2026  # any number, the same for every machine


def run() -> None:
    """Upgrade or downgrade over a connection of the app."""
    with database.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            for limit in ("statement_timeout", "lock_timeout"):  # they are for pages
                connection.execute(sa.text(f"SET {limit} = 0"))
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=False,
            include_object=compared,
            transaction_per_migration=False,
            transactional_ddl=True,  # SQLite too: the house says BEGIN itself
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()


if context.is_offline_mode():
    context.configure(
        url=str(database.engine.url), target_metadata=database.metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    run()
