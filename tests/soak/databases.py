"""The databases of a run, and what goes wrong with each."""

import sqlite3
import subprocess
import threading
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tests.conftest import run_sql

LOCKED = 0.4  # seconds for which somebody else holds SQLite's one lock


@dataclass
class Database:
    """One database by its address; ``server`` is PostgreSQL's, where it may be restarted."""

    url: str
    server: Any = None

    @property
    def kind(self) -> str:
        """What troubles it can have, as a plan names it."""
        if self.url.startswith("sqlite"):
            return "sqlite"
        return "postgresql to restart" if self.server else "postgresql"

    def lock(self, _which: int) -> None:
        """Hold SQLite's one lock for a while, as a backup or somebody with a shell would."""
        path = str(sa.make_url(self.url).database)
        file = sqlite3.connect(path, timeout=60, isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        threading.Event().wait(LOCKED)
        file.execute("ROLLBACK")
        file.close()

    def cut(self, _which: int) -> None:
        """Cut every connection to PostgreSQL's database."""
        url = sa.make_url(self.url)
        name = url.database
        run_sql(
            url.set(database="postgres"),
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def restart(self, which: int) -> None:
        """Restart PostgreSQL, in peace or as if it had crashed."""
        how = ("fast", "immediate")[which % 2]
        pg_ctl = [str(self.server.bin_path / "pg_ctl"), "-D", str(self.server.pgdata), "-m", how]
        subprocess.run(
            [*pg_ctl, "-l", str(self.server.log), "restart"],
            check=True,
            user=self.server.system_user,
            stdout=subprocess.DEVNULL,
        )
        self.server.ensure_postgres_running()  # so that it knows whom to stop in the end
