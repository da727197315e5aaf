"""Opinions on papers on the court's pages."""

from collections.abc import Sequence

from flask import Blueprint

from app.papers import rules as paper_rules
from app.papers.models import Paper
from app.papers.opinions.rules import Aspect

bp = Blueprint("opinions", __name__)


@bp.app_template_global()
def opinion_aspects() -> list[Aspect]:
    """Return what an opinion is about, in order."""
    return list(Aspect)


@bp.app_template_global()
def paper_spans(papers: Sequence[Paper]) -> str:
    """Return the numbers of papers as people say them: "1–3, 5"."""
    return paper_rules.spans([each.number or 0 for each in papers])
