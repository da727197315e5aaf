"""Courtrooms: add one, list them."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.document import preconditions
from app.api.office.authorship import admin_author
from app.api.schemas import CourtroomOut, CourtroomsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.forms import posted
from app.court import courtrooms
from app.court.change_log import ChangeAuthor
from app.court.forms import CourtroomIn
from app.court.models import Courtroom
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


@dataclass(frozen=True, kw_only=True)
class CourtroomChangeIn(CourtroomIn):
    """A courtroom as it is from now on; ``retired``: no new hearing is held there."""

    retired: bool = posted(fields.Boolean(load_default=False))


@bp.route("/<row:courtroom_id>")
class CourtroomResource(MethodView):
    """One courtroom."""

    @requires(TokenScope.READ)
    @bp.response(200, CourtroomOut)
    def get(self, courtroom_id: int) -> Any:
        """Show a courtroom"""
        return run_read(
            lambda session, context: serializers.courtroom(
                courtrooms.find(session, context.court.id, courtroom_id)
            )
        )

    @requires(TokenScope.ADMIN)
    @preconditions.takes_if_match(needed=True)
    @bp.arguments(CourtroomChangeIn.schema())
    @bp.response(200, CourtroomOut)
    def put(self, form: CourtroomChangeIn, courtroom_id: int) -> Answer:
        """Rename a courtroom, or take it out of use and back; hearings fixed there stay"""

        def change(session: Session, context: CourtContext) -> CommittedResponse:
            by, room = _locked(session, context, courtroom_id, needed=True)
            courtrooms.change(session, by, room, form)
            courtrooms.retire(session, by, room, form.retired)
            session.flush()
            return CommittedResponse(serializers.courtroom(room))

        return run_write(change)

    @requires(TokenScope.ADMIN)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, courtroom_id: int) -> Any:
        """Delete a courtroom in which no hearing was ever planned"""

        def delete(session: Session, context: CourtContext) -> CommittedResponse:
            courtrooms.delete(session, *_locked(session, context, courtroom_id))
            return CommittedResponse({}, 204)

        run_write(delete)
        return None


def _locked(
    session: Session, context: CourtContext, courtroom_id: int, *, needed: bool = False
) -> tuple[ChangeAuthor, Courtroom]:
    """Lock a courtroom, and compare If-Match with what is read of it; return who changes it."""
    by = admin_author(context)
    room = courtrooms.find(session, context.court.id, courtroom_id)
    session.refresh(room, with_for_update=True)
    preconditions.check(CourtroomOut, partial(serializers.courtroom, room), needed=needed)
    return by, room
