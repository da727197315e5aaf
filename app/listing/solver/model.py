"""A listing as a model of OR-Tools' CP-SAT, and one run of it; only bound knows the library too.

Each hearing has a start out of those at which its people are free, and a courtroom. Judges,
courtrooms and counsel have one hearing at a time (intervals that do not overlap). What the search
proves comes from blocks: all starts of one hearing in one session that cost the same are one
choice, and the choices of a session together cannot use more time than there is.
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
    """What the search decides of one hearing."""

    hearing: HearingToPlace
    start: Any
    placed: Any
    rooms: dict[int, Any] = field(default_factory=dict)
    blocks: list[tuple[Start, list[int], Any]] = field(default_factory=list)

    def on_days(self) -> Mapping[int, list[Any]]:
        """Return the choices of each day."""
        found: dict[int, list[Any]] = defaultdict(list)
        for first, _, chosen in self.blocks:
            found[first.day].append(chosen)
        return found


class Model:
    """A problem in CP-SAT's words, with a listing to begin from."""

    def __init__(self, problem: Problem, places: Places) -> None:
        self.problem, self.places = problem, places
        self.cp = cp_model.CpModel()
        self.busy: dict[tuple[str, int], list[Any]] = defaultdict(list)
        self._block_courtrooms()
        self.seats = {
            number: self._seat(hearing, places.get(number))
            for number, hearing in enumerate(problem.hearings)
            if hearing.starts
        }
        for spans in self.busy.values():
            if len(spans) > 1:
                self.cp.add_no_overlap(spans)
        self._cap_courtrooms()
        self.judge_days = self._days(
            ((seat.hearing.judge,) for seat in self.seats.values()), problem.sits
        )
        self.travel_days = self._days(
            (problem.travellers(seat.hearing) for seat in self.seats.values()), problem.comes
        )
        self.capacities = self._cap_judges()
        self.cost: Any = 0

    @property
    def strips(self) -> dict[int, list[tuple[int, int]]]:
        """When each courtroom is free, in order."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for strip in sorted(self.problem.strips):
            found[strip.room].append((strip.begins, strip.ends))
        return found

    def _block_courtrooms(self) -> None:
        """Take what lies before, between and after the stretches in which courtrooms are free."""
        every = [start.at for hearing in self.problem.hearings for start in hearing.starts]
        begin, longest = min(every, default=0), max(h.minutes for h in self.problem.hearings)
        end = max(every, default=0) + longest + self.problem.buffer
        for room, strips in self.strips.items():
            at = begin
            for begins, ends in [*strips, (end, end)]:
                if at < begins:
                    taken = self.cp.new_fixed_size_interval_var(at, begins - at, "taken")
                    self.busy["room", room].append(taken)
                at = max(at, ends + self.problem.buffer)

    def _seat(self, hearing: HearingToPlace, place: Placement | None) -> HearingVariables:
        cp, size = self.cp, hearing.minutes + self.problem.buffer
        times = cp_model.Domain.from_values([each.at for each in hearing.starts])
        seat = HearingVariables(
            hearing, cp.new_int_var_from_domain(times, "start"), cp.new_bool_var("placed")
        )
        blocks: dict[tuple[int, tuple[int, int], int], list[Start]] = defaultdict(list)
        for start in hearing.starts:
            blocks[start.day, start.session, start.cost].append(start)
        for starts in blocks.values():
            chosen, ats = cp.new_bool_var("block"), [each.at for each in starts]
            within = cp_model.Domain.from_values(ats)
            cp.add_linear_expression_in_domain(seat.start, within).only_enforce_if(chosen)
            cp.add_hint(chosen, place is not None and place.at in ats)
            seat.blocks.append((starts[0], ats, chosen))
        cp.add_exactly_one([seat.placed.negated(), *(chosen for *_, chosen in seat.blocks)])
        for room in self.strips:
            seat.rooms[room] = inside = cp.new_bool_var("room")
            self._interval(seat, size, inside, ("room", room))
            cp.add_hint(inside, place is not None and place.room == room)
        cp.add_exactly_one([seat.placed.negated(), *seat.rooms.values()])
        for who in [("judge", hearing.judge), *(("counsel", each) for each in hearing.counsel)]:
            self._interval(seat, size, seat.placed, who)
        cp.add_hint(seat.placed, place is not None)
        cp.add_hint(seat.start, place.at if place else hearing.starts[0].at)
        return seat

    def _interval(
        self, seat: HearingVariables, size: int, there: Any, who: tuple[str, int]
    ) -> None:
        span = self.cp.new_optional_fixed_size_interval_var(seat.start, size, there, "at")
        self.busy[who].append(span)

    def _cap_courtrooms(self) -> None:
        """Say of each session how much time its courtrooms have together."""
        buffer = self.problem.buffer
        used: dict[tuple[int, tuple[int, int]], list[Any]] = defaultdict(list)
        for seat in self.seats.values():
            for first, _, chosen in seat.blocks:
                used[first.day, first.session].append((seat.hearing.minutes + buffer) * chosen)
        sizes = sorted({seat.hearing.minutes + buffer for seat in self.seats.values()})
        for (day, (opens, closes)), terms in used.items():
            free = (
                min(strip.ends, closes) - max(strip.begins, opens)
                for strip in self.problem.strips_of.get(day, ())
            )
            self.cp.add(sum(terms) <= sum(most_of_any(sizes, f + buffer) for f in free if f > 0))

    def _days(
        self, people: Iterable[Iterable[int]], given: frozenset[tuple[int, int]]
    ) -> dict[tuple[int, int], Any]:
        """Return who is needed at court on which day who would not be there otherwise."""
        needed: dict[tuple[int, int], Any] = {}
        hinted = set()
        for (number, seat), who in zip(self.seats.items(), people, strict=True):
            place = self.places.get(number)
            for each in who:
                if place:
                    hinted.add((each, seat.hearing.by_time[place.at].day))
                for day, choices in seat.on_days().items():
                    if (each, day) not in given:
                        if (each, day) not in needed:
                            needed[each, day] = self.cp.new_bool_var("day")
                        self.cp.add(sum(choices) <= needed[each, day])
        for key, there in needed.items():
            self.cp.add_hint(there, key in hinted)
        return needed

    def _cap_judges(self) -> dict[tuple[int, int], int]:
        """Say how much of each session a judge can use; return how much of each day."""
        buffer, capacities = self.problem.buffer, defaultdict[tuple[int, int], int](int)
        used: dict[tuple[int, int, tuple[int, int]], list[Any]] = defaultdict(list)
        spans: dict[tuple[int, int, tuple[int, int]], list[tuple[int, int]]] = defaultdict(list)
        sizes: dict[int, list[int]] = defaultdict(list)
        for seat in self.seats.values():
            hearing = seat.hearing
            sizes[hearing.judge].append(hearing.minutes + buffer)
            for first, ats, chosen in seat.blocks:
                key = (hearing.judge, first.day, first.session)
                used[key].append((hearing.minutes + buffer) * chosen)
                spans[key] += [(at, at + hearing.minutes) for at in ats]
        for (judge, day, session), terms in used.items():
            free = covered(spans[judge, day, session])
            most = sum(most_of(sizes[judge], ends - begins + buffer) for begins, ends in free)
            capacities[judge, day] += most
            self.cp.add(sum(terms) <= most * self.judge_days.get((judge, day), 1))
        return capacities

    def keep_placed(self, so_much: int) -> None:
        """Let no listing place less than one that is known (see problem.weight)."""
        self.cp.add(self._placed() >= so_much)
        if len(self.places) < len(self.seats):
            return
        for judge in {seat.hearing.judge for seat in self.seats.values()}:
            sizes = [
                seat.hearing.minutes + self.problem.buffer
                for seat in self.seats.values()
                if seat.hearing.judge == judge
            ]
            mine = {day: most for (who, day), most in self.capacities.items() if who == judge}
            given = sum(most for day, most in mine.items() if (judge, day) not in self.judge_days)
            paid = {day: most for day, most in mine.items() if (judge, day) in self.judge_days}
            days = fewest(sum(sizes), given, paid.values())
            self.cp.add(sum(self.judge_days[judge, day] for day in paid) >= days)

    def _placed(self) -> Any:
        return sum(weight(self.problem, [n]) * seat.placed for n, seat in self.seats.items())

    def count_placed(self) -> None:
        """Seek to place as many as possible, the most urgent first."""
        self.cp.maximize(self._placed())

    def count_cost(self) -> None:
        """Seek the least cost (see problem.cost)."""
        terms = [JUDGE_DAY * day for day in self.judge_days.values()]
        terms += [TRAVEL_DAY * day for day in self.travel_days.values()]
        for seat in self.seats.values():
            terms += [first.cost * chosen for first, _, chosen in seat.blocks if first.cost]
            if seat.hearing.room is not None:
                terms += [
                    OTHER_ROOM * inside
                    for room, inside in seat.rooms.items()
                    if room != seat.hearing.room
                ]
        self.cost = sum(terms)
        self.cp.minimize(self.cost)

    def cost_at_least(self, points: int) -> None:
        """Say what is proved of the cost already."""
        self.cp.add(self.cost >= points)


class Run(cp_model.CpSolverSolutionCallback):
    """One run of a model, meant for a thread of its own."""

    def __init__(self, model: Model, limits: SearchLimits) -> None:
        super().__init__()
        self.model = model
        self.solver = _solver(limits)
        self.solver.best_bound_callback = partial(setattr, self, "bound")
        self.bound: float | None = None
        self.places: Places | None = None
        self.complete = self.stopped = False

    def go(self, seconds: float) -> None:
        """Search until the end, a limit, or ``stop``; what comes of it stands in this run."""
        if self.stopped:
            return
        self.solver.parameters.max_time_in_seconds = seconds
        status = self.solver.solve(self.model.cp, self)
        self.complete = status == cp_model.OPTIMAL
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.bound = self.solver.best_objective_bound

    def stop(self) -> None:
        """Stop soon; what was found is kept."""
        self.stopped = True
        self.solver.stop_search()

    def on_solution_callback(self) -> None:
        """Keep what was found."""
        self.places = {
            number: Placement(
                self.value(seat.start),
                next(room for room, inside in seat.rooms.items() if self.boolean_value(inside)),
            )
            for number, seat in self.model.seats.items()
            if self.boolean_value(seat.placed)
        }


def _solver(limits: SearchLimits) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    said = solver.parameters
    said.num_workers = limits.workers
    said.random_seed = limits.seed
    if limits.steps is not None:
        said.max_deterministic_time = limits.steps
    # Ctrl-C is heard by whoever waits; and trying every literal in turn takes longer than it saves.
    said.catch_sigint_signal, said.cp_model_probing_level = False, 0
    said.linearization_level = 2  # what is proved comes from the blocks, which are linear
    return solver
