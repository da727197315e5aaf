"""Delegates of counsel: who may act for whom in a case, and the call that ends it."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource
from app.api.cases import bp as cases
from app.api.schemas import DelegateOut, DelegatesOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as case_service
from app.delegates import queries, service
from app.delegates.queries import DelegateView
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

bp = Resource("delegates", __name__, description="People who may act for counsel in a case")


def _shape(view: DelegateView) -> dict[str, Any]:
    delegate, representation = view.delegate, view.delegate.representation
    zone = representation.party.case.court.zone
    plain = ("id", "case_id", "hearing_id", "name", "email", "phone", "language")
    return {
        **{name: getattr(delegate, name) for name in (*plain, "may_answer", "copies")},
        "counsel": representation.counsel.name,
        "counsel_id": representation.counsel_id,
        "side": representation.party.side,
        "named_at": moment(delegate.named_at, zone),
        "until": view.until.isoformat() if view.until else None,
        "active": view.ended is None,
        "ended_at": moment(delegate.ended_at, zone),
        "ended_because": view.ended.value if view.ended else "",
        "ended_by": delegate.ended_by.name if delegate.ended_by else "",
    }


@cases.route("/<row:case_id>/delegates", methods=["GET"])
@requires(TokenScope.READ)
@cases.response(200, DelegatesOut)
def of_case(case_id: int) -> Any:
    """List who may act for counsel in a case, and who may no longer; those who may come first"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        found = queries.of_case(session, case.id, context.now)
        return {"delegates": [_shape(each) for each in found]}

    return run_read(read)


@bp.route("/<row:delegate_id>/end", methods=["POST"])
@requires(TokenScope.CONTACT)
@bp.response(200, DelegateOut)
def end(delegate_id: int) -> Answer:
    """End what a delegate may do: their link is refused at once; all sides see it on the record"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        court_id, now = context.court.id, context.now
        ended = service.end_by_court(session, court_id, delegate_id, context.user, now)
        found = queries.of_case(session, ended.case_id, now)
        return CommittedResponse(_shape(next(each for each in found if each.delegate is ended)))

    return run_write(write)
