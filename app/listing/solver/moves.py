"""A listing taken apart and put together again, compiled by Numba: all that takes the time.

What is called here knows only arrays (see table). Nothing here holds Python's lock, so that one
thread moves hearings while another proves.
"""

from typing import Any

import numpy as np

from app.listing.solver.compiled import inner
from app.listing.solver.problem import OTHER_ROOM
from app.listing.solver.table import NO_WISH, SearchState, Table

BLINKS = 5  # one hearing in so many overlooks an eighth of its starts, so that ways differ
NOWHERE = 1 << 40  # points; more than any listing costs

Found = Any  # an array: day, bit, courtroom and points of a spot


@inner
def _next(state: SearchState) -> Any:
    """Return 64 bits by chance: xorshift64*, Marsaglia 2003 and Vigna 2016."""
    x = state.chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state.chance[0] = x
    return x * np.uint64(0x2545F4914F6CDD1D)


@inner
def share(state: SearchState) -> float:
    """Return a number by chance from 0 on, below 1."""
    return float(_next(state) >> np.uint64(11)) / 9007199254740992.0


@inner
def below(state: SearchState, many: int) -> int:
    """Return a whole number by chance, from 0 on, below ``many``."""
    return int(share(state) * many)


@inner
def bits_of(table: Table, number: int, bit: int) -> Any:
    """Return what a hearing holds of a day that it begins at a bit."""
    steps = table.steps[number]
    whole = np.uint64(0xFFFFFFFFFFFFFFFF)
    held = whole if steps >= 64 else (np.uint64(1) << np.uint64(steps)) - np.uint64(1)
    return held << np.uint64(bit)


@inner
def _barred(taken: Any, steps: int) -> Any:
    """Return the starts at which something of so many steps collides with what is taken."""
    reach, barred = 1, taken
    while 2 * reach <= steps:
        barred |= barred >> np.uint64(reach)
        reach *= 2
    if steps > reach:
        barred |= barred >> np.uint64(min(steps - reach, 63))
    return barred


@inner
def _first(bits: Any) -> int:
    """Return the lowest bit that is set."""
    at, step = 0, 32
    while step:
        if bits & ((np.uint64(1) << np.uint64(step)) - np.uint64(1)) == 0:
            bits >>= np.uint64(step)
            at += step
        step //= 2
    return at


@inner
def fee(table: Table, state: SearchState, number: int, day: int) -> int:
    """Return what further days at court cost if a hearing is put on a day."""
    points = 0
    for at in range(table.comers_of[number], table.comers_of[number + 1]):
        who = table.comers[at]
        if state.there[who, day] == 0:
            points += table.fees[who]
    return points


@inner
def put(table: Table, state: SearchState, number: int, found: Found) -> None:
    """Put a hearing where it fits."""
    day, bit, room = found[0], found[1], found[2]
    held = bits_of(table, number, bit)
    state.cost[0] += found[3] + fee(table, state, number, day)
    for at in range(table.people_of[number], table.people_of[number + 1]):
        state.taken[table.people[at], day] |= held
    for at in range(table.comers_of[number], table.comers_of[number + 1]):
        state.there[table.comers[at], day] += 1
    state.full[room, day] |= held
    state.day[number], state.bit[number], state.room[number] = day, bit, room
    state.points[number] = found[3]


@inner
def take(table: Table, state: SearchState, number: int, found: Found) -> None:
    """Take a hearing from where it is, and tell that."""
    day, bit, room = state.day[number], state.bit[number], state.room[number]
    found[0], found[1], found[2], found[3] = day, bit, room, state.points[number]
    left = ~bits_of(table, number, bit)
    for at in range(table.people_of[number], table.people_of[number + 1]):
        state.taken[table.people[at], day] &= left
    for at in range(table.comers_of[number], table.comers_of[number + 1]):
        state.there[table.comers[at], day] -= 1
    state.full[room, day] &= left
    state.day[number] = -1
    state.cost[0] -= found[3] + fee(table, state, number, day)


@inner
def _free_in(table: Table, state: SearchState, number: int, day: int, room: int) -> Any:
    """Return the starts of a day at which a courtroom is free for a hearing."""
    barred = _barred(state.full[room, day], table.steps[number])
    return table.opened[day, room, table.length[number]] & ~barred


@inner
def _free(table: Table, state: SearchState, number: int, day: int) -> Any:
    """Return the starts of a day at which any courtroom is free for a hearing."""
    free = np.uint64(0)
    for room in range(state.full.shape[0]):
        free |= _free_in(table, state, number, day, room)
    return free


@inner
def _room(table: Table, state: SearchState, number: int, day: int, bit: int) -> int:
    """Return the first courtroom that is free for a hearing at a start."""
    for room in range(state.full.shape[0]):
        if _free_in(table, state, number, day, room) >> np.uint64(bit) & np.uint64(1):
            return room
    return -1


@inner
def _cheapest_on(
    table: Table, state: SearchState, number: int, way: int, free: Any, more: int, best: Found
) -> None:
    """Take the cheapest of some free starts of a day, if it is better than the best so far.

    ``more`` is what is paid beside the start: for days, and for the courtroom.
    """
    day = table.days[way]
    for at in range(table.costs_of[way], table.costs_of[way + 1]):
        points = table.costs[at] + more
        if points > best[4]:
            return
        some = table.starts[at] & free
        if some:
            bit = _first(some)
            early = day * 64 + bit
            if points < best[4] or early < best[5]:
                best[0], best[1], best[2], best[4], best[5] = day, bit, -1, points, early
            return


@inner
def cheapest(table: Table, state: SearchState, number: int, best: Found) -> int:
    """Find the cheapest spot for a hearing now, the earliest of those; return its points, all.

    Some starts are overlooked by chance. NOWHERE is returned where there is no spot.
    """
    best[4], best[5] = NOWHERE, NOWHERE
    wished, steps = table.wished[number], table.steps[number]
    seen = ~np.uint64(0)
    if below(state, BLINKS) == 0:
        seen = ~(_next(state) & _next(state) & _next(state))
    for way in range(table.days_of[number], table.days_of[number + 1]):
        if table.floors[way] > best[4]:
            break
        day = table.days[way]
        paid = fee(table, state, number, day)
        if table.floors[way] + paid > best[4]:
            continue
        taken = np.uint64(0)
        for at in range(table.people_of[number], table.people_of[number + 1]):
            taken |= state.taken[table.people[at], day]
        able = seen & ~_barred(taken, steps)
        if wished == NO_WISH:
            free = able & _free(table, state, number, day)
            _cheapest_on(table, state, number, way, free, paid, best)
            continue
        if wished >= 0:
            free = able & _free_in(table, state, number, day, wished)
            _cheapest_on(table, state, number, way, free, paid, best)
            if best[4] < NOWHERE and best[2] < 0 and best[0] == day:
                best[2] = wished
        free = able & _free(table, state, number, day)
        _cheapest_on(table, state, number, way, free, paid + OTHER_ROOM, best)
    if best[4] == NOWHERE:
        return NOWHERE
    if best[2] < 0:
        best[2] = _room(table, state, number, best[0], best[1])
    best[3] = best[4] - fee(table, state, number, best[0])
    return best[4]
