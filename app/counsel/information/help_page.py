"""The page of help for counsel: the document of this name, for everybody and without a link."""

from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core import web
from app.core.db import db
from app.counsel.access import PAGE_RATE
from app.counsel.information import markdown
from app.court.models import Court
from app.questions import queries
from app.questions.queries import PromiseKept

NAME = "counsel.md"


@web.limiter.limit(PAGE_RATE)
def show() -> ResponseReturnValue:
    """Show the document in the language of the reader."""
    return render_template("counsel/help.html", document=document(web.language()))


@lru_cache
def document(language: str) -> Markup:
    """Return the document as HTML, without the line that links to the other language."""
    text = (documents() / ("zh" if language == "zh" else "") / NAME).read_text(encoding="utf-8")
    title, _, rest = text.partition("\n")
    body = rest.partition("\n\n")[2]
    return markdown.html(f"{title}\n\n{body}")


def documents() -> Path:
    """Return the folder of the documents: beside the package, or inside an installed one."""
    package = Path(__file__).parents[2]
    inside = package / "docs"
    return inside if inside.is_dir() else package.parent / "docs"


def promises() -> list[tuple[Court, PromiseKept]]:
    """Return how each court answered the questions of the last 30 days, if it was asked any."""
    session, now = db.session(), web.now()
    courts = session.scalars(sa.select(Court).order_by(Court.name)).all()
    kept = [(court, queries.promise_kept(session, now, court.id)) for court in courts]
    return [(court, each) for court, each in kept if each.due]
