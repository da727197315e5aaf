"""The cheapest plan of one judge's hearings, each start with its price, by trying all sets.

A plan says when each hearing begins. That the judge is in one place at a time is heeded; what
courtrooms and counsel need is not: that is in the prices. Compiled by Numba, without Python's lock.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from app.listing.solver.compiled import compiled, inner
from app.listing.solver.problem import JUDGE_DAY, Problem
from app.listing.solver.table import Array

# All sets of up to so many hearings are tried; a judge with more has several plans.
TRIED = 10

Plan = Sequence[int]  # starts, by their numbers


class StartOptions(NamedTuple):
    """Each start that is possible for some hearings, day by day, in the order of the times.

    ``first`` says where each day's begin, the last of it where they end; ``times`` how many
    different times a day has, and one for its end. A start is at one of these, and the hearing is
    over, with the buffer, at another.
    """

    first: Array
    times: Array
    fees: Array  # of each day: what it costs the judge, in points
    at: Array  # of each start
    over: Array
    hearing: Array  # of each start: which of the hearings, from 0 on
    number: Array  # of each start: its own


class Planner:
    """Some hearings of one judge; ``pays`` says whether their days at court cost anything."""

    def __init__(
        self,
        problem: Problem,
        numbers: Sequence[int],
        known: Mapping[tuple[int, int], int],
        *,
        pays: bool,
    ) -> None:
        """Plan hearings; ``known`` tells a start's own number by its hearing's and its time."""
        judge = problem.hearings[numbers[0]].judge
        by_day: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for which, number in enumerate(numbers):
            for start in problem.hearings[number].starts:
                by_day[start.day].append((start.at, which))
        first, times, starts = [0], [], []
        self._fee: dict[int, int] = {}
        self._day: dict[int, int] = {}  # of each start
        for day in sorted(by_day):
            grid = sorted({at for at, _ in by_day[day]})
            for at, which in sorted(by_day[day]):
                until = at + problem.hearings[numbers[which]].minutes + problem.buffer
                over = int(np.searchsorted(grid, until))
                own = known[numbers[which], at]
                starts.append((grid.index(at), over, which, own))
                self._day[own] = day
            first.append(len(starts))
            times.append(len(grid) + 1)
            self._fee[day] = JUDGE_DAY if pays and (judge, day) not in problem.sits else 0
        flat = np.array(starts, np.int64).reshape(-1, 4)
        self._ways = StartOptions(
            np.array(first, np.int64),
            np.array(times, np.int64),
            np.array([*self._fee.values()], np.float64),
            *(np.ascontiguousarray(flat[:, column]) for column in range(4)),
        )
        sets = 1 << len(numbers)
        self._least = np.empty((len(times) + 1, sets))
        self._costs = np.empty((max(times), sets))
        self._plan = np.empty(len(numbers), np.int64)

    def fees(self, plan: Plan) -> int:
        """Return what the days of a plan cost the judge, in points."""
        return sum(self._fee[day] for day in {self._day[start] for start in plan})

    def cheapest(self, prices: Array) -> tuple[float, Plan]:
        """Return the least that these hearings cost, for prices of all starts, and the plan.

        The cost is infinite, and the plan empty, where they do not fit at all.
        """
        points = _least(self._ways, prices, self._least, self._costs)
        if not np.isfinite(points):
            return float("inf"), []
        _back(self._ways, prices, self._least, self._costs, self._plan)
        return float(points), [int(each) for each in self._plan]


@inner
def _fill(ways: StartOptions, day: int, prices: Array, before: Array, costs: Array) -> None:
    """Tell what each set costs at least that is over at each time of a day, and before that day."""
    times, sets = ways.times[day], costs.shape[1]
    for one in range(sets):
        costs[0, one] = before[one] + ways.fees[day]
    for time in range(1, times):
        for one in range(sets):
            costs[time, one] = np.inf
    start = ways.first[day]
    for time in range(times):
        if time:
            for one in range(sets):
                costs[time, one] = min(costs[time, one], costs[time - 1, one])
        while start < ways.first[day + 1] and ways.at[start] == time:
            price, over = prices[ways.number[start]], ways.over[start]
            bit = 1 << ways.hearing[start]
            for base in range(0, sets, 2 * bit):
                for without in range(base, base + bit):
                    points = costs[time, without] + price
                    if points < costs[over, without + bit]:
                        costs[over, without + bit] = points
            start += 1


@compiled
def _least(ways: StartOptions, prices: Array, least: Array, costs: Array) -> float:
    """Tell what each set costs at least by the end of each day; return what all cost."""
    sets = costs.shape[1]
    for one in range(sets):
        least[0, one] = np.inf
    least[0, 0] = 0.0
    for day in range(len(ways.times)):
        _fill(ways, day, prices, least[day], costs)
        last = ways.times[day] - 1
        for one in range(sets):
            least[day + 1, one] = min(least[day, one], costs[last, one])
    return float(least[len(ways.times), sets - 1])


@compiled
def _back(ways: StartOptions, prices: Array, least: Array, costs: Array, plan: Array) -> None:
    """Tell from the end by which starts the least cost comes about."""
    left = costs.shape[1] - 1
    for day in range(len(ways.times) - 1, -1, -1):
        if least[day + 1, left] == least[day, left]:
            continue
        _fill(ways, day, prices, least[day], costs)
        time = ways.times[day] - 1
        while time > 0:
            if costs[time, left] == costs[time - 1, left]:
                time -= 1
                continue
            start = _last(ways, day, prices, costs, time, left)
            plan[ways.hearing[start]] = ways.number[start]
            left ^= 1 << ways.hearing[start]
            time = ways.at[start]


@inner
def _last(ways: StartOptions, day: int, prices: Array, costs: Array, time: int, whole: int) -> int:
    """Return the start of a set's last hearing, which is over at a time."""
    for start in range(ways.first[day], ways.first[day + 1]):
        bit = 1 << ways.hearing[start]
        if ways.over[start] == time and whole & bit:
            points = costs[ways.at[start], whole ^ bit] + prices[ways.number[start]]
            if points == costs[time, whole]:
                return int(start)
    return -1


def planners(
    problem: Problem, known: Mapping[tuple[int, int], int], tried: int = TRIED
) -> list[Planner]:
    """Return the hearings that have any start, by judge; days cost only in a judge's first plan."""
    mine: dict[int, list[int]] = defaultdict(list)
    for number, hearing in enumerate(problem.hearings):
        if hearing.starts:
            mine[hearing.judge].append(number)
    return [
        Planner(problem, numbers[at : at + tried], known, pays=at == 0)
        for numbers in mine.values()
        for at in range(0, len(numbers), tried)
    ]
