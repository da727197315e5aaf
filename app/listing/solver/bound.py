"""What placing all hearings costs at least: judges' plans, priced by what they need together.

Each judge's hearings are planned as cheaply as can be, for prices on a courtroom and on counsel's
presence at each time, and on the days of counsel from elsewhere. Whatever the prices, what the
plans cost so, less what there is at these prices, is never more than the best listing costs. A
linear programme over the plans found so far tells better prices, until it has nothing to gain.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from app.listing.solver.needs import Needs
from app.listing.solver.plans import TRIED, Plan, Planner, planners
from app.listing.solver.problem import TRAVEL_DAY, Problem
from app.listing.solver.table import Array

# Points between the programme and the bound, and parts of it, at which little is to be gained.
NEAR, NEARLY = 0.5, 0.001
ROUNDS = 400
CALM = 0.7  # how much of the best prices so far is kept, so that they do not swing
DEAR = 30.0  # points for a courtroom, or counsel, beyond what there is at a time, in the programme
ROUNDING = 1e-3  # points; far more than what floating point may lose
# Counsel's times are looked at when the bound is so near to the programme, in parts of it, and
# then once in so many rounds.
CLOSE, EVERY = 0.1, 3
MISSED = 0.01  # of a presence, is worth a row

# Told what is proved so far; answers whether to stop.
Told = Callable[[int], bool]


@dataclass(frozen=True)
class Prices:
    """Points for a courtroom at a time, for counsel at a time, and for a hearing they come to."""

    rooms: Array
    counsel: Array
    coming: Array

    def toward(self, asked: "Prices") -> "Prices":
        """Return prices between these and what a programme asks."""
        return Prices(
            CALM * self.rooms + (1 - CALM) * asked.rooms,
            CALM * self.counsel + (1 - CALM) * asked.counsel,
            CALM * self.coming + (1 - CALM) * asked.coming,
        )


def at_least(problem: Problem, told: Told = lambda _: False, tried: int = TRIED) -> int:
    """Return points that no listing undercuts which places every hearing that has a start.

    ``tried`` is the most hearings of a judge that are planned together.
    """
    if not any(hearing.starts for hearing in problem.hearings):
        return 0
    master = _Master(problem, tried)
    best, kept = float("-inf"), master.nothing
    prices = kept
    for number in range(ROUNDS):
        found = master.plan(prices)
        if found == float("inf"):  # not even one judge's hearings fit
            return 0
        if found > best:
            best, kept = found, prices
        programme = master.solve()
        apart = programme - best
        near = apart < max(NEAR, NEARLY * abs(programme))
        looks = near or (apart < CLOSE * abs(programme) and number % EVERY == 0)
        new = looks and master.look_at_counsel()
        if told(_whole(best)) or (near and not new):
            break
        if new:
            master.solve()
        prices = kept.toward(master.asked())
    return _whole(best)


def _whole(points: float) -> int:
    """Return the whole points that are proved, as all costs are whole."""
    return max(0, ceil(points - ROUNDING)) if points > float("-inf") else 0


class _Master:
    """The linear programme: shares of plans, so that all suffices, at the least cost."""

    def __init__(self, problem: Problem, tried: int) -> None:
        self.needs = needs = Needs(problem)
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp.Objective().SetMinimization()
        self.planners = planners(problem, needs.number, tried)
        # Each plan's variable, and which counsel it needs when, how often.
        self.plans: list[tuple[Any, Mapping[tuple[int, int], int]]] = []
        self.one = [self.lp.Constraint(1, 1) for _ in self.planners]
        self.rooms = [self._at_most(int(there), DEAR) for there in needs.there]
        self.coming = [self._at_most(0, TRAVEL_DAY) for _ in needs.coming]
        self.visits = [
            self._variable(TRAVEL_DAY, [(self.coming[each], -1) for each in same])
            for same in needs.together
        ]
        self.counsel: dict[tuple[int, int], Any] = {}  # the rows that were missed, by who and when
        self.nothing = Prices(
            np.zeros(len(needs.times)),
            np.zeros((needs.counsel, len(needs.times))),
            np.zeros(len(needs.coming)),
        )

    def _at_most(self, many: int, dear: float) -> Any:
        row = self.lp.Constraint(-self.lp.infinity(), many)
        self._variable(dear, [(row, -1)])
        return row

    def _variable(self, points: float, rows: Iterable[tuple[Any, float]]) -> Any:
        share = self.lp.NumVar(0, self.lp.infinity(), "")
        self.lp.Objective().SetCoefficient(share, points)
        for row, much in rows:
            row.SetCoefficient(share, much)
        return share

    def plan(self, prices: Prices) -> float:
        """Plan all judges' hearings at some prices; return what is proved by that."""
        needs = self.needs
        visits = TRAVEL_DAY - needs.of_visits(prices.coming, prices.counsel)
        total = float(
            np.minimum(0.0, visits).sum()
            - (prices.rooms * needs.there).sum()
            - prices.counsel[needs.visit < 0].sum()
        )
        each = needs.prices(prices.rooms, prices.counsel, prices.coming)
        for planner, one in zip(self.planners, self.one, strict=True):
            cost, plan = planner.cheapest(each)
            total += cost
            if plan:
                self._add(planner, one, plan)
        return total

    def _add(self, planner: Planner, one: Any, plan: Plan) -> None:
        """Take a plan into the programme."""
        needs = self.needs
        used = Counter(time for start in plan for time in needs.covered(start))
        rows: list[tuple[Any, float]] = [(one, 1)]
        rows += [(self.rooms[time], many) for time, many in used.items()]
        rows += [(self.coming[each], 1) for start in plan for each in needs.comes(start)]
        counsel = Counter(needs.of_counsel(plan))
        rows += [(self.counsel[key], counsel[key]) for key in counsel.keys() & self.counsel.keys()]
        points = planner.fees(plan) + float(needs.costs[list(plan)].sum())
        self.plans.append((self._variable(points, rows), counsel))

    def solve(self) -> float:
        """Return what the plans so far cost together at least."""
        solved = self.lp.Solve() == pywraplp.Solver.OPTIMAL
        return float(self.lp.Objective().Value()) if solved else float("inf")

    def look_at_counsel(self) -> bool:
        """Take in what the programme has missed: counsel who would be at two hearings at once."""
        shares: dict[tuple[int, int], float] = defaultdict(float)
        for variable, counsel in self.plans:
            share = variable.solution_value()
            if share > ROUNDING:
                for key, many in counsel.items():
                    shares[key] += many * share
        there = [each.solution_value() for each in self.visits]
        new = set()
        for key, share in sorted(shares.items()):
            visit = self.needs.visit[key]
            if key in self.counsel or share < (1.0 if visit < 0 else there[visit]) + MISSED:
                continue
            new.add(key)
            self.counsel[key] = self._at_most(1 if visit < 0 else 0, DEAR)
            if visit >= 0:
                self.counsel[key].SetCoefficient(self.visits[visit], -1)
        for variable, counsel in self.plans:
            for key in counsel.keys() & new:
                self.counsel[key].SetCoefficient(variable, counsel[key])
        return bool(new)

    def asked(self) -> Prices:
        """Return the prices that follow from the programme as it was solved."""
        counsel = np.zeros_like(self.nothing.counsel)
        for key, row in self.counsel.items():
            counsel[key] = max(0.0, -row.dual_value())
        return Prices(_duals(self.rooms), counsel, _duals(self.coming))


def _duals(rows: Iterable[Any]) -> Array:
    return np.array([max(0.0, -row.dual_value()) for row in rows])
