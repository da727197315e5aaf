"""Pure: a problem as arrays, for a search that moves a hundred thousand hearings a second.

A day is one 64-bit mask in steps of the grid on which hearings start: a hearing occupies the bits
from its start to the next possible start after its end. Two hearings collide if they share a bit.
Whether a start fits into a courtroom is checked to the minute.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from app.listing.solver.problem import JUDGE_DAY, TRAVEL_DAY, Placement, Problem, Start, room_cost

BITS = 64
NO_PREFERENCE, NOT_HERE = -1, -2  # instead of the index of the requested courtroom

Array = Any  # numpy.ndarray


class Table(NamedTuple):
    """Constant data. ``x_of`` holds offsets into the flat array ``x``, and its length at the end.

    Days of a hearing are sorted by cost, and so are the costs of a day, each with the mask of the
    starts that cost as much. People are judges first, then counsel.
    """

    steps: Array  # of each hearing: number of bits
    length: Array  # of each hearing: index of its length
    preferred_room: Array  # of each hearing: a courtroom, NO_PREFERENCE or NOT_HERE
    people_of: Array  # of each hearing, the judge first
    people: Array
    charged_of: Array  # of each hearing: its people whose court days cost points
    charged: Array
    fees: Array  # of each person: cost of a court day, in points
    days_of: Array  # of each hearing
    days: Array
    floors: Array  # of each of these days: minimum cost
    costs_of: Array  # of each of these days
    costs: Array
    starts: Array
    hearings_of: Array  # of each person
    hearings: Array
    judges: int
    opened: Array  # by day, courtroom and length: mask of the possible starts
    present: Array  # by person and day: 1 if at court anyway


class Grid(NamedTuple):
    """Numbering of days, times and courtrooms in a table."""

    step: int  # minutes
    days: Mapping[int, int]
    begins: Mapping[int, int]  # by day: the minute of bit 0
    rooms: Sequence[int]

    def bit(self, start: Start) -> int:
        """Return the bit position of a start within its day."""
        return (start.at - self.begins[start.day]) // self.step


def grid_of(problem: Problem) -> Grid | None:
    """Return the grid of a problem, or None if a day has more steps than a mask has bits."""
    times: dict[int, set[int]] = defaultdict(set)
    for hearing in problem.hearings:
        for start in hearing.starts:
            times[start.day].add(start.at)
    begins = {day: min(day_times) for day, day_times in times.items()}
    step = (
        reduce(gcd, (at - begins[day] for day, day_times in times.items() for at in day_times), 0)
        or BITS
    )
    if any((max(day_times) - begins[day]) // step >= BITS for day, day_times in times.items()):
        return None
    rooms = sorted({strip.room for strip in problem.strips})
    return Grid(step, {day: n for n, day in enumerate(sorted(times))}, begins, rooms)


def table_of(problem: Problem, grid: Grid) -> Table:
    """Convert a problem to arrays."""
    judges = sorted({each for hearing in problem.hearings for each in hearing.judges})
    counsel = sorted({each for hearing in problem.hearings for each in hearing.counsel})
    person_index = {("judge", each): n for n, each in enumerate(judges)}
    person_index |= {("counsel", each): n for n, each in enumerate(counsel, len(judges))}
    people = [
        [
            *(person_index["judge", each] for each in hearing.judges),
            *(person_index["counsel", each] for each in hearing.counsel),
        ]
        for hearing in problem.hearings
    ]
    charged = [
        [
            person_index["judge", hearing.judge],
            *(person_index["counsel", each] for each in problem.travellers(hearing)),
        ]
        for hearing in problem.hearings
    ]
    hearings: list[list[int]] = [[] for _ in person_index]
    for number, hearing_people in enumerate(people):
        for each in hearing_people:
            hearings[each].append(number)
    present = np.zeros((len(person_index), len(grid.days)), np.int64)
    for kind, pairs in (("judge", problem.sits), ("counsel", problem.comes)):
        for each, day in pairs:
            if (kind, each) in person_index and day in grid.days:
                present[person_index[kind, each], grid.days[day]] = 1
    lengths = sorted({hearing.minutes for hearing in problem.hearings})
    rooms = {room: n for n, room in enumerate(grid.rooms)}
    return Table(
        _int_array(-(-(each.minutes + problem.buffer) // grid.step) for each in problem.hearings),
        _int_array(lengths.index(each.minutes) for each in problem.hearings),
        _int_array(
            NO_PREFERENCE if each.room is None else rooms.get(each.room, NOT_HERE)
            for each in problem.hearings
        ),
        *_flatten(people),
        *_flatten(charged),
        _int_array(JUDGE_DAY if n < len(judges) else TRAVEL_DAY for n in range(len(person_index))),
        *_days(problem, grid),
        *_flatten(hearings),
        len(judges),
        _possible_starts(problem, grid, lengths),
        present,
    )


def _int_array(values: Iterable[int]) -> Array:
    return np.array(list(values), np.int64)


def _mask_array(values: Iterable[int]) -> Array:
    return np.array(list(values), np.uint64)


def _flatten(lists: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Return the offsets of the lists within their concatenation, and the concatenation."""
    ends = np.cumsum([0, *(len(each) for each in lists)])
    return ends.astype(np.int64), _int_array(value for each in lists for value in each)


def _days(problem: Problem, grid: Grid) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return days with their minimum costs, and the costs of each with their masks of starts."""
    days: list[list[int]] = []
    floors, costs, starts = [], [], []
    for hearing in problem.hearings:
        by_day: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for start in hearing.by_cost:
            by_day[start.day][start.cost] |= 1 << grid.bit(start)
        sorted_days = sorted((min(masks), day, masks) for day, masks in by_day.items())
        days.append([grid.days[day] for _, day, _ in sorted_days])
        floors += [floor for floor, _, _ in sorted_days]
        costs += [list(masks) for _, _, masks in sorted_days]
        starts += [bits for _, _, masks in sorted_days for bits in masks.values()]
    costs_of, flat = _flatten(costs)
    return *_flatten(days), _int_array(floors), costs_of, flat, _mask_array(starts)


def _possible_starts(problem: Problem, grid: Grid, lengths: Sequence[int]) -> Array:
    masks = np.zeros((len(grid.days), len(grid.rooms), len(lengths)), np.uint64)
    rooms = {room: n for n, room in enumerate(grid.rooms)}
    for strip in problem.strips:
        if strip.day not in grid.days:
            continue
        day, begin = grid.days[strip.day], grid.begins[strip.day]
        for n, minutes in enumerate(lengths):
            fits = sum(
                1 << bit for bit in range(BITS) if strip.holds(begin + bit * grid.step, minutes)
            )
            masks[day, rooms[strip.room], n] |= np.uint64(fits)
    return masks


class SearchState(NamedTuple):
    """Mutable state: busy masks, the spot of each hearing, and the cost."""

    busy: Array  # by person and day: mask
    room_busy: Array  # by courtroom and day: mask
    attendance: Array  # by person and day: number of hearings, plus 1 if present anyway
    day: Array  # of each hearing
    bit: Array
    room: Array
    points: Array  # of each hearing: cost of its start and courtroom
    cost: Array  # scalar: total points, including court days
    rng: Array  # scalar: state of the random number generator


def state_of(problem: Problem, table: Table, grid: Grid, seed: int) -> SearchState:
    """Return a state in which no hearing is placed."""
    people, days = table.present.shape
    count = len(problem.hearings)
    seed_state = (seed * 0x9E3779B97F4A7C15 + 1) & (2**64 - 1)
    return SearchState(
        np.zeros((people, days), np.uint64),
        np.zeros((len(grid.rooms), days), np.uint64),
        table.present.copy(),
        np.full(count, -1, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(1, np.int64),
        np.array([seed_state], np.uint64),
    )


def spot(problem: Problem, grid: Grid, number: int, place: Placement) -> tuple[int, int, int, int]:
    """Return day, bit, courtroom and cost of a hearing's placement."""
    hearing = problem.hearings[number]
    start = hearing.by_time[place.at]
    points = start.cost + room_cost(hearing.room, place.room)
    return grid.days[start.day], grid.bit(start), grid.rooms.index(place.room), points


def places_of(grid: Grid, state: SearchState) -> dict[int, Placement]:
    """Return the placements of all placed hearings."""
    day_of = {n: day for day, n in grid.days.items()}
    spots = zip(state.day.tolist(), state.bit.tolist(), state.room.tolist(), strict=True)
    return {
        number: Placement(grid.begins[day_of[day]] + bit * grid.step, grid.rooms[room])
        for number, (day, bit, room) in enumerate(spots)
        if day >= 0
    }
