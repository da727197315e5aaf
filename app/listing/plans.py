"""Pure: the cheapest plan of one judge's hearings, each with its prices, by trying all sets.

A plan says on which day and in which session each hearing is; what the judge's sessions can hold
is heeded, what others need is not: that is in the prices.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from app.listing.capacity import covered, most_of
from app.listing.problem import JUDGE_DAY, Problem

# All sets of up to so many hearings are tried; a judge with more has several plans.
TRIED = 10

Session = tuple[int, tuple[int, int]]  # a day, and from when until when
Plan = Sequence[tuple[int, Session]]  # hearings, by their numbers, in their sessions
Array = Any  # of numpy


@dataclass(frozen=True)
class _Ways:
    """Pairs of a set and a part of it that fits into a session, in the order of the sets."""

    rest: Array  # the set without the part
    part: Array
    sets: Array  # each set once
    first: Array  # where the pairs of each set begin

    def best(self, before: Array, session: Array) -> Array:
        """Return what each set costs at least, if a part of it, or nothing, is in the session."""
        found = before.copy()
        if len(self.sets):
            costs = before[self.rest] + session[self.part]
            found[self.sets] = np.minimum(found[self.sets], np.minimum.reduceat(costs, self.first))
        return found

    def chosen(self, whole: int, before: Array, session: Array) -> int:
        """Return the part of a set that is in the session at the least cost."""
        at = int(np.searchsorted(self.sets, whole))
        begin = self.first[at]
        end = self.first[at + 1] if at + 1 < len(self.first) else len(self.part)
        costs = before[self.rest[begin:end]] + session[self.part[begin:end]]
        return int(self.part[begin + int(np.argmin(costs))])


@dataclass(frozen=True)
class _Step:
    session: Session
    ways: _Ways
    before: Array
    after: Array
    costs: Array


class Planner:
    """Some hearings of one judge; ``pays`` says whether their days at court cost anything."""

    def __init__(self, problem: Problem, numbers: Sequence[int], *, pays: bool) -> None:
        self.problem, self.numbers, self.pays = problem, numbers, pays
        self.judge = problem.hearings[numbers[0]].judge
        self.least: dict[tuple[int, Session], int] = {}  # of a hearing's starts in a session
        spans: dict[Session, list[tuple[int, int]]] = defaultdict(list)
        for number in numbers:
            hearing = problem.hearings[number]
            for start in hearing.starts:
                key = (number, (start.day, start.session))
                self.least[key] = min(self.least.get(key, start.cost), start.cost)
                spans[key[1]].append((start.at, start.at + hearing.minutes))
        self.sessions = self._sessions(spans)

    def _sessions(
        self, spans: Mapping[Session, list[tuple[int, int]]]
    ) -> list[tuple[Session, _Ways]]:
        buffer = self.problem.buffer
        sizes = [self.problem.hearings[number].minutes + buffer for number in self.numbers]
        used, found = _sums(sizes), []
        known: dict[tuple[int, int], _Ways] = {}
        for session in sorted(spans):
            free = covered(spans[session])
            most = sum(most_of(sizes, ends - begins + buffer) for begins, ends in free)
            able = sum(1 << n for n, number in enumerate(self.numbers)
                       if (number, session) in self.least)  # fmt: skip
            if (most, able) not in known:
                known[most, able] = _ways(used, most, able)
            found.append((session, known[most, able]))
        return found

    def fee(self, day: int) -> int:
        """Return what the judge's day costs, in points."""
        sits = (self.judge, day) in self.problem.sits
        return JUDGE_DAY if self.pays and not sits else 0

    def cost(self, plan: Plan) -> int:
        """Return what a plan costs, in points, without any prices."""
        days = {session[0] for _, session in plan}
        return sum(self.least[each] for each in plan) + sum(self.fee(day) for day in days)

    def cheapest(self, prices: Mapping[tuple[int, Session], float]) -> tuple[float, Plan]:
        """Return the least that these hearings cost with what is priced beside, and the plan.

        The cost is infinite, and the plan empty, where they do not fit at all.
        """
        costs = np.full(1 << len(self.numbers), np.inf)
        costs[0] = 0.0
        way = []
        for day, some in groupby(self.sessions, key=lambda each: each[0][0]):
            before, at = costs, costs + self.fee(day)
            steps = []
            for session, ways in some:
                priced = _sums([
                    self.least[number, session] + prices.get((number, session), 0.0)
                    if (number, session) in self.least else 0.0 for number in self.numbers
                ])  # fmt: skip
                after = ways.best(at, priced)
                steps.append(_Step(session, ways, at, after, priced))
                at = after
            costs = np.minimum(before, at)
            way.append((before, costs, steps))
        if not np.isfinite(costs[-1]):
            return float("inf"), []
        return float(costs[-1]), list(self._back(way))

    def _back(
        self, way: Sequence[tuple[Array, Array, list[_Step]]]
    ) -> Iterator[tuple[int, Session]]:
        """Tell from the end which hearing is where."""
        left = (1 << len(self.numbers)) - 1
        for before, after, steps in reversed(way):
            if after[left] == before[left]:
                continue
            for step in reversed(steps):
                if step.after[left] == step.before[left]:
                    continue
                here = step.ways.chosen(left, step.before, step.costs)
                yield from ((number, step.session) for n, number in enumerate(self.numbers)
                            if here >> n & 1)  # fmt: skip
                left ^= here


def _sums(values: Sequence[float]) -> Array:
    """Return the sum of each set of some values; bit n of a set's number is the nth value."""
    found = np.zeros(1 << len(values))
    for n, value in enumerate(values):
        found[1 << n : 2 << n] = found[: 1 << n] + value
    return found


def _ways(used: Array, most: int, able: int) -> _Ways:
    every = np.arange(len(used), dtype=np.int32)
    parts = every[(used <= most) & (every & ~able == 0) & (every > 0)]
    wholes = [every[every & part == part] for part in parts]
    sizes = [len(each) for each in wholes]
    whole = np.concatenate(wholes) if wholes else every[:0]
    part = np.repeat(parts, sizes)
    order = np.argsort(whole, kind="stable")
    whole, part = whole[order], part[order]
    sets, first = np.unique(whole, return_index=True)
    return _Ways(whole ^ part, part, sets, first)


def planners(problem: Problem, tried: int = TRIED) -> list[Planner]:
    """Return the hearings that have any start, by judge; days cost only in a judge's first plan."""
    mine: dict[int, list[int]] = defaultdict(list)
    for number, hearing in enumerate(problem.hearings):
        if hearing.starts:
            mine[hearing.judge].append(number)
    return [
        Planner(problem, numbers[at : at + tried], pays=at == 0)
        for numbers in mine.values() for at in range(0, len(numbers), tried)
    ]  # fmt: skip
