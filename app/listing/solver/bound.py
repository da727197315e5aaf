"""Lower bound on the cost of placing all hearings, by Lagrangian relaxation and column generation.

Courtrooms, counsel's presence at each time and trips of counsel from elsewhere get prices (dual
values). For given prices each judge's cheapest plan is found independently; the sum of their costs
less the value of the available resources is a lower bound for any prices. A restricted master
linear programme over the plans generated so far yields better prices until it stops improving.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from app.listing.solver.demand import ResourceDemand
from app.listing.solver.plans import SUBSET_SIZE, Plan, Planner, planners
from app.listing.solver.problem import TRAVEL_DAY, Problem
from app.listing.solver.table import Array

# Absolute (points) and relative gap between master programme and bound at which to stop.
ABSOLUTE_GAP, RELATIVE_GAP = 0.5, 0.001
ITERATIONS = 400
SMOOTHING = 0.7  # weight of the best prices so far, against oscillation of the dual values
SLACK_COST = 30.0  # points per courtroom or counsel beyond the available ones, in the master
ROUNDING = 1e-3  # points; far above floating-point error
# Counsel constraints are separated once the relative gap is below the first number, and then in
# every n-th iteration.
SEPARATION_GAP, SEPARATION_EVERY = 0.1, 3
VIOLATION = 0.01  # of a presence, that makes a constraint worth adding

# Called with the bound proved so far; returns whether to stop.
OnBound = Callable[[int], bool]


@dataclass(frozen=True)
class Prices:
    """Dual prices, in points: of courtrooms and counsel per time, and of attendances."""

    rooms: Array
    counsel: Array
    attendance: Array

    def smoothed(self, duals: "Prices") -> "Prices":
        """Return a convex combination of these prices and the master's dual values."""
        return Prices(
            SMOOTHING * self.rooms + (1 - SMOOTHING) * duals.rooms,
            SMOOTHING * self.counsel + (1 - SMOOTHING) * duals.counsel,
            SMOOTHING * self.attendance + (1 - SMOOTHING) * duals.attendance,
        )


def lower_bound(
    problem: Problem, on_bound: OnBound = lambda _: False, subset_size: int = SUBSET_SIZE
) -> int:
    """Return a lower bound, in points, on any listing that places every hearing that has a start.

    ``subset_size`` is the maximum number of hearings of one judge that are planned jointly.
    """
    if not any(hearing.starts for hearing in problem.hearings):
        return 0
    master = _MasterProgramme(problem, subset_size)
    best, best_prices = float("-inf"), master.zero_prices
    prices = best_prices
    for iteration in range(ITERATIONS):
        bound = master.plan(prices)
        if bound == float("inf"):  # not even one judge's hearings fit
            return 0
        if bound > best:
            best, best_prices = bound, prices
        programme = master.solve()
        gap = programme - best
        converged = gap < max(ABSOLUTE_GAP, RELATIVE_GAP * abs(programme))
        separate = converged or (
            gap < SEPARATION_GAP * abs(programme) and iteration % SEPARATION_EVERY == 0
        )
        added = separate and master.separate_counsel()
        if on_bound(_round_up(best)) or (converged and not added):
            break
        if added:
            master.solve()
        prices = best_prices.smoothed(master.dual_prices())
    return _round_up(best)


def _round_up(points: float) -> int:
    """Round a bound up to whole points, since all costs are integers."""
    return max(0, ceil(points - ROUNDING)) if points > float("-inf") else 0


class _MasterProgramme:
    """Restricted master: a convex combination of plans per judge, within resource limits."""

    def __init__(self, problem: Problem, subset_size: int) -> None:
        self.demand = demand = ResourceDemand(problem)
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp.Objective().SetMinimization()
        self.planners = planners(problem, demand.number, subset_size)
        # Each plan's variable, and how often it needs which counsel at which time.
        self.plans: list[tuple[Any, Mapping[tuple[int, int], int]]] = []
        self.convexity = [self.lp.Constraint(1, 1) for _ in self.planners]
        self.rooms = [self._at_most(int(count), SLACK_COST) for count in demand.open_rooms]
        self.attendance = [self._at_most(0, TRAVEL_DAY) for _ in demand.attendances]
        self.visits = [
            self._variable(TRAVEL_DAY, [(self.attendance[each], -1) for each in same])
            for same in demand.attendances_of_visit
        ]
        self.counsel: dict[tuple[int, int], Any] = {}  # by counsel and time
        self.zero_prices = Prices(
            np.zeros(len(demand.times)),
            np.zeros((demand.counsel, len(demand.times))),
            np.zeros(len(demand.attendances)),
        )

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
        """Price all judges' plans, add them as columns, and return the resulting lower bound."""
        demand = self.demand
        visits = TRAVEL_DAY - demand.visit_prices(prices.attendance, prices.counsel)
        total = float(
            np.minimum(0.0, visits).sum()
            - (prices.rooms * demand.open_rooms).sum()
            - prices.counsel[demand.visit_at < 0].sum()
        )
        start_prices = demand.prices(prices.rooms, prices.counsel, prices.attendance)
        for planner, convexity in zip(self.planners, self.convexity, strict=True):
            cost, plan = planner.cheapest(start_prices)
            total += cost
            if plan:
                self._add(planner, convexity, plan)
        return total

    def _add(self, planner: Planner, convexity: Any, plan: Plan) -> None:
        """Add a plan as a column."""
        demand = self.demand
        room_use = Counter(time for start in plan for time in demand.covered(start))
        rows: list[tuple[Any, float]] = [(convexity, 1)]
        rows += [(self.rooms[time], count) for time, count in room_use.items()]
        rows += [
            (self.attendance[each], 1) for start in plan for each in demand.attendances_of(start)
        ]
        counsel = Counter(demand.of_counsel(plan))
        rows += [(self.counsel[key], counsel[key]) for key in counsel.keys() & self.counsel.keys()]
        points = planner.fees(plan) + float(demand.costs[list(plan)].sum())
        self.plans.append((self._variable(points, rows), counsel))

    def solve(self) -> float:
        """Solve the master; return its objective in points, or infinity if it is not optimal."""
        solved = self.lp.Solve() == pywraplp.Solver.OPTIMAL
        return float(self.lp.Objective().Value()) if solved else float("inf")

    def separate_counsel(self) -> bool:
        """Add violated constraints (counsel at two hearings at once); return whether any."""
        shares: dict[tuple[int, int], float] = defaultdict(float)
        for variable, counsel in self.plans:
            share = variable.solution_value()
            if share > ROUNDING:
                for key, count in counsel.items():
                    shares[key] += count * share
        visit_values = [each.solution_value() for each in self.visits]
        added = set()
        for key, share in sorted(shares.items()):
            visit = self.demand.visit_at[key]
            if (
                key in self.counsel
                or share < (1.0 if visit < 0 else visit_values[visit]) + VIOLATION
            ):
                continue
            added.add(key)
            self.counsel[key] = self._at_most(1 if visit < 0 else 0, SLACK_COST)
            if visit >= 0:
                self.counsel[key].SetCoefficient(self.visits[visit], -1)
        for variable, counsel in self.plans:
            for key in counsel.keys() & added:
                self.counsel[key].SetCoefficient(variable, counsel[key])
        return bool(added)

    def dual_prices(self) -> Prices:
        """Return the dual values of the solved master as prices."""
        counsel = np.zeros_like(self.zero_prices.counsel)
        for key, row in self.counsel.items():
            counsel[key] = max(0.0, -row.dual_value())
        return Prices(_duals(self.rooms), counsel, _duals(self.attendance))


def _duals(rows: Iterable[Any]) -> Array:
    return np.array([max(0.0, -row.dual_value()) for row in rows])
