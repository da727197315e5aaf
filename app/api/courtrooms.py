"""Courtrooms: add one, list them."""

from dataclasses import dataclass
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.schemas import CourtroomOut, CourtroomsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.forms import posted
from app.court import courtrooms
from app.court.change_log import ChangeAuthor
from app.court.forms import CourtroomIn
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

bp = Resource("courtrooms", __name__, description="Where hearings are held")


@dataclass(frozen=True, kw_only=True)
class CourtroomsIn(ShortListIn):
    """Filter of the list of courtrooms."""

    by_video: bool | None = posted(fields.Boolean(load_default=None, allow_none=True))


@bp.route("")
class CourtroomCollection(MethodView):
    """The court's courtrooms."""

    @requires(TokenScope.READ)
    @bp.arguments(CourtroomsIn.schema(), location="query")
    @bp.response(200, CourtroomsOut)
    def get(self, query: CourtroomsIn) -> Any:
        """List the courtrooms"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = [
                each
                for each in queries.list_courtrooms(session, context.court.id)
                if query.by_video in (None, each.by_video)
            ]
            shown, following = part_of(found, query, lambda each: each.id, newest_first=False)
            return {"courtrooms": [serializers.courtroom(e) for e in shown], "next": following}

        return run_read(read)

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
