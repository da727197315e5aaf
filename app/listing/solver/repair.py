"""A listing made better by taking some hearings out and putting them back one by one.

A worse listing is kept now and then, the more seldom the later, so that the way to a better one
may lead over it. The work is done in arrays, without Python's lock (see rounds).
"""

import time

import numpy as np

from app.listing.solver import choosing, rounds
from app.listing.solver.problem import Placement, Places, Problem
from app.listing.solver.table import Grid, places_of, spot, state_of, table_of

AT_FIRST = 200  # rounds, until it is known how many take a quarter of a second


class Repair:
    """A listing that is taken apart and put together again, and the best so far."""

    def __init__(self, problem: Problem, grid: Grid, places: Places, seed: int) -> None:
        self.grid = grid
        self.table = table_of(problem, grid)
        self.state, self._best = (state_of(problem, self.table, grid, seed) for _ in range(2))
        self._work = choosing.work_of(self.table)
        self._placed = np.array(sorted(places), np.int64)
        spots = [spot(problem, grid, number, places[number]) for number in sorted(places)]
        for state in (self.state, self._best):
            rounds.put_all(self.table, state, self._placed, np.array(spots, np.int64))
        self._rounds = AT_FIRST

    @property
    def cost(self) -> int:
        """What the listing costs as it stands, in points."""
        return int(self.state.cost[0])

    @property
    def places(self) -> dict[int, Placement]:
        """The listing as it stands."""
        return places_of(self.grid, self.state)

    @property
    def least(self) -> int:
        """What the best so far costs, in points."""
        return int(self._best.cost[0])

    @property
    def best(self) -> dict[int, Placement]:
        """The best listing so far."""
        return places_of(self.grid, self._best)

    def go_on(self, share: float, after: float, seconds: float) -> None:
        """Move hearings for about so many seconds, from one share of a search's time to another."""
        begun = time.monotonic()
        self.rounds(self._rounds, share, after)
        took = max(time.monotonic() - begun, 1e-6)
        self._rounds = max(AT_FIRST, int(self._rounds * min(10.0, seconds / took)))

    def rounds(self, many: int, share: float, after: float) -> None:
        """Take hearings out and put them back so many times."""
        rounds.go_on(
            self.table, self.state, self._work, self._best, self._placed, many, share, after
        )
