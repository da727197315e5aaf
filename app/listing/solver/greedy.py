"""Pure: greedy initial listing, and alternative slots for a finished one."""

from collections.abc import Mapping

from app.listing.solver import calendars
from app.listing.solver.calendars import Option, Timetables
from app.listing.solver.problem import Placement, Places, Problem


def first(problem: Problem) -> dict[int, Placement]:
    """Place hearings one by one: those with the fewest days first, then by weight and length."""
    timetables, places = Timetables(problem), {}

    def rank(number: int) -> tuple[int, int, int]:
        hearing = problem.hearings[number]
        days = len({start.day for start in hearing.starts})
        return days // 4, -hearing.weight * hearing.minutes, number

    for number in sorted(range(len(problem.hearings)), key=rank):
        spot = timetables.cheapest(number)
        if spot:
            timetables.put(number, spot)
            places[number] = spot.place
    return places


def alternatives(problem: Problem, places: Places, slots: int) -> Mapping[int, list[Placement]]:
    """Return up to ``slots`` - 1 further placements of each placed hearing, free of conflicts.

    Each is on a different day and, if possible, in the other half of the day. Every hearing gets
    its second slot before any gets a third, those with the fewest starts first.
    """
    timetables, spots = calendars.filled_timetables(problem, places)
    result: dict[int, list[Placement]] = {number: [] for number in places}
    days = {number: {spot.day} for number, spot in spots.items()}
    last_half = {number: spot.option.start.afternoon for number, spot in spots.items()}
    order = sorted(places, key=lambda number: (len(problem.hearings[number].starts), number))
    for _ in range(slots - 1):
        for number in order:

            def on_new_day(option: Option, number: int = number) -> bool:
                return option.start.day not in days[number]

            def in_other_half(option: Option, number: int = number) -> bool:
                return on_new_day(option, number) and option.start.afternoon != last_half[number]

            spot = timetables.cheapest(number, in_other_half) or timetables.cheapest(
                number, on_new_day
            )
            if spot is None:
                continue
            timetables.put(number, spot)
            days[number].add(spot.day)
            last_half[number] = spot.option.start.afternoon
            result[number].append(spot.place)
    return result
