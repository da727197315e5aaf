"""The translations of pages: one catalogue for each language, kept by the process.

Flask-Babel works out by a name that it puts together anew which catalogue a text is looked up in,
and a page looks up thousands.
"""

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Domain, get_locale

from app.core.translation import catalogue


class PageCatalogues(Domain):
    """The catalogue of the language of the page, for texts of code and of templates alike."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language that the page has now."""
        locale = get_locale()
        return catalogue(locale.language if locale else "en")


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
