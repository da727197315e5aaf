"""Pages of the court's calendar: week or day, by courtroom or judge; JSON events; cause list."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.rules import addresses_by_channel, short_number
from app.core import web, wording
from app.core.db import db, retrying
from app.core.web.access import may, signed_in
from app.core.web.params import page_number, row_number
from app.core.wording import public_names
from app.court import queries as court_queries
from app.court.models import Court
from app.desk import calendar as docket
from app.desk.calendar import CalendarBlock
from app.desk.hearing_search import EARLIEST, LATEST
from app.desk.home_views import day_named
from app.hearings import queries
from app.hearings.rules import days_span
from app.law import working_days

bp = Blueprint("calendar", __name__)

VIEWS = {"week": 7, "day": 1}
BY = ("courtroom", "judge")
# Rows per day in the list: a week shows the first ones, a day is paginated.
ROWS_PER_DAY = {"week": 30, "day": 150}


@dataclass(frozen=True)
class CalendarQuery:
    """Parsed query string of the calendar, so that each view can be bookmarked."""

    view: str
    by: str
    first: dt.date
    resource_id: int | None

    @property
    def days(self) -> int:
        """Number of days shown."""
        return VIEWS[self.view]

    def address(self, **replaced: Any) -> str:
        """Return the URL of this view, with some arguments replaced."""
        arguments = {
            "view": self.view,
            "by": self.by,
            "on": self.first.isoformat(),
            "whose": self.resource_id,
            **replaced,
        }
        return url_for("calendar.calendar", **arguments)


def _calendar_query() -> CalendarQuery:
    """Parse the query string; invalid values fall back to defaults."""
    view = request.args.get("view", "week")
    by, resource = request.args.get("by", BY[0]), request.args.get("whose", "")
    view, by = view if view in VIEWS else "week", by if by in BY else BY[0]
    on = _requested_day()
    first = on - dt.timedelta(days=on.weekday()) if view == "week" else on
    return CalendarQuery(view, by, first, row_number(resource))


def _requested_day() -> dt.date:
    """Return the requested day; by default today in the court's time zone."""
    day = day_named("on") or wording.local(web.now(), current_user.court.zone).date()
    return min(max(day, EARLIEST), LATEST)


def _resources(by: str) -> list[tuple[int, str]]:
    list_resources = court_queries.judges if by == "judge" else court_queries.courtrooms
    return [
        (resource.id, resource.name)
        for resource in list_resources(db.session(), current_user.court_id)
    ]


def _blocks(query: CalendarQuery) -> list[CalendarBlock]:
    court = current_user.court
    span = days_span(query.first, query.days, ZoneInfo(court.zone))
    blocks = docket.sittings(db.session(), court, span)
    return [block for block in blocks if query.resource_id in (None, block.resource_id(query.by))]


@bp.get("/calendar")
@signed_in
def calendar() -> str:
    """Show a week or a day as a table; with JavaScript also as an hourly grid."""
    session, court, query = db.session(), current_user.court, _calendar_query()
    blocks, reasons = (
        _blocks(query),
        docket.closure_reasons(session, court, query.first, query.days),
    )
    table = docket.by_day(blocks, query.first, query.days, ZoneInfo(court.zone))
    rows, page = ROWS_PER_DAY[query.view], page_number() if query.view == "day" else 1
    working = working_days.working_days(session, court)
    closed_days = {day for day, _ in table if not working.has(day)}
    period = dt.timedelta(days=query.days)
    return render_template(
        "desk/calendar.html",
        query=query,
        table=table,
        closed_days=closed_days,
        closure_reasons=reasons,
        resources=_resources(query.by),
        zone=court.zone,
        court=court,
        page=page,
        begin=(page - 1) * rows,
        end=page * rows,
        before=(query.first - period).isoformat(),
        after=(query.first + period).isoformat(),
        today=wording.local(web.now(), court.zone).date(),
        # Weekend days without hearings are hidden.
        hidden_weekdays=[
            (day.weekday() + 1) % 7
            for day, blocks_of_day in table
            if not blocks_of_day
            and day in closed_days
            and day.weekday() > 4
            and query.view == "week"
        ],
    )


@bp.get("/calendar/events")
@signed_in
def calendar_events() -> Any:
    """Return the calendar as JSON events, in the court's local time."""
    query, zone, language, now = (
        _calendar_query(),
        current_user.court.zone,
        web.language(),
        web.now(),
    )
    return jsonify(
        [
            {
                "start": f"{wording.local(block.starts_at, zone):%Y-%m-%dT%H:%M:%S}",
                "end": f"{wording.local(block.ends_at, zone):%Y-%m-%dT%H:%M:%S}",
                "resourceIds": [str(block.resource_id(query.by) or "")],
                "title": block.number,
                "startEditable": block.how == docket.FIXED and block.starts_at > now,
                "extendedProps": {
                    "how": block.how,
                    "tab": short_number(block.number),
                    "kind": wording.kind_name(block.kind, language),
                    "place": block.courtroom if query.by == "judge" else block.judge,
                    "about": block.title,
                    "hearing": block.hearing_id,
                },
            }
            for block in _blocks(query)
        ]
    )


@bp.get("/calendar/told/<int:hearing_id>")
@signed_in
def notified_by_move(hearing_id: int) -> Any:
    """Return who would be notified of a move, and whether any message can reach them."""
    hearing = queries.find_hearing(db.session(), current_user.court_id, hearing_id)
    representations = queries.acting_representations(db.session(), hearing.case)
    return jsonify(
        [
            {
                "name": representation.counsel.name,
                "side": wording.side_name(representation.party.side, web.language()),
                "reached": bool(addresses_by_channel(representation.counsel)),
            }
            for representation in representations
        ]
    )


@bp.app_template_global()
def fixed_on(day: dt.date) -> int:
    """Count the hearings on a day in the user's court."""
    court = current_user.court
    sittings = docket.sittings(db.session(), court, days_span(day, 1, ZoneInfo(court.zone)))
    return sum(block.how != docket.HELD for block in sittings)


@bp.get("/calendar/list")
@signed_in
def cause_list() -> str:
    """Show a day's cause list for printing: internal, or with ``public=1`` for the public."""
    session, court, on = db.session(), current_user.court, _requested_day()
    span = days_span(on, 1, ZoneInfo(court.zone))
    blocks = [block for block in docket.sittings(session, court, span) if block.how != docket.HELD]
    public = request.args.get("public") == "1"
    rule = court.public_names if public else public_names.NameRule.FULL
    parties = {
        case_id: [(role, public_names.public_name(name, rule)) for role, name in case_parties]
        for case_id, case_parties in docket.parties(
            session, {block.case_id for block in blocks}
        ).items()
    }
    one_day = dt.timedelta(days=1)
    return render_template(
        "desk/cause_list.html",
        on=on,
        blocks=blocks,
        parties=parties,
        public=public,
        rule=rule,
        zone=court.zone,
        court=court,
        before=on - one_day,
        after=on + one_day,
        rules=list(public_names.NameRule),
    )


@bp.post("/calendar/list")
@may("set_up")
def change_public_names() -> Any:
    """Set how names appear on the public cause list."""
    names, court_id = request.form.get("names", ""), current_user.court_id

    def change(session: Session) -> None:
        session.get_one(Court, court_id).public_names = names

    if names in list(public_names.NameRule):
        retrying(change)
    return redirect(url_for("calendar.cause_list", on=_requested_day().isoformat(), public=1), 303)
