"""Courtrooms: add one, list them."""

from typing import Any

from flask.views import MethodView

from app.api import queries, shapes
from app.api.acting import Answer, Made, reading, writing
from app.api.room import Query, Room
from app.api.schemas import CourtroomOut, CourtroomsOut
from app.cases import rooms
from app.cases.forms import CourtroomIn
from app.people.changes import By

bp = Room("courtrooms", __name__, description="Where hearings are held")


@bp.route("")
class Courtrooms(MethodView):
    """The court's courtrooms."""

    @bp.arguments(Query, location="query")
    @bp.response(200, CourtroomsOut)
    def get(self, _: dict[str, Any]) -> Any:
        """List all courtrooms"""
        rooms = reading(lambda session, at: queries.courtrooms(session, at.court.id))
        return {"courtrooms": [shapes.courtroom(room) for room in rooms]}

    @bp.arguments(CourtroomIn)
    @bp.response(201, CourtroomOut)
    def post(self, given: dict[str, Any]) -> Answer:
        """Add a courtroom"""

        def add(session: Any, at: Any) -> Made:
            by = By(at.court.id, at.user, at.now)
            room = rooms.add(session, by, given["name"], given["location"])
            return Made(shapes.courtroom(room), 201)

        return writing(add)
