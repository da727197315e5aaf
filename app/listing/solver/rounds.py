"""Hearings taken out and put back, and whether what comes of it is kept; compiled by Numba."""

import math

from app.listing.solver import choosing
from app.listing.solver.choosing import Work
from app.listing.solver.compiled import compiled, inner
from app.listing.solver.moves import NOWHERE, below, cheapest, put, share, take
from app.listing.solver.table import Array, SearchState, Table

# Points by which a listing may get worse: at the beginning and at the end of a search.
WARM, COLD = 2.0, 0.3
FEWEST, MOST = 3, 10  # hearings that are taken out together
# How often hearings of a few judges are taken out, such as are joined by their people, such as are
# at one time; else such as stand in the way of a place. Parts of 1, each with those before it.
OF_JUDGES, JOINED, AT_ONE_TIME = 0.1, 0.32, 0.55


@inner
def _in_turn(table: Table, state: SearchState, work: Work, many: int, first: int) -> None:
    """Put the chosen in the order in which they go back: ``first`` before all others."""
    by = below(state, 4)
    for n in range(many):
        number = work.chosen[n]
        work.rank[n] = share(state)
        if by == 1:
            work.rank[n] -= table.steps[number]
        elif by == 2:
            way = min(table.days_of[number] + 1, table.days_of[number + 1] - 1)
            work.rank[n] -= 10 * table.floors[way]
        if number == first:
            work.rank[n] = -1e18
    for n in range(1, many):
        at = n
        while at > 0 and work.rank[at - 1] > work.rank[at]:
            work.rank[at - 1], work.rank[at] = work.rank[at], work.rank[at - 1]
            work.chosen[at - 1], work.chosen[at] = work.chosen[at], work.chosen[at - 1]
            at -= 1


@inner
def _round(table: Table, state: SearchState, work: Work, placed: Array, warmth: float) -> bool:
    """Take some hearings out and put them back, or all where they were; tell whether anew."""
    work.round[0] += 1
    most = min(FEWEST + below(state, MOST - FEWEST + 1), len(placed))
    kind, first = share(state), -1
    if kind < OF_JUDGES:
        many = choosing.of_judges(table, state, work, most)
    elif kind < JOINED:
        many = choosing.joined(table, state, work, placed, most)
    elif kind < AT_ONE_TIME:
        many = choosing.at_one_time(table, state, work, placed, most)
    else:
        many = choosing.in_the_way(table, state, work, placed)
        first = work.chosen[0]
    limit = state.cost[0] - warmth * math.log(1.0 - share(state))
    _in_turn(table, state, work, many, first)
    least = 0  # that those which are still out will cost
    for n in range(many):
        take(table, state, work.chosen[n], work.before[n])
        least += table.floors[table.days_of[work.chosen[n]]]
    back = 0
    while back < many:
        number = work.chosen[back]
        least -= table.floors[table.days_of[number]]
        if number == first:
            put(table, state, number, work.target)
        elif cheapest(table, state, number, work.found) < NOWHERE:
            put(table, state, number, work.found)
        else:
            break
        back += 1
        if state.cost[0] + least > limit:
            break
    if back == many and state.cost[0] <= limit:
        return True
    for n in range(back):
        take(table, state, work.chosen[n], work.found)
    for n in range(many):
        put(table, state, work.chosen[n], work.before[n])
    return False


@compiled
def put_all(table: Table, state: SearchState, placed: Array, spots: Array) -> None:
    """Put hearings at spots: of each its day, bit, courtroom and points."""
    for n in range(len(placed)):
        put(table, state, placed[n], spots[n])


@compiled
def go_on(
    table: Table,
    state: SearchState,
    work: Work,
    best: SearchState,
    placed: Array,
    steps: int,
    share_from: float,
    share_to: float,
) -> None:
    """Make so many rounds, from one share of a search to another; keep the best listing."""
    for step in range(steps):
        over = share_from + (share_to - share_from) * step / steps
        anew = _round(table, state, work, placed, WARM * (COLD / WARM) ** over)
        if anew and state.cost[0] < best.cost[0]:
            best.cost[0] = state.cost[0]
            for number in placed:
                best.day[number] = state.day[number]
                best.bit[number] = state.bit[number]
                best.room[number] = state.room[number]
