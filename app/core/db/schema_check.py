"""Check that the database has the schema of this version before a command works with it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import click
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from app.core import terminal
from app.core.db import db, release_session
from app.core.errors import N_, Message, Misconfigured

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

UPGRADE = "`tingqi db upgrade`"
# Partitions of the record's tables on PostgreSQL. "before" holds the entries from before there were
# partitions, in installations that old.
PARTITION = re.compile(r"record_(line|content)_(\d{6}|before|other)")
# Revisions that migration 0027 replaces. Nothing leads from them to it any more.
FOLDED = re.compile(r"00(0[1-9]|1\d|2[0-6])")


def checked_app(*, make: bool = True) -> Flask:
    """Return the app of the command that runs, with its database ready for work.

    ``make`` creates an embedded database that is missing; a command that only inspects one must not
    create an empty one because it was run in another folder.

    Times are first stored by the time zone rules in use (see rezoning). Raises Misconfigured,
    OlderRules, and SQLAlchemy's OperationalError if the database is unavailable.
    """
    root = click.get_current_context().find_root()
    app: Flask = root.obj.load_app()
    root.call_on_close(lambda: close_connections(app))
    check(app, make=make)
    services = app.extensions["tingqi"]
    with app.app_context():
        services.settle(services.external.clock.now())
    return app


def close_connections(app: Flask) -> None:
    """Close the connections; psycopg warns of one that is just dropped."""
    with app.app_context():
        release_session()
        db.engine.dispose()


def check(app: Flask, *, make: bool = True) -> None:
    """Check that the schema is this version's; create it in an empty embedded database.

    Raises Misconfigured, saying what to run.
    """
    with app.app_context():
        embedded = db.engine.dialect.name == "sqlite"
        if embedded and not make and _is_empty():
            raise Misconfigured(
                N_(
                    "There is no database at %(file)s: run this command in the folder of your "
                    "installation, or set TINGQI_INSTANCE."
                ),
                file=db.engine.url.database,
            )
        if embedded and _is_empty():
            from flask_migrate import upgrade

            terminal.say(
                N_("Creating the embedded database %(file)s."),
                file=db.engine.url.database,
                err=True,
            )
            upgrade()
        if message := fault():
            raise Misconfigured(message)


def fault() -> Message | None:
    """Return what to do if the schema is not this version's, else None; in app context."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        tables = sa.inspect(connection).get_table_names()
    if revision == script.get_current_head():
        return None
    if revision is None and not tables:
        return Message(N_("The database is empty: run %(command)s."), command=UPGRADE)
    if revision is None:
        return Message(
            N_("The database contains tables of another program: use one only for Tingqi.")
        )
    return no_way_from(revision) or Message(
        N_("The database has the schema of an older version (%(revision)s): run %(command)s."),
        revision=revision,
        command=UPGRADE,
    )


def no_way_from(revision: str | None) -> Message | None:
    """Return why a database cannot be upgraded from a revision, None if it can; in app context."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    if revision is None or revision in {each.revision for each in script.walk_revisions()}:
        return None
    if FOLDED.fullmatch(revision):
        return Message(
            N_(
                "The database has the schema of a version that is too old for this one "
                "(%(revision)s): run %(command)s with the last Tingqi of November 2026 first, "
                "then with this one."
            ),
            revision=revision,
            command=UPGRADE,
        )
    return Message(
        N_(
            "The database has a schema that this version does not know (%(revision)s): "
            "install the version of Tingqi that created it, or a newer one."
        ),
        revision=revision,
    )


def fits(session: Session) -> bool:
    """Tell by one small query whether the schema is still this version's; in app context."""
    versions = session.scalars(sa.text("SELECT version_num FROM alembic_version")).all()
    return versions == [_newest(current_app.extensions["migrate"].directory)]


@cache
def _newest(folder: str) -> str | None:
    return ScriptDirectory(folder).get_current_head()


def compared(thing: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Tell Alembic what to compare with the models (``include_object``).

    Left out are the partitions of a table, which are made as time goes on, and, on the other
    database, what is for one database only.
    """
    if reflected and kind == "table":
        return not PARTITION.fullmatch(name or "")
    if reflected and kind == "foreign_key_constraint":
        return not PARTITION.fullmatch(thing.elements[0].target_fullname.partition(".")[0])
    return getattr(thing, "info", {}).get("only", db.engine.dialect.name) == db.engine.dialect.name


def _is_empty() -> bool:
    with db.engine.connect() as connection:
        return not sa.inspect(connection).get_table_names()
