"""Pure: what each start of a problem needs of courtrooms and counsel, and what it costs, as arrays.

What is taken at the times at which hearings can begin is looked at, and only there: of several
hearings that go on at once, one begins last, and all go on then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from app.listing.solver.problem import Problem
from app.listing.solver.table import Array


class Needs:
    """All starts of a problem, numbered; a hearing holds what it needs for the buffer longer.

    ``there`` says how many courtrooms are open at each time; ``coming`` numbers each hearing with
    a day on which counsel from elsewhere would come for it, ``together`` says which of these are
    one visit, and ``visit`` which visit counsel need at a time, -1 where they are there anyway.
    """

    def __init__(self, problem: Problem) -> None:
        """Number the starts of a problem."""
        hearings = problem.hearings
        starts = [(number, start) for number, each in enumerate(hearings) for start in each.starts]
        self.number = {(number, start.at): n for n, (number, start) in enumerate(starts)}
        self.costs = np.array([start.cost for _, start in starts], np.float64)
        self.times = np.array(sorted({start.at for _, start in starts}), np.int64)
        times: dict[int, set[int]] = defaultdict(set)  # of each day
        for _, start in starts:
            times[start.day].add(start.at)
        over = {day: max(some) + 1 for day, some in times.items()}
        until = [
            min(start.at + hearings[number].minutes + problem.buffer, over[start.day])
            for number, start in starts
        ]
        self._from = np.searchsorted(self.times, [start.at for _, start in starts])
        self._until = np.searchsorted(self.times, until)
        self.there = self._there(problem)
        self._number_comings(problem)
        self._number_visits(times, self._number_counsel(problem))

    def _there(self, problem: Problem) -> Array:
        shortest = min(each.minutes for each in problem.hearings if each.starts)
        open_at: dict[int, Array] = defaultdict(lambda: np.zeros(len(self.times), bool))
        for strip in problem.strips:
            if strip.ends - strip.begins >= shortest:
                begins, ends = np.searchsorted(
                    self.times, (strip.begins, strip.ends + problem.buffer)
                )
                open_at[strip.room][begins:ends] = True
        return np.sum([*open_at.values(), np.zeros(len(self.times), bool)], axis=0)

    def _number_comings(self, problem: Problem) -> None:
        self.coming: dict[tuple[int, int, int], int] = {}
        together: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, hearing in enumerate(problem.hearings):
            for who in problem.travellers(hearing):
                for day in sorted({start.day for start in hearing.starts}):
                    if (who, day) not in problem.comes:
                        together[who, day].append(len(self.coming))
                        self.coming[number, who, day] = len(self.coming)
        self.together = [np.array(each) for each in together.values()]
        self._visits = list(together)
        pairs = [(each, visit) for visit, same in enumerate(together.values()) for each in same]
        self._visit_of = np.array([visit for _, visit in sorted(pairs)], np.int64)  # of each coming
        self._comes = [
            [
                self.coming[number, who, start.day]
                for who in problem.travellers(hearing)
                if (number, who, start.day) in self.coming
            ]
            for number, hearing in enumerate(problem.hearings)
            for start in hearing.starts
        ]
        self._coming_of = _pairs(self._comes)

    def _number_counsel(self, problem: Problem) -> Mapping[int, int]:
        """Number counsel of several hearings, and tell how."""
        busy = defaultdict[int, int](int)
        for hearing in problem.hearings:
            for who in hearing.counsel:
                busy[who] += 1
        again = sorted(who for who, many in busy.items() if many > 1)
        several = {who: n for n, who in enumerate(again)}
        self.counsel = len(several)
        self._who = [
            [several[who] for who in hearing.counsel if who in several]
            for hearing in problem.hearings
            for _ in hearing.starts
        ]
        self._counsel_of = _pairs(self._who)
        return several

    def _number_visits(
        self, times: Mapping[int, Iterable[int]], several: Mapping[int, int]
    ) -> None:
        """Say at which times of a day counsel can only be at a hearing if they come for it."""
        of_day = {day: np.searchsorted(self.times, sorted(some)) for day, some in times.items()}
        self.visit = np.full((self.counsel, len(self.times)), -1)
        for visit, (who, day) in enumerate(self._visits):
            if who in several:
                self.visit[several[who], of_day[day]] = visit

    def covered(self, start: int) -> range:
        """Return the times, by their numbers, at which the hearing of a start goes on."""
        return range(self._from[start], self._until[start])

    def comes(self, start: int) -> Sequence[int]:
        """Return which comings of counsel from elsewhere a start needs."""
        return self._comes[start]

    def of_counsel(self, plan: Iterable[int]) -> list[tuple[int, int]]:
        """Return which counsel of several hearings some starts need when."""
        return [
            (who, time)
            for start in plan
            for who in self._who[start]
            for time in self.covered(start)
        ]

    def of_visits(self, coming: Array, counsel: Array) -> Array:
        """Return what is paid for each visit, for prices of what it is needed for."""
        many, needed = len(self.together), self.visit >= 0
        for_hearings = np.bincount(self._visit_of, coming, many)
        return for_hearings + np.bincount(self.visit[needed], counsel[needed], many)

    def prices(self, rooms: Array, counsel: Array, coming: Array) -> Array:
        """Return what each start costs with what it needs, for prices of that."""
        until = np.concatenate([[0.0], np.cumsum(rooms)])
        found = self.costs + until[self._until] - until[self._from]
        starts, which = self._coming_of
        np.add.at(found, starts, coming[which])
        until = np.concatenate([np.zeros((self.counsel, 1)), np.cumsum(counsel, axis=1)], axis=1)
        starts, which = self._counsel_of
        np.add.at(
            found, starts, until[which, self._until[starts]] - until[which, self._from[starts]]
        )
        return found


def _pairs(lists: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Return each start with each of its own, as two arrays."""
    pairs = [(start, each) for start, some in enumerate(lists) for each in some]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
