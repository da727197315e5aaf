"""Days on which the court is closed beyond the public holidays. For admins."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.document import preconditions
from app.api.office.authorship import admin_author
from app.api.schemas import ClosedDayOut, ClosedDaysOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.core.errors import Invalid, Message
from app.core.forms import REQUIRED, DateField, Form, TextField, posted
from app.court import closed_days
from app.court.models import ClosedDay
from app.hearings.service import CourtContext
from app.people.rules import TokenScope

bp = Resource("closed-days", __name__, description="Days on which the court is closed")


@dataclass(frozen=True, kw_only=True)
class ClosedDaysIn(ShortListIn):
    """Filter of the list of closed days."""

    from_: dt.date | None = posted(DateField(data_key="from"))


@dataclass(frozen=True, kw_only=True)
class ClosureIn(Form):
    """Days on which the court is closed: one, or several until the last, and why."""

    from_: dt.date | None = posted(DateField(data_key="from"))
    until: dt.date | None = posted(DateField())
    why: str = posted(TextField(200, load_default=""))


def _shape(day: ClosedDay) -> dict[str, Any]:
    return {"id": day.id, "on": day.on.isoformat(), "why": day.why}


@bp.route("")
class ClosedDayCollection(MethodView):
    """The closed days of the court."""

    @requires(TokenScope.READ)
    @bp.arguments(ClosedDaysIn.schema(), location="query")
    @bp.response(200, ClosedDaysOut)
    def get(self, query: ClosedDaysIn) -> Any:
        """List the days on which the court is closed, in the order in which they were entered"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            first = query.from_ or dt.date.min
            found = closed_days.from_day(session, context.court.id, first)
            shown, following = part_of(found, query, lambda each: each.id, newest_first=False)
            return {"closed_days": [_shape(each) for each in shown], "next": following}

        return run_read(read)

    @requires(TokenScope.ADMIN)
    @bp.arguments(ClosureIn.schema())
    @bp.response(201, ClosedDaysOut)
    def post(self, form: ClosureIn) -> Answer:
        """Close the court on a day, or on several until the last; one closed already stays so"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            by = admin_author(context)
            if form.from_ is None:
                raise Invalid({"from": Message(REQUIRED)})
            days = closed_days.days_between(form.from_, form.until or form.from_)
            closed = closed_days.close(session, by, days, form.why)
            body = {"closed_days": [_shape(each) for each in closed], "next": None}
            return CommittedResponse(body, 201)

        return run_write(write)


@bp.route("/<row:closed_day_id>")
class ClosedDayResource(MethodView):
    """One closed day."""

    @requires(TokenScope.READ)
    @bp.response(200, ClosedDayOut)
    def get(self, closed_day_id: int) -> Any:
        """Show a closed day"""
        return run_read(
            lambda session, context: _shape(
                closed_days.find(session, context.court.id, closed_day_id)
            )
        )

    @requires(TokenScope.ADMIN)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, closed_day_id: int) -> Any:
        """Open the court on a day on which it was closed"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            by = admin_author(context)
            day = closed_days.find(session, context.court.id, closed_day_id, lock=True)
            preconditions.check(ClosedDayOut, partial(_shape, day))
            closed_days.open_again(session, by, day)
            return CommittedResponse({}, 204)

        run_write(write)
        return None
