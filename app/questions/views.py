"""Questions of counsel: open ones with a field to answer each, and one question by itself."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from app.cases import service as cases
from app.core import web
from app.core.characters import clean
from app.core.db import db, retrying
from app.core.errors import Clash, Invalid, Refusal
from app.core.web.access import may, only_shown, shows_again, signed_in
from app.core.web.params import row_number, translated_errors
from app.core.wording import one_line
from app.people.models import Role, User
from app.questions import queries, rules, service
from app.questions.models import Question
from app.questions.rules import PrivateReason, QuestionOutcome, ReplyInput

bp = Blueprint("questions", __name__)
MOST_TYPED = 20_000  # characters that are shown again
# Where an answer leads back to, by the page that it was written on.
BACK = {"home": "home.home", "case": "case.case", "questions": "questions.listed"}


@bp.app_template_global()
def open_questions(whose: str = "all") -> Sequence[Question]:
    """Return the open questions that wait for the user's court, or for the user themselves."""
    mine = current_user.id if whose == "mine" and current_user.role == Role.ASSISTANT else None
    return queries.open_in_court(db.session(), current_user.court_id, mine)


@bp.app_template_global()
def questions_of(case_id: int) -> Sequence[Question]:
    """Return the questions of a case, the newest first."""
    return queries.of_case(db.session(), case_id)


@bp.app_template_global()
def private_label(reason: str) -> str:
    """Return why the words of a question stay with the court, in the language of the page."""
    return gettext(PrivateReason(reason).label)


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


@bp.get("/questions/<int:question_id>")
@signed_in
def question(question_id: int) -> str:
    """Show one question with the form to answer it."""
    return _page(question_id, ReplyInput())


def _page(question_id: int, typed: ReplyInput, **more: Any) -> str:
    session, court = db.session(), current_user.court
    asked = queries.find(session, court.id, question_id)
    of_case = queries.of_case(session, asked.case_id)
    return render_template(
        "desk/question.html",
        zone=court.zone,
        question=asked,
        case=cases.find_case(session, court.id, asked.case_id),
        typed=typed,
        most=rules.MAX_ANSWER,
        earlier=[
            each
            for each in of_case
            if each.id < asked.id and each.state == "answered" and not each.is_private
        ],
        **{"errors": {}, "message": "", **more},
    )


@bp.get("/questions/<int:question_id>/answer")
@signed_in
def answer_again(question_id: int) -> Any:
    """Redirect to the question, for a browser that reloads a refused answer."""
    return redirect(url_for("questions.question", question_id=question_id))


@bp.post("/questions/<int:question_id>/answer")
@signed_in
@shows_again
def answer(question_id: int) -> Any:
    """Answer a question to all sides; refused words are shown again."""
    text = request.form.get("words", "")[:MOST_TYPED].replace("\r\n", "\n")
    words = "\n".join(one_line(line) for line in clean(text).split("\n")).strip()
    outcome = request.form.get("outcome", QuestionOutcome.ANSWER.value)
    typed = ReplyInput(words, outcome, row_number(request.form.get("joined_id", "")))
    if only_shown():
        return _page(question_id, typed)
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()
    try:
        case_id = retrying(
            lambda session: (
                service.answer(
                    session,
                    court_id,
                    question_id,
                    typed,
                    session.get_one(User, user_id),
                    now,
                    web.secret(),
                ).case_id
            )
        )
    except Invalid as fault:
        return _page(question_id, typed, errors=translated_errors(fault)), 422
    except Clash as fault:
        return _page(question_id, typed, message=web.translated(fault.message)), 409
    flash(gettext("The answer is on its way to all who read the question."), "ok")
    return redirect(_back(case_id), 303)


def _back(case_id: int) -> str:
    page = request.form.get("back", "")
    if page == "case":
        return url_for("case.case", case_id=case_id, _anchor="questions")
    return url_for(BACK.get(page, "questions.listed"))


@bp.post("/questions/<int:question_id>/disclose")
@may("disclose")
def disclose(question_id: int) -> Any:
    """Show a private question to all sides."""
    court_id, now = current_user.court_id, web.now()
    try:
        retrying(
            lambda session: service.disclose(session, court_id, question_id, now, web.secret()).id
        )
    except Refusal as fault:
        return _page(question_id, ReplyInput(), message=web.translated(fault.message)), 422
    flash(gettext("All sides are sent the question."), "ok")
    return redirect(url_for("questions.question", question_id=question_id), 303)
