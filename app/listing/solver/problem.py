"""Pure: problem, solution and cost function of listing many hearings.

Times are integer minutes from a common origin; costs are integer points (see docs/listing.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

JUDGE_DAY = 6  # each additional sitting day of a judge
TRAVEL_DAY = 8  # each additional court day of travelling counsel
OTHER_ROOM = 10  # a hearing in another courtroom than the requested one


@dataclass(frozen=True, order=True)
class Start:
    """A time at which all people of a hearing are free, with day, session and cost in points."""

    at: int
    day: int
    session: tuple[int, int]
    cost: int = 0
    afternoon: bool = False


@dataclass(frozen=True)
class HearingToPlace:
    """A hearing to be placed. ``weight`` is its priority if not all can be placed."""

    minutes: int
    judge: int
    counsel: tuple[int, ...]
    starts: tuple[Start, ...]
    weight: int = 1
    room: int | None = None  # requested
    members: tuple[int, ...] = ()  # of the bench, beside the judge: they cost nothing

    @cached_property
    def judges(self) -> tuple[int, ...]:
        """All of the bench and who else is needed, the judge first."""
        return (self.judge, *self.members)

    @cached_property
    def by_time(self) -> Mapping[int, Start]:
        """The starts, keyed by time."""
        return {start.at: start for start in self.starts}

    @cached_property
    def by_cost(self) -> Sequence[Start]:
        """The starts, sorted by cost, then time."""
        return sorted(self.starts, key=lambda start: (start.cost, start.at))


@dataclass(frozen=True, order=True)
class Strip:
    """An interval of a day in which a courtroom is free."""

    day: int
    begins: int
    ends: int
    room: int

    def holds(self, at: int, minutes: int) -> bool:
        """Tell whether a hearing of so many minutes fits in at a time."""
        return self.begins <= at and at + minutes <= self.ends


@dataclass(frozen=True)
class Problem:
    """Hearings to be placed, free courtrooms, and who is at court anyway.

    Two hearings of one judge, courtroom or counsel must be at least ``buffer`` minutes apart.
    """

    hearings: tuple[HearingToPlace, ...]
    strips: tuple[Strip, ...]
    buffer: int = 0
    sits: frozenset[tuple[int, int]] = frozenset()  # (judge, day) with existing hearings
    comes: frozenset[tuple[int, int]] = frozenset()  # (counsel, day) with existing hearings
    from_elsewhere: frozenset[int] = frozenset()  # travelling counsel

    @cached_property
    def strips_of(self) -> Mapping[int, Sequence[Strip]]:
        """The strips, keyed by day."""
        by_day: dict[int, list[Strip]] = defaultdict(list)
        for strip in sorted(self.strips):
            by_day[strip.day].append(strip)
        return by_day

    def travellers(self, hearing: HearingToPlace) -> list[int]:
        """Return the travelling counsel of a hearing."""
        return [each for each in hearing.counsel if each in self.from_elsewhere]

    def own_cost(self, hearing: HearingToPlace, start: Start, room: int) -> int:
        """Return the cost of a placement that does not depend on other hearings, in points."""
        return start.cost + room_cost(hearing.room, room)


def room_cost(requested: int | None, room: int) -> int:
    """Return the cost of using a courtroom instead of the requested one, in points."""
    return OTHER_ROOM if requested not in (None, room) else 0


@dataclass(frozen=True)
class Placement:
    """Start and courtroom of a placed hearing."""

    at: int
    room: int


# Keyed by the hearing's index; absent hearings are not placed.
Places = Mapping[int, Placement]


@dataclass(frozen=True)
class Progress:
    """Progress of a search: hearings placed and their upper bound, cost and its lower bound.

    ``bound`` is None until a lower bound is proved for placing that many.
    """

    placed: int
    most: int
    cost: int
    bound: int | None = None

    @property
    def gap(self) -> float | None:
        """Relative optimality gap of the cost; None while there is no bound."""
        if self.bound is None:
            return None
        return (self.cost - self.bound) / self.cost if self.cost > 0 else 0.0


@dataclass(frozen=True)
class SearchResult:
    """Result of a search; ``alternatives`` are further placements of each hearing.

    ``complete`` tells that the result is proved optimal.
    """

    places: Places
    progress: Progress
    complete: bool = False
    alternatives: Mapping[int, Sequence[Placement]] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchLimits:
    """Limits of a search. ``steps`` is CP-SAT's deterministic time, for tests."""

    seconds: float = 60.0
    workers: int = 2
    seed: int = 1
    steps: float | None = None


def cost(problem: Problem, places: Places) -> int:
    """Return the total cost of a listing, in points."""
    total = 0
    sitting: set[tuple[int, int]] = set()
    coming: set[tuple[int, int]] = set()
    for number, place in places.items():
        hearing = problem.hearings[number]
        start = hearing.by_time[place.at]
        total += problem.own_cost(hearing, start, place.room)
        sitting.add((hearing.judge, start.day))
        coming |= {(each, start.day) for each in problem.travellers(hearing)}
    return (
        total + JUDGE_DAY * len(sitting - problem.sits) + TRAVEL_DAY * len(coming - problem.comes)
    )


def weight(problem: Problem, places: Iterable[int]) -> int:
    """Return the weight of placed hearings: their number first, then their priorities."""
    most = sum(each.weight for each in problem.hearings) + 1
    return sum(most + problem.hearings[number].weight for number in places)
