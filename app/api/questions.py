"""Questions of counsel to the court, and the court's answers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.api.blueprint import Resource
from app.api.cases import bp as cases
from app.api.schemas import QuestionOut, QuestionsOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as case_service
from app.core.errors import N_, Refusal
from app.core.forms import ChoiceField, Form, RowIdField, TextField, posted
from app.hearings.service import CourtContext
from app.questions import queries, rules, service
from app.questions.models import Question
from app.questions.rules import QuestionOutcome, ReplyInput

bp = Resource("questions", __name__, description="Questions of counsel to the court")


@dataclass(frozen=True, kw_only=True)
class AnswerIn(Form):
    """The court's answer to a question."""

    words: str = posted(TextField(rules.MAX_ANSWER, lines=True, blank=True, load_default=""))
    outcome: str = posted(ChoiceField(tuple(QuestionOutcome), load_default="answer"))
    joined_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _shape(question: Question) -> dict[str, Any]:
    zone = question.case.court.zone
    plain = ("id", "case_id", "counsel_id", "side", "subject", "words", "private", "state")
    more = ("outcome", "answer", "follows_id", "joined_id", "helpful")
    times = ("disclosed_at", "asked_at", "due_at", "answered_at")
    return {
        **{name: getattr(question, name) for name in (*plain, *more)},
        **{name: moment(getattr(question, name), zone) for name in times},
        "counsel": question.counsel.name,
        "answered_by": question.user.name if question.user else "",
        "added": [
            {
                "counsel": each.counsel.name,
                "side": each.side,
                "words": each.words,
                "added_at": moment(each.added_at, zone),
            }
            for each in question.added
        ],
    }


@cases.route("/<row:case_id>/questions", methods=["GET"])
@cases.response(200, QuestionsOut)
def of_case(case_id: int) -> Any:
    """List the questions of a case, the newest first, with the time by which each is due"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        return {"questions": [_shape(each) for each in queries.of_case(session, case.id)]}

    return run_read(read)


@bp.route("/<row:question_id>/answer", methods=["POST"])
@bp.arguments(AnswerIn.schema())
@bp.response(200, QuestionOut)
def answer(form: AnswerIn, question_id: int) -> Answer:
    """Answer a question to all sides in one transaction; a private one to who asked"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        if context.user is None:
            raise Refusal(N_("Only a person of the court can answer a question."))
        typed = ReplyInput(form.words, form.outcome, form.joined_id)
        court_id, now, secret = context.court.id, context.now, context.secret
        question = service.answer(session, court_id, question_id, typed, context.user, now, secret)
        return CommittedResponse(_shape(question))

    return run_write(write)
