"""Counsel file the evidence of an exchange that was cancelled into the one that is open."""

from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from app.core import web
from app.core.errors import N_
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import CaseSubmission, Destination, Rejection
from app.counsel.page_state import CasePage
from app.counsel.papers import page as papers_page
from app.counsel.papers.page import PapersForm
from app.notices.case_lock import lock_case
from app.papers import service
from app.papers.drafting import Author
from app.papers.exchange import refiling


@dataclass(frozen=True)
class RefilingForm:
    """The exchange into which papers are filed again."""

    exchange_id: int = 0


def read(request: Request) -> RefilingForm:
    """Return what a request says."""
    return RefilingForm(row_number(request.form.get("exchange", "")) or 0)


def _render(page: CasePage, _form: RefilingForm, rejection: Rejection) -> str:
    return papers_page.render(page, PapersForm(), rejection)


@access.case_act(
    read,
    _render,
    then="counsel.papers",
    stale=papers_page.STALE,
    unsure=N_("Nothing was filed. Tick the sentence first, then press the button."),
)
def submit(session: Session, submission: CaseSubmission[RefilingForm]) -> Destination:
    """File again what was filed into exchanges that were cancelled; a double press is one."""
    representation, now = submission.representation, submission.now
    author = Author(representation.party.case, representation, delegate=submission.delegate)
    heads = lock_case(session, author.case.id, web.secret())
    filed = service.filed_before(session, author, 0, submission.nonce)
    if filed is None:
        exchange_id = submission.form.exchange_id
        filed = refiling.file_again(session, author, exchange_id, now, heads, submission.nonce)
    return Destination("counsel.papers_receipt", {"id": filed.id})
