"""Lower bound on the cost of placing all hearings, by Lagrangian relaxation (see lagrangian).

Prices are found in one of two ways. Where each hearing has one judge, a restricted master linear
programme over the plans generated so far yields better prices until it stops improving (column
generation). Where others sit as well, whose presence has prices too, that programme becomes so
large that it takes seconds to solve, and subgradient ascent comes further in the same time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import ceil
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from app.listing.solver.lagrangian import OnValue, Prices, Relaxation, ascend
from app.listing.solver.plans import SUBSET_SIZE, Plan, Planner
from app.listing.solver.problem import TRAVEL_DAY, Problem
from app.listing.solver.table import Array

# Absolute (points) and relative gap between master programme and bound at which to stop.
ABSOLUTE_GAP, RELATIVE_GAP = 0.5, 0.001
ITERATIONS = 400
SMOOTHING = 0.7  # weight of the best prices so far, against oscillation of the dual values
SLACK_COST = 30.0  # points per courtroom or counsel beyond the available ones, in the master
ROUNDING = 1e-3  # points; far above floating-point error
# Constraints on people are separated once the relative gap is below the first number, and then in
# every n-th iteration.
SEPARATION_GAP, SEPARATION_EVERY = 0.1, 3
VIOLATION = 0.01  # of a presence, that makes a constraint worth adding

# Called with the bound proved so far; returns whether to stop.
OnBound = Callable[[int], bool]


def lower_bound(
    problem: Problem,
    on_bound: OnBound = lambda _: False,
    subset_size: int = SUBSET_SIZE,
    target: Callable[[], float] | None = None,
) -> int:
    """Return a lower bound, in points, on any listing that places every hearing that has a start.

    ``subset_size`` is the maximum number of hearings of one judge that are planned jointly;
    ``target`` returns the cost of the best listing known.
    """
    if not any(hearing.starts for hearing in problem.hearings):
        return 0
    relaxation, best = Relaxation(problem, subset_size), float("-inf")

    def on_value(value: float) -> bool:
        nonlocal best
        best = value
        return value < float("inf") and on_bound(_round_up(value))

    if target is not None and any(hearing.members for hearing in problem.hearings):
        ascend(relaxation, target, on_value)
    else:
        _generate_columns(_MasterProgramme(relaxation), on_value)
    return _round_up(best) if best < float("inf") else 0  # not even one judge's hearings fit


def _generate_columns(master: "_MasterProgramme", on_value: OnValue) -> None:
    """Raise the value of a relaxation until the master gains little more."""
    best, best_prices = float("-inf"), master.relaxation.zero_prices
    prices = best_prices
    for iteration in range(ITERATIONS):
        value = master.plan(prices)
        if value > best:
            best, best_prices = value, prices
        if on_value(best) or value == float("inf"):
            return
        programme = master.solve()
        gap = programme - best
        converged = gap < max(ABSOLUTE_GAP, RELATIVE_GAP * abs(programme))
        separate = converged or (
            gap < SEPARATION_GAP * abs(programme) and iteration % SEPARATION_EVERY == 0
        )
        added = separate and master.separate_people()
        if converged and not added:
            return
        if added:
            programme = master.solve()
        if programme == float("inf"):
            return  # without dual values there are no better prices
        duals = master.dual_prices()
        prices = Prices(
            *(
                SMOOTHING * price + (1 - SMOOTHING) * dual
                for price, dual in zip(best_prices, duals, strict=True)
            )
        )


def _round_up(points: float) -> int:
    """Round a bound up to whole points, since all costs are integers."""
    return max(0, ceil(points - ROUNDING)) if points > float("-inf") else 0


class _MasterProgramme:
    """Restricted master: a convex combination of plans per judge, within resource limits."""

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.demand = demand = relaxation.demand
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp.Objective().SetMinimization()
        # Each plan's variable, and how often it needs whom at which time.
        self.plans: list[tuple[Any, Mapping[tuple[int, int], int]]] = []
        self.convexity = [self.lp.Constraint(1, 1) for _ in relaxation.planners]
        self.rooms = [self._at_most(int(count), SLACK_COST) for count in demand.open_rooms]
        self.attendance = [self._at_most(0, TRAVEL_DAY) for _ in demand.attendances]
        self.visits = [
            self._variable(TRAVEL_DAY, [(self.attendance[each], -1) for each in same])
            for same in demand.attendances_of_visit
        ]
        self.people: dict[tuple[int, int], Any] = {}  # by person and time

    def _at_most(self, limit: int, slack_cost: float) -> Any:
        row = self.lp.Constraint(-self.lp.infinity(), limit)
        self._variable(slack_cost, [(row, -1)])
        return row

    def _variable(self, points: float, rows: Iterable[tuple[Any, float]]) -> Any:
        share = self.lp.NumVar(0, self.lp.infinity(), "")
        self.lp.Objective().SetCoefficient(share, points)
        for row, coefficient in rows:
            row.SetCoefficient(share, coefficient)
        return share

    def plan(self, prices: Prices) -> float:
        """Add all judges' cheapest plans as columns; return the value of the relaxation."""
        relaxed = self.relaxation.at(prices)
        for planner, convexity, plan in zip(
            self.relaxation.planners, self.convexity, relaxed.plans, strict=True
        ):
            if plan:
                self._add(planner, convexity, plan)
        return relaxed.value

    def _add(self, planner: Planner, convexity: Any, plan: Plan) -> None:
        """Add a plan as a column."""
        demand = self.demand
        room_use = Counter(time for start in plan for time in demand.covered(start))
        rows: list[tuple[Any, float]] = [(convexity, 1)]
        rows += [(self.rooms[time], count) for time, count in room_use.items()]
        rows += [
            (self.attendance[each], 1) for start in plan for each in demand.attendances_of(start)
        ]
        people = Counter(demand.of_people(plan))
        rows += [(self.people[key], people[key]) for key in people.keys() & self.people.keys()]
        points = planner.fees(plan) + float(demand.costs[list(plan)].sum())
        self.plans.append((self._variable(points, rows), people))

    def solve(self) -> float:
        """Solve the master; return its objective in points, or infinity if it is not optimal."""
        solved = self.lp.Solve() == pywraplp.Solver.OPTIMAL
        return float(self.lp.Objective().Value()) if solved else float("inf")

    def separate_people(self) -> bool:
        """Add violated constraints (somebody at two hearings at once); return whether any."""
        shares: dict[tuple[int, int], float] = defaultdict(float)
        for variable, people in self.plans:
            share = variable.solution_value()
            if share > ROUNDING:
                for key, count in people.items():
                    shares[key] += count * share
        visit_values = [each.solution_value() for each in self.visits]
        added = set()
        for key, share in sorted(shares.items()):
            visit = self.demand.visit_at[key]
            if (
                key in self.people
                or share < (1.0 if visit < 0 else visit_values[visit]) + VIOLATION
            ):
                continue
            added.add(key)
            self.people[key] = self._at_most(1 if visit < 0 else 0, SLACK_COST)
            if visit >= 0:
                self.people[key].SetCoefficient(self.visits[visit], -1)
        for variable, people in self.plans:
            for key in people.keys() & added:
                self.people[key].SetCoefficient(variable, people[key])
        return bool(added)

    def dual_prices(self) -> Prices:
        """Return the dual values of the solved master as prices."""
        people = np.zeros_like(self.relaxation.zero_prices.people)
        for key, row in self.people.items():
            people[key] = max(0.0, -row.dual_value())
        return Prices(_duals(self.rooms), people, _duals(self.attendance))


def _duals(rows: Iterable[Any]) -> Array:
    return np.array([max(0.0, -row.dual_value()) for row in rows])
