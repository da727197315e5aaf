"""The best slots for a hearing: everybody needed is free, within the court's hours and rules."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel
from app.core.errors import Message
from app.court.bench import BenchMember
from app.court.models import Court, Courtroom
from app.hearings import queries
from app.hearings.availability import busy_time
from app.hearings.availability.calculation import openings
from app.hearings.availability.calculation.court_hours import (
    CourtHours,
    longest_session,
    sessions_of_day,
)
from app.hearings.availability.calculation.openings import Attendee, Opening, OpeningQuery
from app.hearings.bench import members
from app.hearings.models import Hearing
from app.hearings.rules import Span, resource
from app.hearings.sittings.rules import SittingTime
from app.law import periods, working_days
from app.law.day_counting import MOST_CLOSED
from app.law.working_days import WorkingDays

TO_ANSWER = 3  # days, at least
TO_ACT = 1  # day between the date to answer by and the day on which all are told
AHEAD = 60  # days that are looked at where nobody says until when
MOST_DAYS = 366
END_OF_DAY = dt.time(17, 0)


@dataclass(frozen=True)
class SuggestionQuery:
    """A search: how long, between which days, in which courtrooms.

    The time of the hearing ``but`` counts as free, the starts ``but_not`` are excluded; all are
    told the day after ``answer_by``. ``bench``: everybody whom the hearing needs, if not those of
    the case or of ``but``. ``counsel`` and ``working``: who acts, and the court's working days,
    where the caller knows them.
    """

    minutes: int
    rooms: Sequence[Courtroom]
    answer_by: dt.datetime
    first: dt.date | None = None
    last: dt.date | None = None
    many: int = 3
    # Consecutive court days that a hearing needs, each as long.
    days: int = 1
    but: int | None = None
    but_not: Collection[dt.datetime] = field(default=())
    bench: Sequence[BenchMember] | None = None
    counsel: Sequence[Counsel] | None = None
    working: WorkingDays | None = None


@dataclass(frozen=True)
class Suggestion:
    """One slot: when and where, with its reasons, and its costs by counsel."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    courtroom: Courtroom
    score: float
    reasons: tuple[Message, ...]
    costs: tuple[tuple[str, Message], ...]


@dataclass(frozen=True)
class SuggestedSlot:
    """A slot: one suggestion, or one for each of several days."""

    sittings: Sequence[Suggestion]

    @property
    def starts_at(self) -> dt.datetime:
        """When the first sitting begins."""
        return self.sittings[0].starts_at

    @property
    def ends_at(self) -> dt.datetime:
        """When the last sitting ends."""
        return self.sittings[-1].ends_at

    @property
    def courtroom(self) -> Courtroom:
        """Where the first sitting is."""
        return self.sittings[0].courtroom

    @property
    def times(self) -> list[SittingTime]:
        """The sittings as they are planned."""
        return [SittingTime(s.starts_at, s.ends_at, s.courtroom.id) for s in self.sittings]


def default_answer_by(session: Session, court: Court, now: dt.datetime) -> dt.datetime:
    """Return the default date to answer by: the end of a working day, three days from now."""
    return usual_answer_by(court, working_days.working_days(session, court), now)


def usual_answer_by(court: Court, working: WorkingDays, now: dt.datetime) -> dt.datetime:
    """Return the default date to answer by, of a court whose working days are known."""
    zone = ZoneInfo(court.zone)
    day = now.astimezone(zone).date() + dt.timedelta(days=TO_ANSWER)
    for _ in range(MOST_CLOSED):
        if working.has(day):
            break
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, END_OF_DAY, tzinfo=zone)


def court_hours(court: Court) -> CourtHours:
    """Return the hours in which a court holds hearings."""
    marks = (court.opens, court.lunch_from, court.lunch_until, court.closes)
    return CourtHours(*(dt.time.fromisoformat(mark) for mark in marks))


def first_day(
    court: Court, working: WorkingDays, case: Case, answer_by: dt.datetime
) -> tuple[dt.date, list[Message]]:
    """Return the first day allowed by the periods of the court's rules, and those that decide it.

    People are told the day after the date to answer by. The list is empty where no period reaches
    beyond the day after that.
    """
    notified_on = answer_by.astimezone(ZoneInfo(court.zone)).date() + dt.timedelta(days=TO_ACT)
    soonest = notified_on + dt.timedelta(days=1)
    deciding = periods.deciding(working_days.periods_of(court, working, case, notified_on), soonest)
    return max([soonest, *(each.first_day for each in deciding)]), [
        *map(periods.describe, deciding)
    ]


@dataclass(frozen=True)
class SuggestionSearch:
    """Every start that suits everybody, the best first, with the query and its people.

    ``known`` has them by their start, the excluded ones too. ``around`` is the span in which
    people's busy time was read; when courtrooms are free is read as it is needed.
    """

    query: SuggestionQuery
    wish: OpeningQuery | None
    people: Sequence[Attendee]
    found: Sequence[Opening]
    known: dict[dt.datetime, Opening]
    around: Span
    rooms: busy_time.FreeRooms

    def answers(self, query: SuggestionQuery, also: Collection[dt.datetime]) -> bool:
        """Tell whether this is the search of another query, but for what is excluded."""
        same = replace(self.query, many=query.many, but_not=query.but_not) == query
        return same and all(self.around.starts_at <= at <= self.around.ends_at for at in also)

    def without(self, starts: Collection[dt.datetime]) -> "SuggestionSearch":
        """Return this search with other starts excluded."""
        unwanted = {at.astimezone(dt.UTC) for at in starts}
        found = [each for each in self.known.values() if each.starts_at not in unwanted]
        return replace(self, found=found)


def search(
    session: Session,
    case: Case,
    query: SuggestionQuery,
    now: dt.datetime,
    also: Collection[dt.datetime] = (),
) -> SuggestionSearch:
    """Score every start on the court's grid between the days; nothing is sampled (see openings).

    ``also``: further instants around which people's busy time is read.
    """
    wish, span = _wish(session, case, query, now)
    around = Span(min([span.starts_at, *also]), max([span.ends_at, *also]))
    sitting = (
        members.known_people(session, case, query.bench)
        if query.bench is not None
        else _sitting(session, case, query.but)
    )
    counsel = (
        [each.counsel for each in queries.acting_representations(session, case)]
        if query.counsel is None
        else query.counsel
    )
    people = _people(session, case, sitting, counsel, around, query.but)
    found = openings.find_openings(wish, people) if wish else []
    known = {each.starts_at: each for each in found}
    rooms = busy_time.FreeRooms([room.id for room in query.rooms], query.but)
    searched = SuggestionSearch(query, wish, people, found, known, around, rooms)
    return searched.without(query.but_not)


def choose(
    session: Session, query: SuggestionQuery, searched: SuggestionSearch, found: Sequence[Opening]
) -> list[Suggestion]:
    """Return the best of some openings, each with a courtroom, the best first.

    Of a query for several days see ``choose_sets``.
    """
    wish = searched.wish
    if wish is None or not query.rooms:
        return []
    rooms = {room.id: room for room in query.rooms}

    def free(some: Sequence[Opening]) -> Mapping[dt.datetime, Sequence[int]]:
        return searched.rooms.at(session, some, wish.length, wish.buffer)

    return [
        _suggestion(each.opening, rooms[each.room], wish)
        for each in sorted(
            openings.choose_openings(found, wish, query.many, free),
            key=lambda choice: (-choice.opening.score, choice.opening.starts_at),
        )
    ]


def suggest(
    session: Session, case: Case, query: SuggestionQuery, now: dt.datetime
) -> list[SuggestedSlot]:
    """Return the best slots for a hearing of a case, the best first, at most ``asked.many``.

    Exact: every start on the court's grid between the
    days is scored (see openings).
    """
    return choose_slots(session, query, search(session, case, query, now))


def choose_slots(
    session: Session, query: SuggestionQuery, searched: SuggestionSearch
) -> list[SuggestedSlot]:
    """Return the best slots of a search, the best first."""
    if query.days > 1:
        return choose_sets(session, query, searched)
    return [SuggestedSlot([s]) for s in choose(session, query, searched, searched.found)]


def choose_sets(
    session: Session, query: SuggestionQuery, searched: SuggestionSearch
) -> list[SuggestedSlot]:
    """Return the best sets of consecutive court days, each with a courtroom a day, best first.

    Everybody needed is free each day. The days begin at one time where they can, in one courtroom
    where one is free on all; no two sets share a day, also not with an excluded start.
    """
    wish = searched.wish
    if wish is None or not query.rooms:
        return []
    rooms = {room.id: room for room in query.rooms}
    free = searched.rooms.at(session, searched.found, wish.length, wish.buffer)
    by_day: dict[dt.date, list[Opening]] = defaultdict(list)
    for opening in searched.found:
        if free[opening.starts_at]:
            by_day[opening.day].append(opening)
    zone = wish.zone
    days = [day for day, _ in wish.days]
    runs = [days[n : n + query.days] for n in range(len(days) - query.days + 1)]
    sets = [
        openings.best_set([by_day[day] for day in run], zone)
        for run in runs
        if all(day in by_day for day in run)
    ]
    chosen: list[Sequence[Opening]] = []
    taken = {at.astimezone(zone).date() for at in query.but_not}
    for each in sorted(sets, key=lambda found: (-sum(o.score for o in found), found[0].starts_at)):
        its_days = {opening.day for opening in each}
        if len(chosen) < query.many and taken.isdisjoint(its_days):
            chosen.append(each)
            taken |= its_days
    return [
        SuggestedSlot(
            [
                _suggestion(opening, rooms[room], wish)
                for opening, room in zip(
                    each, _rooms_of([free[o.starts_at] for o in each]), strict=True
                )
            ]
        )
        for each in chosen
    ]


def _suggestion(opening: Opening, room: Courtroom, wish: OpeningQuery) -> Suggestion:
    return Suggestion(
        opening.starts_at.astimezone(wish.zone),
        (opening.starts_at + wish.length).astimezone(wish.zone),
        room,
        opening.score,
        opening.reasons,
        opening.costs,
    )


def _rooms_of(free: Sequence[Sequence[int]]) -> list[int]:
    """Return a courtroom for each day: one for all where there is one, else each day's first."""
    for room in free[0]:
        if all(room in others for others in free):
            return [room] * len(free)
    return [rooms[0] for rooms in free]


def _wish(
    session: Session, case: Case, query: SuggestionQuery, now: dt.datetime
) -> tuple[OpeningQuery | None, Span]:
    court, zone = case.court, ZoneInfo(case.court.zone)
    working = query.working or working_days.working_days(session, court)
    legal, because = first_day(court, working, case, query.answer_by)
    begin = max(legal, query.first or legal)
    end = query.last or begin + dt.timedelta(days=AHEAD)
    end = min(end, begin + dt.timedelta(days=MOST_DAYS))
    hours = court_hours(court)
    through_lunch = query.minutes > longest_session(hours)
    court_days = [
        (day, openings_of_day)
        for ahead in range((end - begin).days + 1)
        if working.has(day := begin + dt.timedelta(days=ahead))
        and (openings_of_day := sessions_of_day(day, hours, zone, through_lunch=through_lunch))
    ]
    if not court_days:
        return None, Span(now, now)
    wish = OpeningQuery(
        length=dt.timedelta(minutes=query.minutes),
        days=court_days,
        zone=zone,
        buffer=dt.timedelta(minutes=court.buffer_minutes),
        not_before=now,
        because=because if begin == legal else (),
    )
    return wish, Span(court_days[0][1][0].starts_at, court_days[-1][1][-1].ends_at)


def _people(
    session: Session,
    case: Case,
    sitting: Mapping[int, str],
    counsel: Sequence[Counsel],
    span: Span,
    but: int | None,
) -> list[Attendee]:
    """Return bench and counsel with their busy time, from a day before to a day after."""
    zone, day = ZoneInfo(case.court.zone), dt.timedelta(days=1)
    around = Span(span.starts_at - day, span.ends_at + day)
    numbers = [resource("judge", each) for each in sitting]
    numbers += [resource("counsel", each.id) for each in counsel]
    here = busy_time.booked_spans(session, numbers, around, but)
    gone = busy_time.away_spans(session, [each.id for each in counsel], around, zone)
    refused = busy_time.refused_spans(session, [each.id for each in counsel], around)
    midday = court_hours(case.court).midday
    offered = busy_time.offered_spans(
        session, case.id, [each.id for each in counsel], around, midday, zone
    )
    people = [
        Attendee(name, here.get(resource("judge", id_), ()), judge=place == 0, member=place > 0)
        for place, (id_, name) in enumerate(sitting.items())
    ]
    for each in counsel:
        travel = dt.timedelta(minutes=each.travel_minutes)
        people.append(
            Attendee(
                each.name,
                here.get(resource("counsel", each.id), ()),
                [Span(s.starts_at - travel, s.ends_at + travel) for s in gone.get(each.id, ())],
                travel,
                refused=refused.get(each.id, ()),
                offered=offered.get(each.id, ()),
            )
        )
    return people


def _sitting(session: Session, case: Case, hearing_id: int | None) -> dict[int, str]:
    """Return the people whom the hearing needs, or one of the case, by id; its judge first."""
    hearing = session.get(Hearing, hearing_id) if hearing_id is not None else None
    owner = hearing if hearing is not None and hearing.case_id == case.id else case
    judges = [owner.judge, *(each.judge for each in owner.members)]
    return {each.id: each.name for each in judges}


def active_courtrooms(
    session: Session, court: Court, names: Collection[str] = ()
) -> Sequence[Courtroom]:
    """Return a court's active courtrooms, all or those of some names, in the order of entry."""
    statement = (
        sa.select(Courtroom)
        .where(Courtroom.court_id == court.id, Courtroom.retired_at.is_(None))
        .order_by(Courtroom.id)
    )
    if names:
        statement = statement.where(Courtroom.name.in_(list(names)))
    return session.scalars(statement).all()
