"""The search for the best listing: watched while it runs, kept when it is stopped.

OR-Tools is loaded where a search begins (see model), and its absence is said in one sentence.
"""

import threading
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from app.errors import N_, Refusal
from app.listing import greedy
from app.listing.problem import Limits, Outcome, Places, Problem, Progress, cost, weight

if TYPE_CHECKING:
    from app.listing.model import Model, Run

MISSING = N_(
    "Listing many hearings needs OR-Tools, which is not installed here: "
    "run pip install 'tingqi[listing]', then try again."
)
LOOKS = 0.25  # seconds between two looks at a running search
# Part of the time that may go into placing as many as possible, where not all have a place.
FOR_PLACING = 0.4

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
        self.stopped = self.complete = False
        self.spent = 0.0  # seconds

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
        self.complete = run.complete and len(self.places) == self.most

    def _run(self, model: "Model", part: float, *, of_cost: bool = False) -> "Run":
        """Search a model in a thread of its own, so that this one can watch and be interrupted."""
        from app.listing.model import Run

        run = Run(model, self.limits, max(1.0, self.limits.seconds * part - self.spent))
        thread = threading.Thread(target=run.go, daemon=True)
        thread.start()
        while not run.ended.is_set():
            try:
                run.ended.wait(LOOKS)
                self._take(run, of_cost=of_cost)
                if not self.stopped and self.watch(self.progress):
                    self.stopped = True
                    run.stop()
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
        self.places = run.places or self.places
        if of_cost and run.bound is not None:
            self.bound = max(0, int(run.bound + 0.5))
