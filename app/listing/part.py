"""Pure: some hearings of a problem while all others stay where they are: again a problem."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from app.listing.problem import Places, Problem, Strip, Wanted

AT_A_TIME = 4  # hearings of one person that are taken before another person's
Span = tuple[int, int]
Taken = Mapping[tuple[str, int], Sequence[Span]]


def part(problem: Problem, places: Places, numbers: Sequence[int]) -> Problem:
    """Return the problem of some hearings, by their numbers, while all others keep their places.

    What it costs is what the whole costs, less what the others cost.
    """
    taken: dict[tuple[str, int], list[Span]] = defaultdict(list)
    sits, comes, inside = set(problem.sits), set(problem.comes), set(numbers)
    for number, place in places.items():
        if number in inside:
            continue
        hearing = problem.hearings[number]
        day = hearing.by_time[place.at].day
        span = (place.at - problem.buffer, place.at + hearing.minutes + problem.buffer)
        for who in [("room", place.room), ("judge", hearing.judge),
                    *(("counsel", each) for each in hearing.counsel)]:  # fmt: skip
            taken[who].append(span)
        sits.add((hearing.judge, day))
        comes |= {(each, day) for each in problem.travellers(hearing)}
    strips = tuple(
        piece for strip in problem.strips for piece in _left(strip, taken["room", strip.room])
    )
    by_day: dict[int, list[Strip]] = defaultdict(list)
    for strip in strips:
        by_day[strip.day].append(strip)
    return replace(
        problem, strips=strips, sits=frozenset(sits), comes=frozenset(comes),
        hearings=tuple(_left_to(problem.hearings[n], taken, by_day) for n in numbers),
    )  # fmt: skip


def _left(strip: Strip, taken: Iterable[Span]) -> list[Strip]:
    """Return what is left of a courtroom's free stretch."""
    found, at = [], strip.begins
    for begins, ends in sorted(taken):
        if ends <= at or begins >= strip.ends:
            continue
        if begins > at:
            found.append(replace(strip, begins=at, ends=begins))
        at = max(at, ends)
    if at < strip.ends:
        found.append(replace(strip, begins=at))
    return found


def _left_to(hearing: Wanted, taken: Taken, strips: Mapping[int, Sequence[Strip]]) -> Wanted:
    """Return a hearing with the starts that are left to it."""
    people = [("judge", hearing.judge), *(("counsel", each) for each in hearing.counsel)]
    busy = [span for who in people for span in taken.get(who, ())]
    starts = tuple(
        start for start in hearing.starts
        if not any(begin < start.at + hearing.minutes and start.at < end for begin, end in busy)
        and any(strip.holds(start.at, hearing.minutes) for strip in strips.get(start.day, ()))
    )  # fmt: skip
    return replace(hearing, starts=starts)


class Neighbours:
    """Which hearings stand in each other's way: their judge's, those of a few days, counsel's."""

    def __init__(self, problem: Problem, numbers: Iterable[int]) -> None:
        self.numbers = list(numbers)
        self._by_judge: dict[int, list[int]] = defaultdict(list)
        by_counsel: dict[int, list[int]] = defaultdict(list)
        for number in self.numbers:
            hearing = problem.hearings[number]
            self._by_judge[hearing.judge].append(number)
            for each in hearing.counsel:
                by_counsel[each].append(number)
        self._kin = {
            number: [self._by_judge[hearing.judge], *(by_counsel[each] for each in hearing.counsel)]
            for number in self.numbers for hearing in (problem.hearings[number],)
        }  # fmt: skip

    def some(self, many: int, day_of: Callable[[int], int], chance: random.Random) -> list[int]:
        """Return up to so many hearings; ``day_of`` tells on which day a hearing is now."""
        kind = chance.randrange(4)
        if kind == 0:
            return self._of_judges(many, chance)
        if kind == 1:
            return self._of_days(many, day_of, chance)
        return self._joined(many, chance)

    def _of_judges(self, many: int, chance: random.Random) -> list[int]:
        judges = list(self._by_judge)
        chance.shuffle(judges)
        found: list[int] = []
        for judge in judges:
            if len(found) >= many:
                break
            mine = self._by_judge[judge]
            found += chance.sample(mine, min(len(mine), many - len(found)))
        return found

    def _of_days(self, many: int, day_of: Callable[[int], int], chance: random.Random) -> list[int]:
        days = {number: day_of(number) for number in self.numbers}
        middle = days[chance.choice(self.numbers)]
        near = [number for number in self.numbers if abs(days[number] - middle) <= 1]
        return chance.sample(near, min(many, len(near)))

    def _joined(self, many: int, chance: random.Random) -> list[int]:
        """Return hearings that are joined by their people, from one on, then from another."""
        found = dict.fromkeys([chance.choice(self.numbers)])
        way = list(found)
        while len(found) < min(many, len(self.numbers)):
            if not way:  # nobody else is joined to these, or they were seen already
                way = [chance.choice(self.numbers)]
                found.update(dict.fromkeys(way))
            kin = chance.choice(self._kin[way.pop(0)])
            new = [
                each for each in chance.sample(kin, min(AT_A_TIME, len(kin))) if each not in found
            ]
            new = new[: many - len(found)]
            found.update(dict.fromkeys(new))
            way += new
        return list(found)
