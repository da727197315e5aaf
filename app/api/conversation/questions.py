"""Questions of counsel to the court, and the court's answers."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from app.api.authentication import requires
from app.api.blueprint import PageIn, Resource, ShortListIn, part_of
from app.api.cases import bp as cases
from app.api.document import preconditions
from app.api.schemas import QuestionOut, QuestionsOut, StandardAnswersOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases import service as case_service
from app.cases.forms import LANGUAGES
from app.core.forms import ChoiceField, Form, RowIdField, TextField, posted
from app.core.web.access import allows
from app.hearings.service import CourtContext
from app.letters import wording_versions
from app.notices.case_lock import lock_case
from app.people.models import User
from app.people.rules import TokenScope
from app.questions import queries, rules, service
from app.questions.models import Question
from app.questions.rules import QuestionOutcome, QuestionState, ReplyInput

bp = Resource("questions", __name__, description="Questions of counsel to the court")
standard_answers = Resource(
    "standard-answers", __name__, description="The court's own words for answers to questions"
)


@dataclass(frozen=True, kw_only=True)
class AnswerIn(Form):
    """The court's answer to a question; a standard answer may be sent in words of its own."""

    words: str = posted(TextField(rules.MAX_ANSWER, lines=True, blank=True, load_default=""))
    outcome: str = posted(ChoiceField(tuple(QuestionOutcome), load_default="answer"))
    joined_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    standard_answer_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _shape(question: Question, reader: User | None) -> dict[str, Any]:
    """Return a question as its reader may know it: a judge reads none that is held back."""
    zone = question.case.court.zone
    plain = ("id", "case_id", "counsel_id", "side", "private", "state")
    more = ("outcome", "follows_id", "joined_id", "helpful", "standard_answer_id")
    words = ("subject", "words", "answer")
    times = ("disclosed_at", "asked_at", "due_at", "answered_at")
    held_back = reader is not None and not question.may_be_read_by(reader)
    return {
        **{name: getattr(question, name) for name in (*plain, *more)},
        **{name: getattr(question, name) if not held_back else "" for name in words},
        "answers": {} if held_back else question.answers,
        "standard_versions": question.standard_versions,
        "held_back": held_back,
        **{name: moment(getattr(question, name), zone) for name in times},
        "case_number": question.case.number,
        "counsel": question.counsel.name,
        "answered_by": question.user.name if question.user else "",
        "added": [
            {
                "counsel": each.counsel.name,
                "side": each.side,
                "words": "" if held_back else each.words,
                "added_at": moment(each.added_at, zone),
            }
            for each in question.added
        ],
    }


@dataclass(frozen=True, kw_only=True)
class QuestionsIn(PageIn):
    """Filter of the list of questions."""

    state: str | None = posted(
        ChoiceField(tuple(QuestionState), load_default=None, allow_none=True)
    )


@cases.route("/<row:case_id>/questions", methods=["GET"])
@requires(TokenScope.READ)
@cases.arguments(QuestionsIn.schema(), location="query")
@cases.response(200, QuestionsOut)
def of_case(query: QuestionsIn, case_id: int) -> Any:
    """List the questions of a case, the newest first, with the time by which each is due"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        asked = queries.of_case(
            session, case.id, limit=query.limit + 1, after=query.after, state=query.state
        )
        shown, following = part_of(asked, query, lambda each: each.id)
        return {"questions": [_shape(each, context.user) for each in shown], "next": following}

    return run_read(read)


def _shown(session: Session, context: CourtContext, question_id: int) -> dict[str, Any]:
    return _shape(queries.find(session, context.court.id, question_id), context.user)


def _check(session: Session, context: CourtContext, question_id: int) -> None:
    """Lock the case of a question, and compare If-Match with what is read of it now."""
    question = queries.find(session, context.court.id, question_id)
    lock_case(session, question.case_id, context.secret)
    preconditions.check(QuestionOut, partial(_shown, session, context, question_id))


@bp.route("/<row:question_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, QuestionOut)
def question(question_id: int) -> Any:
    """Show a question, with the court's answer once there is one"""
    return run_read(lambda session, context: _shown(session, context, question_id))


@bp.route("/<row:question_id>/answer", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.arguments(AnswerIn.schema())
@bp.response(200, QuestionOut)
def answer(form: AnswerIn, question_id: int) -> Answer:
    """Answer a question to all sides in one transaction; a private one to who asked"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user = acting_user(context)
        _check(session, context, question_id)
        typed = ReplyInput(form.words, form.outcome, form.joined_id, form.standard_answer_id)
        court_id, now, secret = context.court.id, context.now, context.secret
        question = service.answer(session, court_id, question_id, typed, user, now, secret)
        return CommittedResponse(_shape(question, user))

    return run_write(write)


@bp.route("/<row:question_id>/disclose", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.response(200, QuestionOut)
def disclose(question_id: int) -> Answer:
    """Show a private question, and its answer, to all sides; judges alone decide it"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user = acting_user(context)
        _check(session, context, question_id)
        if not allows(user.role, "disclose"):
            raise Forbidden
        court_id, now, secret = context.court.id, context.now, context.secret
        question = service.disclose(session, court_id, question_id, user, now, secret)
        return CommittedResponse(_shape(question, user))

    return run_write(write)


@dataclass(frozen=True, kw_only=True)
class StandardAnswersIn(ShortListIn):
    """Filter of the list of standard answers."""

    language: str | None = posted(ChoiceField(LANGUAGES, load_default=None, allow_none=True))


@standard_answers.route("", methods=["GET"])
@requires(TokenScope.READ)
@standard_answers.arguments(StandardAnswersIn.schema(), location="query")
@standard_answers.response(200, StandardAnswersOut)
def all_standard_answers(query: StandardAnswersIn) -> Any:
    """List the court's standard answers, with their placeholders, by language"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        known = wording_versions.answers(session, context.court.id)
        found = [
            (number, words)
            for number, words in known.items()
            if query.language is None or query.language in words
        ]
        shown, following = part_of(found, query, lambda each: each[0], newest_first=False)
        return {
            "standard_answers": [
                {
                    "id": number,
                    "words": [
                        {
                            "language": language,
                            "version": each.version,
                            "title": each.subject,
                            "text": each.text,
                        }
                        for language, each in words.items()
                        if query.language in (None, language)
                    ],
                }
                for number, words in shown
            ],
            "next": following,
        }

    return run_read(read)
