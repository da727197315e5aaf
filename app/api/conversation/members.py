"""Members of benches who are outside the court: where they are reached, and what they said."""

from dataclasses import dataclass
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Query, Resource
from app.api.hearings import bp as hearings
from app.api.schemas import HearingMembersOut, NeededPeopleOut, NeededPersonOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.forms import ChoiceField, Form, TextField, posted
from app.court.models import Judge
from app.hearings import queries
from app.hearings.bench import addresses, invitations
from app.hearings.bench.addresses import AddressInput
from app.hearings.models import Hearing
from app.hearings.service import CourtContext
from app.members import lines
from app.people.rules import TokenScope

bp = Resource("members", __name__, description="Assessors, interpreters, experts and witnesses")


@dataclass(frozen=True, kw_only=True)
class AddressIn(Form):
    """Where somebody is reached; "" for none, and for the language of the court."""

    email: str = posted(TextField(254, load_default=""))
    phone: str = posted(TextField(40, load_default=""))
    language: str = posted(ChoiceField(("", "en", "zh"), load_default=""))


def _shape(person: Judge) -> dict[str, Any]:
    names = ("id", "name", "role", "email", "phone", "language")
    return {name: getattr(person, name) for name in names}


@bp.route("")
class PeopleCollection(MethodView):
    """People outside the court who are needed at its hearings."""

    @requires(TokenScope.READ)
    @bp.arguments(Query.schema(), location="query")
    @bp.response(200, NeededPeopleOut)
    def get(self, _: Query) -> Any:
        """List people outside the court who are needed at its hearings"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = addresses.people(session, context.court.id)
            return {"members": [_shape(each) for each in found]}

        return run_read(read)


@bp.route("/<row:judge_id>", methods=["PATCH"])
@requires(TokenScope.SCHEDULE)
@bp.arguments(AddressIn.schema())
@bp.response(200, NeededPersonOut)
def change(form: AddressIn, judge_id: int) -> Answer:
    """Change where somebody is reached; who could not be reached is asked or told what there is"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        typed = AddressInput(form.email, form.phone, form.language)
        return CommittedResponse(_shape(addresses.change(session, context.court, judge_id, typed)))

    return run_write(write)


@hearings.route("/<row:hearing_id>/members", methods=["GET"])
@requires(TokenScope.READ)
@hearings.response(200, HearingMembersOut)
def of_hearing(hearing_id: int) -> Any:
    """List the members of a hearing who are outside the court, and what they said"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        hearing = queries.find_hearing(session, context.court.id, hearing_id)
        found = lines.lines(session, hearing, context.now)
        return {"members": [_line(session, hearing, each) for each in found]}

    return run_read(read)


def _line(session: Session, hearing: Hearing, line: lines.MemberLine) -> dict[str, Any]:
    proposal = queries.last_proposal(session, hearing)
    says = (
        invitations.answers_of(line.invitation, proposal) if line.invitation and proposal else None
    )
    return {
        "id": line.judge_id,
        "name": line.name,
        "role": line.role,
        "state": line.state.value,
        "at": moment(line.at, hearing.case.court.zone),
        "reason": line.reason,
        "answers": [{"slot_id": slot, "says": choice} for slot, choice in (says or {}).items()],
    }
