"""Questions of counsel: open ones with a field to answer each, and one question by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Clash, Invalid, Refusal
from app.core.web.access import may, only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.core.wording import typed_lines
from app.hearings import facts
from app.hearings import queries as hearings
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.notices.inbound import Inbound
from app.people.models import User
from app.questions import queries, service, standard_answers
from app.questions.models import Question
from app.questions.rules import PrivateReason, QuestionOutcome, ReplyInput
from app.record.rules import HELD_BACK

bp = Blueprint("questions", __name__)
OPEN_ON_CASE, ANSWERED_ON_CASE = 20, 3  # on the page of a case
ON_A_PAGE = 50
# Where an answer leads back to, by the page that it was written on.
BACK = {"home": "home.home", "case": "case.case", "questions": "questions.listed"}


@dataclass(frozen=True)
class CaseQuestions:
    """The questions of a case on its page: open ones, those answered last, and how many in all."""

    count: int
    open: Sequence[Question]
    answered: Sequence[Question]


@bp.app_template_global()
def questions_of(case_id: int) -> CaseQuestions:
    """Return the questions of a case as its page shows them."""
    session = db.session()
    return CaseQuestions(
        queries.count_of_case(session, case_id),
        queries.open_of_case(session, case_id, limit=OPEN_ON_CASE),
        queries.answered_of_case(session, case_id, limit=ANSWERED_ON_CASE),
    )


@bp.app_template_global()
def may_read_question(question: Question) -> bool:
    """Tell whether the user may read the words of a question (see Question.is_held_back)."""
    return question.may_be_read_by(current_user)


@bp.app_template_global()
def may_read_mail(mail: Inbound) -> bool:
    """Tell whether the user may read a mail, which may quote a question that it answers."""
    return queries.may_read_mail(db.session(), mail, current_user)


@bp.app_template_global()
def standard_titles() -> Mapping[int, str]:
    """Return the titles of the court's standard answers by number, in the page's language."""
    if "standard_titles" not in g:  # the forms of all rows of a page ask for them
        g.standard_titles = standard_answers.titles(
            db.session(), current_user.court_id, web.language()
        )
    titles: Mapping[int, str] = g.standard_titles
    return titles


@bp.app_template_global()
def private_label(reason: str) -> str:
    """Return why the words of a question stay with the court, in the language of the page."""
    return gettext(PrivateReason(reason).label) if reason in list(PrivateReason) else reason


@bp.app_template_global()
def outcome_label(outcome: str) -> str:
    """Return the English label of what the court did with a question, to be translated."""
    return QuestionOutcome(outcome).label


@bp.get("/questions")
@signed_in
def listed() -> str:
    """Show the open questions of the court, the one due first first."""
    session, court = db.session(), current_user.court
    return render_template(
        "desk/questions.html",
        zone=court.zone,
        questions=queries.open_in_court(session, court.id),
        kept=queries.promise_kept(session, web.now(), court.id),
    )


@bp.get("/cases/<int:case_id>/questions")
@signed_in
def of_case(case_id: int) -> str:
    """Show all questions of a case by pages, the newest first; ``after`` is the last one's id."""
    session, court = db.session(), current_user.court
    after = row_number(request.args.get("after", ""))
    case = cases.find_case(session, court.id, case_id)
    asked = queries.of_case(session, case.id, limit=ON_A_PAGE + 1, after=after)
    return render_template(
        "desk/case_questions.html",
        zone=court.zone,
        case=case,
        questions=asked[:ON_A_PAGE],
        older=asked[ON_A_PAGE - 1].id if len(asked) > ON_A_PAGE else None,
    )


@bp.get("/questions/<int:question_id>")
@signed_in
def question(question_id: int) -> str:
    """Show one question with the form to answer it."""
    return _page(question_id, ReplyInput())


def _page(question_id: int, typed: ReplyInput, **more: Any) -> str:
    session, court = db.session(), current_user.court
    asked = queries.find(session, court.id, question_id)
    back = request.form.get("back", "")
    return render_template(
        "desk/question.html",
        zone=court.zone,
        question=asked,
        case=cases.find_case(session, court.id, asked.case_id),
        typed=typed,
        back=back if back in BACK else "case",
        earlier=queries.joinable(session, asked),
        **{"errors": {}, "message": "", **more},
    )


@bp.get("/questions/<int:question_id>/answer", endpoint="answer_again")
@bp.get("/questions/<int:question_id>/fill", endpoint="fill_again")
@signed_in
def shown_again(question_id: int) -> Any:
    """Redirect to the question, for a browser that reloads a form that was shown again."""
    return redirect(url_for("questions.question", question_id=question_id))


def _typed() -> ReplyInput:
    form = request.form
    return ReplyInput(
        words=typed_lines(form.get("words", "")),
        outcome=form.get("outcome", QuestionOutcome.ANSWER.value),
        joined_id=row_number(form.get("joined_id", "")),
        standard_answer_id=row_number(form.get("standard_answer_id", "")),
        filled=form.get("filled", "")[:64],
    )


@bp.post("/questions/<int:question_id>/fill")
@signed_in
@shows_again
def fill(question_id: int) -> str:
    """Fill a standard answer into the field for the answer; nothing is sent or stored."""
    session = db.session()
    asked, typed = queries.find(session, current_user.court_id, question_id), _typed()
    number, text, errors = typed.standard_answer_id, "", {}
    if not only_shown():
        try:
            if number is not None:
                standard = standard_answers.filled(session, asked.case, number, web.now())
                text = standard.in_language(web.language())
                typed = typed.filled_with(number, text)
                standard.check_filled()
            else:
                typed = typed.filled_with(None, "")
        except Invalid as fault:
            errors = translated_errors(fault)
    if request.headers.get("HX-Request"):
        return render_template(
            "desk/_answer_form.html",
            question=asked,
            typed=typed,
            errors=errors,
            back=request.form.get("back", ""),
        )
    return _page(question_id, typed, errors=errors)


@bp.post("/questions/<int:question_id>/answer")
@signed_in
@shows_again
def answer(question_id: int) -> Any:
    """Show what an answer would send, then answer to all sides; refused words are shown again."""
    typed = _typed()
    if only_shown():
        return _page(question_id, typed)
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()

    def write(session: Session) -> int:
        user = session.get_one(User, user_id)
        return service.answer(
            session, court_id, question_id, typed, user, now, web.secret()
        ).case_id

    asked = queries.find(db.session(), court_id, question_id)
    page = _answering(asked, typed)
    try:
        if shown := confirmation.page_before(write, page, always=True):
            return shown
        case_id = retrying(write)
    except Invalid as fault:
        errors = translated_errors(fault)
        return _page(question_id, _filled_anew(asked, typed), errors=errors), 422
    except Clash as fault:
        return _page(question_id, typed, message=web.translated(fault.message)), 409
    except Refusal as fault:
        return _page(question_id, typed, message=web.translated(fault.message)), 422
    flash(gettext("The answer is on its way to all who read the question."), "ok")
    return redirect(_back(case_id), 303)


def _answering(asked: Question, typed: ReplyInput) -> ConfirmationPage:
    """Return what is asked before an answer is sent, beside its messages."""
    readable = may_read_question(asked)
    outcome = typed.outcome if typed.outcome in list(QuestionOutcome) else QuestionOutcome.ANSWER
    about = [(gettext("Question"), asked.subject if readable else asked.counsel.name)]
    return ConfirmationPage(
        gettext("Answer to %(name)s", name=asked.counsel.name)
        if outcome == QuestionOutcome.ANSWER
        else gettext(outcome_label(outcome)),
        gettext("Send it to who asked alone")
        if asked.is_private
        else gettext("Send it to all sides"),
        "send",
        back=url_for("questions.question", question_id=asked.id),
        facts=[*about, *([(gettext("Answer"), typed.words)] if typed.words else [])],
        unreachable=_unreachable(asked),
        editable=True,
    )


def _unreachable(asked: Question) -> list[str]:
    """Return the names of counsel who are sent the answer and have no address for messages."""
    recipients = [
        each
        for each in hearings.acting_representations(db.session(), asked.case)
        if not asked.is_private or each.counsel_id == asked.counsel_id
    ]
    return [
        each.counsel.name for each in recipients if not facts.representation_recipient(each).ways
    ]


def _filled_anew(asked: Question, typed: ReplyInput) -> ReplyInput:
    """Return an answer as typed; one that was only filled in, as it is filled in now."""
    if not typed.is_as_filled or typed.standard_answer_id is None:
        return typed
    try:
        standard = standard_answers.filled(
            db.session(), asked.case, typed.standard_answer_id, web.now()
        )
    except Invalid:
        return typed
    return typed.filled_with(standard.number, standard.in_language(web.language()))


def _back(case_id: int) -> str:
    page = request.form.get("back", "")
    if page == "case":
        return url_for("case.case", case_id=case_id, _anchor="questions")
    return url_for(BACK.get(page, "questions.listed"))


@bp.post("/questions/<int:question_id>/disclose")
@may("disclose")
def disclose(question_id: int) -> Any:
    """Show what disclosing a private question would send, then disclose it to all sides."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()

    def write(session: Session) -> int:
        user = session.get_one(User, user_id)
        return service.disclose(session, court_id, question_id, user, now, web.secret()).case_id

    asked = queries.find(db.session(), court_id, question_id)
    page = ConfirmationPage(
        gettext("Show a private question to all sides"),
        gettext("Show it to all sides"),
        "unlock",
        back=url_for("questions.question", question_id=question_id),
        facts=[(gettext("Asked by"), asked.counsel.name)],
    )
    withheld = "" if may_read_question(asked) else gettext(HELD_BACK)
    try:
        if shown := confirmation.page_before(write, page, always=True, withheld=withheld):
            return shown
        retrying(write)
    except Refusal as fault:
        return _page(question_id, ReplyInput(), message=web.translated(fault.message)), 422
    flash(gettext("All sides are sent the question."), "ok")
    return redirect(url_for("questions.question", question_id=question_id), 303)
