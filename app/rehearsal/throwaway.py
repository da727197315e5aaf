"""A temporary database for one rehearsal, on the same server as the configured one."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from app.core.errors import N_, Misconfigured
from app.core.runtime.logs import one_line_error


@contextmanager
def database(configured: str) -> Iterator[str]:
    """Yield the URL of an empty database of the configured kind, and drop it at the end.

    With SQLite it is a file in a temporary folder; with PostgreSQL a database of its own on the
    same server. Raises Misconfigured where the server does not allow that, and sqlalchemy's
    OperationalError where there is no server.
    """
    if configured.startswith("sqlite"):
        with tempfile.TemporaryDirectory(prefix="tingqi-rehearsal-") as folder:
            yield f"sqlite:///{Path(folder) / 'rehearsal.db'}"
        return
    server, name = sa.make_url(configured), f"tingqi_rehearsal_{secrets.token_hex(6)}"
    try:
        _execute(server, f'CREATE DATABASE "{name}"')
    except sa.exc.ProgrammingError as fault:
        why = one_line_error(fault)
        raise Misconfigured(
            N_(
                "The rehearsal could not create a database of its own on %(server)s (%(error)s): "
                "allow it with %(command)s, or use another user in TINGQI_DATABASE_URL."
            ),
            server=server.host or "localhost",
            error=why,
            command=f"ALTER ROLE {server.username or '…'} CREATEDB",
        ) from fault
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(
        server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 10}
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
