"""Pure: what is asked when many hearings are to be listed, what came of it, and what it costs.

Times are whole minutes from a common origin; costs are whole points, as docs/listing.md tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

JUDGE_DAY = 6  # each day on which a judge must sit who would not sit otherwise
TRAVEL_DAY = 8  # each day on which counsel from elsewhere must come who would not come otherwise
OTHER_ROOM = 10  # a hearing in another courtroom than the one wished for


@dataclass(frozen=True, order=True)
class Start:
    """A time at which a hearing's people are all free: on which day, in which session, its cost."""

    at: int
    day: int
    session: tuple[int, int]
    cost: int = 0
    afternoon: bool = False


@dataclass(frozen=True)
class HearingToPlace:
    """A hearing to be placed. ``weight`` says which goes first where not all have a place."""

    minutes: int
    judge: int
    counsel: tuple[int, ...]
    starts: tuple[Start, ...]
    weight: int = 1
    room: int | None = None  # wished for

    @cached_property
    def by_time(self) -> Mapping[int, Start]:
        """The starts by their time."""
        return {start.at: start for start in self.starts}

    @cached_property
    def by_cost(self) -> Sequence[Start]:
        """The starts, the cheapest first, of those the earliest."""
        return sorted(self.starts, key=lambda start: (start.cost, start.at))


@dataclass(frozen=True, order=True)
class Strip:
    """A stretch of a day in which a courtroom is free."""

    day: int
    begins: int
    ends: int
    room: int

    def holds(self, at: int, minutes: int) -> bool:
        """Tell whether something fits in from a time on."""
        return self.begins <= at and at + minutes <= self.ends


@dataclass(frozen=True)
class Problem:
    """Hearings to be placed, where there is room, and who is at court anyway.

    No judge, courtroom or counsel has two at once, nor two nearer than ``buffer``.
    """

    hearings: tuple[HearingToPlace, ...]
    strips: tuple[Strip, ...]
    buffer: int = 0
    sits: frozenset[tuple[int, int]] = frozenset()  # (judge, day): has hearings then already
    comes: frozenset[tuple[int, int]] = frozenset()  # (counsel, day): the same
    from_elsewhere: frozenset[int] = frozenset()  # counsel

    @cached_property
    def strips_of(self) -> Mapping[int, Sequence[Strip]]:
        """The strips of each day."""
        found: dict[int, list[Strip]] = defaultdict(list)
        for strip in sorted(self.strips):
            found[strip.day].append(strip)
        return found

    def travellers(self, hearing: HearingToPlace) -> list[int]:
        """Return counsel of a hearing who come from elsewhere."""
        return [each for each in hearing.counsel if each in self.from_elsewhere]

    def alone(self, hearing: HearingToPlace, start: Start, room: int) -> int:
        """Return what a place costs whatever becomes of the other hearings."""
        return start.cost + for_room(hearing.room, room)


def for_room(wished: int | None, room: int) -> int:
    """Return what it costs that a hearing is in a courtroom, in points."""
    return OTHER_ROOM if wished not in (None, room) else 0


@dataclass(frozen=True)
class Placement:
    """Where a hearing was put: when it begins, in which courtroom."""

    at: int
    room: int


# By the number of the hearing; what is not there has no place.
Places = Mapping[int, Placement]


@dataclass(frozen=True)
class Progress:
    """How far a search is: hearings placed, at most how many can be, cost, and what it must cost.

    ``bound`` is None while nothing is proved about the cost of placing that many.
    """

    placed: int
    most: int
    cost: int
    bound: int | None = None

    @property
    def gap(self) -> float | None:
        """How far the cost may be from the best, as a part of it; None while that is unknown."""
        if self.bound is None:
            return None
        return (self.cost - self.bound) / self.cost if self.cost > 0 else 0.0


@dataclass(frozen=True)
class SearchResult:
    """What a search found; ``alternatives`` are further places, by hearing, held beside the first.

    ``complete`` says that nothing better exists.
    """

    places: Places
    progress: Progress
    complete: bool = False
    alternatives: Mapping[int, Sequence[Placement]] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchLimits:
    """How long and how hard to search. ``steps``, CP-SAT's deterministic time, is for tests."""

    seconds: float = 60.0
    workers: int = 2
    seed: int = 1
    steps: float | None = None


def cost(problem: Problem, places: Places) -> int:
    """Return what a whole listing costs, in points."""
    total = 0
    sitting: set[tuple[int, int]] = set()
    coming: set[tuple[int, int]] = set()
    for number, place in places.items():
        hearing = problem.hearings[number]
        start = hearing.by_time[place.at]
        total += problem.alone(hearing, start, place.room)
        sitting.add((hearing.judge, start.day))
        coming |= {(each, start.day) for each in problem.travellers(hearing)}
    return (
        total + JUDGE_DAY * len(sitting - problem.sits) + TRAVEL_DAY * len(coming - problem.comes)
    )


def weight(problem: Problem, places: Iterable[int]) -> int:
    """Return how much the placed hearings weigh: first how many they are, then how urgent."""
    most = sum(each.weight for each in problem.hearings) + 1
    return sum(most + problem.hearings[number].weight for number in places)
