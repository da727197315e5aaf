"""Removal and cheapest insertion of hearings: the inner loop of the search, compiled by Numba.

Works on arrays only (see table) and without the GIL, so that another thread can prove bounds.
"""

from typing import Any

import numpy as np

from app.listing.solver.compiled import inner
from app.listing.solver.problem import OTHER_ROOM
from app.listing.solver.table import NO_PREFERENCE, SearchState, Table

BLINKS = 5  # one insertion in so many ignores an eighth of the starts, for diversification
NOWHERE = 1 << 40  # points; above the cost of any listing

SpotArray = Any  # day, bit, courtroom and points of a spot


@inner
def _random_bits(state: SearchState) -> Any:
    """Return 64 random bits: xorshift64* (Marsaglia 2003, Vigna 2016)."""
    x = state.rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state.rng[0] = x
    return x * np.uint64(0x2545F4914F6CDD1D)


@inner
def random_fraction(state: SearchState) -> float:
    """Return a random float in [0, 1)."""
    return float(_random_bits(state) >> np.uint64(11)) / 9007199254740992.0


@inner
def random_below(state: SearchState, limit: int) -> int:
    """Return a random integer in [0, ``limit``)."""
    return int(random_fraction(state) * limit)


@inner
def bits_of(table: Table, number: int, bit: int) -> Any:
    """Return the mask of a hearing that starts at a bit."""
    steps = table.steps[number]
    all_bits = np.uint64(0xFFFFFFFFFFFFFFFF)
    mask = all_bits if steps >= 64 else (np.uint64(1) << np.uint64(steps)) - np.uint64(1)
    return mask << np.uint64(bit)


@inner
def _barred(busy: Any, steps: int) -> Any:
    """Return the starts at which a hearing of so many steps collides with busy time."""
    reach, barred = 1, busy
    while 2 * reach <= steps:
        barred |= barred >> np.uint64(reach)
        reach *= 2
    if steps > reach:
        barred |= barred >> np.uint64(min(steps - reach, 63))
    return barred


@inner
def _first(bits: Any) -> int:
    """Return the position of the lowest set bit."""
    at, step = 0, 32
    while step:
        if bits & ((np.uint64(1) << np.uint64(step)) - np.uint64(1)) == 0:
            bits >>= np.uint64(step)
            at += step
        step //= 2
    return at


@inner
def attendance_fee(table: Table, state: SearchState, number: int, day: int) -> int:
    """Return the cost of additional court days if a hearing is placed on a day, in points."""
    points = 0
    for at in range(table.charged_of[number], table.charged_of[number + 1]):
        person = table.charged[at]
        if state.attendance[person, day] == 0:
            points += table.fees[person]
    return points


@inner
def insert(table: Table, state: SearchState, number: int, spot: SpotArray) -> None:
    """Insert a hearing at a free spot."""
    day, bit, room = spot[0], spot[1], spot[2]
    mask = bits_of(table, number, bit)
    state.cost[0] += spot[3] + attendance_fee(table, state, number, day)
    for at in range(table.people_of[number], table.people_of[number + 1]):
        state.busy[table.people[at], day] |= mask
    for at in range(table.charged_of[number], table.charged_of[number + 1]):
        state.attendance[table.charged[at], day] += 1
    state.room_busy[room, day] |= mask
    state.day[number], state.bit[number], state.room[number] = day, bit, room
    state.points[number] = spot[3]


@inner
def remove(table: Table, state: SearchState, number: int, spot: SpotArray) -> None:
    """Remove a hearing and write its spot to ``spot``."""
    day, bit, room = state.day[number], state.bit[number], state.room[number]
    spot[0], spot[1], spot[2], spot[3] = day, bit, room, state.points[number]
    kept_mask = ~bits_of(table, number, bit)
    for at in range(table.people_of[number], table.people_of[number + 1]):
        state.busy[table.people[at], day] &= kept_mask
    for at in range(table.charged_of[number], table.charged_of[number + 1]):
        state.attendance[table.charged[at], day] -= 1
    state.room_busy[room, day] &= kept_mask
    state.day[number] = -1
    state.cost[0] -= spot[3] + attendance_fee(table, state, number, day)


@inner
def _free_in(table: Table, state: SearchState, number: int, day: int, room: int) -> Any:
    """Return the starts of a day at which a courtroom is free for a hearing."""
    barred = _barred(state.room_busy[room, day], table.steps[number])
    return table.opened[day, room, table.length[number]] & ~barred


@inner
def _free(table: Table, state: SearchState, number: int, day: int) -> Any:
    """Return the starts of a day at which any courtroom is free for a hearing."""
    free = np.uint64(0)
    for room in range(state.room_busy.shape[0]):
        free |= _free_in(table, state, number, day, room)
    return free


@inner
def _room(table: Table, state: SearchState, number: int, day: int, bit: int) -> int:
    """Return the first courtroom that is free for a hearing at a start."""
    for room in range(state.room_busy.shape[0]):
        if _free_in(table, state, number, day, room) >> np.uint64(bit) & np.uint64(1):
            return room
    return -1


@inner
def _cheapest_on(
    table: Table,
    state: SearchState,
    number: int,
    hearing_day: int,
    free: Any,
    extra: int,
    best: SpotArray,
) -> None:
    """Update ``best`` with the cheapest free start of a day, if it is better.

    ``extra`` is the cost beyond the start: of days and of the courtroom, in points.
    """
    day = table.days[hearing_day]
    for at in range(table.costs_of[hearing_day], table.costs_of[hearing_day + 1]):
        points = table.costs[at] + extra
        if points > best[4]:
            return
        free_starts = table.starts[at] & free
        if free_starts:
            bit = _first(free_starts)
            early = day * 64 + bit
            if points < best[4] or early < best[5]:
                best[0], best[1], best[2], best[4], best[5] = day, bit, -1, points, early
            return


@inner
def cheapest(table: Table, state: SearchState, number: int, best: SpotArray) -> int:
    """Find the cheapest spot for a hearing, the earliest among equals; return its total points.

    Some starts are ignored at random. Returns NOWHERE if there is no spot.
    """
    best[4], best[5] = NOWHERE, NOWHERE
    preferred_room, steps = table.preferred_room[number], table.steps[number]
    admitted = ~np.uint64(0)
    if random_below(state, BLINKS) == 0:
        admitted = ~(_random_bits(state) & _random_bits(state) & _random_bits(state))
    for hearing_day in range(table.days_of[number], table.days_of[number + 1]):
        if table.floors[hearing_day] > best[4]:
            break
        day = table.days[hearing_day]
        attendance = attendance_fee(table, state, number, day)
        if table.floors[hearing_day] + attendance > best[4]:
            continue
        busy = np.uint64(0)
        for at in range(table.people_of[number], table.people_of[number + 1]):
            busy |= state.busy[table.people[at], day]
        possible = admitted & ~_barred(busy, steps)
        if preferred_room == NO_PREFERENCE:
            free = possible & _free(table, state, number, day)
            _cheapest_on(table, state, number, hearing_day, free, attendance, best)
            continue
        if preferred_room >= 0:
            free = possible & _free_in(table, state, number, day, preferred_room)
            _cheapest_on(table, state, number, hearing_day, free, attendance, best)
            if best[4] < NOWHERE and best[2] < 0 and best[0] == day:
                best[2] = preferred_room
        free = possible & _free(table, state, number, day)
        _cheapest_on(table, state, number, hearing_day, free, attendance + OTHER_ROOM, best)
    if best[4] == NOWHERE:
        return NOWHERE
    if best[2] < 0:
        best[2] = _room(table, state, number, best[0], best[1])
    best[3] = best[4] - attendance_fee(table, state, number, best[0])
    return best[4]
