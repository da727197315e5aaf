"""Half-days that a counsel may offer when no slot of a proposal suits them."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.half_days import DayHalf, HalfDay
from app.hearings.availability import busy_time, suggestions
from app.hearings.availability.calculation.court_hours import sessions_of_day
from app.hearings.half_days import DAY, WEEK, WEEKS, HalfDayCalendar, span_of, touched_by
from app.hearings.models import Hearing, Proposal, Slot
from app.hearings.rules import Span, days_span
from app.law import working_days


def half_day_calendar(
    session: Session, hearing: Hearing, counsel_id: int, now: dt.datetime
) -> HalfDayCalendar:
    """Return the half-days to choose from, from the first on which a next round could be held.

    Closed are public holidays, the court's closed days, and halves of a day without sessions; asked
    about are those on which a slot of any proposal of the hearing lies.
    """
    court, zone = hearing.case.court, ZoneInfo(hearing.case.court.zone)
    working, hours = working_days.working_days(session, court), suggestions.court_hours(court)
    answer_by = suggestions.usual_answer_by(court, working, now)
    first, _ = suggestions.first_day(court, working, hearing.case, answer_by)

    def is_open(half_day: HalfDay) -> bool:
        sessions = sessions_of_day(half_day.on, hours, zone)
        span = span_of(half_day, hours.midday, zone)
        return working.has(half_day.on) and any(each.overlaps(span) for each in sessions)

    of_hearing = sa.select(Slot.starts_at, Slot.ends_at).join(Proposal)
    slots = session.execute(of_hearing.where(Proposal.hearing_id == hearing.id))
    asked = [touched_by(Span(*times), hours.midday, zone) for times in slots]
    return HalfDayCalendar(
        first, is_open, set().union(*asked), _away(session, counsel_id, first, hours.midday, zone)
    )


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
