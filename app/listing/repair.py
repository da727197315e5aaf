"""Pure: a listing made better by taking some hearings out and putting them back one by one.

A worse listing is kept now and then, the more seldom the later, so that the way to a better one
may lead over it.
"""

import math
import random
from collections.abc import Sequence

from app.listing import calendars
from app.listing.calendars import Option, Spot
from app.listing.part import Neighbours
from app.listing.problem import Place, Places, Problem

# Points by which a listing may get worse: at the beginning and at the end of a search.
WARM, COLD = 3.0, 0.3
FEWEST, MOST = 3, 16  # hearings that are taken out together
OVERLOOKED = 0.03  # part of a hearing's starts that is not looked at, so that ways differ


class Repair:
    """A listing that is taken apart and put together again, and the best so far."""

    def __init__(self, problem: Problem, places: Places, chance: random.Random) -> None:
        self.problem, self.chance = problem, chance
        self.calendars, self.spots = calendars.of(problem, places)
        self.neighbours = Neighbours(problem, places)
        self.least, self.best = self.calendars.cost, places

    @property
    def places(self) -> dict[int, Place]:
        """The listing as it stands."""
        return {number: spot.place for number, spot in self.spots.items()}

    def step(self, share: float) -> None:
        """Move some hearings; ``share`` is how much of the search's time is over, 0 to 1."""
        many = self.chance.randint(FEWEST, MOST)
        numbers = self.neighbours.some(many, self._day_of, self.chance)
        warmth = WARM * (COLD / WARM) ** share
        most = self.calendars.cost - warmth * math.log(1 - self.chance.random())
        before = {number: self.spots[number] for number in numbers}
        for number, spot in before.items():
            self.calendars.take_away(number, spot)
        found = self._put_back(numbers, most)
        if len(found) == len(numbers) and self.calendars.cost <= most:
            self.spots |= found
            if self.calendars.cost < self.least:
                self.least, self.best = self.calendars.cost, self.places
            return
        for number, spot in found.items():
            self.calendars.take_away(number, spot)
        for number, spot in before.items():
            self.calendars.put(number, spot)

    def _day_of(self, number: int) -> int:
        return self.spots[number].day

    def _put_back(self, numbers: Sequence[int], most: float) -> dict[int, Spot]:
        """Put hearings at their cheapest spots, one by one, while all cost no more than ``most``.

        Returns where they are; those that are not there have no spot, or none that is worth it.
        """
        found: dict[int, Spot] = {}
        for number in self._in_turn(numbers):
            spot = self.calendars.cheapest(number, self._seen)
            if spot is None or self.calendars.cost > most:
                break
            self.calendars.put(number, spot)
            found[number] = spot
        return found

    def _in_turn(self, numbers: Sequence[int]) -> list[int]:
        hearings, order = self.problem.hearings, list(numbers)
        self.chance.shuffle(order)
        by = self.chance.randrange(3)
        if by == 0:
            order.sort(key=lambda n: -hearings[n].weight)
        elif by == 1:
            order.sort(key=lambda n: -hearings[n].minutes)
        return order

    def _seen(self, _: Option) -> bool:
        return self.chance.random() >= OVERLOOKED
