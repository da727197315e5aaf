"""Online backup of the embedded database, and restore."""

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

from app import storage
from app.core import web
from app.core.db import configure_engine, db, release_session
from app.core.db.schema_check import checked_app
from app.core.errors import N_, Misconfigured
from app.core.terminal import say
from app.operations import stored_papers
from app.record import court_verification


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def backup(file: Path, force: bool) -> None:
    """Copy the embedded database to FILE while in use; with PostgreSQL print the command."""
    app = checked_app(make=False)
    with app.app_context():
        url = db.engine.url
        if url.get_backend_name() != "sqlite":
            click.echo(pg_dump(url, file))
            words = N_("Copy the papers after that, from %(place)s: the database holds no files.")
            say(words, place=storage.of_app(app), err=True)
            return
        if not file.parent.is_dir():
            raise Misconfigured(
                N_("There is no folder %(folder)s: create it, or choose another."),
                folder=file.parent,
            )
        if file.exists() and not force:
            raise Misconfigured(
                N_("%(file)s exists: choose another file, or use --force."), file=file
            )
        with _temporary_beside(file) as copy:
            _copy(Path(str(url.database)), copy)
            papers = stored_papers.save(copy, storage.of_app(app), file.parent, web.now())
            _publish(copy, file, force)
    words = N_(
        "The database is saved in %(file)s, and %(count)s papers in %(papers)s. Keep with it: "
        "%(instance)s/secret_key (or TINGQI_SECRET_KEY), signing_key.pem, tingqi.env and rules/."
    )
    facts = {"papers": stored_papers.folder_beside(file.parent), "count": papers}
    say(words, file=file, instance=app.instance_path, **facts, err=True)


def pg_dump(url: sa.URL, file: Path) -> str:
    """Return the command without the password, for other users can read a process's arguments."""
    plain = sa.URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    arguments = ("pg_dump", "--format=custom", f"--file={file}", plain.render_as_string())
    return shlex.join(arguments)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty; it is renamed.")
@click.option("--without-papers", is_flag=True, help="Restore although papers are missing.")
def restore(file: Path, force: bool, without_papers: bool) -> None:
    """Replace the embedded database by a backup; stop pages and worker first.

    Refused if the backup is damaged, has another schema, or its record does not verify, or if
    papers are missing. Those that are not stored any more come from the folder beside FILE.
    """
    app = checked_app()
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            raise Misconfigured(N_("With PostgreSQL use pg_restore into an empty database."))
        present = Path(str(db.engine.url.database))
        if not force and _has_data():
            raise Misconfigured(N_("The database is not empty: --force renames and replaces it."))
        release_session()
        db.engine.dispose()
        with _temporary_beside(present) as copy:
            _copy(file, copy)
            lines = _examine(copy)
            missing = stored_papers.bring_back(copy, storage.of_app(app), file.parent, web.now())
            if missing and not without_papers:
                raise Misconfigured(
                    N_(
                        "%(count)s papers of the backup are missing in %(folder)s, the first one "
                        "%(digest)s: copy that folder too, or use --without-papers."
                    ),
                    count=len(missing),
                    folder=stored_papers.folder_beside(file.parent),
                    digest=missing[0],
                )
            db.engine.dispose()  # this process no longer has it open
            aside = _move_aside(present)
            _publish(copy, present, force=True)
    words = N_(
        "%(database)s is restored from %(file)s: %(count)s lines, all whole. The previous database "
        "is %(previous)s"
    )
    say(words, database=present, file=file, count=lines, previous=aside, err=True)


def _has_data() -> bool:
    query = "SELECT EXISTS (SELECT 1 FROM case_file) OR EXISTS (SELECT 1 FROM user_account)"
    with db.engine.connect() as connection:
        return bool(connection.scalar(sa.text(query)))


@contextmanager
def _temporary_beside(file: Path) -> Iterator[Path]:
    """Yield the name of a temporary file in the same folder; it is removed in any case."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a consistent state of a database that may be written to, and check its integrity."""
    uri = source.resolve().as_uri() + "?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True)) as read,
            closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")
            integrity = written.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        raise Misconfigured(
            N_("%(file)s cannot be copied to %(folder)s: %(error)s."),
            file=source,
            folder=target.parent,
            error=fault,
        ) from fault
    if integrity != "ok":
        raise Misconfigured(N_("%(file)s is damaged: %(error)s."), file=source, error=integrity)


def _publish(copy: Path, file: Path, force: bool) -> None:
    """Rename a complete copy atomically: a power cut leaves the old state or the new one."""
    with copy.open("rb") as content:
        os.fsync(content.fileno())
    if force:
        copy.replace(file)
    else:
        os.link(copy, file)  # unlike a rename it fails if the file exists by now
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _examine(file: Path) -> int:
    """Verify a copy's record and return its number of entries.

    Raises Misconfigured where the schema differs or the record does not verify.
    """
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with db.engine.connect() as here, engine.connect() as there:
            current, other = (
                MigrationContext.configure(each).get_current_revision() for each in (here, there)
            )
        if other != current:
            raise Misconfigured(
                N_(
                    "The backup has another schema (%(other)s, here %(current)s): restore it with "
                    "the version of Tingqi that created it."
                ),
                other=other,
                current=current,
            )
        configure_engine(engine)
        with Session(engine) as session:
            lines, fault = court_verification.serially(session)
        if fault:
            raise Misconfigured(
                N_("The record in the backup does not verify: %(error)s."), error=fault
            )
        return lines
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as last:
            last.exec_driver_sql("PRAGMA journal_mode=DELETE")
        engine.dispose()


def _move_aside(file: Path) -> Path:
    """Link the present database to another name, after a checkpoint of its write-ahead log."""
    aside = file.with_name(f"{file.name}.before-{time.strftime('%Y%m%dT%H%M%S')}")
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as present:
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            present.execute("PRAGMA journal_mode=DELETE")  # refused while anybody has it open
    except sqlite3.OperationalError as fault:
        raise Misconfigured(N_("The database is in use: stop pages and worker first.")) from fault
    os.link(file, aside)
    return aside
