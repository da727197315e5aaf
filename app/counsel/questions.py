"""Questions: counsel asks the court before all sides, adds a word, says whether it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Request, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.web.params import page_number, row_number
from app.core.wording import MOST_TYPED, one_line, typed_lines
from app.counsel import access
from app.counsel.access import NOT_REJECTED, CaseSubmission, Rejection
from app.counsel.information import answers_known
from app.counsel.page_state import CasePage, CountedFor
from app.hearings import queries as hearings
from app.law import working_days
from app.questions import known_facts, queries, rules, service
from app.questions.known_facts import KnownFact
from app.questions.models import Question
from app.questions.rules import PrivateReason, QuestionInput
from app.record import counters

# What was done, by the name that the address of the page that follows has for it.
DONE = {
    "known": N_("Noted. Nothing was sent to anybody."),
    "asked": N_("Your question is on the record, and on its way to who reads it."),
    "word": N_("Your words are on the record, and on their way to all sides."),
    "rating": N_("Noted. The court sees it."),
}
STALE = N_("Nothing was recorded: this page is out of date. Please press the button once more.")


@dataclass(frozen=True)
class QuestionAct:
    """A press on one question: its id, or 0 for none, and the words or the choice sent with it."""

    question_id: int
    words: str = ""
    choice: str = ""


def _lines(form: Mapping[str, str], name: str) -> str:
    return typed_lines(form.get(name, ""))


def read(request: Request) -> QuestionInput:
    """Return the question of a request."""
    form = request.form
    return QuestionInput(
        subject=one_line(form.get("subject", "")[:MOST_TYPED]),
        words=_lines(form, "words"),
        all_sides=form.get("all_sides") == "1",
        private=form.get("private", "")[:20] if form.get("in_private") else "",
        follows_id=row_number(form.get("follows", "")),
    )


def read_act(request: Request) -> QuestionAct:
    """Return which question a request is about, with the words or the choice."""
    question_id = row_number(request.form.get("question", "")) or 0
    return QuestionAct(question_id, _lines(request.form, "words"), request.form.get("choice", ""))


def render(
    page: CasePage,
    form: QuestionInput,
    rejection: Rejection,
    act: QuestionAct | None = None,
) -> str:
    """Render the questions of the case and the form to ask one; ``act`` is a press shown again."""
    session, now = db.session(), web.now()
    others = [
        each
        for each in hearings.acting_representations(session, page.case)
        if each.counsel_id != page.counsel.id
    ]
    asked = queries.page_of_case(session, page.case.id, page_number())
    working = working_days.working_days(session, page.court)
    known = known_facts.of_case(session, page.case, access.hearing_id(page), working, now)
    own = [each for each in asked.questions if each.counsel_id == page.counsel.id]
    asked_on = queries.asked_on(session, page.case.id, page.counsel.id)
    return access.render(
        "counsel/questions.html",
        page,
        rejection,
        form=form,
        act=act,
        rules=rules,
        reasons=list(PrivateReason),
        reason_label=lambda reason: PrivateReason(reason).label,
        in_private=bool(form.private) or request.args.get("private") == "1",
        others=others,
        asked=asked,
        followed=_followed(page, form),
        can_ask_on={each.id for each in own if each.id not in asked_on and not each.follows_id},
        due_at=rules.due_at(
            now, page.court.zone, page.court.closes, page.court.answer_days, working.has
        ),
        kept=queries.promise_kept(session, now, page.court.id),
        answers=answers_known.in_words(known, page.court, now, web.language()),
        done=DONE.get(request.args.get("done", ""), ""),
    )


def _followed(page: CasePage, form: QuestionInput) -> Question | None:
    """Return the question that is asked on; a delegate reads no private one."""
    asked = queries.to_ask_on(db.session(), page.case.id, page.counsel.id, form.follows_id)
    return None if asked is not None and asked.is_private and page.delegate else asked


def counting(of: CountedFor) -> sa.Select[int]:
    """Select how many questions of the case are open."""
    return queries.counting_open(of.case_id)


def line(_page: CasePage, count: int) -> str:
    """Say how many questions are open, for the list on counsel's page."""
    return ngettext("%(num)s waits for the court", "%(num)s wait for the court", count)


@access.case_page
def show(page: CasePage) -> ResponseReturnValue:
    """Show the questions of the case, and the form to ask one or to ask on once."""
    follows = row_number(request.args.get("follows", ""))
    return render(page, QuestionInput(follows_id=follows), NOT_REJECTED)


@access.case_act(read, render, then="counsel.questions", done="asked", stale=STALE)
def submit(session: Session, submission: CaseSubmission[QuestionInput]) -> None:
    """Ask the court."""
    service.ask(
        session,
        submission.representation,
        submission.form,
        submission.now,
        web.secret(),
        submission.delegate,
    )


def read_fact(request: Request) -> str:
    """Return the name of the fact that a request is about."""
    return request.form.get("fact", "")[:40]


def _render_fact(page: CasePage, _fact: str, rejection: Rejection) -> str:
    return render(page, QuestionInput(), rejection)


@access.case_act(read_fact, _render_fact, then="counsel.questions", done="known", stale=STALE)
def fact_helped(session: Session, submission: CaseSubmission[str]) -> None:
    """Count that a fact on the page spared a question; nothing is said of who pressed."""
    if submission.form not in list(KnownFact):
        raise Refusal(N_("There is no such answer on this page."))
    counters.count(session, KnownFact(submission.form).counter, submission.now)


def _render_act(page: CasePage, act: QuestionAct, rejection: Rejection) -> str:
    return render(page, QuestionInput(), rejection, act)


@access.case_act(read_act, _render_act, then="counsel.questions", done="word", stale=STALE)
def add_word(session: Session, submission: CaseSubmission[QuestionAct]) -> None:
    """Add a word to an open question of another side."""
    act, now = submission.form, submission.now
    service.add_word(
        session,
        submission.representation,
        act.question_id,
        act.words,
        now,
        web.secret(),
        submission.delegate,
    )


@access.case_act(read_act, _render_act, then="counsel.questions", done="rating", stale=STALE)
def rate(session: Session, submission: CaseSubmission[QuestionAct]) -> None:
    """Keep whether the asker finds their question answered."""
    act = submission.form
    if act.choice not in ("answered", "not_answered"):
        raise Invalid({"choice": Message(N_("Choose answered or not answered."))})
    service.rate(
        session,
        submission.representation,
        act.question_id,
        act.choice == "answered",
        submission.now,
        web.secret(),
        submission.delegate,
    )
