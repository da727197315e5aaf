"""The demo's own part of the instance folder: whose database is there, and how it is begun anew."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from app.carriers.outbox.carrier import Outbox
from app.carriers.registry import ExternalServices
from app.config import Settings
from app.core.db import db
from app.core.errors import Misconfigured
from app.core.runtime.clock import SetClock, SystemClock
from app.demo.story import COURT, StoryPlayer

DATABASE = "tingqi.db"
OWN = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")


def prepare(settings: Settings, fresh: bool) -> bool:
    """See that the demo's court is in the instance folder; return whether it was made just now.

    Raises Misconfigured where the database there is not the demo's: that is never touched.
    """
    courts = courts_in(settings.instance / DATABASE)
    if courts and courts != [COURT["name"]]:
        raise Misconfigured(
            f"{settings.instance / DATABASE} is not the demo's, and is left alone: set "
            "TINGQI_INSTANCE to an empty folder to run the demo there."
        )
    if courts and not fresh:
        return False
    clear(settings)
    _make(settings)
    return True


def courts_in(database: Path) -> list[str] | None:
    """Return the names of the courts in a database; None where there is no file.

    Raises Misconfigured where the file is none of Tingqi's.
    """
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if not tables:
                return []
            return [name for (name,) in connection.execute("SELECT name FROM court ORDER BY id")]
    except sqlite3.Error as fault:
        raise Misconfigured(
            f"{database} is no database of Tingqi ({fault}), and is left alone."
        ) from fault


def clear(settings: Settings) -> None:
    """Remove the demo's database and its outbox, and nothing else."""
    for name in OWN:
        (settings.instance / name).unlink(missing_ok=True)
    if settings.outbox.is_dir():
        shutil.rmtree(settings.outbox)


def _make(settings: Settings) -> None:
    """Tell the story in a folder aside and move it in whole: half a court is never left behind."""
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=settings.instance) as made:
        aside = Path(made)
        clock = SetClock(SystemClock().now())
        there = replace(settings, instance=aside, database_url=f"sqlite:///{aside / DATABASE}")
        app = create_app(there, outboxes(there, clock))
        with app.app_context():
            upgrade()
            try:
                StoryPlayer(app, clock, settings.secret_key).tell()
            finally:
                db.session.remove()
                db.engine.dispose()
        there.outbox.rename(settings.outbox)
        for name in OWN:
            if (aside / name).exists():
                (aside / name).rename(settings.instance / name)


def outboxes(settings: Settings, clock: SetClock | SystemClock) -> ExternalServices:
    """Return gateways that send nothing out of this machine."""
    return ExternalServices(
        clock=clock,
        email=Outbox(settings.outbox, "email", clock, settings.court_address),
        sms=Outbox(settings.outbox, "sms", clock),
    )
