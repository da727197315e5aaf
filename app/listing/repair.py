"""Pure: a listing made better by taking some hearings out and putting them back one by one.

A worse listing is kept now and then, the more seldom the later, so that the way to a better one
may lead over it.
"""

import math
import random
from collections.abc import Iterator, Sequence

from app.listing.greedy import Taken
from app.listing.part import neighbours
from app.listing.problem import Place, Places, Problem, Start, Wanted

# Points by which a listing may get worse: at the beginning and at the end of a search.
WARM, COLD = 4.0, 0.4
FEWEST, MOST = 3, 16  # hearings that are taken out together
OVERLOOKED = 0.03  # part of a hearing's starts that is not looked at, so that ways differ


class Repair:
    """A listing that is taken apart and put together again, and the best so far."""

    def __init__(self, problem: Problem, places: Places, chance: random.Random) -> None:
        self.problem, self.chance = problem, chance
        self.places, self.taken = dict(places), Taken(self.problem)
        for number, place in places.items():
            self._put(number, place)
        self.least, self.best = self.taken.cost, places

    def step(self, share: float) -> None:
        """Move some hearings; ``share`` is how much of the search's time is over, 0 to 1."""
        many = self.chance.randint(FEWEST, MOST)
        numbers = neighbours(self.problem, self.places, self.chance, many)
        cost = self.taken.cost
        before = {number: self.places[number] for number in numbers}
        for number, place in before.items():
            self._take(number, place)
        warmth = WARM * (COLD / WARM) ** share
        worse = -warmth * math.log(1 - self.chance.random())
        if self._put_back(numbers) and self.taken.cost <= cost + worse:
            if self.taken.cost < self.least:
                self.least, self.best = self.taken.cost, dict(self.places)
            return
        for number in numbers:
            if number in self.places:
                self._take(number, self.places[number])
        for number, place in before.items():
            self._put(number, place)
            self.places[number] = place

    def _put_back(self, numbers: Sequence[int]) -> bool:
        """Put hearings at their cheapest places, one by one; tell whether all have one."""
        hearings = self.problem.hearings
        order = list(numbers)
        self.chance.shuffle(order)
        by = self.chance.randrange(3)
        if by == 0:
            order.sort(key=lambda n: -hearings[n].weight)
        elif by == 1:
            order.sort(key=lambda n: -hearings[n].minutes)
        for number in order:
            hearing = hearings[number]
            found = self.taken.cheapest(hearing, self._seen(hearing))
            if found is None:
                return False
            self.places[number] = Place(found[0].at, found[1])
            self.taken.take(hearing, *found)
        return True

    def _seen(self, hearing: Wanted) -> Iterator[Start]:
        return (s for s in hearing.by_cost if self.chance.random() >= OVERLOOKED)

    def _put(self, number: int, place: Place) -> None:
        hearing = self.problem.hearings[number]
        self.taken.take(hearing, hearing.by_time[place.at], place.room)

    def _take(self, number: int, place: Place) -> None:
        hearing = self.problem.hearings[number]
        self.taken.give_back(hearing, hearing.by_time[place.at], place.room)
        del self.places[number]
