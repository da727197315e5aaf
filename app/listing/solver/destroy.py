"""Destroy operators of the large-neighbourhood search: choose sets of conflicting hearings.

Compiled by Numba. Every operator writes to ``work.chosen`` and returns how count it chose.
"""

from typing import Any, NamedTuple

import numpy as np

from app.listing.solver.compiled import inner
from app.listing.solver.moves import attendance_fee, bits_of, random_below, random_fraction
from app.listing.solver.problem import OTHER_ROOM
from app.listing.solver.table import NO_PREFERENCE, Array, SearchState, Table

RELATED = 6  # most hearings chosen beyond those that conflict with the target
NEAR_DAYS = 12  # of a hearing's cheapest days, from which the target is drawn
PER_PERSON = 4  # related hearings drawn for each chosen one
TRIES = 3  # to draw a day on which everybody attends anyway
OF_A_JUDGE = 0.8  # share of a judge's hearings that are chosen


class Work(NamedTuple):
    """Preallocated buffers of one iteration: the removed hearings, their spots and their order."""

    chosen: Array
    previous: Array  # of each chosen hearing: day, bit, courtroom, points
    rank: Array  # of each chosen hearing: the lowest is reinserted first
    marked: Array  # of each hearing: the iteration in which it was chosen
    iteration: Array  # scalar
    neighbours: Array
    spot: Array
    target: Array  # day, bit, courtroom and points of the spot that is vacated


def work_arrays(table: Table) -> Work:
    """Allocate the buffers."""
    count = len(table.steps)
    return Work(
        np.zeros(count, np.int64),
        np.zeros((count, 4), np.int64),
        np.zeros(count, np.float64),
        np.zeros(count, np.int64),
        np.zeros(1, np.int64),
        np.zeros(count, np.int64),
        np.zeros(6, np.int64),
        np.zeros(4, np.int64),
    )


@inner
def _choose(work: Work, count: int, number: int) -> int:
    """Add a hearing to the chosen unless it is among them; return the new count."""
    if work.marked[number] == work.iteration[0]:
        return count
    work.marked[number] = work.iteration[0]
    work.chosen[count] = number
    return count + 1


@inner
def of_judges(table: Table, state: SearchState, work: Work, most: int) -> int:
    """Choose hearings of a few judges."""
    count, first_judge = 0, random_below(state, table.judges)
    for n in range(table.judges):
        judge = (first_judge + n) % table.judges
        for at in range(table.hearings_of[judge], table.hearings_of[judge + 1]):
            if count == most:
                return count
            if state.day[table.hearings[at]] >= 0 and random_fraction(state) < OF_A_JUDGE:
                count = _choose(work, count, table.hearings[at])
    return count


@inner
def _related(table: Table, state: SearchState, number: int) -> int:
    """Draw a hearing that shares a person with a hearing."""
    at = table.people_of[number]
    person = table.people[at + random_below(state, table.people_of[number + 1] - at)]
    at = table.hearings_of[person]
    return int(table.hearings[at + random_below(state, table.hearings_of[person + 1] - at)])


@inner
def related_by_people(
    table: Table, state: SearchState, work: Work, placed: Array, most: int
) -> int:
    """Choose hearings transitively related to a random one by common people."""
    count = expanded = 0
    while count < most:
        if expanded == count:
            count = _choose(work, count, placed[random_below(state, len(placed))])
            continue
        number = work.chosen[expanded]
        expanded += 1
        for _ in range(PER_PERSON):
            other = _related(table, state, number)
            if count < most and state.day[other] >= 0:
                count = _choose(work, count, other)
    return count


@inner
def concurrent(table: Table, state: SearchState, work: Work, placed: Array, most: int) -> int:
    """Choose hearings that overlap or directly adjoin a random one."""
    center = placed[random_below(state, len(placed))]
    day, begin = state.day[center], state.bit[center]
    end, count, neighbour_count = begin + table.steps[center], 0, 0
    for number in placed:
        at = state.bit[number]
        if state.day[number] == day and at <= end and begin <= at + table.steps[number]:
            work.neighbours[neighbour_count] = number
            neighbour_count += 1
    while count < min(most, neighbour_count):
        other = count + random_below(state, neighbour_count - count)
        work.neighbours[count], work.neighbours[other] = (
            work.neighbours[other],
            work.neighbours[count],
        )
        count = _choose(work, count, work.neighbours[count])
    return count


@inner
def _target_day(table: Table, state: SearchState, number: int) -> int:
    """Draw one of a hearing's cheapest days, preferably one on which everybody attends anyway."""
    first = table.days_of[number]
    candidates = min(table.days_of[number + 1] - first, NEAR_DAYS)
    candidate = first + random_below(state, candidates)
    for _ in range(TRIES):
        day = table.days[candidate]
        if day != state.day[number] and attendance_fee(table, state, number, day) == 0:
            break
        candidate = first + random_below(state, candidates)
    return int(candidate)


@inner
def conflicting(table: Table, state: SearchState, work: Work, placed: Array) -> int:
    """Choose a hearing, a target spot for it, the hearings in conflict there, and related ones.

    Returns 0 if no courtroom is open at the target.
    """
    number = placed[random_below(state, len(placed))]
    candidate = _target_day(table, state, number)
    day, costs = table.days[candidate], table.costs_of[candidate]
    at = costs + random_below(state, table.costs_of[candidate + 1] - costs)
    bit = _random_bit(table.starts[at], state)
    mask, count = bits_of(table, number, bit), _choose(work, 0, number)
    for n in range(table.people_of[number], table.people_of[number + 1]):
        person = table.people[n]
        if state.busy[person, day] & mask:
            for other in range(table.hearings_of[person], table.hearings_of[person + 1]):
                count = _choose_if_at(
                    table, state, work, count, table.hearings[other], day, mask, -1
                )
    room = _least_conflicting_room(table, state, number, day, bit)
    if room < 0:
        return 0
    if state.room_busy[room, day] & mask:
        for other in placed:
            count = _choose_if_at(table, state, work, count, other, day, mask, room)
    work.target[0], work.target[1], work.target[2] = day, bit, room
    preferred_room = table.preferred_room[number]
    work.target[3] = table.costs[at] + (
        0 if preferred_room in (NO_PREFERENCE, room) else OTHER_ROOM
    )
    most = min(count + random_below(state, RELATED + 1), len(placed))
    for _ in range(4 * RELATED):
        other = _related(table, state, work.chosen[random_below(state, count)])
        if count < most and state.day[other] >= 0:
            count = _choose(work, count, other)
    return count


@inner
def _random_bit(bits: Any, state: SearchState) -> int:
    """Draw one of the set bits; earlier ones are more likely."""
    count = 0
    for bit in range(64):
        count += bits >> np.uint64(bit) & np.uint64(1)
    remaining = min(random_below(state, count), random_below(state, count))
    for bit in range(64):
        if bits >> np.uint64(bit) & np.uint64(1):
            if remaining == 0:
                return bit
            remaining -= 1
    return 0


@inner
def _choose_if_at(
    table: Table,
    state: SearchState,
    work: Work,
    count: int,
    number: int,
    day: int,
    mask: Any,
    room: int,
) -> int:
    """Choose a hearing if it overlaps a mask on a day, in a given courtroom unless ``room`` < 0."""
    same_place = state.day[number] == day and (room < 0 or state.room[number] == room)
    if same_place and bits_of(table, number, state.bit[number]) & mask:
        return _choose(work, count, number)
    return count


@inner
def _least_conflicting_room(
    table: Table, state: SearchState, number: int, day: int, bit: int
) -> int:
    """Return the open courtroom with the fewest occupied steps, or -1."""
    mask, rooms = bits_of(table, number, bit), state.room_busy.shape[0]
    first, best, least = random_below(state, rooms), -1, 65
    for n in range(rooms):
        room = (first + n) % rooms
        if table.opened[day, room, table.length[number]] >> np.uint64(bit) & np.uint64(1):
            clashing = _bit_count(state.room_busy[room, day] & mask)
            if clashing < least:
                best, least = room, clashing
    return best


@inner
def _bit_count(bits: Any) -> int:
    """Return the number of set bits."""
    count = 0
    while bits:
        bits &= bits - np.uint64(1)
        count += 1
    return count
