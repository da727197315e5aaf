"""Counsel say that their side has filed all its evidence, or take that back."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.core import web
from app.core.errors import N_
from app.counsel import access
from app.counsel.access import CaseSubmission, Destination, Rejection
from app.counsel.page_state import CasePage
from app.counsel.papers import page as papers_page
from app.counsel.papers.page import PapersForm
from app.papers.exchange import closing


@dataclass(frozen=True)
class CompletionForm:
    """Whether all evidence of a side is filed."""

    is_complete: bool = False


def read(request: Request) -> CompletionForm:
    """Return what a request says."""
    return CompletionForm(request.form.get("complete") == "1")


def _render(page: CasePage, _form: CompletionForm, rejection: Rejection) -> str:
    return papers_page.render(page, PapersForm(), rejection)


@access.case_act(
    read,
    _render,
    then="counsel.papers",
    stale=N_("Nothing was recorded: this page is out of date. Please press the button once more."),
    unsure=N_("Nothing was recorded. Tick the sentence first, then press the button."),
)
def submit(session: Session, submission: CaseSubmission[CompletionForm]) -> Destination:
    """Record that a side is complete, which may open all evidence, or that it is not yet."""
    act = closing.complete if submission.form.is_complete else closing.take_back
    act(session, submission.representation, submission.now, web.secret())
    return Destination("counsel.papers", {"_anchor": "exchange"})
