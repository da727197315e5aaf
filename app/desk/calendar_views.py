"""The court's calendar by page: a week or a day, by courtroom or by judge; its events; lists."""

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
# Rows of a day in the list: of a week its beginning will do, a day is turned page by page.
LISTED = {"week": 30, "day": 150}


@dataclass(frozen=True)
class CalendarQuery:
    """What a calendar's address asks for: every look at it can be kept as a bookmark."""

    view: str
    by: str
    first: dt.date
    whose: int | None

    @property
    def days(self) -> int:
        """How many days are shown."""
        return VIEWS[self.view]

    def address(self, **other: Any) -> str:
        """Return the address of this look, or of another."""
        told = {
            "view": self.view,
            "by": self.by,
            "on": self.first.isoformat(),
            "whose": self.whose,
            **other,
        }
        return url_for("calendar.calendar", **told)


def _asked() -> CalendarQuery:
    """Return what is asked for; what cannot be read is taken as the usual."""
    view = request.args.get("view", "week")
    by, whose = request.args.get("by", BY[0]), request.args.get("whose", "")
    view, by = view if view in VIEWS else "week", by if by in BY else BY[0]
    on = _day()
    first = on - dt.timedelta(days=on.weekday()) if view == "week" else on
    return CalendarQuery(view, by, first, row_number(whose))


def _day() -> dt.date:
    """Return the day that is asked for; today by the court's clock where none is."""
    day = day_named("on") or wording.local(web.now(), current_user.court.zone).date()
    return min(max(day, EARLIEST), LATEST)


def _resources(by: str) -> list[tuple[int, str]]:
    read = court_queries.judges if by == "judge" else court_queries.courtrooms
    return [(each.id, each.name) for each in read(db.session(), current_user.court_id)]


def _seen(asked: CalendarQuery) -> list[CalendarBlock]:
    court = current_user.court
    span = days_span(asked.first, asked.days, ZoneInfo(court.zone))
    found = docket.sittings(db.session(), court, span)
    return [each for each in found if asked.whose in (None, each.beside(asked.by))]


@bp.get("/calendar")
@signed_in
def calendar() -> str:
    """Show a week or a day, as a table that needs no scripts; with them, drawn by the hour."""
    session, court, asked = db.session(), current_user.court, _asked()
    found, closed = _seen(asked), docket.closed_because(session, court, asked.first, asked.days)
    table = docket.by_day(found, asked.first, asked.days, ZoneInfo(court.zone))
    most, page = LISTED[asked.view], page_number() if asked.view == "day" else 1
    working = working_days.working_days(session, court)
    shut = {day for day, _ in table if not working.has(day)}
    step = dt.timedelta(days=asked.days)
    return render_template(
        "desk/calendar.html",
        asked=asked,
        table=table,
        shut=shut,
        closed=closed,
        resources=_resources(asked.by),
        zone=court.zone,
        court=court,
        page=page,
        begin=(page - 1) * most,
        end=page * most,
        before=(asked.first - step).isoformat(),
        after=(asked.first + step).isoformat(),
        today=wording.local(web.now(), court.zone).date(),
        # A weekend on which nothing happens takes no room.
        unseen=[
            (day.weekday() + 1) % 7
            for day, each in table
            if not each and day in shut and day.weekday() > 4 and asked.view == "week"
        ],
    )


@bp.get("/calendar/events")
@signed_in
def calendar_events() -> Any:
    """Return the same as events, their times by the court's clock, whatever the reader's is."""
    asked, zone, language, now = _asked(), current_user.court.zone, web.language(), web.now()
    return jsonify(
        [
            {
                "start": f"{wording.local(each.starts_at, zone):%Y-%m-%dT%H:%M:%S}",
                "end": f"{wording.local(each.ends_at, zone):%Y-%m-%dT%H:%M:%S}",
                "resourceIds": [str(each.beside(asked.by) or "")],
                "title": each.number,
                "startEditable": each.how == docket.FIXED and each.starts_at > now,
                "extendedProps": {
                    "how": each.how,
                    "tab": short_number(each.number),
                    "kind": wording.kind_name(each.kind, language),
                    "place": each.courtroom if asked.by == "judge" else each.judge,
                    "about": each.title,
                    "hearing": each.hearing_id,
                },
            }
            for each in _seen(asked)
        ]
    )


@bp.get("/calendar/told/<int:hearing_id>")
@signed_in
def who_is_told(hearing_id: int) -> Any:
    """Return whom a move of a hearing would tell, and whom no message can reach."""
    hearing = queries.find_hearing(db.session(), current_user.court_id, hearing_id)
    seats = queries.acting_representations(db.session(), hearing.case)
    return jsonify(
        [
            {
                "name": seat.counsel.name,
                "side": wording.side_name(seat.party.side, web.language()),
                "reached": bool(addresses_by_channel(seat.counsel)),
            }
            for seat in seats
        ]
    )


@bp.app_template_global()
def fixed_on(day: dt.date) -> int:
    """Return how many hearings have a date on a day in the court of whoever is signed in."""
    court = current_user.court
    sittings = docket.sittings(db.session(), court, days_span(day, 1, ZoneInfo(court.zone)))
    return sum(each.how != docket.HELD for each in sittings)


@bp.get("/calendar/list")
@signed_in
def cause_list() -> str:
    """Show a day's hearings to be printed: for the house, or with ``public=1`` for the door."""
    session, court, on = db.session(), current_user.court, _day()
    span = days_span(on, 1, ZoneInfo(court.zone))
    found = [each for each in docket.sittings(session, court, span) if each.how != docket.HELD]
    public = request.args.get("public") == "1"
    rule = court.public_names if public else public_names.NameRule.FULL
    named = {
        case_id: [(role, public_names.public_name(name, rule)) for role, name in people]
        for case_id, people in docket.parties(session, {s.case_id for s in found}).items()
    }
    step = dt.timedelta(days=1)
    return render_template(
        "desk/cause_list.html",
        on=on,
        found=found,
        parties=named,
        public=public,
        rule=rule,
        zone=court.zone,
        court=court,
        before=on - step,
        after=on + step,
        rules=list(public_names.NameRule),
    )


@bp.post("/calendar/list")
@may("set_up")
def change_public_names() -> Any:
    """Set how names appear on the list for the door."""
    names, court_id = request.form.get("names", ""), current_user.court_id

    def change(session: Session) -> None:
        session.get_one(Court, court_id).public_names = names

    if names in list(public_names.NameRule):
        retrying(change)
    return redirect(url_for("calendar.cause_list", on=_day().isoformat(), public=1), 303)
