"""Hearings: propose, look at, fix by order, move, cancel."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import PREFIX, PageIn, Resource, query_instant
from app.api.document import preconditions
from app.api.schemas import HearingOut, HearingsOut, MoveRequestsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.forms import ChoiceField, RowIdField, posted
from app.hearings import service as hearings
from app.hearings.bench import changing
from app.hearings.forms import BenchChangeIn, CancelIn, FixIn, HearingIn, MoveDecisionIn, MoveIn
from app.hearings.models import HearingState
from app.hearings.queries import find_hearing
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
            shown = found[: query.limit]
            last = shown[-1].id if len(found) > len(shown) else None
            return {"hearings": serializers.hearings(session, shown), "next": last}

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
    @preconditions.has_etag
    @bp.response(200, HearingOut)
    def get(self, hearing_id: int) -> Any:
        """Show a hearing, its newest round and the answers to it"""
        return run_read(
            lambda session, context: preconditions.with_etag(
                serializers.hearing_with_needs(session, context.court.id, hearing_id)
            )
        )


def _changed(hearing_id: int, change: Callable[[Session, CourtContext], object]) -> Answer:
    def do(session: Session, context: CourtContext) -> CommittedResponse:
        if "If-Match" in request.headers:
            court_id = context.court.id
            find_hearing(session, court_id, hearing_id, lock=True)
            shape = serializers.hearing_with_needs(session, court_id, hearing_id)
            preconditions.check(shape)
        change(session, context)
        return CommittedResponse(serializers.hearing(session, context.court.id, hearing_id))

    return run_write(do)


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


@bp.route("/<row:hearing_id>/move-requests")
class MoveRequestCollection(MethodView):
    """Requests of counsel to move one hearing."""

    @requires(TokenScope.READ)
    @bp.response(200, MoveRequestsOut)
    def get(self, hearing_id: int) -> Any:
        """List the requests to move a hearing, each with every side's consent"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = find_hearing(session, context.court.id, hearing_id)
            return {"move_requests": serializers.move_requests(session, found)}

        return run_read(read)


@bp.route("/<row:hearing_id>/move-requests/<row:number>", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(MoveDecisionIn.schema())
@bp.response(200, HearingOut)
def decide_move(form: MoveDecisionIn, hearing_id: int, number: int) -> Answer:
    """Decide a request: move to one of its slots, or refuse with a reason; all sides are told"""

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

    return _changed(hearing_id, change)


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
@bp.arguments(BenchChangeIn.schema())
@bp.response(200, HearingOut)
def change_bench(form: BenchChangeIn, hearing_id: int) -> Answer:
    """Replace, add or remove people of a hearing: all of its people from now on, and why"""
    return _changed(
        hearing_id, lambda session, context: changing.change(session, context, hearing_id, form)
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
