"""A database for one rehearsal, on the machine that the house uses, gone when it is over."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from app.core.errors import Misconfigured
from app.core.runtime.logs import one_line_error


@contextmanager
def database(configured: str) -> Iterator[str]:
    """Give the address of an empty database like the configured one, and remove it at the end.

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
        _say(server, f'CREATE DATABASE "{name}"')
    except sa.exc.ProgrammingError as fault:
        said = one_line_error(fault)
        raise Misconfigured(
            f"The rehearsal needs a database of its own on {server.host or 'the server'}, and "
            f"could not make one ({said}): give {server.username or 'the user'} the right to with "
            f"ALTER ROLE … CREATEDB, or name another user in TINGQI_DATABASE_URL."
        ) from fault
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _say(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _say(server: sa.URL, words: str) -> None:
    engine = sa.create_engine(
        server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 10}
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(words)
    finally:
        engine.dispose()
