"""Pure: a first listing, hearing by hearing; and further slots beside places that stand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from app.listing.problem import (
    JUDGE_DAY,
    TRAVEL_DAY,
    Place,
    Places,
    Problem,
    Start,
    Wanted,
)

Span = tuple[int, int]


class Taken:
    """What of people's and courtrooms' time is taken while hearings are placed one by one."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.cost = problem, 0  # points, of what was put at places
        self.spans: dict[tuple[str, int, int], list[Span]] = defaultdict(list)  # by day too
        self.days = Counter[tuple[str, int, int]](("judge", *each) for each in problem.sits)
        self.days.update(("counsel", *each) for each in problem.comes)

    def free(self, who: tuple[str, int], start: Start, minutes: int) -> bool:
        """Tell whether somebody has nothing from a start on, nor within the buffer around it."""
        begins = start.at - self.problem.buffer
        ends = start.at + minutes + self.problem.buffer
        for begin, end in self.spans.get((*who, start.day), ()):
            if begins < end and begin < ends:
                return False
        return True

    def people(self, hearing: Wanted) -> list[tuple[str, int]]:
        """Return who must be at a hearing."""
        return [("judge", hearing.judge), *(("counsel", each) for each in hearing.counsel)]

    def take(self, hearing: Wanted, start: Start, room: int) -> None:
        """Put a hearing at a place."""
        self.cost += self.problem.alone(hearing, start, room) + self.for_days(hearing, start)
        for who in [*self.people(hearing), ("room", room)]:
            self.spans[*who, start.day].append((start.at, start.at + hearing.minutes))
        self.days.update(self._days(hearing, start))

    def give_back(self, hearing: Wanted, start: Start, room: int) -> None:
        """Take a hearing from its place."""
        for who in [*self.people(hearing), ("room", room)]:
            self.spans[*who, start.day].remove((start.at, start.at + hearing.minutes))
        self.days.subtract(self._days(hearing, start))
        self.cost -= self.problem.alone(hearing, start, room) + self.for_days(hearing, start)

    def _days(self, hearing: Wanted, start: Start) -> list[tuple[str, int, int]]:
        coming = self.problem.travellers(hearing)
        return [("judge", hearing.judge, start.day),
                *(("counsel", each, start.day) for each in coming)]  # fmt: skip

    def for_days(self, hearing: Wanted, start: Start) -> int:
        """Return what further days of the judge and of counsel from elsewhere cost."""
        coming = self.problem.travellers(hearing)
        new = sum(not self.days["counsel", each, start.day] for each in coming)
        sits = self.days["judge", hearing.judge, start.day]
        return TRAVEL_DAY * new + (0 if sits else JUDGE_DAY)

    def rooms(self, hearing: Wanted, start: Start) -> Iterator[int]:
        """Yield the courtrooms that are free for a hearing at a start."""
        for strip in self.problem.strips_of.get(start.day, ()):
            fits = strip.holds(start.at, hearing.minutes)
            if fits and self.free(("room", strip.room), start, hearing.minutes):
                yield strip.room

    def cheapest(self, hearing: Wanted, starts: Iterable[Start]) -> tuple[Start, int] | None:
        """Return the cheapest place for a hearing now, the earliest of those; None without any.

        The starts come with the cheapest first (see Wanted.by_cost).
        """
        best: tuple[int, int, Start, int] | None = None
        people = self.people(hearing)
        for start in starts:
            if best is not None and start.cost > best[0]:
                break
            floor = start.cost + self.for_days(hearing, start)
            if best is not None and (floor, start.at) >= best[:2]:
                continue
            if not all(self.free(who, start, hearing.minutes) for who in people):
                continue
            for room in self.rooms(hearing, start):
                more = self.problem.alone(hearing, start, room) - start.cost
                found = (floor + more, start.at, start, room)
                best = found if best is None or found[:2] < best[:2] else best
                if not more:
                    break
        return None if best is None else (best[2], best[3])


def first(problem: Problem) -> dict[int, Place]:
    """Return a listing made hearing by hearing: who has fewest days first, then the heaviest."""
    taken, places = Taken(problem), {}

    def rank(number: int) -> tuple[int, int, int]:
        hearing = problem.hearings[number]
        days = len({start.day for start in hearing.starts})
        return days // 4, -hearing.weight * hearing.minutes, number

    for number in sorted(range(len(problem.hearings)), key=rank):
        hearing = problem.hearings[number]
        found = taken.cheapest(hearing, hearing.by_cost)
        if found:
            taken.take(hearing, *found)
            places[number] = Place(found[0].at, found[1])
    return places


def alternatives(problem: Problem, places: Places, slots: int) -> Mapping[int, list[Place]]:
    """Return up to ``slots`` - 1 further places for each placed hearing, which hinder nobody.

    Each on a day of its own, the other half of the day where there is a choice. All hearings get
    a second before any gets a third, those with the fewest starts first.
    """
    taken = Taken(problem)
    found: dict[int, list[Place]] = {number: [] for number in places}
    days: dict[int, set[int]] = {}
    for number, place in places.items():
        hearing = problem.hearings[number]
        start = hearing.by_time[place.at]
        taken.take(hearing, start, place.room)
        days[number] = {start.day}
    order = sorted(places, key=lambda number: (len(problem.hearings[number].starts), number))
    for _ in range(slots - 1):
        for number in order:
            hearing = problem.hearings[number]
            left = [start for start in hearing.by_cost if start.day not in days[number]]
            last = hearing.by_time[[places[number], *found[number]][-1].at]
            other = [start for start in left if start.afternoon != last.afternoon]
            best = taken.cheapest(hearing, other) or taken.cheapest(hearing, left)
            if best is None:
                continue
            start, room = best
            taken.take(hearing, start, room)
            days[number].add(start.day)
            found[number].append(Place(start.at, room))
    return found
