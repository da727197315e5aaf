"""Pure: timetables of people and courtrooms while hearings are placed one by one.

A day is an integer bit mask, one bit per minute: two spans overlap if their masks share a bit.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.listing.solver.problem import (
    JUDGE_DAY,
    TRAVEL_DAY,
    HearingToPlace,
    Placement,
    Places,
    Problem,
    Start,
    room_cost,
)

PersonKey = tuple[str, int]
NO_COST_LIMIT = 1 << 62  # points; above the cost of any listing


class Option(NamedTuple):
    """A start of a hearing, with bit masks of its span without and with the buffer (``wide``)."""

    cost: int
    at: int
    span: int
    wide: int
    start: Start


class Spot(NamedTuple):
    """A start and a courtroom for a hearing."""

    day: int
    option: Option
    room: int

    @property
    def place(self) -> Placement:
        """The spot as a placement."""
        return Placement(self.option.at, self.room)


class _Search(NamedTuple):
    """Precomputed search data of a hearing: its people's calendars, and starts by day and cost."""

    judge: "_Calendar"
    travellers: Sequence["_Calendar"]
    people: Sequence["_Calendar"]
    days: Sequence[tuple[int, int, Sequence[Option]]]  # minimum cost, day, options
    wished: int | None


class _Calendar:
    """Per day: busy minutes of a person or courtroom, and the number of hearings there."""

    def __init__(self) -> None:
        self.busy: dict[int, int] = defaultdict(int)
        self.presence: dict[int, int] = defaultdict(int)


class _Room(_Calendar):
    """Calendar of a courtroom, with the minutes in which it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: dict[int, int] = defaultdict(lambda: -1)


class Timetables:
    """Calendars of all people and courtrooms."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._begins = _first_minutes(problem)
        self._people: dict[PersonKey, _Calendar] = defaultdict(_Calendar)
        self._rooms: dict[int, dict[int, _Room]] = defaultdict(dict)  # by day: those open
        self._open_rooms()
        for kind, present_anyway in (("judge", problem.sits), ("counsel", problem.comes)):
            for person, day in present_anyway:
                self._people[kind, person].presence[day] += 1
        self._searches = [self._search_of(hearing) for hearing in problem.hearings]

    def _open_rooms(self) -> None:
        rooms: dict[int, _Room] = defaultdict(_Room)
        for day, strips in self.problem.strips_of.items():
            for strip in strips:
                minutes = (1 << (strip.ends - strip.begins)) - 1
                room = self._rooms[day][strip.room] = rooms[strip.room]
                room.closed[day] &= ~(minutes << (strip.begins - self._begins[day]))

    def _search_of(self, hearing: HearingToPlace) -> _Search:
        buffer = self.problem.buffer
        alone = (1 << hearing.minutes) - 1
        wide = (1 << (hearing.minutes + 2 * buffer)) - 1
        by_day: dict[int, list[Option]] = defaultdict(list)
        for start in hearing.by_cost:
            offset = start.at - self._begins[start.day]
            by_day[start.day].append(
                Option(start.cost, start.at, alone << offset, wide << (offset - buffer), start)
            )
        counsel = {each: self._people["counsel", each] for each in hearing.counsel}
        judge, *members = (self._people["judge", each] for each in hearing.judges)
        return _Search(
            judge,
            [counsel[each] for each in self.problem.travellers(hearing)],
            [judge, *members, *counsel.values()],
            sorted(
                ((options[0].cost, day, options) for day, options in by_day.items()),
                key=lambda way: way[:2],
            ),
            hearing.room,
        )

    def spot(self, number: int, place: Placement) -> Spot:
        """Return the spot that corresponds to a placement."""
        day = self.problem.hearings[number].by_time[place.at].day
        options = next(
            day_options
            for _, option_day, day_options in self._searches[number].days
            if option_day == day
        )
        return Spot(day, next(each for each in options if each.at == place.at), place.room)

    def put(self, number: int, spot: Spot) -> None:
        """Book a hearing at a spot that is free."""
        search, day = self._searches[number], spot.day
        for calendar in (*search.people, self._rooms[day][spot.room]):
            calendar.busy[day] |= spot.option.span
        for calendar in (search.judge, *search.travellers):
            calendar.presence[day] += 1

    @staticmethod
    def _attendance_cost(search: _Search, day: int) -> int:
        """Return the cost of additional court days of judge and travelling counsel, in points."""
        points = 0 if search.judge.presence[day] else JUDGE_DAY
        for counsel in search.travellers:
            if not counsel.presence[day]:
                points += TRAVEL_DAY
        return points

    def cheapest(
        self, number: int, admits: Callable[[Option], bool] = lambda _: True
    ) -> Spot | None:
        """Return the cheapest free spot for a hearing, the earliest among equals, or None.

        ``admits`` restricts the starts considered.
        """
        search = self._searches[number]
        least, earliest, best = NO_COST_LIMIT, 0, None
        for floor, day, options in search.days:
            if floor > least:
                break
            fee = self._attendance_cost(search, day)
            if floor + fee > least:
                continue
            busy = 0
            for calendar in search.people:
                busy |= calendar.busy[day]
            for option in options:
                points = option.cost + fee
                if points > least or (points == least and option.at >= earliest):
                    break
                if option.wide & busy or not admits(option):
                    continue
                room = self._room(day, option, search.wished)
                if room is None:
                    continue
                points += room_cost(search.wished, room)
                if points < least or (points == least and option.at < earliest):
                    least, earliest, best = points, option.at, Spot(day, option, room)
        return best

    def _room(self, day: int, option: Option, wished: int | None) -> int | None:
        """Return a courtroom that is free for a start, preferably the requested one."""
        rooms = self._rooms[day]
        preferred = rooms.get(wished) if wished is not None else None
        if preferred is not None and not (
            preferred.closed[day] & option.span or preferred.busy[day] & option.wide
        ):
            return wished
        for number, room in rooms.items():
            if not (room.closed[day] & option.span or room.busy[day] & option.wide):
                return number
        return None


def _first_minutes(problem: Problem) -> dict[int, int]:
    """Return the minute of bit 0, keyed by day."""
    times: dict[int, list[int]] = defaultdict(list)
    for strip in problem.strips:
        times[strip.day].append(strip.begins)
    for hearing in problem.hearings:
        for start in hearing.starts:
            times[start.day].append(start.at)
    return {day: min(minutes) - problem.buffer for day, minutes in times.items()}


def filled_timetables(problem: Problem, places: Places) -> tuple[Timetables, dict[int, Spot]]:
    """Return timetables filled with a listing, and the spot of each hearing."""
    calendars = Timetables(problem)
    spots = {number: calendars.spot(number, place) for number, place in places.items()}
    for number, spot in spots.items():
        calendars.put(number, spot)
    return calendars, spots
