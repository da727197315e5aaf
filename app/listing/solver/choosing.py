"""Which hearings are taken out together: such as stand in each other's way; compiled by Numba."""

from typing import Any, NamedTuple

import numpy as np

from app.listing.solver.compiled import inner
from app.listing.solver.moves import below, bits_of, fee, share
from app.listing.solver.problem import OTHER_ROOM
from app.listing.solver.table import NO_WISH, Array, SearchState, Table

BESIDE = 6  # at most, beside those which stand in the way of a place
NEAR_DAYS = 12  # of a hearing's cheapest days: to one of these it is moved
AT_A_TIME = 4  # hearings of one person that are taken before another person's
TRIES = 3  # to find a day on which all who would have to come are there anyway
MOST_OF_THEM = 0.8  # of a judge's hearings are taken


class Work(NamedTuple):
    """Room to work in: hearings that are taken out, where they were, who is among them."""

    chosen: Array
    before: Array  # of each chosen hearing: day, bit, courtroom, points
    rank: Array  # of each chosen hearing: the lowest is put back first
    marked: Array  # of each hearing: the round in which it was chosen
    round: Array  # one number
    near: Array
    found: Array
    target: Array  # day, bit, courtroom and points of the place that is made free


def work_of(table: Table) -> Work:
    """Return room to work in."""
    many = len(table.steps)
    return Work(
        np.zeros(many, np.int64),
        np.zeros((many, 4), np.int64),
        np.zeros(many, np.float64),
        np.zeros(many, np.int64),
        np.zeros(1, np.int64),
        np.zeros(many, np.int64),
        np.zeros(6, np.int64),
        np.zeros(4, np.int64),
    )


@inner
def _choose(work: Work, many: int, number: int) -> int:
    """Take a hearing among the chosen unless it is; return how many are."""
    if work.marked[number] == work.round[0]:
        return many
    work.marked[number] = work.round[0]
    work.chosen[many] = number
    return many + 1


@inner
def of_judges(table: Table, state: SearchState, work: Work, most: int) -> int:
    """Choose hearings of a few judges."""
    many, first = 0, below(state, table.judges)
    for n in range(table.judges):
        judge = (first + n) % table.judges
        for at in range(table.hearings_of[judge], table.hearings_of[judge + 1]):
            if many == most:
                return many
            if state.day[table.hearings[at]] >= 0 and share(state) < MOST_OF_THEM:
                many = _choose(work, many, table.hearings[at])
    return many


@inner
def _kin(table: Table, state: SearchState, number: int) -> int:
    """Return a hearing of one of a hearing's people."""
    at = table.people_of[number]
    who = table.people[at + below(state, table.people_of[number + 1] - at)]
    at = table.hearings_of[who]
    return int(table.hearings[at + below(state, table.hearings_of[who + 1] - at)])


@inner
def joined(table: Table, state: SearchState, work: Work, placed: Array, most: int) -> int:
    """Choose hearings that are joined by their people, from one on, then from another."""
    many = seen = 0
    while many < most:
        if seen == many:
            many = _choose(work, many, placed[below(state, len(placed))])
            continue
        number = work.chosen[seen]
        seen += 1
        for _ in range(AT_A_TIME):
            other = _kin(table, state, number)
            if many < most and state.day[other] >= 0:
                many = _choose(work, many, other)
    return many


@inner
def at_one_time(table: Table, state: SearchState, work: Work, placed: Array, most: int) -> int:
    """Choose hearings that are on one day at the time of one, or follow it at once."""
    one = placed[below(state, len(placed))]
    day, begin = state.day[one], state.bit[one]
    end, many, near = begin + table.steps[one], 0, 0
    for number in placed:
        at = state.bit[number]
        if state.day[number] == day and at <= end and begin <= at + table.steps[number]:
            work.near[near] = number
            near += 1
    while many < min(most, near):
        other = many + below(state, near - many)
        work.near[many], work.near[other] = work.near[other], work.near[many]
        many = _choose(work, many, work.near[many])
    return many


@inner
def _way_to(table: Table, state: SearchState, number: int) -> int:
    """Return one of a hearing's cheapest days, if it can be one on which all are there anyway."""
    first = table.days_of[number]
    near = min(table.days_of[number + 1] - first, NEAR_DAYS)
    way = first + below(state, near)
    for _ in range(TRIES):
        day = table.days[way]
        if day != state.day[number] and fee(table, state, number, day) == 0:
            break
        way = first + below(state, near)
    return int(way)


@inner
def in_the_way(table: Table, state: SearchState, work: Work, placed: Array) -> int:
    """Choose a hearing, a place for it, and all that stand in the way there, and some beside.

    Return 0 where no courtroom is open at the place that was chosen.
    """
    number = placed[below(state, len(placed))]
    way = _way_to(table, state, number)
    day, costs = table.days[way], table.costs_of[way]
    at = costs + below(state, table.costs_of[way + 1] - costs)
    bit = _any(table.starts[at], state)
    held, many = bits_of(table, number, bit), _choose(work, 0, number)
    for n in range(table.people_of[number], table.people_of[number + 1]):
        who = table.people[n]
        if state.taken[who, day] & held:
            for other in range(table.hearings_of[who], table.hearings_of[who + 1]):
                many = _if_there(table, state, work, many, table.hearings[other], day, held, -1)
    room = _easiest_room(table, state, number, day, bit)
    if room < 0:
        return 0
    if state.full[room, day] & held:
        for other in placed:
            many = _if_there(table, state, work, many, other, day, held, room)
    work.target[0], work.target[1], work.target[2] = day, bit, room
    wished = table.wished[number]
    work.target[3] = table.costs[at] + (0 if wished in (NO_WISH, room) else OTHER_ROOM)
    most = min(many + below(state, BESIDE + 1), len(placed))
    for _ in range(4 * BESIDE):
        other = _kin(table, state, work.chosen[below(state, many)])
        if many < most and state.day[other] >= 0:
            many = _choose(work, many, other)
    return many


@inner
def _any(bits: Any, state: SearchState) -> int:
    """Return one of the bits that are set, by chance; the earlier the likelier."""
    many = 0
    for bit in range(64):
        many += bits >> np.uint64(bit) & np.uint64(1)
    left = min(below(state, many), below(state, many))
    for bit in range(64):
        if bits >> np.uint64(bit) & np.uint64(1):
            if left == 0:
                return bit
            left -= 1
    return 0


@inner
def _if_there(
    table: Table,
    state: SearchState,
    work: Work,
    many: int,
    number: int,
    day: int,
    held: Any,
    room: int,
) -> int:
    """Choose a hearing if it is on a day at a time, in a courtroom if one is said."""
    there = state.day[number] == day and (room < 0 or state.room[number] == room)
    if there and bits_of(table, number, state.bit[number]) & held:
        return _choose(work, many, number)
    return many


@inner
def _easiest_room(table: Table, state: SearchState, number: int, day: int, bit: int) -> int:
    """Return a courtroom that is open for a hearing, with the least in the way."""
    held, rooms = bits_of(table, number, bit), state.full.shape[0]
    first, best, least = below(state, rooms), -1, 65
    for n in range(rooms):
        room = (first + n) % rooms
        if table.opened[day, room, table.length[number]] >> np.uint64(bit) & np.uint64(1):
            clashing = _many(state.full[room, day] & held)
            if clashing < least:
                best, least = room, clashing
    return best


@inner
def _many(bits: Any) -> int:
    """Return how many bits are set."""
    many = 0
    while bits:
        bits &= bits - np.uint64(1)
        many += 1
    return many
