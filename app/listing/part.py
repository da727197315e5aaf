"""Pure: some hearings of a problem while all others stay where they are: again a problem."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.listing.problem import Places, Problem, Strip, Wanted

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


def neighbours(problem: Problem, places: Places, chance: random.Random, many: int) -> list[int]:
    """Return placed hearings that stand in each other's way: judges', a few days', or counsel's."""
    placed, hearings = sorted(places), problem.hearings
    chance.shuffle(placed)
    kind = chance.randrange(3)
    if kind == 0:
        judges = list(dict.fromkeys(hearings[n].judge for n in placed))
        return sorted(sorted(placed, key=lambda n: judges.index(hearings[n].judge))[:many])
    if kind == 1:
        days = {n: hearings[n].by_time[places[n].at].day for n in placed}
        middle = days[placed[0]]
        return sorted(sorted(placed, key=lambda n: abs(days[n] - middle))[:many])
    return sorted(_kin(problem, placed, many))


def _kin(problem: Problem, placed: Sequence[int], many: int) -> list[int]:
    """Return hearings that are joined by their people, from one on, then from another."""
    found, at = list(placed[:1]), 0
    while len(found) < min(many, len(placed)):
        if at == len(found):  # nobody else is joined to these
            found.append(next(n for n in placed if n not in found))
            continue
        mine = problem.hearings[found[at]]
        kin = [
            n for n in placed
            if n not in found and (problem.hearings[n].judge == mine.judge
                                   or set(problem.hearings[n].counsel) & set(mine.counsel))
        ]  # fmt: skip
        found += kin[: min(6, many - len(found))]
        at += 1
    return found
