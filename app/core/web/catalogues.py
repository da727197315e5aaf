"""The translations of pages: one catalogue for each language, kept by the process.

Flask-Babel works out by a name that it puts together anew which catalogue a text is looked up in,
and a page looks up thousands.
"""

from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Domain, get_locale
from markupsafe import Markup

from app.core.translation import catalogue

MOST_KEPT = 5000  # texts of templates in a language: more than there are


class PageCatalogues(Domain):
    """The catalogue of the language of the page, for texts of code and of templates alike."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language that the page has now."""
        return catalogue(page_language())


def page_language() -> str:
    """Return the language of this page, in which its texts are looked up."""
    locale = get_locale()
    return locale.language if locale else "en"


@lru_cache(MOST_KEPT)
def _text(language: str, text: str) -> Markup:
    return Markup(catalogue(language).gettext(text))  # noqa: S704 - from the catalogue


@lru_cache(MOST_KEPT)
def _plain(language: str, text: str) -> Markup:
    """Return a text without values: in it, too, a percent sign is written twice."""
    return _text(language, text) % {}


def _gettext(text: str, **values: Any) -> Markup:
    """Return a text for a template, as Jinja does; values are escaped unless they are Markup."""
    language = page_language()
    return _text(language, text) % values if values else _plain(language, text)


def install(app: Flask) -> None:
    """Look all texts of an app's pages up in these catalogues."""
    catalogues = PageCatalogues()
    app.extensions["babel"].instance.domain_instance = catalogues
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogues.get_translations().ugettext(text),
        ngettext=lambda one, many, count: catalogues.get_translations().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda about, text: catalogues.get_translations().upgettext(about, text),
        npgettext=lambda about, one, many, count: catalogues.get_translations().unpgettext(
            about, one, many, count
        ),
    )
    # All our templates are HTML. Jinja's own asks the context of each call whether that is so, and
    # puts a context together anew for a call within a loop.
    app.jinja_env.globals.update(gettext=_gettext, _=_gettext)
