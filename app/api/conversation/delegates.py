"""Delegates of counsel: who may act for whom in a case, and the call that ends it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.cases import bp as cases
from app.api.document import preconditions
from app.api.schemas import DelegateOut, DelegatesOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as case_service
from app.core.forms import RowIdField, posted
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


@dataclass(frozen=True, kw_only=True)
class DelegatesIn(ShortListIn):
    """Filter of the list of delegates."""

    active: bool | None = posted(fields.Boolean(load_default=None, allow_none=True))
    counsel_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


@cases.route("/<row:case_id>/delegates", methods=["GET"])
@requires(TokenScope.READ)
@cases.arguments(DelegatesIn.schema(), location="query")
@cases.response(200, DelegatesOut)
def of_case(query: DelegatesIn, case_id: int) -> Any:
    """List who may act for counsel in a case, and who may no longer; the newest first"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        shapes = [_shape(each) for each in queries.all_of_case(session, case.id, context.now)]
        found = [
            each
            for each in shapes
            if query.active in (None, each["active"])
            and query.counsel_id in (None, each["counsel_id"])
        ]
        shown, following = part_of(found, query, lambda each: int(each["id"]))
        return {"delegates": shown, "next": following}

    return run_read(read)


def _shown(session: Session, context: CourtContext, delegate_id: int) -> dict[str, Any]:
    return _shape(queries.view(session, context.court.id, delegate_id, context.now))


@bp.route("/<row:delegate_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, DelegateOut)
def delegate(delegate_id: int) -> Any:
    """Show somebody who acts, or acted, for counsel in a case"""
    return run_read(lambda session, context: _shown(session, context, delegate_id))


@bp.route("/<row:delegate_id>/end", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.response(200, DelegateOut)
def end(delegate_id: int) -> Answer:
    """End what a delegate may do: their link is refused at once; all sides see it on the record"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        court_id, now = context.court.id, context.now
        shown = partial(_shown, session, context, delegate_id)
        service.lock(session, court_id, delegate_id)
        preconditions.check(DelegateOut, shown)
        service.end_by_court(session, court_id, delegate_id, context.user, now)
        session.flush()
        return CommittedResponse(shown())

    return run_write(write)
