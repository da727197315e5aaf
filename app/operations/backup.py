"""A copy of the embedded database while it is used, and the way back from one."""

import os
import shlex
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.orm import Session

from app.core.db import configure_engine, db, release_session
from app.core.db.schema_check import checked_app
from app.core.errors import Misconfigured
from app.record import court_verification

KEEP = "Keep with it: {instance}/secret_key (or TINGQI_SECRET_KEY), tingqi.env and rules/."


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def backup(file: Path, force: bool) -> None:
    """Copy the embedded database to FILE while it is used; for PostgreSQL say how."""
    app = checked_app(make=False)
    with app.app_context():
        url = db.engine.url
        if url.get_backend_name() != "sqlite":
            click.echo(pg_dump(url, file))
            return
        if not file.parent.is_dir():
            raise Misconfigured(f"There is no folder {file.parent}: name another, or make it.")
        if file.exists() and not force:
            raise Misconfigured(f"{file} exists: name another file, or say --force.")
        with _beside(file) as made:
            _copy(Path(str(url.database)), made)
            _settle(made, file, force)
    click.echo(f"{file} holds the database. {KEEP.format(instance=app.instance_path)}", err=True)


def pg_dump(url: sa.URL, file: Path) -> str:
    """Return the line without the password: a process's arguments can be read by others."""
    plain = sa.URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    words = ("pg_dump", "--format=custom", f"--file={file}", plain.render_as_string())
    return shlex.join(words)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Put the present database aside, whatever it holds.")
def restore(file: Path, force: bool) -> None:
    """Put a backup in the embedded database's place; stop pages and worker first.

    Refused where the copy is damaged, of another schema, or its record does not verify.
    """
    app = checked_app()
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            raise Misconfigured("With PostgreSQL use pg_restore into an empty database.")
        house = Path(str(db.engine.url.database))
        if not force and _holds_something():
            raise Misconfigured("The database is not empty: --force puts it aside.")
        release_session()
        db.engine.dispose()
        with _beside(house) as made:
            _copy(file, made)
            lines = _examine(made)
            db.engine.dispose()  # nobody has it open from here on
            aside = _put_aside(house)
            _settle(made, house, force=True)
    click.echo(
        f"{house} holds what {file} held: {lines} lines, all whole. Before: {aside}", err=True
    )


def _holds_something() -> bool:
    words = "SELECT EXISTS (SELECT 1 FROM case_file) OR EXISTS (SELECT 1 FROM user_account)"
    with db.engine.connect() as connection:
        return bool(connection.scalar(sa.text(words)))


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a name beside a file for what is not whole yet; whatever happens, it does not stay."""
    made = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield made
    finally:
        made.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy at one moment, writers or not, and see that the copy is whole."""
    uri = source.resolve().as_uri() + "?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True)) as read,
            closing(sqlite3.connect(target)) as made,
        ):
            read.backup(made)
            made.execute("PRAGMA journal_mode=DELETE")
            said = made.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        raise Misconfigured(f"{source} cannot be copied to {target.parent}: {fault}.") from fault
    if said != "ok":
        raise Misconfigured(f"{source} is damaged: {said}.")


def _settle(made: Path, file: Path, force: bool) -> None:
    """Give a whole copy its name, so that a power cut leaves the old state or the new one."""
    with made.open("rb") as written:
        os.fsync(written.fileno())
    if force:
        made.replace(file)
    else:
        os.link(made, file)  # unlike a rename it refuses a file that came meanwhile
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _examine(file: Path) -> int:
    """Return how many lines a copy's record has. Raises Misconfigured where it does not fit."""
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with db.engine.connect() as here, engine.connect() as there:
            wanted, found = (
                MigrationContext.configure(each).get_current_revision() for each in (here, there)
            )
        if found != wanted:
            raise Misconfigured(
                f"It has another schema ({found}, here {wanted}): restore it with the version of "
                "Tingqi that made it."
            )
        configure_engine(engine)
        with Session(engine) as session:
            lines, fault = court_verification.serially(session)
        if fault:
            raise Misconfigured(f"Its record does not verify: {fault}.")
        return lines
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as last:
            last.exec_driver_sql("PRAGMA journal_mode=DELETE")
        engine.dispose()


def _put_aside(house: Path) -> Path:
    """Give the present database another name, its log written back into it first."""
    aside = house.with_name(f"{house.name}.before-{time.strftime('%Y%m%dT%H%M%S')}")
    try:
        with closing(sqlite3.connect(house, isolation_level=None)) as present:
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            present.execute("PRAGMA journal_mode=DELETE")  # refused while anybody has it open
    except sqlite3.OperationalError as fault:
        raise Misconfigured("The database is in use: stop pages and worker first.") from fault
    os.link(house, aside)
    return aside
