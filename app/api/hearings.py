"""Hearings: propose, look at, fix by order, move, cancel."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import PREFIX, PageIn, Resource, ShortListIn, part_of, query_instant
from app.api.document import preconditions
from app.api.schemas import HearingOut, HearingsOut, MoveRequestOut, MoveRequestsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.errors import N_, NotFound
from app.core.forms import ChoiceField, RowIdField, posted
from app.hearings import service as hearings
from app.hearings.bench import changing
from app.hearings.forms import BenchChangeIn, CancelIn, FixIn, HearingIn, MoveDecisionIn, MoveIn
from app.hearings.models import HearingState, MoveState
from app.hearings.queries import find_hearing, lock_hearings, upcoming_hearings
from app.hearings.rescheduling import deciding
from app.hearings.service import CourtContext
from app.outcomes import service as outcomes
from app.outcomes.forms import OutcomeIn
from app.people.rules import TokenScope

bp = Resource("hearings", __name__, description="Hearings, their slots and what counsel said")


@dataclass(frozen=True, kw_only=True)
class HearingsIn(PageIn):
    """Filter of the list of hearings."""

    state: str | None = posted(ChoiceField(tuple(HearingState), load_default=None, allow_none=True))
    case_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    from_: dt.datetime | None = posted(query_instant(data_key="from"))
    to: dt.datetime | None = posted(query_instant())


@bp.route("")
class HearingCollection(MethodView):
    """All hearings of the court."""

    @requires(TokenScope.READ)
    @bp.arguments(HearingsIn.schema(), location="query")
    @bp.response(200, HearingsOut)
    def get(self, query: HearingsIn) -> Any:
        """List hearings, the newest first; by state, case, or time taken by a date or a slot"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = queries.list_hearings(session, context.court.id, query)
            shown, following = part_of(found, query, lambda each: each.id)
            return {"hearings": serializers.hearings(session, shown), "next": following}

        return run_read(read)

    @requires(TokenScope.SCHEDULE)
    @bp.arguments(HearingIn.schema())
    @bp.response(201, HearingOut)
    def post(self, form: HearingIn) -> Answer:
        """Propose slots for a hearing to all counsel of a case"""

        def propose(session: Session, context: CourtContext) -> CommittedResponse:
            made = hearings.propose(session, context, form).id
            shape = serializers.hearing(session, context.court.id, made)
            return CommittedResponse(shape, 201, f"{PREFIX}/hearings/{made}")

        return run_write(propose)


@bp.route("/<row:hearing_id>")
class HearingResource(MethodView):
    """One hearing."""

    @requires(TokenScope.READ)
    @bp.response(200, HearingOut)
    def get(self, hearing_id: int) -> Any:
        """Show a hearing, its newest round and the answers to it"""
        return run_read(
            lambda session, context: serializers.hearing_with_needs(
                session, context.court.id, hearing_id
            )
        )


def _changed(
    hearing_id: int,
    change: Callable[[Session, CourtContext], object],
    *,
    whole_case: bool = False,
    number: int | None = None,
) -> Answer:
    """Change a hearing, unless it was changed since it was read.

    ``whole_case``: the others to come of its case are locked with it, in the order in which they
    are changed. ``number`` is the request to move it that may have been read instead.
    """

    def do(session: Session, context: CourtContext) -> CommittedResponse:
        if "If-Match" in request.headers:
            _check(session, context, hearing_id, whole_case=whole_case, number=number)
        change(session, context)
        return CommittedResponse(serializers.hearing(session, context.court.id, hearing_id))

    return run_write(do)


def _check(
    session: Session,
    context: CourtContext,
    hearing_id: int,
    *,
    whole_case: bool,
    number: int | None,
) -> None:
    """Lock a hearing and compare If-Match with it, or with a request to move it."""
    court_id = context.court.id
    if whole_case:
        case = find_hearing(session, court_id, hearing_id).case
        upcoming = upcoming_hearings(session, case, context.now)
        lock_hearings(session, sorted({hearing_id, *(each.id for each in upcoming)}))
    else:
        find_hearing(session, court_id, hearing_id, lock=True)
    if number is not None:
        asked = partial(_move_request, session, context, hearing_id, number)
        if preconditions.holds(MoveRequestOut, asked):
            return
    shown = partial(serializers.hearing_with_needs, session, court_id, hearing_id)
    preconditions.check(HearingOut, shown)


@bp.route("/<row:hearing_id>/fix", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(FixIn.schema())
@bp.response(200, HearingOut)
def fix(form: FixIn, hearing_id: int) -> Answer:
    """Fix one slot of the newest round by order, with a reason"""

    def change(session: Session, context: CourtContext) -> None:
        hearings.fix(session, context, hearing_id, form.slot_id, form.reason)

    return _changed(hearing_id, change)


@bp.route("/<row:hearing_id>/move", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(MoveIn.schema())
@bp.response(200, HearingOut)
def move(form: MoveIn, hearing_id: int) -> Answer:
    """Move a hearing: at once with one new slot, or by a new round with a date to answer by"""
    return _changed(
        hearing_id, lambda session, context: hearings.move(session, context, hearing_id, form)
    )


@dataclass(frozen=True, kw_only=True)
class MoveRequestsIn(ShortListIn):
    """Filter of the list of requests to move a hearing."""

    state: str | None = posted(ChoiceField(tuple(MoveState), load_default=None, allow_none=True))


@bp.route("/<row:hearing_id>/move-requests", methods=["GET"])
@requires(TokenScope.READ)
@bp.arguments(MoveRequestsIn.schema(), location="query")
@bp.response(200, MoveRequestsOut)
def move_requests(query: MoveRequestsIn, hearing_id: int) -> Any:
    """List the requests to move a hearing, each with every side's consent"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        hearing = find_hearing(session, context.court.id, hearing_id)
        found = [
            each
            for each in serializers.move_requests(session, hearing)
            if query.state in (None, each["state"])
        ]
        shown, following = part_of(found, query, lambda each: int(each["number"]))
        return {"move_requests": shown, "next": following}

    return run_read(read)


def _move_request(
    session: Session, context: CourtContext, hearing_id: int, number: int
) -> dict[str, Any]:
    hearing = find_hearing(session, context.court.id, hearing_id)
    found = serializers.move_requests(session, hearing)
    for each in found:
        if each["number"] == number:
            return each
    raise NotFound(N_("There is no such request in this court."))


@bp.route("/<row:hearing_id>/move-requests/<row:number>")
class MoveRequestResource(MethodView):
    """One request of counsel to move a hearing."""

    @requires(TokenScope.READ)
    @bp.response(200, MoveRequestOut)
    def get(self, hearing_id: int, number: int) -> Any:
        """Show a request to move a hearing, with every side's consent"""
        return run_read(
            lambda session, context: _move_request(session, context, hearing_id, number)
        )

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match()
    @bp.arguments(MoveDecisionIn.schema())
    @bp.response(200, HearingOut)
    def post(self, form: MoveDecisionIn, hearing_id: int, number: int) -> Answer:
        """Decide a request: move to one of its slots, or refuse with a reason; all sides are told

        `If-Match` names the request as it was read, or its hearing.
        """

        def change(session: Session, context: CourtContext) -> None:
            asked = deciding.lock(session, context.court.id, hearing_id, number)
            if form.decision == "refuse":
                deciding.refuse(session, asked, form.reason, context.now)
                return
            deciding.move(
                session,
                context,
                asked,
                form.slot or 0,
                reason=form.reason,
                override_reason=form.override_reason,
            )

        return _changed(hearing_id, change, number=number)


@bp.route("/<row:hearing_id>/outcome", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(OutcomeIn.schema())
@bp.response(200, HearingOut)
def outcome(form: OutcomeIn, hearing_id: int) -> Answer:
    """Enter the outcome of a hearing, or correct it by a further entry with `replaces`"""
    return _changed(
        hearing_id, lambda session, context: outcomes.enter(session, context, hearing_id, form)
    )


@bp.route("/<row:hearing_id>/bench", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(BenchChangeIn.schema())
@bp.response(200, HearingOut)
def change_bench(form: BenchChangeIn, hearing_id: int) -> Answer:
    """Replace, add or remove people of a hearing: all of its people from now on, and why"""
    return _changed(
        hearing_id,
        lambda session, context: changing.change(session, context, hearing_id, form),
        whole_case=form.whole_case,
    )


@bp.route("/<row:hearing_id>/cancel", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(CancelIn.schema())
@bp.response(200, HearingOut)
def cancel(form: CancelIn, hearing_id: int) -> Answer:
    """Cancel a hearing, with a reason"""

    def change(session: Session, context: CourtContext) -> None:
        hearings.cancel(session, context, hearing_id, form.reason)

    return _changed(hearing_id, change)
