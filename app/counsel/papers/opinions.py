"""Opinions on papers of other sides: three answers for each, the same for all, and withdrawing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db
from app.core.errors import N_
from app.core.web.params import row_number
from app.core.wording import typed_lines
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.page_state import CasePage
from app.papers import queries as papers
from app.papers.opinions import queries, rules, service
from app.papers.opinions.queries import OpinionItem
from app.papers.opinions.rules import Aspect, OpinionInput

DONE = {
    "given": N_("Your opinions are on the record, and on their way to all sides and the court."),
    "withdrawn": N_("Your opinion is withdrawn. All sides and the court are told."),
}
STALE = N_("Nothing was recorded: this page is out of date. Please press the button once more.")
RATE = "60/minute"
ALL = "all"  # in place of a paper's id, of the answers that are the same for all
ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True)
class OpinionsForm:
    """Opinions as sent, by paper; and of the form for all papers what is the same for each."""

    opinions: Mapping[int, OpinionInput] = field(default_factory=dict)
    same: OpinionInput | None = None


def _opinion(form: Mapping[str, str], of: int | str) -> OpinionInput:
    typed: dict[str, Any] = {}
    for aspect in Aspect:
        typed[aspect.value] = ANSWERS.get(form.get(f"{aspect}-{of}", ""))
        typed[aspect.reason_field] = typed_lines(form.get(f"{aspect.reason_field}-{of}", ""))
    return OpinionInput(**typed)


def read(request: Request) -> OpinionsForm:
    """Return the opinions of a request; a paper on which nothing was typed is left out."""
    form = request.form
    numbers = {row_number(name.partition("-")[2]) for name in form if "-" in name}
    typed = {number: _opinion(form, number) for number in numbers if number}
    return OpinionsForm({n: each for n, each in typed.items() if not each.is_empty or each.reasons})


def read_same(request: Request) -> OpinionsForm:
    """Return one opinion for each of the papers that a request names."""
    same = _opinion(request.form, ALL)
    numbers = (row_number(each) for each in request.form.getlist("paper"))
    return OpinionsForm({number: same for number in numbers if number}, same)


def read_paper(request: Request) -> OpinionsForm:
    """Return the paper whose opinion is withdrawn."""
    number = row_number(request.form.get("paper", "")) or 0
    return OpinionsForm({number: OpinionInput()})


def render(page: CasePage, form: OpinionsForm, rejection: Rejection) -> str:
    """Render the papers of the other sides with counsel's opinions; what was typed is kept."""
    session, now = db.session(), web.now()
    own = page.representation
    sides = papers.by_side(session, page.case.id)  # as the court: what is open to all
    items = queries.items(session, page.case, sides, now)
    due = queries.dates(session, page.case)
    open_to_me = {
        paper_id
        for paper_id, item in items.items()
        if rules.bar(queries.subject_of(item.paper, due), own.party.side, now) is None
    }
    typed = {} if form.same else form.opinions
    return access.render(
        "counsel/opinions.html",
        page,
        rejection,
        sides=[each for each in sides if any(paper.id in items for paper in each.papers)],
        items=items,
        open_to_me=open_to_me,
        typed={
            paper_id: typed.get(paper_id) or (mine.values if mine else OpinionInput())
            for paper_id, item in items.items()
            for mine in [item.of(own.id)]
        },
        labels=_labels(items),
        same=form.same or OpinionInput(),
        same_sent=form.same is not None,
        copy_rule=queries.copy_rule(page.case, now),
        done=DONE.get(request.args.get("done", ""), ""),
    )


def _labels(items: Mapping[int, OpinionItem]) -> dict[str, str]:
    """Return what an error of a field is about: the aspect, and of one paper its number."""
    labels = {}
    for aspect in Aspect:
        about = gettext(aspect.label)
        for name in (aspect.value, aspect.reason_field):
            labels[f"{name}-{ALL}"] = about
            for paper_id, item in items.items():
                number = item.paper.number or 0
                labels[f"{name}-{paper_id}"] = gettext(
                    "Paper %(number)s, %(what)s", number=number, what=about
                )
    return labels


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the papers of all sides with the opinions on them, and the form to give one's own."""
    return render(page, OpinionsForm(), NOT_REJECTED)


@access.case_act(read, render, then="counsel.opinions", done="given", stale=STALE, rate=RATE)
def submit(session: Session, submission: CaseSubmission[OpinionsForm]) -> None:
    """Give or change opinions."""
    _give(session, submission)


def _render_same(page: CasePage, form: OpinionsForm, rejection: Rejection) -> str:
    """Render the page again; the errors of one paper are those of the form for all."""
    first = next(iter(form.opinions), 0)
    errors = {
        f"{name.partition('-')[0]}-{ALL}": words
        for name, words in rejection.errors.items()
        if name.endswith(f"-{first}")
    }
    return render(page, form, Rejection(rejection.status, rejection.message, errors))


@access.case_act(
    read_same,
    _render_same,
    then="counsel.opinions",
    done="given",
    stale=STALE,
    rate=RATE,
    unsure=N_("Nothing was recorded. Tick that it holds for all these papers, then press."),
)
def submit_same(session: Session, submission: CaseSubmission[OpinionsForm]) -> None:
    """Give the same opinion on several papers."""
    _give(session, submission)


def _give(session: Session, submission: CaseSubmission[OpinionsForm]) -> None:
    service.give(
        session,
        submission.representation,
        submission.form.opinions,
        submission.now,
        web.secret(),
        submission.delegate,
    )


@access.case_act(
    read_paper,
    render,
    then="counsel.opinions",
    done="withdrawn",
    stale=STALE,
    rate=RATE,
    unsure=N_("Nothing was withdrawn. Tick that you withdraw it, then press the button."),
)
def withdraw(session: Session, submission: CaseSubmission[OpinionsForm]) -> None:
    """Withdraw the opinion on one paper."""
    paper_id = next(iter(submission.form.opinions))
    service.withdraw(
        session,
        submission.representation,
        paper_id,
        submission.now,
        web.secret(),
        submission.delegate,
    )
