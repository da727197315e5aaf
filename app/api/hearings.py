"""Hearings: propose, look at, fix by order, move, cancel."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.blueprint import PREFIX, PageIn, Resource, asked_at
from app.api.schemas import HearingOut, HearingsOut
from app.api.transactions import Answer, CommittedResponse, reading, writing
from app.core.forms import ChoiceField, RowIdField
from app.hearings import service as hearings
from app.hearings.forms import CancelIn, FixIn, HearingIn, MoveIn
from app.hearings.models import HearingState
from app.hearings.service import DeskContext

bp = Resource("hearings", __name__, description="Hearings, their slots and what counsel said")


class HearingsIn(PageIn):
    """Which hearings are asked for."""

    state = ChoiceField(tuple(HearingState), load_default=None, allow_none=True)
    case_id = RowIdField(load_default=None, allow_none=True)


# ``from`` is no name that Python lets a class give.
HearingsIn = HearingsIn.from_dict(  # type: ignore[misc,assignment]
    {"from": asked_at(), "to": asked_at()}, name="HearingsIn"
)


@bp.route("")
class HearingCollection(MethodView):
    """All hearings of the court."""

    @bp.arguments(HearingsIn, location="query")
    @bp.response(200, HearingsOut)
    def get(self, given: dict[str, Any]) -> Any:
        """List hearings, the newest first; by state, case, or time taken by a date or a slot"""

        def read(session: Session, at: DeskContext) -> dict[str, Any]:
            found = queries.hearings(session, at.court.id, given)
            shown = found[: given["limit"]]
            last = shown[-1].id if len(found) > len(shown) else None
            return {"hearings": serializers.hearings(session, shown), "next": last}

        return reading(read)

    @bp.arguments(HearingIn)
    @bp.response(201, HearingOut)
    def post(self, given: dict[str, Any]) -> Answer:
        """Propose slots for a hearing to all counsel of a case"""

        def propose(session: Session, at: DeskContext) -> CommittedResponse:
            made = hearings.propose(session, at, given).id
            shape = serializers.hearing(session, at.court.id, made)
            return CommittedResponse(shape, 201, f"{PREFIX}/hearings/{made}")

        return writing(propose)


@bp.route("/<row:hearing_id>")
class HearingResource(MethodView):
    """One hearing."""

    @bp.response(200, HearingOut)
    def get(self, hearing_id: int) -> Any:
        """Show a hearing, its newest round and the answers to it"""
        return reading(lambda session, at: serializers.hearing(session, at.court.id, hearing_id))


def _changed(hearing_id: int, change: Callable[[Session, DeskContext], object]) -> Answer:
    def do(session: Session, at: DeskContext) -> CommittedResponse:
        change(session, at)
        return CommittedResponse(serializers.hearing(session, at.court.id, hearing_id))

    return writing(do)


@bp.route("/<row:hearing_id>/fix", methods=["POST"])
@bp.arguments(FixIn)
@bp.response(200, HearingOut)
def fix(given: dict[str, Any], hearing_id: int) -> Answer:
    """Fix one slot of the newest round by order, with a reason"""

    def change(session: Session, at: DeskContext) -> None:
        hearings.fix(session, at, hearing_id, given["slot_id"], given["reason"])

    return _changed(hearing_id, change)


@bp.route("/<row:hearing_id>/move", methods=["POST"])
@bp.arguments(MoveIn)
@bp.response(200, HearingOut)
def move(given: dict[str, Any], hearing_id: int) -> Answer:
    """Move a hearing: at once with one new slot, or by a new round with a date to answer by"""
    return _changed(hearing_id, lambda session, at: hearings.move(session, at, hearing_id, given))


@bp.route("/<row:hearing_id>/cancel", methods=["POST"])
@bp.arguments(CancelIn)
@bp.response(200, HearingOut)
def cancel(given: dict[str, Any], hearing_id: int) -> Answer:
    """Cancel a hearing, with a reason"""

    def change(session: Session, at: DeskContext) -> None:
        hearings.cancel(session, at, hearing_id, given["reason"])

    return _changed(hearing_id, change)
