"""The search for the best listing: watched while it runs, kept when it is stopped.

OR-Tools and Numba are loaded where a search begins, and their absence is said in one sentence.
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
LOOKS = 0.25  # seconds between two looks at a running search
# Part of the time that may go into placing as many as possible, where not all have a place.
FOR_PLACING = 0.4
AT_ONCE = 0.5  # seconds in which CP-SAT alone solves what is small
SHORT = 8.0  # seconds in which what is compiled first would come too late: CP-SAT does all
# Part of the time after which what is not proved will not be: then both threads move hearings.
FOR_PROVING = 0.3

# Told how far a search is, a few times a second; answers whether it is to stop.
Watch = Callable[[Progress], bool]


class NoSolver(Refusal):
    """OR-Tools or Numba is not installed here."""

    code = "no-solver"


def is_there() -> bool:
    """Tell whether OR-Tools and Numba are installed, without loading them."""
    try:
        return all(find_spec(name) is not None for name in ("ortools", "numba"))
    except ImportError:
        return False


def need() -> None:
    """Raise NoSolver where OR-Tools or Numba is not installed."""
    if not is_there():
        raise NoSolver(MISSING)


def search(problem: Problem, limits: SearchLimits, watch: Watch = lambda _: False) -> SearchResult:
    """Return the best listing that is found: first as many hearings as can be, then what it costs.

    Whenever it is stopped, by ``watch``, by its limits or by Ctrl-C, the best so far is kept; a
    plain listing made hearing by hearing is there from the beginning. Raises NoSolver.
    """
    need()
    hunt = _Hunt(problem, limits, watch)
    try:
        hunt.place_many()
        if not hunt.stopped:
            hunt.cheapen()
    except KeyboardInterrupt:
        hunt.stopped = True
    return SearchResult(hunt.places, hunt.progress, hunt.complete)


class _Hunt:
    """One search: the best so far, and what is proved about it."""

    def __init__(self, problem: Problem, limits: SearchLimits, watch: Watch) -> None:
        self.problem, self.limits, self.watch = problem, limits, watch
        self.places: Places = greedy.first(problem)
        self.least = cost(problem, self.places)  # of the places
        self.most = sum(1 for hearing in problem.hearings if hearing.starts)
        self.bound: int | None = None
        self.floor = 0  # what is proved of the cost by any way
        self.stopped = self.complete = False
        self.begun = time.monotonic()
        self._taking = threading.Lock()

    @property
    def progress(self) -> Progress:
        """How far the search is."""
        with self._taking:
            bound = None if self.bound is None else min(self.bound, self.least)
            return Progress(len(self.places), self.most, self.least, bound)

    def place_many(self) -> None:
        """Place as many as possible, if not all are placed already."""
        self.stopped = self.watch(self.progress)
        if self.stopped or len(self.places) == self.most:
            return
        from app.listing.solver.model import Model

        model = Model(self.problem, self.places)
        model.count_placed()
        run = self._run(model, self._left(FOR_PLACING), of_cost=False)
        if run.bound is not None:
            # A hearing more weighs more than all urgency together (see problem.weight).
            each = sum(hearing.weight for hearing in self.problem.hearings) + 1
            self.most = min(self.most, max(len(self.places), int(run.bound + 0.5) // each))

    def cheapen(self) -> None:
        """Lower the cost of placing as many as are placed."""
        from app.listing.solver.model import Model
        from app.listing.solver.table import grid_of

        if not self.places:
            self.complete, self.bound = self.most == 0, 0
            return
        model = Model(self.problem, self.places)
        model.keep_placed(weight(self.problem, self.places))
        model.count_cost()
        grid = grid_of(self.problem)
        alone = self.limits.workers == 1 or self.limits.steps is not None
        if alone or grid is None or self._left(1.0) < SHORT:
            run = self._run(model, self._left(1.0), of_cost=True)
        else:
            run = self._run(model, min(AT_ONCE, self._left(1.0)), of_cost=True)
            if not run.complete and not self.stopped:
                run = self._run_in_parts(model, grid)
        proved = run.complete or self.progress.bound == self.progress.cost
        self.complete = proved and len(self.places) == self.most

    @property
    def _share(self) -> float:
        """How much of the time is over; more than 1 when it is."""
        return (time.monotonic() - self.begun) / max(self.limits.seconds, 1.0)

    def _left(self, part: float) -> float:
        """Return the seconds that are left of a part of the time; at least one."""
        return max(1.0, (part - self._share) * self.limits.seconds)

    def _run(self, model: "Model", seconds: float, *, of_cost: bool) -> "Run":
        """Search a model in a thread of its own, so that this one can watch and be interrupted."""
        from app.listing.solver.model import Run

        run = Run(model, self.limits)
        self._wait_for([partial(run.go, seconds)], run, of_cost=of_cost)
        return run

    def _run_in_parts(self, model: "Model", grid: "Grid") -> "Run":
        """Prove in one thread and move hearings in the others."""
        from app.listing.solver.model import Run

        run = Run(model, replace(self.limits, workers=1))
        moving = [
            partial(self._move, grid, self.limits.seed + n) for n in range(self.limits.workers)
        ]

        def prove() -> None:
            self._prove(run)
            moving[0]()

        self._wait_for([prove, *moving[1:]], run, of_cost=True)
        return run

    def _prove(self, run: "Run") -> None:
        """Prove what judges' plans tell before the model is searched, which tells the rest."""
        from app.listing.solver.bound import at_least

        def told(bound: int) -> bool:
            self.floor = max(self.floor, bound)
            return self.stopped or self._share > 1

        # Plans speak only of listings that place all.
        if len(self.places) < sum(1 for hearing in self.problem.hearings if hearing.starts):
            run.go(self._left(1.0))
            return
        at_least(self.problem, told)
        run.model.cost_at_least(self.floor)
        if self._share < FOR_PROVING:
            run.go(self._left(FOR_PROVING))

    def _move(self, grid: "Grid", seed: int) -> None:
        """Take hearings out and put them back, until the time is over."""
        from app.listing.solver.repair import Repair

        if self.stopped or self._share > 1:
            return
        repair = Repair(self.problem, grid, self.places, seed)
        while not self.stopped and (share := self._share) < 1:
            after = min(1.0, share + LOOKS / max(self.limits.seconds, 1.0))
            repair.go_on(share, after, LOOKS)
            if repair.least < self.least:
                self._take_better(repair.best)

    def _take_better(self, found: Places) -> None:
        """Take other places for the same hearings, unless they cost more."""
        points = cost(self.problem, found)
        with self._taking:
            if points <= self.least:
                self.places, self.least = found, points

    def _wait_for(self, jobs: Sequence[Callable[[], None]], run: "Run", *, of_cost: bool) -> None:
        """Do jobs beside one another, and watch; raise what goes wrong in one when all ended."""
        with ThreadPoolExecutor(len(jobs)) as pool:
            running = list[Future[None]]()
            try:
                running += [pool.submit(job) for job in jobs]
            except KeyboardInterrupt:
                self.stopped = True
                run.stop()
            while not all(job.done() for job in running):
                try:
                    wait(running, LOOKS)
                    self._take(run, of_cost=of_cost)
                    far = self.progress
                    if self.watch(far) or far.bound == far.cost or _failed(running):
                        self.stopped = True
                except KeyboardInterrupt:
                    self.stopped = True
                if self.stopped:
                    run.stop()  # at each look: a solver that is about to begin does not hear it
            self._take(run, of_cost=of_cost)
            for job in running:
                job.result()

    def _take(self, run: "Run", *, of_cost: bool) -> None:
        """Take what a run has found by now."""
        if run.places is not None and not of_cost:
            self.places, self.least = run.places, cost(self.problem, run.places)
        elif run.places is not None:
            self._take_better(run.places)
        if of_cost and run.bound is not None:
            self.floor = max(self.floor, int(run.bound + 0.5))
        if of_cost and (run.bound is not None or self.floor):
            self.bound = self.floor


def _failed(jobs: Sequence[Future[None]]) -> bool:
    return any(job.done() and job.exception() is not None for job in jobs)
