"""The form of a round before anybody types: what can be known is filled in, free slots too."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core.characters import whole_number
from app.court import queries as court_queries
from app.hearings import queries, unrepresented
from app.hearings.availability import suggestions as suggesting
from app.hearings.forms import LONGEST, SHORTEST
from app.hearings.models import Hearing
from app.hearings.proposing import form_fields, idempotency
from app.hearings.rules import MOST_SLOTS

KINDS = ("trial", "pretrial", "evidence", "mediation", "conference", "judgment", "other")
MINUTES = 90
SUGGESTED = 3
BEFORE_IT = dt.timedelta(hours=1)


def form(session: Session, case: Case, hearing: Hearing | None, now: dt.datetime) -> dict[str, Any]:
    """Return the fields of a new round: of a new hearing, or of one that was asked about before."""
    given = form_fields.typed(()) | {
        "once": str(uuid.uuid4()),
        "kind": KINDS[0],
        "minutes": str(MINUTES),
        "fix": unrepresented.usual_fixing(case).value,
        "how": "ask",
    }
    given["stood"] = idempotency.newest_of(session, case.id)
    if hearing is not None:
        last = queries.last_proposal(session, hearing)
        given["minutes"] = str(hearing.minutes)
        if last and not unrepresented.of(case):
            given["fix"] = last.fix
        given["stood"] = idempotency.version_of(session, hearing)
    by = suggesting.answer_by(session, case.court, now)
    if hearing is not None and hearing.holds and hearing.starts_at:
        # What is agreed too late for the date that holds is of no use.
        by = max(min(by, hearing.starts_at - BEFORE_IT), now + BEFORE_IT)
    given["answer_by"] = form_fields.wall_clock(by, ZoneInfo(case.court.zone))
    return suggest(session, case, hearing, given, now)


def starts_of(given: dict[str, Any], zone: ZoneInfo) -> dict[int, dt.datetime]:
    """Return, by their row, the instants of those slots of a form that can be read."""
    read = {
        n: form_fields.instant(slot["starts_at"], zone, "", {})
        for n, slot in enumerate(given["slots"])
    }
    return {n: at for n, at in read.items() if isinstance(at, dt.datetime)}


def asked_for(
    session: Session,
    case: Case,
    hearing: Hearing | None,
    given: dict[str, Any],
    now: dt.datetime,
    many: int,
) -> suggesting.SuggestionQuery:
    """Return what a form asks for, as far as it can be read, the usual where it cannot.

    Of no use is what was typed, asked about or fixed before.
    """
    zone = ZoneInfo(case.court.zone)
    minutes, usual = whole_number(given["minutes"]), suggesting.answer_by(session, case.court, now)
    by = form_fields.instant(given["answer_by"], zone, "answer_by", {})
    known = set(starts_of(given, zone).values())
    last = queries.last_proposal(session, hearing) if hearing else None
    known |= {slot.starts_at for slot in last.slots} if last else set()
    known |= {hearing.starts_at} if hearing and hearing.starts_at else set()
    return suggesting.SuggestionQuery(
        minutes if isinstance(minutes, int) and SHORTEST <= minutes <= LONGEST else MINUTES,
        court_queries.courtrooms(session, case.court_id),
        max(usual, by) if isinstance(by, dt.datetime) else usual,
        many=many,
        but=hearing.id if hearing else None,
        but_not=known,
    )


def suggest(
    session: Session, case: Case, hearing: Hearing | None, given: dict[str, Any], now: dt.datetime
) -> dict[str, Any]:
    """Add free slots to those typed, none that was typed, asked about or fixed before."""
    zone, many = ZoneInfo(case.court.zone), min(SUGGESTED, MOST_SLOTS - len(given["slots"]))
    asked = asked_for(session, case, hearing, given, now, many)
    found = suggesting.suggestions(session, case, asked, now)
    given["slots"] += [
        {
            "starts_at": form_fields.wall_clock(each.starts_at, zone),
            "courtroom": each.courtroom.name,
        }
        for each in sorted(found, key=lambda each: each.starts_at)
    ]
    return given
