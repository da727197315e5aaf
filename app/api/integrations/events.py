"""Events of the court, in order."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import PageIn, Resource, part_of
from app.api.integrations.schemas import EventsOut
from app.api.transactions import run_read
from app.core.db import db, retrying
from app.core.errors import N_, Message
from app.core.forms import ChoiceField, RowIdField, WholeNumberField, posted
from app.events import service as events
from app.events.presented import presented
from app.events.rules import EventType
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

bp = Resource("events", __name__, description="What happened in the court's cases, in order")


GREATEST = 2**31 - 1


def _is_event_number(number: int) -> None:
    if not 0 <= number <= GREATEST:
        raise ValidationError([Message(N_("There is no such number."))])


@dataclass(frozen=True, kw_only=True)
class EventsIn(PageIn):
    """Where to go on reading, and which events."""

    after: int = posted(
        WholeNumberField(
            load_default=0,
            validate=_is_event_number,
            error_messages={"invalid": N_("Enter a number.")},
            metadata={
                "minimum": 0,
                "maximum": GREATEST,
                "description": "The number of the last event that was read; 0 at first",
            },
        )
    )
    type: str | None = posted(ChoiceField(tuple(EventType)), default=None)
    case_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


@bp.route("")
class EventCollection(MethodView):
    """The court's events."""

    @requires(TokenScope.READ)
    @bp.arguments(EventsIn.schema(), location="query")
    @bp.response(200, EventsOut)
    def get(self, query: EventsIn) -> Any:
        """List events behind a number, the oldest first; none is ever inserted before one read"""
        court_id = run_read(lambda _, context: context.court.id)
        if events.has_unnumbered(db.session(), court_id):
            retrying(partial(events.number, court_id=court_id))

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            types = [query.type] if query.type else []
            found = events.events_after(
                session, court_id, query.after, query.limit + 1, types, case_id=query.case_id
            )
            shown, following = part_of(
                found, query, lambda each: each.number or 0, newest_first=False
            )
            return {
                "events": [presented(each) for each in shown],
                "next": following,
                "last": shown[-1].number if shown else query.after,
            }

        return run_read(read)
