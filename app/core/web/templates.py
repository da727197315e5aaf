"""What is kept of templates from page to page: the names that all know, and drawn parts of pages.

A part that is drawn once, a *fragment*, is what a macro makes of its values. That is only for
macros that look at nothing but their values and the language of the page: neither at the clock, nor
at the request, nor at the database. A fragment is found by all of that, and so never stale.
"""

from collections.abc import Hashable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, get_template_attribute, templating
from markupsafe import Markup

from app.core.web.catalogues import page_language

MOST_KEPT = 500  # fragments, of some kilobytes each


class Environment(templating.Environment):
    """Flask's environment, in which templates have no global names of their own.

    Jinja chains the names of a template to those of the environment, and compares both at each
    import: with 140 of them, that was a fifth of the time in which counsel's page is rendered.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names that a template knows: those of the environment itself."""
        return super().make_globals(d) if d else self.globals


def fragment(template: str, macro: str, *values: Hashable) -> Markup:
    """Return what a macro of a template draws of its values, in the language of the page."""
    return _drawn(page_language(), template, macro, values)


@lru_cache(MOST_KEPT)
def _drawn(_language: str, template: str, macro: str, values: tuple[Any, ...]) -> Markup:
    drawn: Markup = get_template_attribute(template, macro)(*values)
    return drawn


def install(app: Flask) -> None:
    """Let templates draw fragments."""
    app.jinja_env.globals["fragment"] = fragment
