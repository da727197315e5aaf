"""Iterations of the large-neighbourhood search with annealing acceptance; compiled by Numba."""

import math

from app.listing.solver import destroy
from app.listing.solver.compiled import compiled, inner
from app.listing.solver.destroy import Work
from app.listing.solver.moves import (
    NOWHERE,
    cheapest,
    insert,
    random_below,
    random_fraction,
    remove,
)
from app.listing.solver.table import Array, SearchState, Table

# Temperature in points at the beginning and at the end of a search.
WARM, COLD = 2.0, 0.3
FEWEST, MOST = 3, 10  # hearings removed in one iteration
# Cumulative probabilities of the destroy operators; the rest is `destroy.conflicting`.
OF_JUDGES, RELATED_BY_PEOPLE, CONCURRENT = 0.1, 0.32, 0.55


@inner
def _sort_chosen(table: Table, state: SearchState, work: Work, count: int, first: int) -> None:
    """Sort the chosen hearings by order of reinsertion, ``first`` before all others."""
    criterion = random_below(state, 4)
    for n in range(count):
        number = work.chosen[n]
        work.rank[n] = random_fraction(state)
        if criterion == 1:
            work.rank[n] -= table.steps[number]
        elif criterion == 2:
            cheapest_day = min(table.days_of[number] + 1, table.days_of[number + 1] - 1)
            work.rank[n] -= 10 * table.floors[cheapest_day]
        if number == first:
            work.rank[n] = -1e18
    for n in range(1, count):
        at = n
        while at > 0 and work.rank[at - 1] > work.rank[at]:
            work.rank[at - 1], work.rank[at] = work.rank[at], work.rank[at - 1]
            work.chosen[at - 1], work.chosen[at] = work.chosen[at], work.chosen[at - 1]
            at -= 1


@inner
def _iterate(
    table: Table, state: SearchState, work: Work, placed: Array, temperature: float
) -> bool:
    """Remove and reinsert some hearings, or restore them; return whether that was accepted."""
    work.iteration[0] += 1
    most = min(FEWEST + random_below(state, MOST - FEWEST + 1), len(placed))
    draw, first = random_fraction(state), -1
    if draw < OF_JUDGES:
        count = destroy.of_judges(table, state, work, most)
    elif draw < RELATED_BY_PEOPLE:
        count = destroy.related_by_people(table, state, work, placed, most)
    elif draw < CONCURRENT:
        count = destroy.concurrent(table, state, work, placed, most)
    else:
        count = destroy.conflicting(table, state, work, placed)
        first = work.chosen[0]
    limit = state.cost[0] - temperature * math.log(1.0 - random_fraction(state))
    _sort_chosen(table, state, work, count, first)
    pending_cost = 0  # lower bound on the cost of those not yet reinserted
    for n in range(count):
        remove(table, state, work.chosen[n], work.previous[n])
        pending_cost += table.floors[table.days_of[work.chosen[n]]]
    reinserted = 0
    while reinserted < count:
        number = work.chosen[reinserted]
        pending_cost -= table.floors[table.days_of[number]]
        if number == first:
            insert(table, state, number, work.target)
        elif cheapest(table, state, number, work.spot) < NOWHERE:
            insert(table, state, number, work.spot)
        else:
            break
        reinserted += 1
        if state.cost[0] + pending_cost > limit:
            break
    if reinserted == count and state.cost[0] <= limit:
        return True
    for n in range(reinserted):
        remove(table, state, work.chosen[n], work.spot)
    for n in range(count):
        insert(table, state, work.chosen[n], work.previous[n])
    return False


@compiled
def insert_all(table: Table, state: SearchState, placed: Array, spots: Array) -> None:
    """Insert hearings at spots, rows of day, bit, courtroom and points."""
    for n in range(len(placed)):
        insert(table, state, placed[n], spots[n])


@compiled
def run(
    table: Table,
    state: SearchState,
    work: Work,
    best: SearchState,
    placed: Array,
    steps: int,
    share_from: float,
    share_to: float,
) -> None:
    """Run so many iterations between two points of the search; keep the best listing."""
    for step in range(steps):
        progress = share_from + (share_to - share_from) * step / steps
        accepted = _iterate(table, state, work, placed, WARM * (COLD / WARM) ** progress)
        if accepted and state.cost[0] < best.cost[0]:
            best.cost[0] = state.cost[0]
            for number in placed:
                best.day[number] = state.day[number]
                best.bit[number] = state.bit[number]
                best.room[number] = state.room[number]
