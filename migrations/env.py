"""Run the migrations on the app's own engine, in one transaction, one process at a time."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.core.db.schema_check import compared, no_way_from
from app.core.errors import Misconfigured

database = current_app.extensions["migrate"].db
LOCK = 0x7496_2026  # any number, the same for every machine


def run() -> None:
    """Upgrade or downgrade over a connection of the app.

    Raises Misconfigured where no migration leads on from the database's revision.
    """
    with database.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            for limit in ("statement_timeout", "lock_timeout"):  # they are meant for pages
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
            transactional_ddl=True,  # SQLite too: the engine says BEGIN itself
        )
        if words := no_way_from(context.get_context().get_current_revision()):
            connection.invalidate()
            raise Misconfigured(words)
        connection.rollback()  # or Alembic would not begin a transaction of its own
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
