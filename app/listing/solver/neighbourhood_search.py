"""Large-neighbourhood search: remove some hearings and reinsert them one by one.

Worse listings are accepted with a probability that falls over time (simulated annealing). The loop
itself is compiled and runs without the GIL (see iterations).
"""

import time

import numpy as np

from app.listing.solver import destroy, iterations
from app.listing.solver.problem import Placement, Places, Problem
from app.listing.solver.table import Grid, places_of, spot, state_of, table_of

INITIAL_BATCH = 200  # iterations, before their speed has been measured


class NeighbourhoodSearch:
    """Current and best listing of a search."""

    def __init__(self, problem: Problem, grid: Grid, places: Places, seed: int) -> None:
        self.grid = grid
        self.table = table_of(problem, grid)
        self.state, self._best = (state_of(problem, self.table, grid, seed) for _ in range(2))
        self._work = destroy.work_arrays(self.table)
        self._placed = np.array(sorted(places), np.int64)
        spots = [spot(problem, grid, number, places[number]) for number in sorted(places)]
        for state in (self.state, self._best):
            iterations.insert_all(self.table, state, self._placed, np.array(spots, np.int64))
        self._batch = INITIAL_BATCH

    @property
    def cost(self) -> int:
        """Cost of the current listing, in points."""
        return int(self.state.cost[0])

    @property
    def places(self) -> dict[int, Placement]:
        """The current listing."""
        return places_of(self.grid, self.state)

    @property
    def best_cost(self) -> int:
        """Cost of the best listing so far, in points."""
        return int(self._best.cost[0])

    @property
    def best(self) -> dict[int, Placement]:
        """The best listing so far."""
        return places_of(self.grid, self._best)

    def run_for(self, share: float, after: float, seconds: float) -> None:
        """Search for ``seconds``; ``share`` to ``after`` is the elapsed part of the total time."""
        started = time.monotonic()
        self.run(self._batch, share, after)
        elapsed = max(time.monotonic() - started, 1e-6)
        self._batch = max(INITIAL_BATCH, int(self._batch * min(10.0, seconds / elapsed)))

    def run(self, count: int, share: float, after: float) -> None:
        """Run so many iterations; ``share`` to ``after`` is the elapsed part of the total time."""
        iterations.run(
            self.table, self.state, self._work, self._best, self._placed, count, share, after
        )
