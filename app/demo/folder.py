"""The demo's files in the instance folder: database and outbox, created or reset."""

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
from app.core.errors import N_, Misconfigured
from app.core.runtime.clock import SetClock, SystemClock
from app.demo.story import COURT, StoryPlayer
from app.storage.settings import StorageSettings

DATABASE = "tingqi.db"
# Apart from the papers of an installation that has its database elsewhere.
PAPERS = "demo-papers"
DATABASE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")


def prepare(settings: Settings, fresh: bool) -> bool:
    """Create the demo's database unless it exists; return whether it was created.

    Raises Misconfigured if there is another database, which is never touched.
    """
    courts = courts_in(settings.instance / DATABASE)
    if courts and courts != [COURT["name"]]:
        raise Misconfigured(
            N_(
                "%(file)s is another database than the demo's and is not changed: set "
                "TINGQI_INSTANCE to an empty folder to run the demo there."
            ),
            file=settings.instance / DATABASE,
        )
    if courts and not fresh:
        return False
    clear(settings)
    _create(settings)
    return True


def courts_in(database: Path) -> list[str] | None:
    """Return the names of the courts in a database, or None if the file does not exist.

    Raises Misconfigured if it is not a database of Tingqi.
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
            N_("%(file)s is not a database of Tingqi (%(error)s) and is not changed."),
            file=database,
            error=fault,
        ) from fault


def clear(settings: Settings) -> None:
    """Delete the demo's database, outbox and papers."""
    for name in DATABASE_FILES:
        (settings.instance / name).unlink(missing_ok=True)
    for folder in (settings.outbox, settings.instance / PAPERS):
        if folder.is_dir():
            shutil.rmtree(folder)


def _create(settings: Settings) -> None:
    """Play the story in a temporary folder, then move it, so that no partial court remains."""
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=settings.instance) as temporary:
        folder = Path(temporary)
        clock = SetClock(SystemClock().now())
        temporary_settings = replace(
            settings,
            instance=folder,
            database_url=f"sqlite:///{folder / DATABASE}",
            storage=StorageSettings(str(folder / PAPERS)),
        )
        app = create_app(temporary_settings, outboxes(temporary_settings, clock))
        with app.app_context():
            upgrade()
            try:
                StoryPlayer(app, clock, settings.secret_key).play()
            finally:
                db.session.remove()
                db.engine.dispose()
        temporary_settings.outbox.rename(settings.outbox)
        (folder / PAPERS).rename(settings.instance / PAPERS)
        for name in DATABASE_FILES:
            if (folder / name).exists():
                (folder / name).rename(settings.instance / name)


def outboxes(settings: Settings, clock: SetClock | SystemClock) -> ExternalServices:
    """Return carriers that write to the local outbox only."""
    return ExternalServices(
        clock=clock,
        email=Outbox(settings.outbox, "email", clock, settings.court_address),
        sms=Outbox(settings.outbox, "sms", clock),
    )
