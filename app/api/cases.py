"""Cases: enter one, look one up."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import PREFIX, PageIn, Resource, part_of
from app.api.document import preconditions
from app.api.schemas import CaseOut, CasesOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as cases
from app.cases.forms import CaseIn
from app.core.forms import TextField, posted
from app.hearings.bench import changing
from app.hearings.forms import BenchChangeIn
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
        shown, following = part_of(found, query, lambda each: each.id)
        return {"cases": [serializers.case(each) for each in shown], "next": following}

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


@bp.route("/<row:case_id>")
class CaseResource(MethodView):
    """One case."""

    @requires(TokenScope.READ)
    @bp.response(200, CaseOut)
    def get(self, case_id: int) -> Any:
        """Show a case"""
        return run_read(
            lambda session, context: serializers.case(
                queries.load_case(session, context.court.id, case_id)
            )
        )


@bp.route("/<row:case_id>/bench", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.arguments(BenchChangeIn.schema())
@bp.response(200, CaseOut)
def change_bench(form: BenchChangeIn, case_id: int) -> Answer:
    """Replace, add or remove people of a case; with `whole_case` of its hearings to come, too"""

    def change(session: Session, context: CourtContext) -> CommittedResponse:
        court_id = context.court.id

        def shown() -> dict[str, Any]:
            return serializers.case(queries.load_case(session, court_id, case_id))

        if "If-Match" in request.headers:
            changing.lock_for_case(session, context, case_id, form)
            preconditions.check(CaseOut, shown)
        changing.change_case(session, context, case_id, form)
        session.flush()
        return CommittedResponse(shown())

    return run_write(change)
