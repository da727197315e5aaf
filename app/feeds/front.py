"""Before the pages: calendar programs that ask whether anything changed, and nothing did.

Most requests that a court's calendars get are this one, every few minutes, of every subscriber.
It is answered here from one query and what is kept at hand; whatever else is asked goes on to the
page (``views.calendar``), which gives the same answer to this question too.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import sqlalchemy as sa
from flask import Flask

from app import web
from app.db import db
from app.feeds import queries
from app.feeds.keeping import Calendars

HEADERS = [
    ("Cache-Control", "private, max-age=300"),
    ("Vary", "Accept-Encoding"),
    ("X-Content-Type-Options", "nosniff"),
]


class Front:
    """A WSGI application before another (PEP 3333)."""

    def __init__(self, behind: WSGIApplication, app: Flask, calendars: Calendars) -> None:
        self._behind, self._calendars = behind, calendars
        with app.app_context():
            self._engine = db.engine
        if self._engine.dialect.name == "postgresql":  # one question needs no transaction
            self._engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        house: web.House = app.extensions["tingqi"]
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
        try:
            with self._engine.connect() as connection:
                asked = queries.asked(connection, token)
        except sa.exc.SQLAlchemyError:  # the page says what is wrong
            return ""
        return self._calendars.current_tag(asked, self._clock.now()) if asked else ""


def install(app: Flask) -> None:
    """Put it before an app's pages."""
    house: web.House = app.extensions["tingqi"]
    calendars = Calendars(house.settings.court_address)
    app.extensions["tingqi-calendars"] = calendars
    app.wsgi_app = Front(app.wsgi_app, app, calendars)  # type: ignore[method-assign]
