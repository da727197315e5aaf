"""The panel of the calendar in which a new hearing gets its time, courtroom and case."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.cases import queries as cases
from app.cases.models import Case
from app.core import web
from app.core.characters import whole_number
from app.core.db import db
from app.core.errors import N_, Message
from app.core.web.access import signed_in
from app.court import service as court_service
from app.desk import hearing_search
from app.hearings.availability import attendance
from app.hearings.forms import LONGEST, SHORTEST
from app.hearings.proposing import board, form_fields
from app.hearings.rules import Span, slot_errors
from app.law import working_days

bp = Blueprint("calendar_panel", __name__)

MOST_MATCHES = 6
MOST_LETTERS = 200  # of a search
WRONG_END = N_("Choose an end %(least)s to %(most)s minutes after the start.")


@dataclass(frozen=True)
class CaseMatch:
    """A case that was found, and who in it cannot attend at the chosen time."""

    case: Case
    obstacles: Sequence[Message]
    counsel: int


@bp.get("/calendar/cases")
@signed_in
def matching_cases() -> Any:
    """Return cases to choose from as a part of the panel, and what speaks against its time.

    Without words to search for, these are the newest cases that have no hearing.
    """
    session, court = db.session(), current_user.court
    words = request.args.get("q", "")[:MOST_LETTERS]
    found = (
        cases.search_cases(session, court.id, words)[0]
        if words.strip()
        else hearing_search.without_hearing(session, court.id, "")
    )
    found, span = found[:MOST_MATCHES], _requested_span()
    if isinstance(span, Span):
        obstacles = attendance.obstacles(session, court, found, span)
        remarks = _remarks(span)
    else:
        obstacles, remarks = {}, [span]
    counsel = attendance.acting_counsel(session, [case.id for case in found])
    return render_template(
        "desk/_calendar_matches.html",
        matches=[
            CaseMatch(case, obstacles.get(case.id, ()), len(counsel.get(case.id, ())))
            for case in found
        ],
        remarks=remarks,
        weighed=isinstance(span, Span),
        searched=words.strip(),
    )


def _requested_span() -> Span | Message:
    """Return the time of the panel, or what is wrong with it."""
    zone, errors = ZoneInfo(current_user.court.zone), dict[str, Message]()
    at = form_fields.instant(request.args.get("starts_at", ""), zone, "starts_at", errors)
    minutes = whole_number(request.args.get("minutes", ""))
    if not isinstance(at, dt.datetime):
        return errors["starts_at"]
    if not (isinstance(minutes, int) and SHORTEST <= minutes <= LONGEST):
        return Message(WRONG_END, least=SHORTEST, most=LONGEST)
    past = slot_errors([at], minutes, None, now=web.now(), zone=zone, path="starts_at")
    return past.get("starts_at") or Span(at, at + dt.timedelta(minutes=minutes))


def _remarks(span: Span) -> list[Message]:
    """Return what speaks against a time in any case: the court's hours, a taken courtroom."""
    session, court = db.session(), current_user.court
    remarks = [board.outside(court, working_days.working_days(session, court), span)]
    name = request.args.get("courtroom", "")[:MOST_LETTERS]
    if name and (room := court_service.find_courtroom(session, court.id, name)):
        remarks.append(attendance.room_conflict(session, court, room.id, span))
    return [each for each in remarks if each]
