"""Home and the list of hearings: what waits for a person, worst first, and what comes."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from app import web
from app.cases.views import page_number
from app.db import db
from app.hearings import desk, promise, told
from app.hearings.models import HearingState
from app.notices import balance, beats
from app.people.models import Role
from app.people.views import signed_in

bp = Blueprint("hearings", __name__)


@bp.get("/")
@signed_in
def home() -> str:
    """Show what waits for a user, or for anybody of the court; what comes; who sends."""
    session, court, now = db.session(), current_user.court, web.now()
    whose = _whose()
    waiting = desk.waiting(session, court, current_user if whose == "mine" else None, now)
    week = desk.week(session, court, now)
    coming = [hearing for _, hearings in week for hearing in hearings]
    return render_template(
        "hearings/home.html", court=court, zone=court.zone, whose=whose, waiting=waiting,
        week=week, coming=len(coming), told=told.worst(session, coming),
        begun=desk.begun(session, court), promise=promise.measure(session, now, court.id),
        **_carriers(now),
    )  # fmt: skip


def _whose() -> str:
    """Return whose hearings are shown: an assistant sees first their own, others everybody's."""
    usual = "mine" if current_user.role == Role.ASSISTANT else "all"
    asked = request.args.get("whose", usual)
    return asked if asked in ("mine", "all") else usual


def _carriers(now: Any) -> dict[str, Any]:
    house, beat = web.house(), beats.last_beat(db.session())
    return {
        "carriers": {"email": house.gateways.email.name, "sms": house.gateways.sms.name},
        "shares": balance.told(db.session()) if house.gateways.second_sms else (),
        "beat": beat, "silent": beats.is_silent(beat, now),
    }  # fmt: skip


@bp.get("/hearings")
@signed_in
def listed() -> str:
    """Show the court's hearings: all, those in one state, those found by words."""
    session, court = db.session(), current_user.court
    asked, page = request.args.get("q", "")[:200], page_number()
    state = request.args.get("state", "")
    rows, more = desk.found(session, court.id, asked=asked, state=state, page=page)
    others = desk.without_hearing(session, court.id, asked) if asked.strip() and page == 1 else ()
    return render_template(
        "hearings/list.html", hearings=rows, more=more, page=page, asked=asked, state=state,
        states=list(HearingState), zone=court.zone, others=others,
    )  # fmt: skip
