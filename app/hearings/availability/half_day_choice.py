"""Half-days that a counsel may offer when no slot of a proposal suits them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.half_days import DayHalf, HalfDay
from app.hearings.availability import busy_time, suggestions
from app.hearings.availability.calculation.court_hours import CourtHours, sessions_of_day
from app.hearings.half_days import DAY, WEEK, WEEKS, HalfDayCalendar, span_of, touched_by
from app.hearings.models import Hearing, Proposal, Slot
from app.hearings.rules import Span, days_span
from app.law import working_days
from app.law.working_days import WorkingDays


@dataclass(frozen=True)
class KnownDays:
    """What is known already of what closes half-days; what is None is read.

    ``closed``: the court's closed days; ``slots``: those of all proposals of the hearing;
    ``is_away``: whether counsel may be away on any day ahead.
    """

    closed: frozenset[dt.date] | None = None
    slots: Sequence[Span] | None = None
    is_away: bool = True


def half_day_calendar(
    session: Session,
    hearing: Hearing,
    counsel_id: int,
    now: dt.datetime,
    known: KnownDays = KnownDays(),
) -> HalfDayCalendar:
    """Return the half-days to choose from, from the first on which a next round could be held.

    Closed are public holidays, the court's closed days, and halves of a day without sessions; asked
    about are those on which a slot of any proposal of the hearing lies.
    """
    court, zone = hearing.case.court, ZoneInfo(hearing.case.court.zone)
    closed = known.closed if known.closed is not None else working_days.closures(session, court)
    working = WorkingDays(court.country, court.subdivision, closed)
    hours = suggestions.court_hours(court)
    answer_by = suggestions.usual_answer_by(court, working, now)
    first, _ = suggestions.first_day(court, working, hearing.case, answer_by)
    slots = known.slots if known.slots is not None else _slots(session, hearing.id)
    asked = [touched_by(each, hours.midday, zone) for each in slots]
    away = _away(session, counsel_id, first, hours.midday, zone) if known.is_away else set()
    return HalfDayCalendar(
        first,
        partial(_is_open, working, hours, zone),
        set().union(*asked),
        away,
    )


def _slots(session: Session, hearing_id: int) -> list[Span]:
    """Return the slots of all proposals of a hearing."""
    times = sa.select(Slot.starts_at, Slot.ends_at).join(Proposal)
    return [Span(*each) for each in session.execute(times.where(Proposal.hearing_id == hearing_id))]


@lru_cache(5000)
def _is_open(working: WorkingDays, hours: CourtHours, zone: ZoneInfo, half_day: HalfDay) -> bool:
    """Tell whether a court holds hearings on a half-day. A page asks about thirty and more."""
    sessions = sessions_of_day(half_day.on, hours, zone)
    span = span_of(half_day, hours.midday, zone)
    return working.has(half_day.on) and any(each.overlaps(span) for each in sessions)


def _away(
    session: Session, counsel_id: int, first: dt.date, midday: dt.time, zone: ZoneInfo
) -> set[HalfDay]:
    """Return the half-days of the next weeks for the whole of which counsel is away."""
    days = (2 * WEEKS * WEEK).days
    span = days_span(first, days, zone)
    away = busy_time.away_spans(session, [counsel_id], span, zone).get(counsel_id, [])
    half_days = [HalfDay(first + n * DAY, half) for n in range(days) for half in DayHalf]
    return {
        each
        for each in half_days
        for gone, part in ((gone, span_of(each, midday, zone)) for gone in away)
        if gone.starts_at <= part.starts_at and part.ends_at <= gone.ends_at
    }
