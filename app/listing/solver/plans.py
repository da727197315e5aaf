"""Pricing problem of the column generation: the cheapest plan of one judge, by subset DP.

A plan assigns a start to each hearing. Only the judge's own conflicts are constraints; courtrooms
and counsel enter through the prices. Compiled by Numba, without the GIL.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from app.listing.solver.compiled import compiled, inner
from app.listing.solver.problem import JUDGE_DAY, Problem
from app.listing.solver.table import Array

# Most hearings planned jointly, as the DP is exponential; a judge with more has several plans.
SUBSET_SIZE = 10

Plan = Sequence[int]  # numbers of starts


class StartOptions(NamedTuple):
    """All starts of some hearings, sorted by day and time.

    ``first`` holds the offset of each day and, last, the total; ``times`` the number of distinct
    times of each day plus one for its end. ``at`` and ``over`` are indices of the times at which a
    hearing starts and ends, buffer included.
    """

    first: Array
    times: Array
    fees: Array  # of each day: cost of the judge's attendance, in points
    at: Array  # of each start
    over: Array
    hearing: Array  # of each start: index of its hearing
    number: Array  # of each start: its global number


class Planner:
    """Plans hearings of one judge; ``pays`` tells whether court days are charged."""

    def __init__(
        self,
        problem: Problem,
        numbers: Sequence[int],
        start_numbers: Mapping[tuple[int, int], int],
        *,
        pays: bool,
    ) -> None:
        """Prepare; ``start_numbers`` maps (hearing, time) to the global number of a start."""
        judge = problem.hearings[numbers[0]].judge
        by_day: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for index, number in enumerate(numbers):
            for start in problem.hearings[number].starts:
                by_day[start.day].append((start.at, index))
        first, times, starts = [0], [], []
        self._fee: dict[int, int] = {}
        self._day: dict[int, int] = {}  # of each start
        for day in sorted(by_day):
            grid = sorted({at for at, _ in by_day[day]})
            for at, index in sorted(by_day[day]):
                until = at + problem.hearings[numbers[index]].minutes + problem.buffer
                over = int(np.searchsorted(grid, until))
                start_number = start_numbers[numbers[index], at]
                starts.append((grid.index(at), over, index, start_number))
                self._day[start_number] = day
            first.append(len(starts))
            times.append(len(grid) + 1)
            self._fee[day] = JUDGE_DAY if pays and (judge, day) not in problem.sits else 0
        flat = np.array(starts, np.int64).reshape(-1, 4)
        self._options = StartOptions(
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
        """Return the cost of the judge's days in a plan, in points."""
        return sum(self._fee[day] for day in {self._day[start] for start in plan})

    def cheapest(self, prices: Array) -> tuple[float, Plan]:
        """Return the minimum cost of the hearings at given prices of starts, and its plan.

        If they do not fit at all, the cost is infinite and the plan empty.
        """
        points = _least(self._options, prices, self._least, self._costs)
        if not np.isfinite(points):
            return float("inf"), []
        _trace_back(self._options, prices, self._least, self._costs, self._plan)
        return float(points), [int(each) for each in self._plan]


@inner
def _fill(options: StartOptions, day: int, prices: Array, before: Array, costs: Array) -> None:
    """Fill ``costs[time, subset]``: minimum cost of a subset finished by a time of this day."""
    times, sets = options.times[day], costs.shape[1]
    for subset in range(sets):
        costs[0, subset] = before[subset] + options.fees[day]
    for time in range(1, times):
        for subset in range(sets):
            costs[time, subset] = np.inf
    start = options.first[day]
    for time in range(times):
        if time:
            for subset in range(sets):
                costs[time, subset] = min(costs[time, subset], costs[time - 1, subset])
        while start < options.first[day + 1] and options.at[start] == time:
            price, over = prices[options.number[start]], options.over[start]
            bit = 1 << options.hearing[start]
            for base in range(0, sets, 2 * bit):
                for without in range(base, base + bit):
                    points = costs[time, without] + price
                    if points < costs[over, without + bit]:
                        costs[over, without + bit] = points
            start += 1


@compiled
def _least(options: StartOptions, prices: Array, least: Array, costs: Array) -> float:
    """Fill ``least[day, subset]``, the minimum cost by the end of a day; return the total."""
    sets = costs.shape[1]
    for subset in range(sets):
        least[0, subset] = np.inf
    least[0, 0] = 0.0
    for day in range(len(options.times)):
        _fill(options, day, prices, least[day], costs)
        last = options.times[day] - 1
        for subset in range(sets):
            least[day + 1, subset] = min(least[day, subset], costs[last, subset])
    return float(least[len(options.times), sets - 1])


@compiled
def _trace_back(
    options: StartOptions, prices: Array, least: Array, costs: Array, plan: Array
) -> None:
    """Reconstruct the optimal plan backwards from the last day."""
    remaining = costs.shape[1] - 1
    for day in range(len(options.times) - 1, -1, -1):
        if least[day + 1, remaining] == least[day, remaining]:
            continue
        _fill(options, day, prices, least[day], costs)
        time = options.times[day] - 1
        while time > 0:
            if costs[time, remaining] == costs[time - 1, remaining]:
                time -= 1
                continue
            start = _last_start(options, day, prices, costs, time, remaining)
            plan[options.hearing[start]] = options.number[start]
            remaining ^= 1 << options.hearing[start]
            time = options.at[start]


@inner
def _last_start(
    options: StartOptions, day: int, prices: Array, costs: Array, time: int, subset: int
) -> int:
    """Return the start of the last hearing of a subset, which ends at a time."""
    for start in range(options.first[day], options.first[day + 1]):
        bit = 1 << options.hearing[start]
        if options.over[start] == time and subset & bit:
            points = costs[options.at[start], subset ^ bit] + prices[options.number[start]]
            if points == costs[time, subset]:
                return int(start)
    return -1


def planners(
    problem: Problem, start_numbers: Mapping[tuple[int, int], int], subset_size: int = SUBSET_SIZE
) -> list[Planner]:
    """Return planners by judge; a judge's first one alone charges for court days."""
    by_judge: dict[int, list[int]] = defaultdict(list)
    for number, hearing in enumerate(problem.hearings):
        if hearing.starts:
            by_judge[hearing.judge].append(number)
    return [
        Planner(problem, numbers[at : at + subset_size], start_numbers, pays=at == 0)
        for numbers in by_judge.values()
        for at in range(0, len(numbers), subset_size)
    ]
