"""Pages of the court's calendar: week or day, by courtroom or judge; JSON events; cause list."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.rules import short_number
from app.core import web, wording
from app.core.db import db, retrying
from app.core.web.access import may, signed_in
from app.core.web.params import page_number, row_number
from app.core.wording import public_names
from app.court import queries as court_queries
from app.court.models import Court
from app.desk.calendar import queries
from app.desk.calendar.queries import BlockState, CalendarBlock, Grouping, Lanes
from app.desk.hearing_search import EARLIEST, LATEST
from app.desk.home_views import day_named
from app.hearings.proposing import prefill
from app.hearings.rules import days_span
from app.law import working_days
from app.law.working_days import WorkingDays
from app.needs import queries as need_queries
from app.needs import rules as need_rules
from app.needs.models import Need
from app.outcomes.rules import Outcome

bp = Blueprint("calendar", __name__)

VIEWS = {"week": 7, "day": 1}
# Rows per day in the list: a week shows the first ones, a day is paginated.
ROWS_PER_DAY = {"week": 30, "day": 150}
# Courtrooms or judges beside each other in one day, unless more are chosen.
MOST_LANES = {"week": 6, "day": 24}
LOOK_AHEAD = 30  # days, for the next day on which the court sits
MOST_CHOSEN = 100  # courtrooms or judges in one address


@dataclass(frozen=True)
class CalendarQuery:
    """Parsed query string of the calendar, so that each view can be bookmarked."""

    view: str
    by: Grouping
    first: dt.date
    rooms: tuple[int, ...] = ()
    judges: tuple[int, ...] = ()
    states: tuple[BlockState, ...] = ()

    @property
    def days(self) -> int:
        """Number of days shown."""
        return VIEWS[self.view]

    @property
    def chosen(self) -> tuple[int, ...]:
        """The ids of the lanes that were asked for, none for all."""
        return self.judges if self.by == Grouping.JUDGE else self.rooms

    @property
    def filters(self) -> int:
        """The number of filters that leave something out."""
        return sum(map(bool, (self.rooms, self.judges, self.states)))

    def accepts(self, block: CalendarBlock) -> bool:
        """Tell whether no filter leaves a block out."""
        return (
            (not self.rooms or (block.courtroom_id or queries.NO_LANE) in self.rooms)
            and (not self.judges or not block.lanes(Grouping.JUDGE).keys().isdisjoint(self.judges))
            and (not self.states or block.state in self.states)
        )

    def address(self, endpoint: str = "calendar.calendar", **replaced: Any) -> str:
        """Return the URL of this view, with some arguments replaced."""
        arguments = {
            "view": self.view,
            "by": self.by,
            "on": self.first.isoformat(),
            "room": self.rooms,
            "judge": self.judges,
            "state": self.states,
            **replaced,
        }
        return url_for(endpoint, **arguments)


def _calendar_query() -> CalendarQuery:
    """Parse the query string; invalid values fall back to defaults."""
    view, by_text = request.args.get("view", "week"), request.args.get("by", "")
    view = view if view in VIEWS else "week"
    by = Grouping(by_text) if by_text in list(Grouping) else Grouping.COURTROOM
    on = _requested_day()
    first = on - dt.timedelta(days=on.weekday()) if view == "week" else on
    rooms, judges = _ids("room"), _ids("judge")
    # The one courtroom or judge of bookmarks from before several could be chosen.
    if (only := row_number(request.args.get("whose", ""))) is not None:
        rooms, judges = (rooms, (only,)) if by == Grouping.JUDGE else ((only,), judges)
    states = [each for each in BlockState if each in request.args.getlist("state")]
    every = len(states) == len(BlockState)
    return CalendarQuery(view, by, first, rooms, judges, () if every else tuple(states))


def _ids(name: str) -> tuple[int, ...]:
    ids = [row_number(text) for text in request.args.getlist(name)[:MOST_CHOSEN]]
    return tuple(dict.fromkeys(each for each in ids if each is not None))


def _requested_day() -> dt.date:
    """Return the requested day; by default today in the court's time zone."""
    day = day_named("on") or _today()
    return min(max(day, EARLIEST), LATEST)


def _today() -> dt.date:
    return wording.local(web.now(), current_user.court.zone).date()


def _resources(by: Grouping) -> dict[int, str]:
    list_resources = court_queries.judges if by == Grouping.JUDGE else court_queries.courtrooms
    return {each.id: each.name for each in list_resources(db.session(), current_user.court_id)}


def _blocks(query: CalendarQuery) -> list[CalendarBlock]:
    court = current_user.court
    span = days_span(query.first, query.days, ZoneInfo(court.zone))
    return [
        block
        for block in queries.calendar_blocks(db.session(), court, span)
        if query.accepts(block)
    ]


def _lanes(query: CalendarQuery, known: dict[int, str], blocks: list[CalendarBlock]) -> Lanes:
    return queries.choose_lanes(known, query.chosen, blocks, query.by, MOST_LANES[query.view])


@bp.get("/calendar")
@signed_in
def calendar() -> str:
    """Show a week or a day as a table; with JavaScript also as an hourly grid."""
    session, court, query = db.session(), current_user.court, _calendar_query()
    blocks = _blocks(query)
    reasons = queries.closure_reasons(session, court, query.first, query.days)
    table = queries.by_day(blocks, query.first, query.days, ZoneInfo(court.zone))
    rows, page = ROWS_PER_DAY[query.view], page_number() if query.view == "day" else 1
    working = working_days.working_days(session, court)
    closed_days = {day for day, _ in table if not working.has(day)}
    # Weekend days without hearings are hidden.
    hidden_days = {
        day
        for day, blocks_of_day in table
        if query.view == "week" and day in closed_days and day.weekday() > 4 and not blocks_of_day
    }
    shown_days = [day for day, _ in table if day not in hidden_days]
    courtrooms, judges = _resources(Grouping.COURTROOM), _resources(Grouping.JUDGE)
    lanes = _lanes(query, judges if query.by == Grouping.JUDGE else courtrooms, blocks)
    return render_template(
        "desk/calendar.html",
        query=query,
        words=_period(shown_days),
        table=table,
        closed_days=closed_days,
        closure_reasons=reasons,
        lanes=lanes,
        courtrooms=courtrooms,
        judges=judges,
        states=list(BlockState),
        outcomes=list(Outcome),
        entered={each.outcome for each in blocks if each.outcome},
        zone=court.zone,
        court=court,
        page=page,
        needs=need_queries.of_hearings(session, {each.hearing_id for each in blocks}),
        begin=(page - 1) * rows,
        end=page * rows,
        before=_turned(query, -1, working),
        after=_turned(query, 1, working),
        today=_today(),
        openings={
            at.date(): f"{at:%Y-%m-%dT%H:%M}"
            for at in _openings(court, query.first, query.days, working)
        },
        grid=_grid_options(query, lanes, working, hidden_days, reasons),
    )


def _period(days: list[dt.date]) -> str:
    """Return the days of a page as people say them: "14–18 Dec 2026"."""
    chinese = web.language() == "zh"
    if len(days) == 1:
        return format_date(days[0], "y年M月d日 EEE" if chinese else "EEE d MMM y", web.language())
    return str(format_interval(days[0], days[-1], "yMMMd", locale="zh" if chinese else "en_GB"))


def _turned(query: CalendarQuery, by: int, working: WorkingDays) -> str:
    """Return the first day of the page before or after; single days leave the weekend out."""
    day = query.first + dt.timedelta(days=by * query.days)
    while query.view == "day" and day.weekday() > 4 and not working.has(day):
        day += dt.timedelta(days=by)
    return day.isoformat()


def _closed_words(reason: str) -> str:
    closed = gettext("closed")
    return f"{closed}{wording.colon(web.language())}{reason}" if reason else closed


def _openings(court: Court, first: dt.date, days: int, working: WorkingDays) -> list[dt.datetime]:
    """Return from when a hearing can be proposed on each working day that is not over.

    The court's opening hour, or the next full hour today; wall-clock times, without a zone.
    """
    now = wording.local(web.now(), court.zone).replace(tzinfo=None)
    opens, closes = map(dt.time.fromisoformat, (court.opens, court.closes))
    next_hour = now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    starts = [
        max(dt.datetime.combine(day, opens), next_hour)
        for day in (first + dt.timedelta(days=n) for n in range(days))
        if day >= now.date() and working.has(day)
    ]
    return [at for at in starts if at < dt.datetime.combine(at, closes)]


def _next_span(court: Court, first: dt.date, working: WorkingDays) -> dict[str, str]:
    """Return the time with which the panel of a new hearing opens, from a day on."""
    begin = max(first, _today())
    for start in _openings(court, begin, LOOK_AHEAD, working):
        end = start + dt.timedelta(minutes=prefill.MINUTES)
        if end.date() == start.date():
            return {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}"}
    return {"start": f"{begin}T{court.opens}", "end": f"{begin}T{court.closes}"}


def _grid_options(
    query: CalendarQuery,
    lanes: Lanes,
    working: WorkingDays,
    hidden_days: set[dt.date],
    reasons: dict[dt.date, str],
) -> dict[str, Any]:
    """Return what the script needs to draw the grid, times by the court's wall clock."""
    court = current_user.court
    days = [query.first + dt.timedelta(days=n) for n in range(query.days)]
    return {
        "view": query.view,
        "by": query.by,
        "first": query.first.isoformat(),
        "now": f"{wording.local(web.now(), court.zone):%Y-%m-%dT%H:%M:%S}",
        "opens": court.opens,
        "closes": court.closes,
        "lunch": [court.lunch_from, court.lunch_until],
        "minutes": prefill.MINUTES,
        "next": _next_span(court, query.first, working),
        # As JavaScript counts weekdays: Sunday is 0.
        "hidden": [(day.weekday() + 1) % 7 for day in days if day in hidden_days],
        "days": [
            {
                "on": day.isoformat(),
                "weekday": format_date(day, "EEE", web.language()),
                "date": format_date(day, "M月d日" if web.language() == "zh" else "d MMM", "en_GB"),
                "closed": "" if working.has(day) else _closed_words(reasons.get(day, "")),
            }
            for day in days
            if day not in hidden_days
        ],
        "states": [*BlockState, *Outcome],
        "lanes": [
            [id_, name if id_ else gettext("No courtroom")] for id_, name in lanes.shown.items()
        ],
    }


@bp.get("/calendar/events")
@signed_in
def calendar_events() -> Any:
    """Return the blocks of the lanes shown as JSON events, in the court's local time."""
    query, zone, now = _calendar_query(), current_user.court.zone, web.now()
    blocks = _blocks(query)
    lanes = _lanes(query, _resources(query.by), blocks)
    needs = need_queries.of_hearings(db.session(), {each.hearing_id for each in blocks})
    return jsonify(
        [
            {
                "start": f"{wording.local(block.starts_at, zone):%Y-%m-%dT%H:%M:%S}",
                "end": f"{wording.local(block.ends_at, zone):%Y-%m-%dT%H:%M:%S}",
                "resourceIds": [str(id_) for id_ in block.lanes(query.by)],
                "title": block.number + _nth_of_several(block),
                "startEditable": block.state == BlockState.FIXED
                and block.starts_at > now
                and block.sitting_count == 1,
                "extendedProps": {
                    "hearing": block.hearing_id,
                    "state": block.outcome or block.state,
                    "short": short_number(block.number) + _nth_of_several(block),
                    "kind": wording.kind_name(block.kind, web.language()),
                    # The lane says the one, this the other.
                    "other": block.judge if query.by == Grouping.COURTROOM else block.courtroom,
                    "bench": wording.bench_line(block.bench, web.language())
                    if block.members
                    else "",
                    "about": block.title,
                    "needs": _need_words(needs.get(block.hearing_id, ())),
                },
            }
            for block in blocks
            if not block.lanes(query.by).keys().isdisjoint(lanes.shown)
        ]
    )


def _nth_of_several(block: CalendarBlock) -> str:
    """Return which sitting of its hearing a block is, where it has several: " 2/3"."""
    return f" {block.sitting}/{block.sitting_count}" if block.sitting_count > 1 else ""


def _need_words(needs: Sequence[Need]) -> str:
    """Return what people at a hearing need, each thing once and without names."""
    colon = wording.colon(web.language())
    words = (
        gettext(item.label) + (colon + item.words if item.words else "")
        for need in needs
        for item in need_rules.items(need)
    )
    return " · ".join(dict.fromkeys(words))


@bp.app_template_global()
def fixed_on(day: dt.date) -> int:
    """Count the hearings on a day in the user's court."""
    court = current_user.court
    blocks = queries.calendar_blocks(db.session(), court, days_span(day, 1, ZoneInfo(court.zone)))
    return sum(block.state != BlockState.ASKED for block in blocks)


@bp.get("/calendar/list")
@signed_in
def cause_list() -> str:
    """Show a day's cause list for printing: internal, or with ``public=1`` the public notice."""
    session, court, on = db.session(), current_user.court, _requested_day()
    span = days_span(on, 1, ZoneInfo(court.zone))
    blocks = [
        b for b in queries.calendar_blocks(session, court, span) if b.state != BlockState.ASKED
    ]
    public = request.args.get("public") == "1"
    rule = court.public_names if public else public_names.NameRule.FULL
    parties = {
        case_id: [(role, public_names.public_name(name, rule)) for role, name in case_parties]
        for case_id, case_parties in queries.parties(
            session, {block.case_id for block in blocks}
        ).items()
    }
    # Health data: for the internal list alone.
    needs = {} if public else need_queries.of_hearings(session, [b.hearing_id for b in blocks])
    one_day = dt.timedelta(days=1)
    return render_template(
        "desk/cause_list.html",
        on=on,
        blocks=blocks,
        parties=parties,
        needs=needs,
        public=public,
        rule=rule,
        zone=court.zone,
        court=court,
        closed=not working_days.working_days(session, court).has(on),
        reason=queries.closure_reasons(session, court, on, 1).get(on, ""),
        before=on - one_day,
        after=on + one_day,
        rules=list(public_names.NameRule),
    )


@bp.post("/calendar/list")
@may("set_up")
def change_public_names() -> Any:
    """Set how names appear on the public notice."""
    names, court_id = request.form.get("names", ""), current_user.court_id

    def change(session: Session) -> None:
        session.get_one(Court, court_id).public_names = names

    if names in list(public_names.NameRule):
        retrying(change)
    return redirect(url_for("calendar.cause_list", on=_requested_day().isoformat(), public=1), 303)
