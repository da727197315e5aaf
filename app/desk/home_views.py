"""Home and the list of hearings: what waits for a person, worst first, and what comes."""

import datetime as dt
from typing import Any

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
from app.people.models import Role
from app.sending import heartbeat

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def home() -> str:
    """Show what waits for a user, or for anybody of the court; what comes; who sends."""
    return render_template("desk/home.html", **_desk())


@bp.get("/news")
@signed_in
def news() -> str:
    """Show the part of home that changes, for a page that is open already."""
    return render_template("desk/_home_live.html", **_desk())


def _desk() -> dict[str, Any]:
    session, court, now = db.session(), current_user.court, web.now()
    whose = _whose()
    waiting = queries.waiting(session, court, current_user if whose == "mine" else None, now)
    week = queries.week(session, court, now)
    shown = [hearing for _, hearings in week for hearing in hearings]
    return {
        "court": court,
        "zone": court.zone,
        "whose": whose,
        "waiting": waiting,
        "week": week,
        "coming": queries.coming(session, court, now),
        "told": reach_counts.worst(session, shown),
        "begun": queries.begun(session, court),
        "promise": service_levels.measure(session, now, court.id),
        **_carriers(now),
    }


@bp.get("/waiting")
@signed_in
def waiting() -> str:
    """Show what waits: all of it or one kind, mine or everybody's, of cases found by words."""
    court, whose, words = current_user.court, _whose(), request.args.get("q", "")[:200]
    kind, page = request.args.get("kind", ""), page_number()
    mine = current_user if whose == "mine" else None
    found = queries.waiting(db.session(), court, mine, web.now(), words)
    shown = found.only(kind)
    return render_template(
        "desk/waiting.html",
        found=found,
        shown=shown.page(page, PAGE),
        kind=kind,
        page=page,
        more=shown.count > page * PAGE,
        whose=whose,
        words_asked=words,
        zone=court.zone,
        kinds=list(queries.KINDS),
    )


def _whose() -> str:
    """Return whose hearings are shown: an assistant sees first their own, others everybody's."""
    usual = "mine" if current_user.role == Role.ASSISTANT else "all"
    asked = request.args.get("whose", usual)
    return asked if asked in ("mine", "all") else usual


def _carriers(now: Any) -> dict[str, Any]:
    house, beat = web.services(), heartbeat.last_beat(db.session())
    return {
        "carriers": {"email": house.gateways.email.name, "sms": house.gateways.sms.name},
        "shares": traffic_split.told(db.session()) if house.gateways.second_sms else (),
        "beat": beat,
        "silent": heartbeat.is_silent(beat, now),
    }


@bp.get("/hearings")
@signed_in
def listed() -> str:
    """Show the court's hearings: all, or those of a state, a judge, some days, found by words."""
    session, court, asked = db.session(), current_user.court, request.args
    order = asked.get("sort", "")
    wish = hearing_search.HearingFilter(
        words=asked.get("q", "")[:200],
        state=asked.get("state", ""),
        due=asked.get("due") == "1",
        order=order if order in hearing_search.ORDERS else hearing_search.ORDERS[0],
        page=page_number(),
        judge=row_number(asked.get("judge", "")),
        first=day_named("from"),
        last=day_named("to"),
        mine=asked.get("whose") == "mine",
    )
    rows, more = hearing_search.found(session, current_user, wish, web.now())
    words = wish.words.strip() and wish.page == 1
    return render_template(
        "desk/hearings.html",
        hearings=rows,
        more=more,
        wish=wish,
        states=list(HearingState),
        zone=court.zone,
        judges=court_queries.judges(session, court.id),
        others=hearing_search.without_hearing(session, court.id, wish.words) if words else (),
    )


def day_named(name: str) -> dt.date | None:
    """Return a day that the address names; None where it names none."""
    try:
        return dt.date.fromisoformat(half_width(request.args.get(name, "")))
    except ValueError:
        return None
