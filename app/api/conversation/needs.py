"""Needs of people who come to hearings: for programs of the court, which alone reads them."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.cases import bp as cases
from app.api.schemas import NeedOut, NeedsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as case_service
from app.core.errors import N_, NotFound, Refusal
from app.core.forms import ChoiceField, Form, RowIdField, TextField, posted
from app.hearings.service import CourtContext
from app.needs import queries, rules, service
from app.needs.rules import NeedInput, PersonRole
from app.needs.service import NeedAuthor
from app.people.rules import TokenScope


@dataclass(frozen=True, kw_only=True)
class NeedIn(Form):
    """What one person needs; without ``hearing_id`` at every hearing of the case."""

    role: str = posted(ChoiceField(tuple(PersonRole), required=True))
    name: str = posted(TextField(rules.MAX_NAME, blank=False, required=True))
    interpreter: str = posted(TextField(rules.MAX_LANGUAGE, load_default=""))
    hearing_loop: bool = posted(fields.Boolean(load_default=False))
    step_free: bool = posted(fields.Boolean(load_default=False))
    other: str = posted(TextField(rules.MAX_OTHER, load_default=""))
    hearing_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _author(context: CourtContext) -> NeedAuthor:
    """Return the token's user as the author. Raises Refusal for a token without one."""
    if context.user is None:
        raise Refusal(N_("Only a person of the court can enter a need."))
    return NeedAuthor.court(context.user)


@cases.route("/<row:case_id>/needs", methods=["GET"])
@requires(TokenScope.READ)
@cases.response(200, NeedsOut)
def of_case(case_id: int) -> Any:
    """List what people who come to the hearings of a case need; no other side reads it"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        return {"needs": [serializers.need(each) for each in queries.of_case(session, case.id)]}

    return run_read(read)


@cases.route("/<row:case_id>/needs", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@cases.arguments(NeedIn.schema())
@cases.response(201, NeedOut)
def enter(form: NeedIn, case_id: int) -> Answer:
    """Enter what somebody needs; the same entry twice is one"""

    def add(session: Session, context: CourtContext) -> CommittedResponse:
        case = case_service.find_case(session, context.court.id, case_id)
        typed = NeedInput(
            form.role,
            form.name,
            form.interpreter,
            form.hearing_loop,
            form.step_free,
            form.other,
            form.hearing_id,
        )
        need = service.add(session, case, _author(context), typed, context.now)
        # Its words are stored in one place, from which they can be deleted.
        return CommittedResponse({"id": need.id}, 201, unkept=serializers.need(need))

    def again(session: Session, context: CourtContext, kept: dict[str, Any]) -> dict[str, Any]:
        try:
            return serializers.need(queries.find(session, case_id, kept["id"]))
        except NotFound:
            return {}

    return run_write(add, again)


@cases.route("/<row:case_id>/needs/<row:need_id>", methods=["DELETE"])
@requires(TokenScope.SCHEDULE)
@cases.response(204)
def withdraw(case_id: int, need_id: int) -> Any:
    """Delete an entry; one that is gone already changes nothing"""

    def delete(session: Session, context: CourtContext) -> CommittedResponse:
        case = case_service.find_case(session, context.court.id, case_id)
        service.withdraw(session, case, _author(context), need_id, context.now)
        return CommittedResponse({}, 204)

    run_write(delete)
    return None
