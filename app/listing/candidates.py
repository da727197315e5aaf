"""From hearings that are to be listed to a problem: by the same rules as suggestions, and no other.

A start is a candidate exactly where a suggestion could be: what is added is only what it costs.
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
from app.hearings.rules import Span, resource, span_of
from app.law import working_days
from app.listing.models import ListedHearing, Listing
from app.listing.rows import ListingPreferences
from app.listing.solver.problem import HearingToPlace, Problem, Start, Strip

OTHER_DAY = 10  # points, for a day that was not wished for
OTHER_HALF = 6  # for the other half of the day
TOLD_BEFORE = N_("people are told of it the day before at the latest")
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Candidates:
    """A problem, and what its numbers stand for."""

    problem: Problem
    listed: Sequence[ListedHearing]
    openings: Sequence[Mapping[int, Opening]]
    # Why a hearing can have no place at all, by its number.
    why: dict[int, Message] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    wanted: HearingToPlace
    openings: Mapping[int, Opening]
    why: Message | None


def minute(at: dt.datetime) -> int:
    """Return an instant as whole minutes since 1970."""
    return int(at.timestamp()) // 60


def read(session: Session, listing: Listing, now: dt.datetime) -> Candidates:
    """Return the problem of a listing, of those of its hearings that were not sent yet."""
    court, zone = listing.court, ZoneInfo(listing.court.zone)
    listed = [each for each in listing.hearings if each.hearing_id is None]
    rooms = [
        room
        for room in suggestions.rooms_of(session, court)
        if not listing.rooms or room.id in listing.rooms
    ]
    strips = _strips(session, listing, rooms)
    found = [_candidates(session, each, rooms, strips, now) for each in listed]
    judges = {each.wanted.judge for each in found}
    people = {number for each in found for number in each.wanted.counsel}
    span = _span(listing)
    at_court = busy_time.booked(
        session,
        [
            *(resource("judge", each) for each in judges),
            *(resource("counsel", each) for each in people),
        ],
        span,
    )

    def on_days(kind: str, rows: Sequence[int]) -> frozenset[tuple[int, int]]:
        return frozenset(
            (row, each.starts_at.astimezone(zone).date().toordinal())
            for row in rows
            for each in at_court.get(resource(kind, row), ())
        )

    problem = Problem(
        hearings=tuple(each.wanted for each in found),
        strips=tuple(strips),
        buffer=court.buffer_minutes,
        sits=on_days("judge", sorted(judges)),
        comes=on_days("counsel", sorted(people)),
        from_elsewhere=_from_elsewhere(session, listed),
    )
    why = {number: each.why for number, each in enumerate(found) if each.why}
    return Candidates(problem, listed, [each.openings for each in found], why)


def _span(listing: Listing) -> Span:
    many = (listing.last_on - listing.first_on).days + 1
    return span_of(listing.first_on, many, ZoneInfo(listing.court.zone))


def _strips(session: Session, listing: Listing, rooms: Sequence[Courtroom]) -> list[Strip]:
    """Return when each courtroom is free on the court's working days, bookings and buffer aside."""
    court, zone = listing.court, ZoneInfo(listing.court.zone)
    working, hours = working_days.working_days(session, court), suggestions.hours_of(court)
    booked = busy_time.booked(
        session, [resource("courtroom", room.id) for room in rooms], _span(listing)
    )
    found = []
    for ahead in range((listing.last_on - listing.first_on).days + 1):
        day = listing.first_on + dt.timedelta(days=ahead)
        if not working.has(day):
            continue
        opens, closes = (
            minute(dt.datetime.combine(day, mark, tzinfo=zone))
            for mark in (hours.opens, hours.closes)
        )
        for room in rooms:
            at = opens
            for taken in booked.get(resource("courtroom", room.id), ()):
                begins = minute(taken.starts_at) - court.buffer_minutes
                ends = -(-int(taken.ends_at.timestamp()) // 60) + court.buffer_minutes
                if at < min(begins, closes):
                    found.append(Strip(day.toordinal(), at, min(begins, closes), room.id))
                at = max(at, ends)
            if at < closes:
                found.append(Strip(day.toordinal(), at, closes, room.id))
    return found


def asked_of(listed: ListedHearing, rooms: Sequence[Courtroom]) -> suggestions.SuggestionQuery:
    """Return what a suggestion for a listed hearing is asked, its binding wishes included."""
    listing, wishes = listed.listing, ListingPreferences.of(listed.wishes)
    first, last = listing.first_on, listing.last_on
    if wishes.earliest:
        first = max(first, dt.date.fromisoformat(wishes.earliest))
    if wishes.latest:
        last = min(last, dt.date.fromisoformat(wishes.latest))
    return suggestions.SuggestionQuery(listed.minutes, rooms, listing.answer_by, first, last)


def _candidates(
    session: Session,
    listed: ListedHearing,
    rooms: Sequence[Courtroom],
    strips: Sequence[Strip],
    now: dt.datetime,
) -> _Found:
    case, wishes = listed.case, ListingPreferences.of(listed.wishes)
    asked = asked_of(listed, rooms)
    searched = suggestions.search(session, case, asked, now)
    wish, openings = searched.wish, searched.found
    zone = ZoneInfo(case.court.zone)
    by_day: dict[int, list[Strip]] = {}
    for strip in strips:
        by_day.setdefault(strip.day, []).append(strip)
    starts, kept = [], {}
    if wish is not None:
        today = now.astimezone(zone).date()
        for opening, start in _weighed(wish, openings, wishes, wishes.per_day(today)):
            if any(strip.holds(start.at, listed.minutes) for strip in by_day.get(start.day, ())):
                starts.append(start)
                kept[start.at] = opening
    why = None if starts else _why_none(session, listed, asked, bool(openings))
    room = next((each.id for each in rooms if each.name == wishes.courtroom), None)
    counsel = tuple(seat.counsel_id for seat in queries.seats(session, case))
    wanted = HearingToPlace(
        listed.minutes,
        case.judge_id,
        counsel,
        tuple(sorted(starts)),
        weight=wishes.per_day(now.astimezone(zone).date()),
        room=room,
    )
    return _Found(wanted, kept, why)


def _weighed(
    wish: OpeningQuery, openings: Sequence[Opening], wishes: ListingPreferences, per_day: int
) -> list[tuple[Opening, Start]]:
    """Return openings as starts with their costs: waiting, wishes, and what suggestions weigh."""
    if not openings:
        return []
    ranks = {day: rank for rank, (day, _) in enumerate(wish.days)}
    sessions = dict(wish.days)
    first = min(ranks[opening.day] for opening in openings)
    found = []
    for opening in openings:
        later = ranks[opening.day] - first
        people = max(0, round(LATER_DAY * later - opening.score))
        local = opening.starts_at.astimezone(wish.zone)
        afternoon = local.hour >= 12
        cost = per_day * later + people
        cost += 0 if wishes.prefers(opening.day) else OTHER_DAY
        cost += OTHER_HALF if wishes.half and (wishes.half == "afternoon") != afternoon else 0
        held = next(
            s for s in sessions[opening.day] if s.starts_at <= opening.starts_at < s.ends_at
        )
        session = (minute(held.starts_at), minute(held.ends_at))
        start = Start(minute(opening.starts_at), opening.day.toordinal(), session, cost, afternoon)
        found.append((opening, start))
    return found


def _why_none(
    session: Session,
    listed: ListedHearing,
    asked: suggestions.SuggestionQuery,
    people_are_free: bool,
) -> Message:
    """Return why no start at all is possible."""
    court = listed.case.court
    facts = {"first": str(asked.first), "last": str(asked.last)}
    if people_are_free:
        return Message(
            N_("No courtroom is free when judge and counsel are, between %(first)s and %(last)s."),
            **facts,
        )
    working = working_days.working_days(session, court)
    legal, because = suggestions.first_day(court, working, listed.case, asked.answer_by)
    if asked.last is not None and legal > asked.last:
        words = N_(
            "By the court's rules it can be heard from %(legal)s on, after the last day, "
            "%(last)s: %(period)s."
        )
        period = joined(because, N_("%(one)s; %(other)s")) if because else Message(TOLD_BEFORE)
        return Message(words, legal=str(legal), last=str(asked.last), period=period)
    words = N_(
        "Judge and counsel are never all free for %(minutes)s minutes between %(first)s and "
        "%(last)s."
    )
    return Message(words, minutes=listed.minutes, **facts)


def _from_elsewhere(session: Session, listed: Sequence[ListedHearing]) -> frozenset[int]:
    return frozenset(
        seat.counsel_id
        for each in listed
        for seat in queries.seats(session, each.case)
        if seat.counsel.travel_minutes
    )
