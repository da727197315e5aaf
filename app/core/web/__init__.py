"""What all pages share: services, languages, error pages, the origin check, security headers."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import sqlalchemy as sa
from babel.support import Translations
from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel, gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from app.core import wording
from app.core.db import database_fault, is_away
from app.core.errors import (
    Clash,
    Gone,
    Invalid,
    Message,
    NotFound,
    OlderRules,
    Refusal,
    RuleWarning,
    Unavailable,
)
from app.core.runtime.logs import one_line_error
from app.core.translation import translate
from app.core.web import catalogues, rate_limits, templates

if TYPE_CHECKING:
    from app.carriers.registry import ExternalServices
    from app.config import Settings
    from app.people.single_sign_on.provider import SignOnProvider
    from app.storage.stores import FileStore

LANGUAGES = ("en", "zh")
log = logging.getLogger("tingqi.web")
limiter = Limiter(get_remote_address, storage_uri=rate_limits.ADDRESS)


@dataclass(frozen=True)
class Services:
    """The services that one app was built from."""

    settings: "Settings"
    external: "ExternalServices"
    files: "FileStore"
    # Store all times by the zone rules in use (see rezoning): of all courts; of one court, given a
    # session and the court, within the caller's transaction.
    settle: Callable[[dt.datetime], None] = lambda now: None
    hold: Callable[[Any, Any, dt.datetime], int] = lambda session, court, now: 0
    # The provider of single sign-on, if one is set up.
    sign_on: "SignOnProvider | None" = None


def services() -> Services:
    """Return the services of the current app."""
    current: Services = current_app.extensions["tingqi"]
    return current


def now() -> Any:
    """Return the present time, aware, in UTC, from the app's clock."""
    return services().external.clock.now()


def secret() -> bytes:
    """Return the secret key that links are derived from."""
    return services().settings.secret_key


def language() -> str:
    """Return the language of this page, in which its texts are looked up."""
    return catalogues.page_language()


def _chosen_language() -> str:
    """Choose the language of this page: the first supported one among several.

    ``?lang=``, the cookie, counsel's or the user's own choice, the browser's, the court's. It is
    chosen once, and again after ``flask_babel.refresh``.
    """
    if not has_request_context():
        return "en"
    return next((each for each in _languages() if each in LANGUAGES), "en")


def _languages() -> Iterator[str | None]:
    """Yield what may be the language of this page, best first."""
    yield request.args.get("lang")
    yield request.cookies.get("lang")
    yield g.get("language")
    users, courts = _user_languages()
    yield users
    browsers = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans", "zh-TW"])
    yield (browsers or "")[:2]
    yield courts


def _user_languages() -> tuple[str, str]:
    """Return the languages of the signed-in user and of their court; "" if nobody is signed in.

    Error pages have a language too: while the database is away, nobody counts as signed in.
    """
    known: tuple[str, str] | None = g.get("user_languages")
    if known is not None:
        return known
    if request.path.startswith("/api/") or not hasattr(current_app, "login_manager"):
        return "", ""
    try:
        if current_user and current_user.is_authenticated:
            g.user_languages = str(current_user.language), str(current_user.court.language)
            return g.user_languages
    except sa.exc.SQLAlchemyError:
        return "", ""
    return "", ""


def translated(message: Message | str) -> str:
    """Return a message in the language of the page."""
    return translate(message, language())


STATUS: dict[type[Exception], int] = {
    OlderRules: 503,
    Unavailable: 503,
    NotFound: 404,
    Gone: 410,
    Clash: 409,
    RuleWarning: 422,
    Refusal: 422,
    Invalid: 422,
}


def status_of(error: Exception) -> int:
    """Return the HTTP status of one of our errors."""
    return next(code for kind, code in STATUS.items() if isinstance(error, kind))


def install_error_pages(app: Flask, api_prefix: str) -> None:
    """Answer errors with a page; below its prefix the API answers in its own form."""

    def page(code: int, title: str, words: str, errors: dict[str, str] | None = None) -> Any:
        if code >= 500:
            log.error("%s %s answered %s", request.method, _path_without_key(), code)
        return render_template(
            "error.html", code=code, title=title, words=words, errors=errors
        ), code

    def refused(error: Refusal) -> Any:
        return page(status_of(error), gettext("This cannot be done"), translated(error.message))

    def invalid(error: Invalid) -> Any:
        shown = {field: translated(message) for field, message in error.errors.items()}
        return page(422, gettext("Something is missing or wrong"), "", shown)

    def http(error: HTTPException) -> Any:
        titles = {
            403: gettext("Not allowed"),
            404: gettext("Page not found"),
            413: gettext("Too large"),
            429: gettext("Too many tries"),
        }
        words = {
            400: gettext("The request could not be read."),
            403: gettext("You are not allowed to do this, or the request came from another site."),
            404: gettext("There is no page at this address. Check it, or go to the home page."),
            405: gettext("This address cannot be used in this way."),
            413: gettext("This is too large. Send a smaller file or less text."),
            429: gettext("Wait a minute, then try again."),
        }
        code = error.code or 500
        title = titles.get(code, gettext("This page cannot be shown"))
        response = page(code, title, words.get(code, error.name))
        if error.response is not None:
            return error.response
        return (*response, {"Retry-After": "60"}) if code == 429 else response

    def away(error: sa.exc.SQLAlchemyError) -> Any:
        if not is_away(error):
            return fault(error)
        log.error("the database is away: %s", one_line_error(error))
        return *page(
            503, gettext("Not available for a moment"), translated(database_fault(error))
        ), {"Retry-After": "30"}

    def fault(error: Exception) -> Any:
        log.exception("%s %s failed", request.method, _path_without_key())
        words = gettext(
            "Something went wrong on our side and was logged. Nothing was changed. "
            "Try again; if it happens again, tell your administrator."
        )
        return page(500, gettext("Something went wrong"), words)

    def answered(show: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def handler(error: Any) -> Any:
            other: Callable[[Exception], Any] | None = app.extensions.get("tingqi-api-errors")
            asked_api = request.path.startswith(api_prefix)
            return other(error) if asked_api and other else show(error)

        return handler

    app.register_error_handler(Refusal, answered(refused))
    app.register_error_handler(Invalid, answered(invalid))
    app.register_error_handler(HTTPException, answered(http))
    app.register_error_handler(sa.exc.SQLAlchemyError, answered(away))
    app.register_error_handler(Exception, answered(fault))


def _path_without_key() -> str:
    """Return the path for a log, which many read, without a key that it may hold."""
    parts = request.path.split("/")
    has_key = len(parts) > 1 and parts[1] in ("r", "phone", "feeds", "password", "download")
    return "/".join([*parts[:2], "…"] if has_key else parts)


class RowNumber(IntegerConverter):
    """Integers in URLs, of no more digits than a primary key has: longer ones are a 404."""

    regex = r"\d{1,18}"


def install_number_converter(app: Flask) -> None:
    """Replace the ``int`` converter by RowNumber."""
    app.url_map.converters["int"] = RowNumber


def install_origin_check(app: Flask, open_paths: tuple[str, ...]) -> None:
    """Refuse cross-site requests by Sec-Fetch-Site, else by Origin.

    Programs send neither and carry no cookie; browsers have sent the first since 2020.
    """

    def check() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS") or request.path.startswith(open_paths):
            return
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site in ("same-origin", "none"):
            return
        own = {request.host, urlsplit(services().settings.public_url).netloc}
        if site is not None or (origin is not None and urlsplit(origin).netloc not in own):
            app.aborter(403)

    app.before_request(check)


def install_security_headers(app: Flask) -> None:
    """Add the security headers to every response."""

    def headers(response: Response) -> Response:
        if request.path.startswith("/feeds/"):  # a calendar, not a page
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            return response
        for name, value in {
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'; manifest-src 'self'"
            ),
            # Links are keys: they go to no other site as a referrer.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        }.items():
            response.headers.setdefault(name, value)
        if services().settings.public_url.startswith("https"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if not request.path.startswith(("/static", "/bootstrap", "/feeds")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(headers)


_SVG = "http://www.w3.org/2000/svg"


@lru_cache(maxsize=1)
def _sprite(sprite: Path) -> dict[str, ElementTree.Element]:
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.parse(sprite).getroot()  # noqa: S314  (a file of an installed package)
    return {str(symbol.get("id")): symbol for symbol in root}


@lru_cache(maxsize=200)
def icon(name: str) -> Markup:
    """Return a Bootstrap icon as inline SVG. Raises KeyError where there is none of that name."""
    icons = Path(current_app.blueprints["bootstrap"].static_folder or "") / "icons"
    symbol = _sprite(icons / "bootstrap-icons.svg")[name]
    inner = "".join(ElementTree.tostring(child, encoding="unicode") for child in symbol)
    inner = inner.replace(f' xmlns="{_SVG}"', "")  # which HTML implies
    return Markup(  # noqa: S704
        f'<svg class="icon" viewBox="{symbol.get("viewBox")}" fill="currentColor" '
        f'aria-hidden="true" focusable="false">{inner}</svg>'
    )


def bdi(text: object) -> Markup:
    """Return a name isolated from the direction of the text around it."""
    return Markup(f"<bdi>{escape(text)}</bdi>")  # noqa: S704 - a list has hundreds: no parsing


# Longer than any id of a list, and in no other part of an address.
_ANY_ROW = 10**18 - 7


def links_to(endpoint: str, name: str, **values: Any) -> Callable[[int], str]:
    """Return the function from an id to the address of a page that takes it by a name.

    For lists of hundreds: the address is put together once.
    """
    named: dict[str, Any] = {**values, name: _ANY_ROW}
    pattern = url_for(endpoint, **named)
    return lambda row: pattern.replace(str(_ANY_ROW), str(row))


def install_languages(app: Flask) -> None:
    """Add translations, and the functions and filters of all templates."""
    Babel(app, locale_selector=_chosen_language, default_translation_directories="translations")
    catalogues.install(app)
    templates.install(app)
    app.jinja_env.globals.update(
        icon=icon,
        bdi=bdi,
        links_to=links_to,
        wording=wording,
        translated=translated,
        language=language,
        LANGUAGES=LANGUAGES,
        zone_of=lambda court: court.zone,
        now=now,
        settings=lambda: services().settings,
        aside=lambda words: wording.aside(words, language()),
        comma=lambda: wording.comma(language()),
        colon=lambda: wording.colon(language()),
    )
    app.jinja_env.filters.update(
        listed=lambda names: wording.listed(names, language()),
        side_name=lambda side: wording.side_name(side, language()),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


__all__ = [
    "Services",
    "Translations",
    "icon",
    "language",
    "limiter",
    "now",
    "secret",
    "services",
    "translated",
]
