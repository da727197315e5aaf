"""The people of a hearing or a case as pages show them, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext

from app.cases.models import Case
from app.core import web, wording
from app.court import bench
from app.hearings.bench import members
from app.hearings.models import Hearing


def bench_names(owner: Hearing | Case, *, everybody: bool = False) -> str:
    """Return who sits, who presides first; with ``everybody`` who else is needed, too.

    Interpreters, experts and witnesses are named on the court's own pages alone.
    """
    shown = [each for each in members.people_of(owner) if everybody or each.role.sits]
    return wording.bench_line(bench.as_facts(shown), web.language())


def bench_label(owner: Hearing | Case) -> str:
    """Return what the names are: a judge, or a bench."""
    return gettext("Bench") if owner.members else gettext("Judge")


def bench_words(owner: Hearing | Case) -> str:
    """Return all people of a hearing in one line with what they are, for the court's pages."""
    names = bench_names(owner, everybody=True)
    if owner.members:
        return gettext("Bench: %(names)s", names=names)
    return gettext("Judge %(name)s", name=names)


def bench_change_words(terms: Mapping[str, Any]) -> str:
    """Describe an entry of the record about a change of people; "" for one without its words."""
    language = web.language()
    try:
        was, now = (wording.bench_line(terms[name], language) for name in ("was", "now"))
    except (KeyError, TypeError):
        return ""
    return gettext("before: %(was)s; now: %(now)s", was=was or "–", now=now or "–")


def register(app: Flask) -> None:
    """Let templates use these."""
    for each in (bench_names, bench_label, bench_words, bench_change_words):
        app.add_template_global(each)
