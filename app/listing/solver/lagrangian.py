"""Lagrangian relaxation of a listing: its value at given prices, and subgradient ascent.

Courtrooms, people's presence at each time and trips of counsel from elsewhere get prices. For given
prices each judge's cheapest plan is found independently; the sum of their costs less the value of
the available resources is a lower bound on the cost of any listing that places every hearing.

Ascent follows a deflected subgradient with Polyak's step length (Camerini, Fratta and Maffioli
1975): prices rise where plans need more than there is, and fall where they need less.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from app.listing.solver.demand import ResourceDemand
from app.listing.solver.plans import Plan, planners
from app.listing.solver.problem import TRAVEL_DAY, Problem
from app.listing.solver.table import Array

STEPS = 1000
# Share of the gap to the target that the step length is made for, in the first and last step.
FIRST_SHARE, LAST_SHARE = 0.2, 0.003
HIGHEST_PRICE = 1000.0  # points; limits rounding errors, should the direction come to nothing
DEFLECTION = 0.1  # weight of the newest subgradient in the direction, against oscillation

# Called with the value reached so far, in points; returns whether to stop.
OnValue = Callable[[float], bool]


class Prices(NamedTuple):
    """Prices, in points: of courtrooms and people per time, and of attendances."""

    rooms: Array
    people: Array
    attendance: Array


class Relaxed(NamedTuple):
    """Value of the relaxation in points, each planner's plan, and which visits are made (0 or 1).

    If the hearings of some judge do not fit at all, the value is infinite.
    """

    value: float
    plans: Sequence[Plan]
    visits: Array


class Relaxation:
    """Lagrangian relaxation of a problem; ``subset_size`` is that of planners."""

    def __init__(self, problem: Problem, subset_size: int) -> None:
        self.demand = demand = ResourceDemand(problem)
        self.planners = planners(problem, demand.number, subset_size)
        self.zero_prices = Prices(
            np.zeros(len(demand.times)),
            np.zeros((demand.people, len(demand.times))),
            np.zeros(len(demand.attendances)),
        )

    def at(self, prices: Prices) -> Relaxed:
        """Return the minimum of the relaxation at prices, none of them negative."""
        demand = self.demand
        visits = TRAVEL_DAY - demand.visit_prices(prices.attendance, prices.people)
        value = float(
            np.minimum(0.0, visits).sum()
            - (prices.rooms * demand.open_rooms).sum()
            - prices.people[demand.visit_at < 0].sum()
        )
        start_prices = demand.prices(*prices)
        plans = []
        for planner in self.planners:
            points, plan = planner.cheapest(start_prices)
            value += points
            plans.append(plan)
        return Relaxed(value, plans, (visits < 0).astype(np.float64))

    def excess(self, relaxed: Relaxed) -> Prices:
        """Return a subgradient: what plans need beyond what there is."""
        needed = self.demand.usage(list(chain.from_iterable(relaxed.plans)))
        there = self.demand.supply(relaxed.visits)
        return Prices(*(need - supply for need, supply in zip(needed, there, strict=True)))


def ascend(relaxation: Relaxation, target: Callable[[], float], on_value: OnValue) -> None:
    """Raise the value of a relaxation towards a target that it cannot exceed, changing prices.

    ``target`` is the cost of the best listing known, which may fall meanwhile.
    """
    prices, best = relaxation.zero_prices, float("-inf")
    direction: Sequence[Array] = [np.zeros_like(each) for each in prices]
    for step in range(STEPS):
        relaxed = relaxation.at(prices)
        best = max(best, relaxed.value)
        if on_value(best) or relaxed.value == float("inf"):
            return
        # A price of zero cannot fall.
        subgradient = [
            np.where((price <= 0) & (excess < 0), 0.0, excess)
            for price, excess in zip(prices, relaxation.excess(relaxed), strict=True)
        ]
        if not any(each.any() for each in subgradient):
            return  # nothing can be gained
        newest = 1.0 if step == 0 else DEFLECTION
        direction = [
            newest * excess + (1 - newest) * before
            for excess, before in zip(subgradient, direction, strict=True)
        ]
        square = sum(float((each * each).sum()) for each in direction)
        gap = target() - relaxed.value
        if square == 0 or gap <= 0:
            return
        share = FIRST_SHARE * (LAST_SHARE / FIRST_SHARE) ** (step / STEPS)
        length = share * gap / square
        prices = Prices(
            *(
                np.clip(price + length * each, 0.0, HIGHEST_PRICE)
                for price, each in zip(prices, direction, strict=True)
            )
        )
