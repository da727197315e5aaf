"""Pure: what of people's and courtrooms' time is taken while hearings are placed one by one.

A day's time is kept as the bits of a number, a minute each: two spans meet where both have a bit.
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
    for_room,
)

Who = tuple[str, int]
FAR = 1 << 62  # points; more than any listing costs


class Option(NamedTuple):
    """A start of a hearing with its minutes as bits: alone, and with the buffer around them."""

    cost: int
    at: int
    span: int
    wide: int
    start: Start


class Spot(NamedTuple):
    """Where a hearing is put: at one of its starts, in a courtroom."""

    day: int
    option: Option
    room: int

    @property
    def place(self) -> Placement:
        """The spot as a listing tells it."""
        return Placement(self.option.at, self.room)


class _Ways(NamedTuple):
    """A hearing as it is looked for: its people's calendars, and each day's starts by cost."""

    judge: "_Calendar"
    travellers: Sequence["_Calendar"]
    people: Sequence["_Calendar"]
    days: Sequence[tuple[int, int, Sequence[Option]]]  # the least cost, the day, its options
    wished: int | None


class _Calendar:
    """By day: the minutes that somebody, or a courtroom, is taken; how many bring them there."""

    def __init__(self) -> None:
        self.taken: dict[int, int] = defaultdict(int)
        self.there: dict[int, int] = defaultdict(int)


class _Room(_Calendar):
    """A courtroom: also the minutes in which it is not to be had at all."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: dict[int, int] = defaultdict(lambda: -1)


class Timetables:
    """The time that is taken, and who is at court on which day."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._begins = _beginnings(problem)
        self._people: dict[Who, _Calendar] = defaultdict(_Calendar)
        self._rooms: dict[int, dict[int, _Room]] = defaultdict(dict)  # by day: those open then
        self._open_rooms()
        for kind, free_of_charge in (("judge", problem.sits), ("counsel", problem.comes)):
            for who, day in free_of_charge:
                self._people[kind, who].there[day] += 1
        self._ways = [self._ways_of(hearing) for hearing in problem.hearings]

    def _open_rooms(self) -> None:
        rooms: dict[int, _Room] = defaultdict(_Room)
        for day, strips in self.problem.strips_of.items():
            for strip in strips:
                minutes = (1 << (strip.ends - strip.begins)) - 1
                room = self._rooms[day][strip.room] = rooms[strip.room]
                room.closed[day] &= ~(minutes << (strip.begins - self._begins[day]))

    def _ways_of(self, hearing: HearingToPlace) -> _Ways:
        buffer = self.problem.buffer
        alone = (1 << hearing.minutes) - 1
        wide = (1 << (hearing.minutes + 2 * buffer)) - 1
        by_day: dict[int, list[Option]] = defaultdict(list)
        for start in hearing.by_cost:
            after = start.at - self._begins[start.day]
            by_day[start.day].append(
                Option(start.cost, start.at, alone << after, wide << (after - buffer), start)
            )
        counsel = {each: self._people["counsel", each] for each in hearing.counsel}
        judge = self._people["judge", hearing.judge]
        return _Ways(
            judge,
            [counsel[each] for each in self.problem.travellers(hearing)],
            [judge, *counsel.values()],
            sorted(
                ((some[0].cost, day, some) for day, some in by_day.items()), key=lambda way: way[:2]
            ),
            hearing.room,
        )

    def spot(self, number: int, place: Placement) -> Spot:
        """Return the spot of a hearing that is at a place."""
        day = self.problem.hearings[number].by_time[place.at].day
        options = next(some for _, on, some in self._ways[number].days if on == day)
        return Spot(day, next(each for each in options if each.at == place.at), place.room)

    def put(self, number: int, spot: Spot) -> None:
        """Put a hearing where it fits."""
        ways, day = self._ways[number], spot.day
        for calendar in (*ways.people, self._rooms[day][spot.room]):
            calendar.taken[day] |= spot.option.span
        for calendar in (ways.judge, *ways.travellers):
            calendar.there[day] += 1

    @staticmethod
    def _for_days(ways: _Ways, day: int) -> int:
        """Return what further days of the judge and of counsel from elsewhere cost."""
        points = 0 if ways.judge.there[day] else JUDGE_DAY
        for counsel in ways.travellers:
            if not counsel.there[day]:
                points += TRAVEL_DAY
        return points

    def cheapest(self, number: int, seen: Callable[[Option], bool] = lambda _: True) -> Spot | None:
        """Return the cheapest spot for a hearing now, the earliest of those; None without any.

        ``seen`` tells of a start whether it may be taken.
        """
        ways = self._ways[number]
        least, earliest, best = FAR, 0, None
        for floor, day, options in ways.days:
            if floor > least:
                break
            fee = self._for_days(ways, day)
            if floor + fee > least:
                continue
            busy = 0
            for calendar in ways.people:
                busy |= calendar.taken[day]
            for option in options:
                points = option.cost + fee
                if points > least or (points == least and option.at >= earliest):
                    break
                if option.wide & busy or not seen(option):
                    continue
                room = self._room(day, option, ways.wished)
                if room is None:
                    continue
                points += for_room(ways.wished, room)
                if points < least or (points == least and option.at < earliest):
                    least, earliest, best = points, option.at, Spot(day, option, room)
        return best

    def _room(self, day: int, option: Option, wished: int | None) -> int | None:
        """Return a courtroom that is free for a start, the one wished for before others."""
        rooms = self._rooms[day]
        first = rooms.get(wished) if wished is not None else None
        if first is not None and not (
            first.closed[day] & option.span or first.taken[day] & option.wide
        ):
            return wished
        for number, room in rooms.items():
            if not (room.closed[day] & option.span or room.taken[day] & option.wide):
                return number
        return None


def _beginnings(problem: Problem) -> dict[int, int]:
    """Return, by day, the minute that is the first bit of its numbers."""
    times: dict[int, list[int]] = defaultdict(list)
    for strip in problem.strips:
        times[strip.day].append(strip.begins)
    for hearing in problem.hearings:
        for start in hearing.starts:
            times[start.day].append(start.at)
    return {day: min(some) - problem.buffer for day, some in times.items()}


def of(problem: Problem, places: Places) -> tuple[Timetables, dict[int, Spot]]:
    """Return the calendars in which a listing stands, and its spots by hearing."""
    calendars = Timetables(problem)
    spots = {number: calendars.spot(number, place) for number, place in places.items()}
    for number, spot in spots.items():
        calendars.put(number, spot)
    return calendars, spots
