"""Anytime search for the best listing: it reports progress, and can be stopped at any time.

OR-Tools and Numba are optional dependencies, imported when a search begins.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from app.core.errors import N_, Refusal
from app.listing.solver import greedy
from app.listing.solver.problem import (
    Places,
    Problem,
    Progress,
    SearchLimits,
    SearchResult,
    cost,
    weight,
)

if TYPE_CHECKING:
    from app.listing.solver.model import Model, Run
    from app.listing.solver.table import Grid

MISSING = N_(
    "Listing many hearings needs OR-Tools and Numba, which are not both installed here: "
    "run .venv/bin/pip install -e '.[listing]' in Tingqi's folder, then try again."
)
POLL = 0.25  # seconds between two progress reports
# Share of the time for placing as many as possible, if the greedy listing does not place all.
FOR_PLACING = 0.4
AT_ONCE = 0.5  # seconds of CP-SAT alone, which solves small problems
SHORT = 8.0  # seconds; below that CP-SAT runs alone, since compilation would take too long
# Share of the time for proving bounds; afterwards all threads improve the listing.
FOR_PROVING = 0.3

# Called with the progress a few times a second; returns whether to stop.
Watch = Callable[[Progress], bool]


class NoSolver(Refusal):
    """OR-Tools or Numba is not installed."""

    code = "no-solver"


def is_available() -> bool:
    """Tell whether OR-Tools and Numba are installed, without loading them."""
    try:
        return all(find_spec(name) is not None for name in ("ortools", "numba"))
    except ImportError:
        return False


def require_solver() -> None:
    """Raise NoSolver if OR-Tools or Numba is not installed."""
    if not is_available():
        raise NoSolver(MISSING)


def search(problem: Problem, limits: SearchLimits, watch: Watch = lambda _: False) -> SearchResult:
    """Return the best listing found: as many hearings as possible, then at minimum cost.

    The search starts from a greedy listing and may be stopped by ``watch``, its limits or Ctrl-C;
    the best listing so far is returned. Raises NoSolver.
    """
    require_solver()
    run = _SearchRun(problem, limits, watch)
    try:
        run.place_many()
        if not run.stopped:
            run.reduce_cost()
    except KeyboardInterrupt:
        run.stopped = True
    return SearchResult(run.places, run.progress, run.complete)


class _SearchRun:
    """State of one search: the best listing so far, and what is proved about it."""

    def __init__(self, problem: Problem, limits: SearchLimits, watch: Watch) -> None:
        self.problem, self.limits, self.watch = problem, limits, watch
        self.places: Places = greedy.first(problem)
        self.best_cost = cost(problem, self.places)  # cost of `places`
        self.most = sum(1 for hearing in problem.hearings if hearing.starts)
        self.bound: int | None = None
        self.floor = 0  # best lower bound on the cost, from any method
        self.stopped = self.complete = False
        self.started = time.monotonic()
        self._lock = threading.Lock()

    @property
    def progress(self) -> Progress:
        """Current progress, thread-safe."""
        with self._lock:
            bound = None if self.bound is None else min(self.bound, self.best_cost)
            return Progress(len(self.places), self.most, self.best_cost, bound)

    def place_many(self) -> None:
        """Place as many as possible, unless all are placed already."""
        self.stopped = self.watch(self.progress)
        if self.stopped or len(self.places) == self.most:
            return
        from app.listing.solver.model import Model

        model = Model(self.problem, self.places)
        model.maximize_placed()
        solver_run = self._run(model, self._remaining(FOR_PLACING), of_cost=False)
        if solver_run.bound is not None:
            # One more hearing outweighs all priorities together (see problem.weight).
            weight_of_one = sum(hearing.weight for hearing in self.problem.hearings) + 1
            self.most = min(
                self.most, max(len(self.places), int(solver_run.bound + 0.5) // weight_of_one)
            )

    def reduce_cost(self) -> None:
        """Minimize the cost without placing fewer hearings."""
        from app.listing.solver.model import Model
        from app.listing.solver.table import grid_of

        if not self.places:
            self.complete, self.bound = self.most == 0, 0
            return
        model = Model(self.problem, self.places)
        model.require_placed(weight(self.problem, self.places))
        model.minimize_cost()
        grid = grid_of(self.problem)
        alone = self.limits.workers == 1 or self.limits.steps is not None
        if alone or grid is None or self._remaining(1.0) < SHORT:
            run = self._run(model, self._remaining(1.0), of_cost=True)
        else:
            run = self._run(model, min(AT_ONCE, self._remaining(1.0)), of_cost=True)
            if not run.complete and not self.stopped:
                run = self._run_in_parallel(model, grid)
        proved = run.complete or self.progress.bound == self.progress.cost
        self.complete = proved and len(self.places) == self.most

    @property
    def _share(self) -> float:
        """Elapsed share of the time limit; above 1 once it is over."""
        return (time.monotonic() - self.started) / max(self.limits.seconds, 1.0)

    def _remaining(self, part: float) -> float:
        """Return the remaining seconds of a share of the time limit; at least one."""
        return max(1.0, (part - self._share) * self.limits.seconds)

    def _run(self, model: "Model", seconds: float, *, of_cost: bool) -> "Run":
        """Solve a model in its own thread, so that this one can poll and be interrupted."""
        from app.listing.solver.model import Run

        run = Run(model, self.limits)
        self._wait_for([partial(run.execute, seconds)], run, of_cost=of_cost)
        return run

    def _run_in_parallel(self, model: "Model", grid: "Grid") -> "Run":
        """Prove bounds in one thread and improve the listing in the others."""
        from app.listing.solver.model import Run

        run = Run(model, replace(self.limits, workers=1))
        improvers = [
            partial(self._improve, grid, self.limits.seed + n) for n in range(self.limits.workers)
        ]

        def prove() -> None:
            self._prove(run)
            improvers[0]()

        self._wait_for([prove, *improvers[1:]], run, of_cost=True)
        return run

    def _prove(self, run: "Run") -> None:
        """Prove a bound by Lagrangian relaxation, then by CP-SAT."""
        from app.listing.solver.bound import lower_bound

        def on_bound(bound: int) -> bool:
            self.floor = max(self.floor, bound)
            return self.stopped or self._share > 1

        # The relaxation bounds only listings that place all hearings.
        if len(self.places) < sum(1 for hearing in self.problem.hearings if hearing.starts):
            run.execute(self._remaining(1.0))
            return
        lower_bound(self.problem, on_bound, target=lambda: self.best_cost)
        run.model.add_lower_bound(self.floor)
        if self._share < FOR_PROVING:
            run.execute(self._remaining(FOR_PROVING))

    def _improve(self, grid: "Grid", seed: int) -> None:
        """Improve the listing by neighbourhood search until the time is over."""
        from app.listing.solver.neighbourhood_search import NeighbourhoodSearch

        if self.stopped or self._share > 1:
            return
        local_search = NeighbourhoodSearch(self.problem, grid, self.places, seed)
        while not self.stopped and (share := self._share) < 1:
            after = min(1.0, share + POLL / max(self.limits.seconds, 1.0))
            local_search.run_for(share, after, POLL)
            if local_search.best_cost < self.best_cost:
                self._adopt_if_better(local_search.best)

    def _adopt_if_better(self, places: Places) -> None:
        """Adopt other placements of the same hearings, unless they cost more."""
        points = cost(self.problem, places)
        with self._lock:
            if points <= self.best_cost:
                self.places, self.best_cost = places, points

    def _wait_for(self, jobs: Sequence[Callable[[], None]], run: "Run", *, of_cost: bool) -> None:
        """Run jobs in threads while polling; re-raise a job's exception once all have ended."""
        with ThreadPoolExecutor(len(jobs)) as pool:
            running = list[Future[None]]()
            try:
                running += [pool.submit(job) for job in jobs]
            except KeyboardInterrupt:
                self.stopped = True
                run.stop()
            while not all(job.done() for job in running):
                try:
                    wait(running, POLL)
                    self._adopt(run, of_cost=of_cost)
                    progress = self.progress
                    if self.watch(progress) or progress.bound == progress.cost or _failed(running):
                        self.stopped = True
                except KeyboardInterrupt:
                    self.stopped = True
                if self.stopped:
                    run.stop()  # repeatedly: a solver that is just starting ignores it
            self._adopt(run, of_cost=of_cost)
            for job in running:
                job.result()

    def _adopt(self, run: "Run", *, of_cost: bool) -> None:
        """Adopt the current solution and bound of a solver run."""
        if run.places is not None and not of_cost:
            self.places, self.best_cost = run.places, cost(self.problem, run.places)
        elif run.places is not None:
            self._adopt_if_better(run.places)
        if of_cost and run.bound is not None:
            self.floor = max(self.floor, int(run.bound + 0.5))
        if of_cost and (run.bound is not None or self.floor):
            self.bound = self.floor


def _failed(jobs: Sequence[Future[None]]) -> bool:
    return any(job.done() and job.exception() is not None for job in jobs)
