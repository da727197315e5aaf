"""One paper: who opened and confirmed it, its files to download, once a person opened it."""

from dataclasses import dataclass

from flask import Request, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db
from app.core.errors import N_, NotFound
from app.core.web.params import row_number
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Destination, Rejection
from app.counsel.page_state import CasePage
from app.counsel.papers import page as papers_page
from app.counsel.papers.page import PapersForm
from app.papers import queries, service
from app.papers.access import check_openable
from app.papers.readers import counsel_reader

STALE = N_("Nothing was recorded: this page is out of date. Please press the button once more.")

RATE = "120/minute"


@dataclass(frozen=True)
class PaperChoice:
    """Papers that a press is about, by their ids."""

    paper_ids: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """The one paper of a press about one; 0 without any."""
        return self.paper_ids[0] if self.paper_ids else 0


def read_choice(request: Request) -> PaperChoice:
    """Return which papers a request is about."""
    numbers = (row_number(each) for each in request.form.getlist("paper"))
    return PaperChoice(tuple(number for number in numbers if number))


def _render_papers(page: CasePage, _choice: PaperChoice, rejection: Rejection) -> str:
    return papers_page.render(page, PapersForm(), rejection)


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show one paper; its files are offered to who filed it, and to who opened it."""
    number = row_number(request.args.get("id", "")) or 0
    try:
        paper = queries.paper_in_case(db.session(), page.case.id, number, page.party.id)
    except NotFound as fault:
        return papers_page.missing(page, fault)
    own = paper.filing.counsel_id == page.counsel.id
    reading = queries.state_for(paper, page.counsel.id, page.delegate_id)
    is_open = own or reading.opened_at is not None
    return access.render(
        "counsel/paper.html",
        page,
        NOT_REJECTED,
        paper=paper,
        own=own,
        reading=reading,
        reader=page.papers_reader,
        is_open=is_open and not paper.is_erased,
    )


@access.case_act(read_choice, _render_papers, then="counsel.papers", stale=STALE, rate=RATE)
def open_one(session: Session, submission: CaseSubmission[PaperChoice]) -> Destination:
    """Record that a person opened a paper, and show it."""
    representation, now = submission.representation, submission.now
    paper_id, case_id = submission.form.first, representation.party.case_id
    reader = counsel_reader(representation.counsel_id, representation.party_id)
    paper = queries.paper_in_case(session, case_id, paper_id, representation.party_id)
    check_openable(paper, reader)
    service.open_paper(session, representation, paper_id, now, web.secret(), submission.delegate)
    return Destination("counsel.paper", {"id": paper_id})


@access.case_act(
    read_choice,
    _render_papers,
    then="counsel.papers",
    stale=STALE,
    rate=RATE,
    unsure=N_("Nothing was confirmed. Tick that you have received them, then press the button."),
)
def confirm(session: Session, submission: CaseSubmission[PaperChoice]) -> None:
    """Record that counsel received papers."""
    representation, now = submission.representation, submission.now
    paper_ids = submission.form.paper_ids
    service.confirm_received(
        session, representation, paper_ids, now, web.secret(), submission.delegate
    )
