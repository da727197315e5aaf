"""Courtrooms: add one, list them."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import Query, Resource
from app.api.schemas import CourtroomOut, CourtroomsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.court import courtrooms
from app.court.change_log import ChangeAuthor
from app.court.forms import CourtroomIn
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

bp = Resource("courtrooms", __name__, description="Where hearings are held")


@bp.route("")
class CourtroomCollection(MethodView):
    """The court's courtrooms."""

    @requires(TokenScope.READ)
    @bp.arguments(Query.schema(), location="query")
    @bp.response(200, CourtroomsOut)
    def get(self, _: Query) -> Any:
        """List all courtrooms"""
        rooms = run_read(
            lambda session, context: queries.list_courtrooms(session, context.court.id)
        )
        return {"courtrooms": [serializers.courtroom(room) for room in rooms]}

    @requires(TokenScope.SCHEDULE)
    @bp.arguments(CourtroomIn.schema())
    @bp.response(201, CourtroomOut)
    def post(self, form: CourtroomIn) -> Answer:
        """Add a courtroom"""

        def add(session: Session, context: CourtContext) -> CommittedResponse:
            by = ChangeAuthor(context.court.id, context.user, context.now)
            room = courtrooms.add(session, by, form)
            return CommittedResponse(serializers.courtroom(room), 201)

        return run_write(add)
