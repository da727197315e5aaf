"""What placing all hearings costs at least: judges' plans, priced by what they need together.

Each judge's hearings are planned as cheaply as can be, for prices on the time of the courtrooms in
each session and on the days of counsel from elsewhere. Whatever the prices, what the plans cost so,
less what there is at these prices, is never more than the best listing costs. A linear programme
over the plans found so far tells better prices, until it has nothing to gain.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ortools.linear_solver import pywraplp

from app.listing.capacity import most_of_any
from app.listing.plans import TRIED, Plan, Planner, Session, planners
from app.listing.problem import TRAVEL_DAY, Problem

NEAR = 0.5  # points between the programme and the bound at which nothing is to be gained
ROUNDS = 200
CALM = 0.7  # how much of the best prices so far is kept, so that they do not swing
DEAR = 2.0  # points for a minute of a courtroom beyond what there is, in the programme
ROUNDING = 1e-3  # points; far more than what floating point may lose

Coming = tuple[int, int, int]  # hearing, counsel, day

# Told what is proved so far; answers whether to stop.
Told = Callable[[int], bool]


@dataclass
class Prices:
    """Points for a minute of a session's courtrooms, and for a hearing that counsel come to."""

    minute: dict[Session, float] = field(default_factory=lambda: defaultdict(float))
    coming: dict[Coming, float] = field(default_factory=lambda: defaultdict(float))


def at_least(problem: Problem, told: Told = lambda _: False, tried: int = TRIED) -> int:
    """Return points that no listing undercuts which places every hearing that has a start.

    ``tried`` is the most hearings of a judge that are planned together.
    """
    master = _Master(problem, tried)
    best, kept = float("-inf"), Prices()
    prices = kept
    for _ in range(ROUNDS):
        found = master.plan(prices)
        if found > best:
            best, kept = found, prices
        programme, asked = master.solve()
        if told(_whole(best)) or programme - best < NEAR:
            break
        prices = _between(kept, asked)
    return _whole(best)


def _whole(points: float) -> int:
    """Return the whole points that are proved, as all costs are whole."""
    return max(0, ceil(points - ROUNDING)) if points < float("inf") else 0


def _between(kept: Prices, asked: Prices) -> Prices:
    def mean(old: dict[Any, float], new: dict[Any, float]) -> dict[Any, float]:
        return {key: CALM * old[key] + (1 - CALM) * price for key, price in new.items()}

    return Prices(mean(kept.minute, asked.minute), mean(kept.coming, asked.coming))


class _Master:
    """The linear programme: shares of plans, so that time and days suffice, at the least cost."""

    def __init__(self, problem: Problem, tried: int) -> None:
        self.problem = problem
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp.Objective().SetMinimization()
        self.planners = planners(problem, tried)
        self.one = [self.lp.Constraint(1, 1) for _ in self.planners]
        self.there = self._there()
        self.minutes = {}
        for session, there in self.there.items():
            self.minutes[session] = self.lp.Constraint(-self.lp.infinity(), there)
            self._variable(DEAR, [(self.minutes[session], -1)])
        self.coming = self._coming()

    def _there(self) -> dict[Session, int]:
        """Return how much time the courtrooms of each session have together."""
        buffer, hearings = self.problem.buffer, self.problem.hearings
        sizes = sorted({hearing.minutes + buffer for hearing in hearings})
        found = {}
        for day, session in {(s.day, s.session) for hearing in hearings for s in hearing.starts}:
            free = (min(strip.ends, session[1]) - max(strip.begins, session[0])
                    for strip in self.problem.strips_of.get(day, ()))  # fmt: skip
            found[day, session] = sum(most_of_any(sizes, f + buffer) for f in free if f > 0)
        return found

    def _coming(self) -> dict[Coming, Any]:
        """Let a hearing be on a day only as far as its counsel from elsewhere come that day."""
        found: dict[Coming, Any] = {}
        together: dict[tuple[int, int], list[Coming]] = defaultdict(list)
        for number, hearing in enumerate(self.problem.hearings):
            for who in self.problem.travellers(hearing):
                for day in {start.day for start in hearing.starts}:
                    if (who, day) not in self.problem.comes:
                        together[who, day].append((number, who, day))
        for same in together.values():
            for each in same:
                found[each] = self.lp.Constraint(-self.lp.infinity(), 0)
                self._variable(TRAVEL_DAY, [(found[each], -1)])
            self._variable(TRAVEL_DAY, [(found[each], -1) for each in same])
        self.together = list(together.values())
        return found

    def _variable(self, points: float, rows: Iterable[tuple[Any, float]]) -> None:
        share = self.lp.NumVar(0, self.lp.infinity(), "")
        self.lp.Objective().SetCoefficient(share, points)
        for row, much in rows:
            row.SetCoefficient(share, much)

    def plan(self, prices: Prices) -> float:
        """Plan all judges' hearings at some prices; return what is proved by that."""
        minute = -sum(prices.minute[session] * there for session, there in self.there.items())
        total = minute + sum(
            min(0.0, TRAVEL_DAY - sum(prices.coming[each] for each in same))
            for same in self.together
        )
        for planner, one in zip(self.planners, self.one, strict=True):
            priced = {key: self._price(prices, *key) for key in planner.least}
            cost, plan = planner.cheapest(priced)
            total += cost
            if plan:
                self._add(planner, one, plan)
        return total

    def _price(self, prices: Prices, number: int, session: Session) -> float:
        hearing, day = self.problem.hearings[number], session[0]
        minutes = (hearing.minutes + self.problem.buffer) * prices.minute[session]
        return minutes + sum(
            prices.coming[number, who, day] for who in self.problem.travellers(hearing)
            if (number, who, day) in self.coming
        )  # fmt: skip

    def _add(self, planner: Planner, one: Any, plan: Plan) -> None:
        """Take a plan into the programme."""
        used: dict[Session, int] = defaultdict(int)
        rows = [(one, 1)]
        for number, session in plan:
            hearing = self.problem.hearings[number]
            used[session] += hearing.minutes + self.problem.buffer
            rows += [(self.coming[number, who, session[0]], 1)
                     for who in self.problem.travellers(hearing)
                     if (number, who, session[0]) in self.coming]  # fmt: skip
        rows += [(self.minutes[session], much) for session, much in used.items()]
        self._variable(planner.cost(plan), rows)

    def solve(self) -> tuple[float, Prices]:
        """Return what the plans so far cost together at least, and the prices that follow."""
        if self.lp.Solve() != pywraplp.Solver.OPTIMAL:
            return float("-inf"), Prices()
        return self.lp.Objective().Value(), Prices(
            {key: max(0.0, -row.dual_value()) for key, row in self.minutes.items()},
            {key: max(0.0, -row.dual_value()) for key, row in self.coming.items()},
        )
