"""Before the pages: calendar programs that ask whether anything changed, and nothing did.

Most requests that a court's calendars get are this one, every few minutes, of every subscriber.
It is answered here from one query and what is kept at hand; whatever else is asked goes on to the
page (``views.calendar``), which gives the same answer to this question too.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import psycopg
import sqlalchemy as sa
from flask import Flask

from app.core import links, web
from app.core.db import db
from app.feeds import queries
from app.feeds.cache import CalendarCache

HEADERS = [
    ("Cache-Control", "private, max-age=300"),
    ("Vary", "Accept-Encoding"),
    ("X-Content-Type-Options", "nosniff"),
]
_QUESTION = queries.question("postgresql", "%(digest)s")

# Given the token of an address, says what is asked for; nothing where there is no such calendar.
Ask = Callable[[str], queries.FeedRequest | None]


class ConditionalGet:
    """A WSGI application before another (PEP 3333)."""

    def __init__(self, behind: WSGIApplication, app: Flask, calendars: CalendarCache) -> None:
        self._behind = behind
        self.attach(app, calendars)

    def attach(self, app: Flask, calendars: CalendarCache) -> None:
        """Answer for the installation that the app serves now."""
        self._calendars = calendars
        with app.app_context():
            self._ask = _asking(db.engine, app.config["SQLALCHEMY_ENGINE_OPTIONS"])
        house: web.Services = app.extensions["tingqi"]
        self._clock = house.gateways.clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer 304, or let the page answer."""
        had, path = environ.get("HTTP_IF_NONE_MATCH"), environ.get("PATH_INFO", "")
        if had and path.startswith("/feeds/") and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            tag = self._current(path.removeprefix("/feeds/").removesuffix(".ics"))
            if tag and had in (f'"{tag}"', f'"{tag}-gzip"'):
                start_response("304 Not Modified", [("ETag", had), *HEADERS])
                return ()
        return self._behind(environ, start_response)

    def _current(self, token: str) -> str:
        """Return the tag of a calendar that is kept and still true; else nothing."""
        if not self._calendars.any_kept:
            return ""
        asked = self._ask(token)
        return self._calendars.current_tag(asked, self._clock.now()) if asked else ""


def _asking(engine: sa.Engine, options: Mapping[str, Any]) -> Ask:
    """Return what asks a database about an address, and holds its tongue where that fails."""
    if engine.dialect.name == "postgresql":
        return partial(_by_driver, _line_of_its_own(engine, options))
    return partial(_by_engine, engine)


def _by_engine(engine: sa.Engine, token: str) -> queries.FeedRequest | None:
    try:
        with engine.connect() as connection:
            return queries.asked(connection, token)
    except sa.exc.SQLAlchemyError:  # the page says what is wrong
        return None


def _by_driver(engine: sa.Engine, token: str) -> queries.FeedRequest | None:
    """Ask by the driver alone: all that is done around a question takes longer than the question.

    Asks a second time where a connection turns out to be dead.
    """
    given = {"digest": links.digest(token)}
    for _ in range(2):
        with suppress(psycopg.Error, sa.exc.SQLAlchemyError):
            row = _row(engine, given)
            return queries.as_asked(row) if row else None
    return None  # the page says what is wrong


def _row(engine: sa.Engine, given: dict[str, str]) -> tuple[Any, ...] | None:
    line = engine.raw_connection()
    try:
        driver = cast(psycopg.Connection, line.driver_connection)
        return driver.cursor(binary=True).execute(_QUESTION, given, prepare=True).fetchone()
    except psycopg.Error as fault:
        line.invalidate(fault)
        raise
    finally:
        line.close()


def _line_of_its_own(engine: sa.Engine, options: Mapping[str, Any]) -> sa.Engine:
    """Return an engine for one question at a time, closed with the other.

    Each further word to the server costs as much as the question: so there is no transaction,
    nothing to undo afterwards, and no asking beforehand whether it still listens.
    """
    own = sa.create_engine(
        engine.url,
        **{**options, "pool_pre_ping": False, "pool_size": 4, "max_overflow": 0},
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
    )
    sa.event.listen(engine, "engine_disposed", lambda _: own.dispose())
    return own


def install(app: Flask) -> None:
    """Put it before an app's pages."""
    front = ConditionalGet(app.wsgi_app, app, _calendars(app))
    app.wsgi_app = front  # type: ignore[method-assign]
    app.extensions["tingqi-feeds"] = front


def attach(app: Flask) -> None:
    """Forget the calendars that were kept: the app serves another installation now."""
    app.extensions["tingqi-feeds"].attach(app, _calendars(app))


def _calendars(app: Flask) -> CalendarCache:
    house: web.Services = app.extensions["tingqi"]
    calendars = CalendarCache(house.settings.court_address)
    app.extensions["tingqi-calendars"] = calendars
    return calendars
