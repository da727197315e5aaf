"""The home page, the list of pending work, and the list of hearings."""

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.carriers import traffic_split
from app.cases.queries import PAGE
from app.core import web
from app.core.characters import half_width
from app.core.db import db
from app.core.web.access import signed_in
from app.core.web.params import page_number, row_number
from app.court import queries as court_queries
from app.desk import hearing_search, queries
from app.evidence import reach_counts, service_levels
from app.hearings.models import HearingState
from app.hearings.rules import days_span
from app.outcomes.rules import Outcome
from app.people.models import Role
from app.sending import heartbeat
from app.webhooks import queries as webhooks

bp = Blueprint("home", __name__)
OUTCOMES = (hearing_search.AWAITING, *Outcome)
MOST_ITEMS = 30  # of pending work on the home page; the rest is one link away


@bp.get("/")
@signed_in
def home() -> str:
    """Show pending work, upcoming hearings, service levels and carriers."""
    return render_template("desk/home.html", **_home_context())


@bp.get("/news")
@signed_in
def news() -> str:
    """Render the live part of the home page, for polling."""
    return render_template("desk/_home_live.html", **_home_context())


def _home_context() -> dict[str, Any]:
    session, court, now = db.session(), current_user.court, web.now()
    whose = _whose()
    waiting = queries.waiting(session, court, current_user if whose == "mine" else None, now)
    items = waiting.items(_day_ends(now))
    week = queries.week(session, court, now)
    summary = queries.court_summary(session, court, now)
    shown = list({each.id: each for _, listed in week for each, _ in listed}.values())
    return {
        "court": court,
        "zone": court.zone,
        "whose": whose,
        "waiting": waiting,
        "items": items[:MOST_ITEMS],
        "due_today": sum(each.is_today for each in items),
        "week": week,
        "reach": reach_counts.grades(session, shown),
        "not_reached": Counter(each.hearing.id for each in waiting.unreached),
        "setup": summary,
        "coming": summary.coming,
        "service_levels": service_levels.measure(session, now, court.id),
        **_carriers(now),
        "stopped_webhooks": webhooks.stopped(session, court.id)
        if current_user.role == Role.ADMIN
        else (),
    }


@bp.get("/waiting")
@signed_in
def waiting() -> str:
    """Show pending work, filtered by kind, user and search text."""
    court, whose, search_text = current_user.court, _whose(), request.args.get("q", "")[:200]
    kind, page = request.args.get("kind", ""), page_number()
    user = current_user if whose == "mine" else None
    pending = queries.waiting(db.session(), court, user, web.now(), search_text)
    selected = pending.only(kind).items(_day_ends(web.now()))
    return render_template(
        "desk/waiting.html",
        pending=pending,
        items=selected[(page - 1) * PAGE : page * PAGE],
        due_today=sum(each.is_today for each in selected),
        count=len(selected),
        kind=kind,
        page=page,
        more=len(selected) > page * PAGE,
        whose=whose,
        search_text=search_text,
        zone=court.zone,
        kinds=list(queries.KINDS),
    )


def _day_ends(now: dt.datetime) -> dt.datetime:
    """Return the end of today in the court's zone."""
    zone = ZoneInfo(current_user.court.zone)
    return days_span(now.astimezone(zone).date(), 1, zone).ends_at


def _whose() -> str:
    """Return ``mine`` or ``all``; the default is ``mine`` for assistants."""
    default = "mine" if current_user.role == Role.ASSISTANT else "all"
    requested = request.args.get("whose", default)
    return requested if requested in ("mine", "all") else default


def _carriers(now: Any) -> dict[str, Any]:
    services, beat = web.services(), heartbeat.last_beat(db.session())
    return {
        "carriers": {"email": services.external.email.name, "sms": services.external.sms.name},
        "shares": traffic_split.all_weights(db.session()) if services.external.second_sms else (),
        "beat": beat,
        "silent": heartbeat.is_silent(beat, now),
    }


@bp.get("/hearings")
@signed_in
def listed() -> str:
    """Show the court's hearings, filtered by state, judge, days and search text."""
    session, court, arguments = db.session(), current_user.court, request.args
    order = arguments.get("sort", "")
    hearing_filter = hearing_search.HearingFilter(
        words=arguments.get("q", "")[:200],
        state=arguments.get("state", ""),
        due=arguments.get("due") == "1",
        order=order if order in hearing_search.ORDERS else hearing_search.ORDERS[0],
        page=page_number(),
        judge=row_number(arguments.get("judge", "")),
        first=day_named("from"),
        last=day_named("to"),
        mine=arguments.get("whose") == "mine",
        outcome=outcome if (outcome := arguments.get("outcome", "")) in OUTCOMES else "",
    )
    rows, more = hearing_search.search(session, current_user, hearing_filter, web.now())
    has_search_text = hearing_filter.words.strip() and hearing_filter.page == 1
    return render_template(
        "desk/hearings.html",
        hearings=rows,
        more=more,
        hearing_filter=hearing_filter,
        states=list(HearingState),
        outcomes=list(Outcome),
        zone=court.zone,
        judges=court_queries.judges(session, court.id),
        others=hearing_search.without_hearing(session, court.id, hearing_filter.words)
        if has_search_text
        else (),
    )


def day_named(name: str) -> dt.date | None:
    """Parse a day from the query string; None if missing or invalid."""
    try:
        return dt.date.fromisoformat(half_width(request.args.get(name, "")))
    except ValueError:
        return None
