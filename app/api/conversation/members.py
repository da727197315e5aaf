"""Members of benches who are outside the court: where they are reached, and what they said."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.document import preconditions
from app.api.hearings import bp as hearings
from app.api.schemas import (
    HearingMemberOut,
    HearingMembersOut,
    NeededPeopleOut,
    NeededPersonOut,
)
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.core.errors import N_, NotFound, Refusal
from app.core.forms import ChoiceField, Form, TextField, posted
from app.court.bench import BenchRole
from app.court.models import Judge
from app.hearings import queries
from app.hearings.bench import addresses, answering, invitations
from app.hearings.bench.addresses import AddressInput
from app.hearings.models import Hearing, MemberInvitation
from app.hearings.service import CourtContext
from app.members import lines, service
from app.members.lines import MemberLine, MemberState
from app.people.rules import TokenScope

OUTSIDE = tuple(role.value for role in BenchRole if role.is_outside)
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


@dataclass(frozen=True, kw_only=True)
class PeopleIn(ShortListIn):
    """Filter of the list of people outside the court."""

    role: str | None = posted(ChoiceField(OUTSIDE, load_default=None, allow_none=True))


@dataclass(frozen=True, kw_only=True)
class HearingMembersIn(PeopleIn):
    """Filter of the members of a hearing."""

    state: str | None = posted(ChoiceField(tuple(MemberState), load_default=None, allow_none=True))


@bp.route("", methods=["GET"])
@requires(TokenScope.READ)
@bp.arguments(PeopleIn.schema(), location="query")
@bp.response(200, NeededPeopleOut)
def people(query: PeopleIn) -> Any:
    """List people outside the court who are needed at its hearings"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        found = [
            each
            for each in addresses.people(session, context.court.id)
            if query.role in (None, each.role)
        ]
        shown, following = part_of(found, query, lambda each: each.id, newest_first=False)
        return {"members": [_shape(each) for each in shown], "next": following}

    return run_read(read)


@bp.route("/<row:judge_id>")
class PersonResource(MethodView):
    """Somebody outside the court who is needed at hearings."""

    @requires(TokenScope.READ)
    @bp.response(200, NeededPersonOut)
    def get(self, judge_id: int) -> Any:
        """Show where somebody who is needed at hearings is reached"""
        return run_read(
            lambda session, context: _shape(addresses.find(session, context.court.id, judge_id))
        )

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match()
    @bp.arguments(AddressIn.schema())
    @bp.response(200, NeededPersonOut)
    def patch(self, form: AddressIn, judge_id: int) -> Answer:
        """Change where somebody is reached; who could not be reached is asked or told at once"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            person = addresses.find(session, context.court.id, judge_id, lock=True)
            preconditions.check(NeededPersonOut, partial(_shape, person))
            typed = AddressInput(form.email, form.phone, form.language)
            changed = addresses.change(session, context.court, judge_id, typed)
            return CommittedResponse(_shape(changed))

        return run_write(write)


@hearings.route("/<row:hearing_id>/members", methods=["GET"])
@requires(TokenScope.READ)
@hearings.arguments(HearingMembersIn.schema(), location="query")
@hearings.response(200, HearingMembersOut)
def of_hearing(query: HearingMembersIn, hearing_id: int) -> Any:
    """List the members of a hearing who are outside the court, and what they said"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        hearing = queries.find_hearing(session, context.court.id, hearing_id)
        found = [
            each
            for each in lines.lines(session, hearing, context.now)
            if query.role in (None, each.role) and query.state in (None, each.state.value)
        ]
        shown, following = part_of(found, query, lambda each: each.judge_id, newest_first=False)
        return {"members": [_line(session, hearing, each) for each in shown], "next": following}

    return run_read(read)


def _find(
    session: Session, context: CourtContext, hearing_id: int, judge_id: int, *, lock: bool = False
) -> tuple[Hearing, MemberLine]:
    """Return a hearing and one of its members. Raises NotFound."""
    hearing = queries.find_hearing(session, context.court.id, hearing_id, lock=lock)
    for each in lines.lines(session, hearing, context.now):
        if each.judge_id == judge_id:
            return hearing, each
    raise NotFound(N_("There is no such person in this court."))


def _shown(
    session: Session, context: CourtContext, hearing_id: int, judge_id: int
) -> dict[str, Any]:
    return _line(session, *_find(session, context, hearing_id, judge_id))


@hearings.route("/<row:hearing_id>/members/<row:judge_id>", methods=["GET"])
@requires(TokenScope.READ)
@hearings.response(200, HearingMemberOut)
def member(hearing_id: int, judge_id: int) -> Any:
    """Show how far a member of a hearing was reached, and what they said"""
    return run_read(lambda session, context: _shown(session, context, hearing_id, judge_id))


def _act(
    hearing_id: int,
    judge_id: int,
    act: Callable[[Session, CourtContext, MemberInvitation], object],
) -> Answer:
    """Do something about a member of a hearing who was asked or told, and show them."""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        _, line = _find(session, context, hearing_id, judge_id, lock=True)
        shown = partial(_shown, session, context, hearing_id, judge_id)
        preconditions.check(HearingMemberOut, shown)
        if line.invitation is None:
            raise Refusal(N_("%(name)s was not asked or told anything yet."), name=line.name)
        act(session, context, line.invitation)
        session.flush()
        return CommittedResponse(shown())

    return run_write(write)


@hearings.route("/<row:hearing_id>/members/<row:judge_id>/called", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@hearings.response(200, HearingMemberOut)
def called(hearing_id: int, judge_id: int) -> Answer:
    """Put on the record that a member was told by telephone"""
    return _act(
        hearing_id,
        judge_id,
        lambda session, context, invitation: service.note_call(
            session, context.court.id, invitation.id, acting_user(context), context.now
        ),
    )


@hearings.route("/<row:hearing_id>/members/<row:judge_id>/link", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@hearings.response(200, HearingMemberOut)
def replace_link(hearing_id: int, judge_id: int) -> Answer:
    """End the link of a member, and send a new one at once"""
    return _act(
        hearing_id,
        judge_id,
        lambda session, context, invitation: service.send_new_link(
            session,
            context.court.id,
            invitation.id,
            invitation.key_version,
            acting_user(context),
            context.now,
            context.secret,
        ),
    )


@hearings.route("/<row:hearing_id>/members/<row:judge_id>/seen", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@hearings.response(200, HearingMemberOut)
def seen(hearing_id: int, judge_id: int) -> Answer:
    """Take it off the list of what waits that a member cannot come; the record keeps it"""
    return _act(
        hearing_id,
        judge_id,
        lambda session, context, invitation: answering.note(
            session, context.court.id, invitation.id, context.now
        ),
    )


def _line(session: Session, hearing: Hearing, line: MemberLine) -> dict[str, Any]:
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
        "seen": line.is_noted,
        "link_version": line.invitation.key_version if line.invitation else 0,
        "answers": [{"slot_id": slot, "says": choice} for slot, choice in (says or {}).items()],
    }
