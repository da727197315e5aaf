"""Cases: enter one, look one up."""

from dataclasses import dataclass
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import PREFIX, PageIn, Resource
from app.api.document import preconditions
from app.api.schemas import CaseOut, CasesOut, NewLinkOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import queries as case_queries
from app.cases import service as cases
from app.cases.forms import CaseIn
from app.cases.rules import addresses_by_channel
from app.core.forms import TextField, posted
from app.hearings.answers import key_renewal
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

bp = Resource("cases", __name__, description="Lawsuits, their parties and counsel")


@dataclass(frozen=True, kw_only=True)
class CasesIn(PageIn):
    """Filter of the list of cases."""

    number: str = posted(
        TextField(
            200,
            load_default="",
            metadata={"description": "The case of this number, however its brackets are typed"},
        )
    )


@bp.route("")
class CaseCollection(MethodView):
    """All cases of the court."""

    @requires(TokenScope.READ)
    @bp.arguments(CasesIn.schema(), location="query")
    @bp.response(200, CasesOut)
    def get(self, query: CasesIn) -> Any:
        """List cases, the newest first, or find one by its number"""
        found = run_read(
            lambda session, context: queries.list_cases(session, context.court.id, query)
        )
        shown = found[: query.limit]
        more = len(found) > len(shown)
        return {
            "cases": [serializers.case(each) for each in shown],
            "next": shown[-1].id if more else None,
        }

    @requires(TokenScope.SCHEDULE)
    @bp.arguments(CaseIn.schema())
    @bp.response(201, CaseOut)
    def post(self, form: CaseIn) -> Answer:
        """Enter a case with its parties and counsel; a judge not yet known is made"""

        def enter(session: Session, context: CourtContext) -> CommittedResponse:
            made = cases.enter(session, context.court, context.user, form, context.now)
            shape = serializers.case(queries.load_case(session, context.court.id, made.id))
            return CommittedResponse(shape, 201, f"{PREFIX}/cases/{made.id}")

        return run_write(enter)


@bp.route("/<row:case_id>/counsel/<row:counsel_id>/link", methods=["POST"])
@requires(TokenScope.CONTACT)
@bp.response(200, NewLinkOut)
def replace_link(case_id: int, counsel_id: int) -> Answer:
    """End every link that counsel was sent in the case, and send a new one at once"""

    def renew(session: Session, context: CourtContext) -> CommittedResponse:
        case = cases.find_case(session, context.court.id, case_id)
        acting = case_queries.acting_for_counsel(session, case, counsel_id)
        for each in acting:
            key_renewal.renew_by_court(
                session, each, context.user, each.key_version, context.now, context.secret
            )
        counsel = acting[0].counsel
        return CommittedResponse(
            {
                "case_id": case.id,
                "counsel_id": counsel.id,
                "counsel": counsel.name,
                "channels": [channel for channel, _ in addresses_by_channel(counsel)],
            }
        )

    return run_write(renew)


@bp.route("/<row:case_id>")
class CaseResource(MethodView):
    """One case."""

    @requires(TokenScope.READ)
    @preconditions.has_etag
    @bp.response(200, CaseOut)
    def get(self, case_id: int) -> Any:
        """Show a case"""
        return run_read(
            lambda session, context: preconditions.with_etag(
                serializers.case(queries.load_case(session, context.court.id, case_id))
            )
        )
