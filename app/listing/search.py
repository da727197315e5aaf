"""The search for the best listing: watched while it runs, kept when it is stopped.

OR-Tools is loaded where a search begins (see model), and its absence is said in one sentence.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from app.errors import N_, Refusal
from app.listing import greedy
from app.listing.part import Neighbours, part
from app.listing.problem import Limits, Outcome, Places, Problem, Progress, cost, weight
from app.listing.repair import Repair

if TYPE_CHECKING:
    from app.listing.model import Model, Run

MISSING = N_(
    "Listing many hearings needs OR-Tools, which is not installed here: "
    "run .venv/bin/pip install -e '.[listing]' in Tingqi's folder, then try again."
)
LOOKS = 0.25  # seconds between two looks at a running search
# Part of the time that may go into placing as many as possible, where not all have a place.
FOR_PLACING = 0.4
# Hearings that are moved about together while all others stay, and for how many seconds at most.
TOGETHER, A_WHILE = 24, 1.0
A_PART = 0.15  # of CP-SAT's deterministic time
# Part of the time that judges' plans have for themselves: beside them Python does one thing only.
FOR_PROVING = 0.25
# Part of the time in which hearings are put back one by one; after it CP-SAT places them together.
ONE_BY_ONE = 0.9

# Told how far a search is, a few times a second; answers whether it is to stop.
Watch = Callable[[Progress], bool]


class NoSolver(Refusal):
    """OR-Tools is not installed here."""

    code = "no-solver"


def is_there() -> bool:
    """Tell whether OR-Tools is installed, without loading it."""
    try:
        return find_spec("ortools") is not None
    except ImportError:
        return False


def need() -> None:
    """Raise NoSolver where OR-Tools is not installed."""
    if not is_there():
        raise NoSolver(MISSING)


def search(problem: Problem, limits: Limits, watch: Watch = lambda _: False) -> Outcome:
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
    return Outcome(hunt.places, hunt.progress, hunt.complete)


class _Hunt:
    """One search: the best so far, and what is proved about it."""

    def __init__(self, problem: Problem, limits: Limits, watch: Watch) -> None:
        self.problem, self.limits, self.watch = problem, limits, watch
        self.places: Places = greedy.first(problem)
        self.most = sum(1 for hearing in problem.hearings if hearing.starts)
        self.bound: int | None = None
        self.floor = 0  # what is proved of the cost by any way
        self.stopped = self.complete = self.proved = False
        self.spent = 0.0  # seconds
        self.chance = random.Random(limits.seed)
        self.repair: Repair | None = None
        self.begun = time.monotonic()

    @property
    def progress(self) -> Progress:
        """How far the search is."""
        found = cost(self.problem, self.places)
        bound = None if self.bound is None else min(self.bound, found)
        return Progress(len(self.places), self.most, found, bound)

    def place_many(self) -> None:
        """Place as many as possible, if not all are placed already."""
        self.stopped = self.watch(self.progress)
        if self.stopped or len(self.places) == self.most:
            return
        from app.listing.model import Model

        model = Model(self.problem, self.places)
        model.count_placed()
        run = self._run(model, FOR_PLACING)
        if run.bound is not None:
            # A hearing more weighs more than all urgency together (see problem.weight).
            each = sum(hearing.weight for hearing in self.problem.hearings) + 1
            self.most = min(self.most, max(len(self.places), int(run.bound + 0.5) // each))

    def cheapen(self) -> None:
        """Lower the cost of placing as many as are placed."""
        from app.listing.model import Model

        if not self.places:
            self.complete, self.bound = self.most == 0, 0
            return
        model = Model(self.problem, self.places)
        model.keep_placed(weight(self.problem, self.places))
        model.count_cost()
        run = self._run(model, 1.0, of_cost=True)
        proved = run.complete or self.progress.bound == self.progress.cost
        self.complete = proved and len(self.places) == self.most

    @property
    def _share(self) -> float:
        """How much of the time is over; more than 1 when it is."""
        return (time.monotonic() - self.begun) / max(self.limits.seconds, 1.0)

    @property
    def _in_parts(self) -> bool:
        """Whether one thread proves while another moves a few hearings at a time.

        Where exact steps are counted, one search does both.
        """
        return self.limits.workers > 1 and self.limits.steps is None

    def _prove(self, model: "Model") -> None:
        """Prove what judges' plans tell before the model is searched, which tells the rest."""
        from app.listing.bound import at_least

        def told(bound: int) -> bool:
            self.floor = max(self.floor, bound)
            return self.stopped or self._share > 1

        # It speaks only of listings that place all.
        if len(self.places) == sum(1 for hearing in self.problem.hearings if hearing.starts):
            at_least(self.problem, told)
            model.cost_at_least(self.floor)
        self.proved = True

    def _improve(self) -> None:
        """Move a few hearings about while all others stay where they are."""
        share = self._share
        if share >= ONE_BY_ONE:
            self._improve_together()
            return
        if self.repair is None or not self._goes_on(self.repair):
            self.repair = Repair(self.problem, self.places, self.chance)
        until = time.monotonic() + LOOKS
        while time.monotonic() < until:
            self.repair.step(share / ONE_BY_ONE)
        self._take_better(self.repair.best)

    def _goes_on(self, repair: Repair) -> bool:
        """Tell whether nothing better was found elsewhere."""
        same = repair.best.keys() == self.places.keys()
        return same and repair.least <= cost(self.problem, self.places)

    def _improve_together(self) -> None:
        """Find the best places for a few hearings while all others stay where they are."""
        from app.listing.model import Model, Run

        hearings, places = self.problem.hearings, self.places
        near = Neighbours(self.problem, sorted(places))
        numbers = near.some(TOGETHER, lambda n: hearings[n].by_time[places[n].at].day, self.chance)
        small = part(self.problem, self.places, numbers)
        stand = {n: self.places[number] for n, number in enumerate(numbers)}
        model = Model(small, stand)
        model.keep_placed(weight(small, stand))
        model.count_cost()
        seed = self.chance.randrange(2**31)
        run = Run(model, replace(self.limits, workers=1, seed=seed, steps=A_PART), A_WHILE)
        run.go()
        if run.fault is not None:
            raise run.fault
        self._take_better({**self.places, **{numbers[n]: p for n, p in (run.places or {}).items()}})

    def _take_better(self, found: Places) -> None:
        """Take other places for the same hearings, unless they cost more."""
        if cost(self.problem, found) <= cost(self.problem, self.places):
            self.places = found

    def _run(self, model: "Model", part_of_time: float, *, of_cost: bool = False) -> "Run":
        """Search a model in a thread of its own, so that this one can watch and be interrupted."""
        from app.listing.model import Run

        parts = of_cost and self._in_parts
        limits = replace(self.limits, workers=self.limits.workers - 1) if parts else self.limits
        run = Run(model, limits, max(1.0, self.limits.seconds * part_of_time - self.spent))
        before = partial(self._prove, model) if parts else lambda: None
        thread = threading.Thread(target=run.go, args=(before,), daemon=True)
        thread.start()
        while not run.ended.is_set():
            try:
                if parts and not self.stopped and (self.proved or self._share > FOR_PROVING):
                    self._improve()
                else:
                    run.ended.wait(LOOKS)
                self._take(run, of_cost=of_cost)
                far = self.progress
                if self.stopped or self.watch(far) or far.bound == far.cost:
                    self.stopped = True
                    run.stop()  # at each look: a solver that is about to begin does not hear it
            except KeyboardInterrupt:
                self.stopped = True
                run.stop()
        thread.join()
        self._take(run, of_cost=of_cost)
        if run.fault is not None:
            raise run.fault
        self.spent += run.seconds
        return run

    def _take(self, run: "Run", *, of_cost: bool) -> None:
        """Take what a run has found by now."""
        if run.places is not None and not of_cost:
            self.places = run.places
        elif run.places is not None:
            self._take_better(run.places)
        if of_cost and run.bound is not None:
            self.floor = max(self.floor, int(run.bound + 0.5))
        if of_cost and (run.bound is not None or self.floor):
            self.bound = self.floor
