"""Needs of people who come to hearings: for programs of the court, which alone reads them."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.blueprint import ShortListIn, part_of
from app.api.cases import bp as cases
from app.api.document import preconditions
from app.api.schemas import NeedOut, NeedsOut
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases import service as case_service
from app.cases.models import Case
from app.core.errors import NotFound
from app.core.forms import ChoiceField, Form, RowIdField, TextField, posted
from app.hearings.service import CourtContext
from app.needs import queries, rules, service
from app.needs.rules import NeedInput, PersonRole
from app.needs.service import NeedAuthor
from app.people.rules import TokenScope
from app.record import chain


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

    @property
    def typed(self) -> NeedInput:
        """The need, as the use cases take it."""
        return NeedInput(
            self.role,
            self.name,
            self.interpreter,
            self.hearing_loop,
            self.step_free,
            self.other,
            self.hearing_id,
        )


@dataclass(frozen=True, kw_only=True)
class NeedsIn(ShortListIn):
    """Filter of the list of needs."""

    hearing_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    role: str | None = posted(ChoiceField(tuple(PersonRole), load_default=None, allow_none=True))


def _author(context: CourtContext) -> NeedAuthor:
    """Return the token's user as the author."""
    return NeedAuthor.court(acting_user(context))


@cases.route("/<row:case_id>/needs", methods=["GET"])
@requires(TokenScope.READ)
@cases.arguments(NeedsIn.schema(), location="query")
@cases.response(200, NeedsOut)
def of_case(query: NeedsIn, case_id: int) -> Any:
    """List what people who come to the hearings of a case need; no other side reads it"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        found = [
            each
            for each in queries.of_case(session, case.id)
            if query.hearing_id in (None, each.hearing_id) and query.role in (None, each.role)
        ]
        shown, following = part_of(found, query, lambda each: each.id, newest_first=False)
        return {"needs": [serializers.need(each) for each in shown], "next": following}

    return run_read(read)


@cases.route("/<row:case_id>/needs", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@cases.arguments(NeedIn.schema())
@cases.response(201, NeedOut)
def enter(form: NeedIn, case_id: int) -> Answer:
    """Enter what somebody needs; the same entry twice is one"""

    def add(session: Session, context: CourtContext) -> CommittedResponse:
        case = case_service.find_case(session, context.court.id, case_id)
        need = service.add(session, case, _author(context), form.typed, context.now)
        # Its words are stored in one place, from which they can be deleted.
        kept = {"case_id": case.id, "id": need.id}
        return CommittedResponse(kept, 201, unkept=serializers.need(need))

    return run_write(add, _restored)


def _shown(session: Session, context: CourtContext, case_id: int, need_id: int) -> dict[str, Any]:
    case = case_service.find_case(session, context.court.id, case_id)
    return serializers.need(queries.find(session, case.id, need_id))


def _checked(
    session: Session, context: CourtContext, case_id: int, need_id: int, *, needed: bool = False
) -> Case:
    """Lock a case, and compare If-Match with what is read of a need in it; return the case."""
    case = case_service.find_case(session, context.court.id, case_id)
    chain.lock_heads(session, [case.id])
    shown = partial(_shown, session, context, case_id, need_id)
    preconditions.check(NeedOut, shown, needed=needed)
    return case


def _restored(session: Session, context: CourtContext, kept: dict[str, Any]) -> dict[str, Any]:
    try:
        return serializers.need(queries.find(session, kept["case_id"], kept["id"]))
    except NotFound:
        return {}


@cases.route("/<row:case_id>/needs/<row:need_id>")
class NeedResource(MethodView):
    """What one person needs."""

    @requires(TokenScope.READ)
    @cases.response(200, NeedOut)
    def get(self, case_id: int, need_id: int) -> Any:
        """Show what somebody needs; no other side reads it"""
        return run_read(lambda session, context: _shown(session, context, case_id, need_id))

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match(needed=True)
    @cases.arguments(NeedIn.schema())
    @cases.response(200, NeedOut)
    def put(self, form: NeedIn, case_id: int, need_id: int) -> Answer:
        """Replace what was entered of somebody's need"""

        def change(session: Session, context: CourtContext) -> CommittedResponse:
            case = _checked(session, context, case_id, need_id, needed=True)
            version = queries.find(session, case.id, need_id).version
            author, now = _author(context), context.now
            need = service.change(session, case, author, need_id, version, form.typed, now)
            session.flush()
            kept = {"case_id": case.id, "id": need.id}
            return CommittedResponse(kept, unkept=serializers.need(need))

        return run_write(change, _restored)

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match()
    @cases.response(204)
    def delete(self, case_id: int, need_id: int) -> Any:
        """Delete an entry; one that is gone already changes nothing"""

        def delete(session: Session, context: CourtContext) -> CommittedResponse:
            case = _checked(session, context, case_id, need_id)
            service.withdraw(session, case, _author(context), need_id, context.now)
            return CommittedResponse({}, 204)

        run_write(delete)
        return None


@cases.route("/<row:case_id>/needs/<row:need_id>/noted", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@cases.response(200, NeedOut)
def take_note(case_id: int, need_id: int) -> Answer:
    """Take note of a need, of which counsel then sees that the court has seen it"""

    def note(session: Session, context: CourtContext) -> CommittedResponse:
        case = _checked(session, context, case_id, need_id)
        need = queries.find(session, case.id, need_id)
        service.note(session, case, need.id, need.version, context.now)
        session.flush()
        kept = {"case_id": case.id, "id": need.id}
        return CommittedResponse(kept, unkept=serializers.need(need))

    return run_write(note, _restored)
