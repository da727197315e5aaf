"""Pure: a problem as arrays, for a search that moves a hundred thousand hearings a second.

The times of a day are counted in steps of the grid on which hearings start, and kept as the bits
of one number: a hearing holds the bits from its start on until the next one at which another can
begin. Two collide where both hold a bit. A start fits into a courtroom as it is, to the minute.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from app.listing.solver.problem import JUDGE_DAY, TRAVEL_DAY, Placement, Problem, Start, for_room

BITS = 64
NO_WISH, NOT_HERE = -1, -2  # instead of the courtroom that is wished for

Array = Any  # of numpy


class Table(NamedTuple):
    """What does not change. ``x_of`` says where each one's share of ``x`` begins; the last, ends.

    A hearing's days come with the cheapest first; a day's costs too, each with the starts, as
    bits, that cost so much. People are judges first, then counsel.
    """

    steps: Array  # of each hearing: how many bits it holds
    length: Array  # of each hearing: which of the lengths it has
    wished: Array  # of each hearing: a courtroom, NO_WISH or NOT_HERE
    people_of: Array  # of each hearing, the judge first
    people: Array
    comers_of: Array  # of each hearing: its people whose days at court cost something
    comers: Array
    fees: Array  # of each person: what a day at court costs, in points
    days_of: Array  # of each hearing
    days: Array
    floors: Array  # of each of these days: its least cost
    costs_of: Array  # of each of these days
    costs: Array
    starts: Array
    hearings_of: Array  # of each person
    hearings: Array
    judges: int
    opened: Array  # by day, courtroom and length: the starts, as bits, at which it is to be had
    there: Array  # by person and day: whether they are at court anyway


class Grid(NamedTuple):
    """How days and times, courtrooms and people are numbered in a table."""

    step: int  # minutes
    days: Mapping[int, int]
    begins: Mapping[int, int]  # by day: the minute of its first bit
    rooms: Sequence[int]

    def bit(self, start: Start) -> int:
        """Return the bit of a start within its day."""
        return (start.at - self.begins[start.day]) // self.step


def grid_of(problem: Problem) -> Grid | None:
    """Return how a problem is numbered; None where a day has too many steps for one number."""
    times: dict[int, set[int]] = defaultdict(set)
    for hearing in problem.hearings:
        for start in hearing.starts:
            times[start.day].add(start.at)
    begins = {day: min(some) for day, some in times.items()}
    step = reduce(gcd, (at - begins[day] for day, some in times.items() for at in some), 0) or BITS
    if any((max(some) - begins[day]) // step >= BITS for day, some in times.items()):
        return None
    rooms = sorted({strip.room for strip in problem.strips})
    return Grid(step, {day: n for n, day in enumerate(sorted(times))}, begins, rooms)


def table_of(problem: Problem, grid: Grid) -> Table:
    """Return a problem as arrays."""
    judges = sorted({hearing.judge for hearing in problem.hearings})
    counsel = sorted({each for hearing in problem.hearings for each in hearing.counsel})
    who = {("judge", each): n for n, each in enumerate(judges)}
    who |= {("counsel", each): n for n, each in enumerate(counsel, len(judges))}
    people = [
        [who["judge", hearing.judge], *(who["counsel", each] for each in hearing.counsel)]
        for hearing in problem.hearings
    ]
    comers = [
        [
            who["judge", hearing.judge],
            *(who["counsel", each] for each in problem.travellers(hearing)),
        ]
        for hearing in problem.hearings
    ]
    hearings: list[list[int]] = [[] for _ in who]
    for number, mine in enumerate(people):
        for each in mine:
            hearings[each].append(number)
    there = np.zeros((len(who), len(grid.days)), np.int64)
    for kind, pairs in (("judge", problem.sits), ("counsel", problem.comes)):
        for each, day in pairs:
            if (kind, each) in who and day in grid.days:
                there[who[kind, each], grid.days[day]] = 1
    lengths = sorted({hearing.minutes for hearing in problem.hearings})
    rooms = {room: n for n, room in enumerate(grid.rooms)}
    return Table(
        _whole(-(-(each.minutes + problem.buffer) // grid.step) for each in problem.hearings),
        _whole(lengths.index(each.minutes) for each in problem.hearings),
        _whole(
            NO_WISH if each.room is None else rooms.get(each.room, NOT_HERE)
            for each in problem.hearings
        ),
        *_flat(people),
        *_flat(comers),
        _whole(JUDGE_DAY if n < len(judges) else TRAVEL_DAY for n in range(len(who))),
        *_days(problem, grid),
        *_flat(hearings),
        len(judges),
        _opened(problem, grid, lengths),
        there,
    )


def _whole(values: Iterable[int]) -> Array:
    return np.array(list(values), np.int64)


def _bits(values: Iterable[int]) -> Array:
    return np.array(list(values), np.uint64)


def _flat(lists: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Return where each list begins in one of all, and that."""
    ends = np.cumsum([0, *(len(each) for each in lists)])
    return ends.astype(np.int64), _whole(value for each in lists for value in each)


def _days(problem: Problem, grid: Grid) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return each hearing's days and their least costs, and the costs of each with their starts."""
    days: list[list[int]] = []
    floors, costs, starts = [], [], []
    for hearing in problem.hearings:
        by_day: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for start in hearing.by_cost:
            by_day[start.day][start.cost] |= 1 << grid.bit(start)
        ways = sorted((min(some), day, some) for day, some in by_day.items())
        days.append([grid.days[day] for _, day, _ in ways])
        floors += [floor for floor, _, _ in ways]
        costs += [list(some) for _, _, some in ways]
        starts += [bits for _, _, some in ways for bits in some.values()]
    costs_of, flat = _flat(costs)
    return *_flat(days), _whole(floors), costs_of, flat, _bits(starts)


def _opened(problem: Problem, grid: Grid, lengths: Sequence[int]) -> Array:
    found = np.zeros((len(grid.days), len(grid.rooms), len(lengths)), np.uint64)
    rooms = {room: n for n, room in enumerate(grid.rooms)}
    for strip in problem.strips:
        if strip.day not in grid.days:
            continue
        day, begin = grid.days[strip.day], grid.begins[strip.day]
        for n, minutes in enumerate(lengths):
            fits = sum(
                1 << bit for bit in range(BITS) if strip.holds(begin + bit * grid.step, minutes)
            )
            found[day, rooms[strip.room], n] |= np.uint64(fits)
    return found


class SearchState(NamedTuple):
    """What changes: who and what is taken, where each hearing is, and what that costs."""

    taken: Array  # by person and day, as bits
    full: Array  # by courtroom and day, as bits
    there: Array  # by person and day: how many hearings bring them there
    day: Array  # of each hearing
    bit: Array
    room: Array
    points: Array  # of each hearing: what its start and its courtroom cost
    cost: Array  # one number: all points, with those of the days
    chance: Array  # one number, from which all that is left to chance follows


def state_of(problem: Problem, table: Table, grid: Grid, seed: int) -> SearchState:
    """Return a state in which no hearing has a place."""
    people, days = table.there.shape
    many = len(problem.hearings)
    chance = (seed * 0x9E3779B97F4A7C15 + 1) & (2**64 - 1)
    return SearchState(
        np.zeros((people, days), np.uint64),
        np.zeros((len(grid.rooms), days), np.uint64),
        table.there.copy(),
        np.full(many, -1, np.int64),
        np.zeros(many, np.int64),
        np.zeros(many, np.int64),
        np.zeros(many, np.int64),
        np.zeros(1, np.int64),
        np.array([chance], np.uint64),
    )


def spot(problem: Problem, grid: Grid, number: int, place: Placement) -> tuple[int, int, int, int]:
    """Return the day, the bit and the courtroom of a hearing's place, and what they cost."""
    hearing = problem.hearings[number]
    start = hearing.by_time[place.at]
    points = start.cost + for_room(hearing.room, place.room)
    return grid.days[start.day], grid.bit(start), grid.rooms.index(place.room), points


def places_of(grid: Grid, state: SearchState) -> dict[int, Placement]:
    """Return the places of all hearings that have one."""
    day_of = {n: day for day, n in grid.days.items()}
    spots = zip(state.day.tolist(), state.bit.tolist(), state.room.tolist(), strict=True)
    return {
        number: Placement(grid.begins[day_of[day]] + bit * grid.step, grid.rooms[room])
        for number, (day, bit, room) in enumerate(spots)
        if day >= 0
    }
