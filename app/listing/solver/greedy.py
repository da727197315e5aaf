"""Pure: a first listing, hearing by hearing; and further slots beside places that stand."""

from collections.abc import Mapping

from app.listing.solver import calendars
from app.listing.solver.calendars import Option, Timetables
from app.listing.solver.problem import Placement, Places, Problem


def first(problem: Problem) -> dict[int, Placement]:
    """Return a listing made hearing by hearing: who has fewest days first, then the heaviest."""
    free, places = Timetables(problem), {}

    def rank(number: int) -> tuple[int, int, int]:
        hearing = problem.hearings[number]
        days = len({start.day for start in hearing.starts})
        return days // 4, -hearing.weight * hearing.minutes, number

    for number in sorted(range(len(problem.hearings)), key=rank):
        spot = free.cheapest(number)
        if spot:
            free.put(number, spot)
            places[number] = spot.place
    return places


def alternatives(problem: Problem, places: Places, slots: int) -> Mapping[int, list[Placement]]:
    """Return up to ``slots`` - 1 further places for each placed hearing, which hinder nobody.

    Each on a day of its own, the other half of the day where there is a choice. All hearings get
    a second before any gets a third, those with the fewest starts first.
    """
    free, spots = calendars.of(problem, places)
    found: dict[int, list[Placement]] = {number: [] for number in places}
    days = {number: {spot.day} for number, spot in spots.items()}
    last = {number: spot.option.start.afternoon for number, spot in spots.items()}
    order = sorted(places, key=lambda number: (len(problem.hearings[number].starts), number))
    for _ in range(slots - 1):
        for number in order:

            def new(option: Option, number: int = number) -> bool:
                return option.start.day not in days[number]

            def other(option: Option, number: int = number) -> bool:
                return new(option, number) and option.start.afternoon != last[number]

            spot = free.cheapest(number, other) or free.cheapest(number, new)
            if spot is None:
                continue
            free.put(number, spot)
            days[number].add(spot.day)
            last[number] = spot.option.start.afternoon
            found[number].append(spot.place)
    return found
