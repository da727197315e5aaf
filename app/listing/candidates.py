"""Build the optimization problem of a listing from the same search that makes suggestions.

A start is a candidate if and only if it could be suggested; only its cost is added here.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.errors import N_, Message, joined
from app.court.models import Courtroom
from app.hearings import queries
from app.hearings.availability import busy_time, suggestions
from app.hearings.availability.calculation.openings import LATER_DAY, Opening, OpeningQuery
from app.hearings.rules import Span, days_span, resource
from app.law import working_days
from app.listing.models import ListedHearing, Listing
from app.listing.rows import ListingPreferences
from app.listing.solver.problem import HearingToPlace, Problem, Start, Strip

OTHER_DAY = 10  # points, for a day other than the preferred ones
OTHER_HALF = 6  # points, for the other half of the day
DAY_BEFORE = N_("people are told of it the day before at the latest")
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Candidates:
    """A problem, with the hearings and openings that its indices refer to."""

    problem: Problem
    listed: Sequence[ListedHearing]
    openings: Sequence[Mapping[int, Opening]]
    # Why a hearing has no candidate at all, by its index.
    why: dict[int, Message] = field(default_factory=dict)


@dataclass(frozen=True)
class _HearingCandidates:
    hearing: HearingToPlace
    openings: Mapping[int, Opening]
    why: Message | None


def minute(at: dt.datetime) -> int:
    """Return an instant as minutes since the Unix epoch, rounded down."""
    return int(at.timestamp()) // 60


def build(session: Session, listing: Listing, now: dt.datetime) -> Candidates:
    """Build the problem of a listing, from its hearings that have not been sent."""
    court, zone = listing.court, ZoneInfo(listing.court.zone)
    listed = [each for each in listing.hearings if each.hearing_id is None]
    rooms = [
        room
        for room in suggestions.active_courtrooms(session, court)
        if not listing.rooms or room.id in listing.rooms
    ]
    strips = _strips(session, listing, rooms)
    hearing_candidates = [_candidates(session, each, rooms, strips, now) for each in listed]
    judges = {number for each in hearing_candidates for number in each.hearing.judges}
    counsel_ids = {number for each in hearing_candidates for number in each.hearing.counsel}
    span = _span(listing)
    booked = busy_time.booked_spans(
        session,
        [
            *(resource("judge", each) for each in judges),
            *(resource("counsel", each) for each in counsel_ids),
        ],
        span,
    )

    def booked_days(kind: str, rows: Sequence[int]) -> frozenset[tuple[int, int]]:
        return frozenset(
            (row, each.starts_at.astimezone(zone).date().toordinal())
            for row in rows
            for each in booked.get(resource(kind, row), ())
        )

    problem = Problem(
        hearings=tuple(each.hearing for each in hearing_candidates),
        strips=tuple(strips),
        buffer=court.buffer_minutes,
        sits=booked_days("judge", sorted(judges)),
        comes=booked_days("counsel", sorted(counsel_ids)),
        from_elsewhere=_from_elsewhere(session, listed),
    )
    why = {number: each.why for number, each in enumerate(hearing_candidates) if each.why}
    return Candidates(problem, listed, [each.openings for each in hearing_candidates], why)


def _span(listing: Listing) -> Span:
    day_count = (listing.last_on - listing.first_on).days + 1
    return days_span(listing.first_on, day_count, ZoneInfo(listing.court.zone))


def _strips(session: Session, listing: Listing, rooms: Sequence[Courtroom]) -> list[Strip]:
    """Return the free intervals of each courtroom on working days, less bookings and buffer."""
    court, zone = listing.court, ZoneInfo(listing.court.zone)
    working, hours = working_days.working_days(session, court), suggestions.court_hours(court)
    booked = busy_time.booked_spans(
        session, [resource("courtroom", room.id) for room in rooms], _span(listing)
    )
    strips = []
    for ahead in range((listing.last_on - listing.first_on).days + 1):
        day = listing.first_on + dt.timedelta(days=ahead)
        if not working.has(day):
            continue
        opens, closes = (
            minute(dt.datetime.combine(day, hour, tzinfo=zone))
            for hour in (hours.opens, hours.closes)
        )
        for room in rooms:
            at = opens
            for booking in booked.get(resource("courtroom", room.id), ()):
                begins = minute(booking.starts_at) - court.buffer_minutes
                ends = -(-int(booking.ends_at.timestamp()) // 60) + court.buffer_minutes
                if at < min(begins, closes):
                    strips.append(Strip(day.toordinal(), at, min(begins, closes), room.id))
                at = max(at, ends)
            if at < closes:
                strips.append(Strip(day.toordinal(), at, closes, room.id))
    return strips


def suggestion_query(
    listed: ListedHearing, rooms: Sequence[Courtroom]
) -> suggestions.SuggestionQuery:
    """Return the suggestion query of a listed hearing, with its binding preferences."""
    listing, preferences = listed.listing, ListingPreferences.from_json(listed.wishes)
    first, last = listing.first_on, listing.last_on
    if preferences.earliest:
        first = max(first, dt.date.fromisoformat(preferences.earliest))
    if preferences.latest:
        last = min(last, dt.date.fromisoformat(preferences.latest))
    return suggestions.SuggestionQuery(listed.minutes, rooms, listing.answer_by, first, last)


def _candidates(
    session: Session,
    listed: ListedHearing,
    rooms: Sequence[Courtroom],
    strips: Sequence[Strip],
    now: dt.datetime,
) -> _HearingCandidates:
    case, preferences = listed.case, ListingPreferences.from_json(listed.wishes)
    query = suggestion_query(listed, rooms)
    result = suggestions.search(session, case, query, now)
    opening_query, openings = result.wish, result.found
    zone = ZoneInfo(case.court.zone)
    by_day: dict[int, list[Strip]] = {}
    for strip in strips:
        by_day.setdefault(strip.day, []).append(strip)
    starts, openings_by_start = [], {}
    if opening_query is not None:
        today = now.astimezone(zone).date()
        for opening, start in _with_costs(
            opening_query, openings, preferences, preferences.per_day(today)
        ):
            if any(strip.holds(start.at, listed.minutes) for strip in by_day.get(start.day, ())):
                starts.append(start)
                openings_by_start[start.at] = opening
    why = None if starts else _reason_for_none(session, listed, query, bool(openings))
    room = next((each.id for each in rooms if each.name == preferences.courtroom), None)
    counsel = tuple(
        representation.counsel_id
        for representation in queries.acting_representations(session, case)
    )
    hearing = HearingToPlace(
        listed.minutes,
        case.judge_id,
        counsel,
        tuple(sorted(starts)),
        members=tuple(each.judge_id for each in case.members),
        weight=preferences.per_day(now.astimezone(zone).date()),
        room=room,
    )
    return _HearingCandidates(hearing, openings_by_start, why)


def _with_costs(
    query: OpeningQuery, openings: Sequence[Opening], preferences: ListingPreferences, per_day: int
) -> list[tuple[Opening, Start]]:
    """Pair openings with starts whose cost counts waiting, preferences and score."""
    if not openings:
        return []
    ranks = {day: rank for rank, (day, _) in enumerate(query.days)}
    sessions = dict(query.days)
    first = min(ranks[opening.day] for opening in openings)
    pairs = []
    for opening in openings:
        days_later = ranks[opening.day] - first
        people_cost = max(0, round(LATER_DAY * days_later - opening.score))
        local = opening.starts_at.astimezone(query.zone)
        afternoon = local.hour >= 12
        cost = per_day * days_later + people_cost
        cost += 0 if preferences.prefers(opening.day) else OTHER_DAY
        cost += (
            OTHER_HALF if preferences.half and (preferences.half == "afternoon") != afternoon else 0
        )
        court_session = next(
            s for s in sessions[opening.day] if s.starts_at <= opening.starts_at < s.ends_at
        )
        session = (minute(court_session.starts_at), minute(court_session.ends_at))
        start = Start(minute(opening.starts_at), opening.day.toordinal(), session, cost, afternoon)
        pairs.append((opening, start))
    return pairs


def _reason_for_none(
    session: Session,
    listed: ListedHearing,
    query: suggestions.SuggestionQuery,
    people_are_free: bool,
) -> Message:
    """Return the reason why no start is possible."""
    court = listed.case.court
    facts = {"first": query.first, "last": query.last}
    if people_are_free:
        return Message(
            N_("No courtroom is free when judge and counsel are, between %(first)s and %(last)s."),
            **facts,
        )
    working = working_days.working_days(session, court)
    legal_first, deciding_periods = suggestions.first_day(
        court, working, listed.case, query.answer_by
    )
    if query.last is not None and legal_first > query.last:
        text = N_(
            "By the court's rules it can be heard from %(legal)s on, after the last day, "
            "%(last)s: %(period)s."
        )
        period = (
            joined(deciding_periods, N_("%(one)s; %(other)s"))
            if deciding_periods
            else Message(DAY_BEFORE)
        )
        return Message(text, legal=legal_first, last=query.last, period=period)
    text = N_(
        "Judge and counsel are never all free for %(minutes)s minutes between %(first)s and "
        "%(last)s."
    )
    return Message(text, minutes=listed.minutes, **facts)


def _from_elsewhere(session: Session, listed: Sequence[ListedHearing]) -> frozenset[int]:
    return frozenset(
        representation.counsel_id
        for each in listed
        for representation in queries.acting_representations(session, each.case)
        if representation.counsel.travel_minutes
    )
