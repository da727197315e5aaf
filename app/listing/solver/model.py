"""CP-SAT model of a listing, and one run of it. Besides `bound` the only user of OR-Tools.

Each hearing has a start variable, over the times at which its people are free, and a courtroom.
Judges, courtrooms and counsel have one hearing at a time (no-overlap constraints on intervals).
Bounds come from blocks: all starts of a hearing with the same session and cost share one Boolean,
and the blocks of a session together cannot use more time than it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ortools.sat.python import cp_model

from app.listing.solver.capacity import covered, fewest, most_of, most_of_any
from app.listing.solver.problem import (
    JUDGE_DAY,
    OTHER_ROOM,
    TRAVEL_DAY,
    HearingToPlace,
    Placement,
    Places,
    Problem,
    SearchLimits,
    Start,
    weight,
)


@dataclass
class HearingVariables:
    """Decision variables of one hearing."""

    hearing: HearingToPlace
    start: Any
    placed: Any
    rooms: dict[int, Any] = field(default_factory=dict)
    blocks: list[tuple[Start, list[int], Any]] = field(default_factory=list)

    def on_days(self) -> Mapping[int, list[Any]]:
        """Return the block variables, keyed by day."""
        by_day: dict[int, list[Any]] = defaultdict(list)
        for first, _, chosen in self.blocks:
            by_day[first.day].append(chosen)
        return by_day


class Model:
    """CP-SAT model of a problem, with a listing as hint."""

    def __init__(self, problem: Problem, places: Places) -> None:
        self.problem, self.places = problem, places
        self.cp = cp_model.CpModel()
        self.busy: dict[tuple[str, int], list[Any]] = defaultdict(list)
        self._block_courtrooms()
        self.variables = {
            number: self._hearing_variables(hearing, places.get(number))
            for number, hearing in enumerate(problem.hearings)
            if hearing.starts
        }
        for spans in self.busy.values():
            if len(spans) > 1:
                self.cp.add_no_overlap(spans)
        self._cap_courtrooms()
        self.judge_days = self._days(
            ((hearing_vars.hearing.judge,) for hearing_vars in self.variables.values()),
            problem.sits,
        )
        self.travel_days = self._days(
            (problem.travellers(hearing_vars.hearing) for hearing_vars in self.variables.values()),
            problem.comes,
        )
        self.capacities = self._cap_judges()
        self.cost: Any = 0

    @property
    def strips(self) -> dict[int, list[tuple[int, int]]]:
        """The free intervals of each courtroom, in order."""
        by_room: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for strip in sorted(self.problem.strips):
            by_room[strip.room].append((strip.begins, strip.ends))
        return by_room

    def _block_courtrooms(self) -> None:
        """Block the gaps before, between and after the intervals in which courtrooms are free."""
        starts = [start.at for hearing in self.problem.hearings for start in hearing.starts]
        begin, longest = min(starts, default=0), max(h.minutes for h in self.problem.hearings)
        end = max(starts, default=0) + longest + self.problem.buffer
        for room, strips in self.strips.items():
            at = begin
            for begins, ends in [*strips, (end, end)]:
                if at < begins:
                    blocked = self.cp.new_fixed_size_interval_var(at, begins - at, "taken")
                    self.busy["room", room].append(blocked)
                at = max(at, ends + self.problem.buffer)

    def _hearing_variables(
        self, hearing: HearingToPlace, place: Placement | None
    ) -> HearingVariables:
        cp, size = self.cp, hearing.minutes + self.problem.buffer
        times = cp_model.Domain.from_values([each.at for each in hearing.starts])
        hearing_vars = HearingVariables(
            hearing, cp.new_int_var_from_domain(times, "start"), cp.new_bool_var("placed")
        )
        blocks: dict[tuple[int, tuple[int, int], int], list[Start]] = defaultdict(list)
        for start in hearing.starts:
            blocks[start.day, start.session, start.cost].append(start)
        for starts in blocks.values():
            chosen, times_ = cp.new_bool_var("block"), [each.at for each in starts]
            block_times = cp_model.Domain.from_values(times_)
            cp.add_linear_expression_in_domain(hearing_vars.start, block_times).only_enforce_if(
                chosen
            )
            cp.add_hint(chosen, place is not None and place.at in times_)
            hearing_vars.blocks.append((starts[0], times_, chosen))
        cp.add_exactly_one(
            [hearing_vars.placed.negated(), *(chosen for *_, chosen in hearing_vars.blocks)]
        )
        for room in self.strips:
            hearing_vars.rooms[room] = in_room = cp.new_bool_var("room")
            self._interval(hearing_vars, size, in_room, ("room", room))
            cp.add_hint(in_room, place is not None and place.room == room)
        cp.add_exactly_one([hearing_vars.placed.negated(), *hearing_vars.rooms.values()])
        for resource in [
            *(("judge", each) for each in hearing.judges),
            *(("counsel", each) for each in hearing.counsel),
        ]:
            self._interval(hearing_vars, size, hearing_vars.placed, resource)
        cp.add_hint(hearing_vars.placed, place is not None)
        cp.add_hint(hearing_vars.start, place.at if place else hearing.starts[0].at)
        return hearing_vars

    def _interval(
        self, hearing_vars: HearingVariables, size: int, presence: Any, resource: tuple[str, int]
    ) -> None:
        span = self.cp.new_optional_fixed_size_interval_var(
            hearing_vars.start, size, presence, "at"
        )
        self.busy[resource].append(span)

    def _cap_courtrooms(self) -> None:
        """Limit each session to the total time of its courtrooms."""
        buffer = self.problem.buffer
        usage: dict[tuple[int, tuple[int, int]], list[Any]] = defaultdict(list)
        for hearing_vars in self.variables.values():
            for first, _, chosen in hearing_vars.blocks:
                usage[first.day, first.session].append(
                    (hearing_vars.hearing.minutes + buffer) * chosen
                )
        sizes = sorted(
            {hearing_vars.hearing.minutes + buffer for hearing_vars in self.variables.values()}
        )
        for (day, (opens, closes)), terms in usage.items():
            free = (
                min(strip.ends, closes) - max(strip.begins, opens)
                for strip in self.problem.strips_of.get(day, ())
            )
            self.cp.add(sum(terms) <= sum(most_of_any(sizes, f + buffer) for f in free if f > 0))

    def _days(
        self, people: Iterable[Iterable[int]], present_anyway: frozenset[tuple[int, int]]
    ) -> dict[tuple[int, int], Any]:
        """Return a Boolean for each (person, day) of additional attendance."""
        needed: dict[tuple[int, int], Any] = {}
        hinted = set()
        for (number, hearing_vars), attendees in zip(self.variables.items(), people, strict=True):
            place = self.places.get(number)
            for person in attendees:
                if place:
                    hinted.add((person, hearing_vars.hearing.by_time[place.at].day))
                for day, choices in hearing_vars.on_days().items():
                    if (person, day) not in present_anyway:
                        if (person, day) not in needed:
                            needed[person, day] = self.cp.new_bool_var("day")
                        self.cp.add(sum(choices) <= needed[person, day])
        for key, attends in needed.items():
            self.cp.add_hint(attends, key in hinted)
        return needed

    def _cap_judges(self) -> dict[tuple[int, int], int]:
        """Limit each judge's use of a session; return their capacity by judge and day."""
        buffer, capacities = self.problem.buffer, defaultdict[tuple[int, int], int](int)
        usage: dict[tuple[int, int, tuple[int, int]], list[Any]] = defaultdict(list)
        spans: dict[tuple[int, int, tuple[int, int]], list[tuple[int, int]]] = defaultdict(list)
        sizes: dict[int, list[int]] = defaultdict(list)
        for hearing_vars in self.variables.values():
            hearing = hearing_vars.hearing
            sizes[hearing.judge].append(hearing.minutes + buffer)
            for first, times, chosen in hearing_vars.blocks:
                key = (hearing.judge, first.day, first.session)
                usage[key].append((hearing.minutes + buffer) * chosen)
                spans[key] += [(at, at + hearing.minutes) for at in times]
        for (judge, day, session), terms in usage.items():
            free = covered(spans[judge, day, session])
            most = sum(most_of(sizes[judge], ends - begins + buffer) for begins, ends in free)
            capacities[judge, day] += most
            self.cp.add(sum(terms) <= most * self.judge_days.get((judge, day), 1))
        return capacities

    def require_placed(self, placed_weight: int) -> None:
        """Require at least the placed weight of a known listing (see problem.weight)."""
        self.cp.add(self._placed() >= placed_weight)
        if len(self.places) < len(self.variables):
            return
        for judge in {hearing_vars.hearing.judge for hearing_vars in self.variables.values()}:
            sizes = [
                hearing_vars.hearing.minutes + self.problem.buffer
                for hearing_vars in self.variables.values()
                if hearing_vars.hearing.judge == judge
            ]
            judge_capacities = {
                day: most for (owner, day), most in self.capacities.items() if owner == judge
            }
            free_capacity = sum(
                most
                for day, most in judge_capacities.items()
                if (judge, day) not in self.judge_days
            )
            paid_capacities = {
                day: most
                for day, most in judge_capacities.items()
                if (judge, day) in self.judge_days
            }
            days = fewest(sum(sizes), free_capacity, paid_capacities.values())
            self.cp.add(sum(self.judge_days[judge, day] for day in paid_capacities) >= days)

    def _placed(self) -> Any:
        return sum(
            weight(self.problem, [n]) * hearing_vars.placed
            for n, hearing_vars in self.variables.items()
        )

    def maximize_placed(self) -> None:
        """Set the objective: place as many as possible, the most urgent first."""
        self.cp.maximize(self._placed())

    def minimize_cost(self) -> None:
        """Set the objective: minimum cost (see problem.cost)."""
        terms = [JUDGE_DAY * day for day in self.judge_days.values()]
        terms += [TRAVEL_DAY * day for day in self.travel_days.values()]
        for hearing_vars in self.variables.values():
            terms += [first.cost * chosen for first, _, chosen in hearing_vars.blocks if first.cost]
            if hearing_vars.hearing.room is not None:
                terms += [
                    OTHER_ROOM * in_room
                    for room, in_room in hearing_vars.rooms.items()
                    if room != hearing_vars.hearing.room
                ]
        self.cost = sum(terms)
        self.cp.minimize(self.cost)

    def add_lower_bound(self, points: int) -> None:
        """Add a proved lower bound on the cost."""
        self.cp.add(self.cost >= points)


class Run(cp_model.CpSolverSolutionCallback):
    """One run of a model, to be executed in its own thread."""

    def __init__(self, model: Model, limits: SearchLimits) -> None:
        super().__init__()
        self.model = model
        self.solver = _solver(limits)
        self.solver.best_bound_callback = partial(setattr, self, "bound")
        self.bound: float | None = None
        self.places: Places | None = None
        self.complete = self.stopped = False

    def execute(self, seconds: float) -> None:
        """Search until optimality, a limit, or ``stop``; results are attributes of this run."""
        if self.stopped:
            return
        self.solver.parameters.max_time_in_seconds = seconds
        status = self.solver.solve(self.model.cp, self)
        self.complete = status == cp_model.OPTIMAL
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.bound = self.solver.best_objective_bound

    def stop(self) -> None:
        """Request a stop; the best solution so far is kept."""
        self.stopped = True
        self.solver.stop_search()

    def on_solution_callback(self) -> None:
        """Store the solution."""
        self.places = {
            number: Placement(
                self.value(hearing_vars.start),
                next(
                    room
                    for room, in_room in hearing_vars.rooms.items()
                    if self.boolean_value(in_room)
                ),
            )
            for number, hearing_vars in self.model.variables.items()
            if self.boolean_value(hearing_vars.placed)
        }


def _solver(limits: SearchLimits) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = limits.workers
    parameters.random_seed = limits.seed
    if limits.steps is not None:
        parameters.max_deterministic_time = limits.steps
    # The waiting thread handles Ctrl-C; probing every literal takes longer than it saves.
    parameters.catch_sigint_signal, parameters.cp_model_probing_level = False, 0
    parameters.linearization_level = 2  # bounds come from the block constraints, which are linear
    return solver
