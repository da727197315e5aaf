"""Pure: resources (courtrooms, people) that each start of a problem needs, as arrays.

Resource use is counted at possible start times only: of several concurrent hearings one starts
last, and all are in progress at that time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from app.listing.solver.problem import Problem
from app.listing.solver.table import Array


class ResourceDemand:
    """Resource demand of all starts, numbered consecutively. A hearing occupies the buffer as well.

    ``open_rooms`` is the number of courtrooms open at each time. ``attendances`` numbers each
    (hearing, travelling counsel, day); ``attendances_of_visit`` groups those that are one visit;
    ``people`` is the number of those who could be needed at two hearings at once; ``visit_at`` is
    the visit that each needs at a time, -1 if present anyway or never charged.
    """

    def __init__(self, problem: Problem) -> None:
        """Number the starts of a problem."""
        hearings = problem.hearings
        starts = [
            (number, start) for number, hearing in enumerate(hearings) for start in hearing.starts
        ]
        self._hearing_of_start = np.array([number for number, _ in starts], np.int64)
        self.number = {(number, start.at): n for n, (number, start) in enumerate(starts)}
        self.costs = np.array([start.cost for _, start in starts], np.float64)
        self.times = np.array(sorted({start.at for _, start in starts}), np.int64)
        times: dict[int, set[int]] = defaultdict(set)  # of each day
        for _, start in starts:
            times[start.day].add(start.at)
        day_end = {day: max(day_times) + 1 for day, day_times in times.items()}
        ends = [
            min(start.at + hearings[number].minutes + problem.buffer, day_end[start.day])
            for number, start in starts
        ]
        self._from = np.searchsorted(self.times, [start.at for _, start in starts])
        self._until = np.searchsorted(self.times, ends)
        self.open_rooms = self._count_open_rooms(problem)
        self._number_attendances(problem)
        self._number_visits(times, self._number_people(problem))

    def _count_open_rooms(self, problem: Problem) -> Array:
        shortest = min(each.minutes for each in problem.hearings if each.starts)
        open_at: dict[int, Array] = defaultdict(lambda: np.zeros(len(self.times), bool))
        for strip in problem.strips:
            if strip.ends - strip.begins >= shortest:
                begins, ends = np.searchsorted(
                    self.times, (strip.begins, strip.ends + problem.buffer)
                )
                open_at[strip.room][begins:ends] = True
        return np.sum([*open_at.values(), np.zeros(len(self.times), bool)], axis=0)

    def _number_attendances(self, problem: Problem) -> None:
        self.attendances: dict[tuple[int, int, int], int] = {}
        attendances_of_visit: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, hearing in enumerate(problem.hearings):
            for counsel_id in problem.travellers(hearing):
                for day in sorted({start.day for start in hearing.starts}):
                    if (counsel_id, day) not in problem.comes:
                        attendances_of_visit[counsel_id, day].append(len(self.attendances))
                        self.attendances[number, counsel_id, day] = len(self.attendances)
        self.attendances_of_visit = [np.array(each) for each in attendances_of_visit.values()]
        self._visits = list(attendances_of_visit)
        pairs = [
            (each, visit)
            for visit, same in enumerate(attendances_of_visit.values())
            for each in same
        ]
        self._visit_of = np.array([visit for _, visit in sorted(pairs)], np.int64)
        self._attendances_of_start = [
            [
                self.attendances[number, counsel_id, start.day]
                for counsel_id in problem.travellers(hearing)
                if (number, counsel_id, start.day) in self.attendances
            ]
            for number, hearing in enumerate(problem.hearings)
            for start in hearing.starts
        ]
        self._attendance_pairs = _pairs(self._attendances_of_start)

    def _number_people(self, problem: Problem) -> Mapping[int, int]:
        """Number who could be needed at two hearings at once; return the numbers of counsel by id.

        Hearings of one judge alone are kept apart by the plans (see plans); who sits beside a judge
        in any hearing is numbered.
        """
        members = {each for hearing in problem.hearings for each in hearing.members}
        hearings_of: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number, hearing in enumerate(problem.hearings):
            for each in sorted(members.intersection(hearing.judges)):
                hearings_of["member", each].append(number)
            for each in sorted(set(hearing.counsel)):
                hearings_of["counsel", each].append(number)
        repeated = sorted(person for person, numbers in hearings_of.items() if len(numbers) > 1)
        self.people = len(repeated)
        people: list[list[int]] = [[] for _ in problem.hearings]
        for n, person in enumerate(repeated):
            for number in hearings_of[person]:
                people[number].append(n)
        self._people_of = [np.array(each, np.int64) for each in people]
        return {each: n for n, (kind, each) in enumerate(repeated) if kind == "counsel"}

    def _number_visits(
        self, times: Mapping[int, Iterable[int]], numbers: Mapping[int, int]
    ) -> None:
        """Set ``visit_at`` for the times at which counsel are at court only for a visit."""
        of_day = {
            day: np.searchsorted(self.times, sorted(day_times)) for day, day_times in times.items()
        }
        self.visit_at = np.full((self.people, len(self.times)), -1)
        for visit, (counsel_id, day) in enumerate(self._visits):
            if counsel_id in numbers:
                self.visit_at[numbers[counsel_id], of_day[day]] = visit

    def covered(self, start: int) -> range:
        """Return the indices of the times at which the hearing of a start is in progress."""
        return range(self._from[start], self._until[start])

    def attendances_of(self, start: int) -> Sequence[int]:
        """Return the attendances of travelling counsel that a start needs."""
        return self._attendances_of_start[start]

    def of_people(self, plan: Iterable[int]) -> list[tuple[int, int]]:
        """Return the (person, time) pairs of a plan."""
        return [
            (int(person), time)
            for start in plan
            for person in self._people_of[self._hearing_of_start[start]]
            for time in self.covered(start)
        ]

    def usage(self, starts: Sequence[int]) -> tuple[Array, Array, Array]:
        """Return how much some starts use of courtrooms, people and attendances."""
        rooms = np.zeros(len(self.times) + 1)
        people = np.zeros((self.people, len(self.times) + 1))
        attendance = np.zeros(len(self.attendances))
        for start in starts:
            begins, ends = self._from[start], self._until[start]
            rooms[begins:ends] += 1
            same = self._people_of[self._hearing_of_start[start]]
            people[same, begins] += 1
            people[same, ends] -= 1
            attendance[self._attendances_of_start[start]] += 1
        return rooms[:-1], np.cumsum(people, axis=1)[:, :-1], attendance

    def supply(self, visits: Array) -> tuple[Array, Array, Array]:
        """Return the supply of courtrooms, people and attendances if some visits are made."""
        # The last one stands for no visit at all, as -1 does in `visit_at`.
        people = np.append(visits, 1.0)[self.visit_at]
        return self.open_rooms, people, visits[self._visit_of]

    def visit_prices(self, attendance: Array, people: Array) -> Array:
        """Return the price of each visit, from the prices of attendances and of people."""
        count, needed = len(self.attendances_of_visit), self.visit_at >= 0
        for_hearings = np.bincount(self._visit_of, attendance, count)
        return for_hearings + np.bincount(self.visit_at[needed], people[needed], count)

    def prices(self, rooms: Array, people: Array, attendance: Array) -> Array:
        """Return the cost of each start including the prices of its resources."""
        priced = people.any(axis=1)
        of_hearing = np.zeros((len(self._people_of), len(self.times) + 1))
        for number, same in enumerate(self._people_of):
            of_hearing[number, 1:] = rooms + people[same[priced[same]]].sum(axis=0)
        cumulative = np.cumsum(of_hearing, axis=1)
        numbers = self._hearing_of_start
        total = self.costs + cumulative[numbers, self._until] - cumulative[numbers, self._from]
        starts, index = self._attendance_pairs
        np.add.at(total, starts, attendance[index])
        return total


def _pairs(lists: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Flatten lists per start into two parallel arrays: starts and items."""
    pairs = [(start, item) for start, items in enumerate(lists) for item in items]
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
