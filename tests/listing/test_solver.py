"""What a listing is: checked by a search of its own for every rule, and for the best by trying all."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.listing.rows import ListingPreferences
from app.listing.solver import greedy
from app.listing.solver.bound import lower_bound
from app.listing.solver.capacity import covered, fewest, most_of, most_of_any
from app.listing.solver.neighbourhood_search import NeighbourhoodSearch
from app.listing.solver.problem import (
    JUDGE_DAY,
    TRAVEL_DAY,
    HearingToPlace,
    Placement,
    Problem,
    Progress,
    SearchLimits,
    Start,
    Strip,
    cost,
)
from app.listing.solver.search import search
from app.listing.solver.table import grid_of

LIMITS = SearchLimits(seconds=60, workers=1, seed=1, steps=20)
MORNING, AFTERNOON = (0, 120), (150, 270)
DAY = 1000


@st.composite
def problems(draw: st.DrawFn, most: int = 4, grid: int = 30, members: int = 0) -> Problem:
    """Small problems: two judges, three counsel, two courtrooms, two days, taken here and there.

    With ``members``, up to so many others sit beside the judge: the other judge, or assessors.
    """
    buffer = draw(st.sampled_from([0, 10]))
    strips = []
    for day, room in itertools.product((0, 1), (7, 8)):
        at = draw(st.sampled_from([0, 0, 60, 270]))
        until = draw(st.sampled_from([120, 270, 270]))
        if at < until:
            strips.append(Strip(day, day * DAY + at, day * DAY + until, room))
    hearings = []
    for _ in range(draw(st.integers(1, most))):
        minutes = draw(st.sampled_from([30, 60, 120]))
        kept = draw(st.integers(0, 2**18 - 1))
        starts = [
            Start(
                day * DAY + at,
                day,
                (day * DAY + session[0], day * DAY + session[1]),
                draw(st.integers(0, 3)) + 2 * day,
                session == AFTERNOON,
            )
            for day in (0, 1)
            for session in (MORNING, AFTERNOON)
            for at in range(session[0], session[1] - minutes + 1, grid)
        ]
        counsel = draw(st.sets(st.integers(0, 2), max_size=2))
        possible = [
            start
            for n, start in enumerate(starts)
            if kept >> n & 1
            and any(s.day == start.day and s.holds(start.at, minutes) for s in strips)
        ]
        room = draw(st.sampled_from([None, None, 7]))
        judge = draw(st.integers(0, 1))
        beside = draw(st.sets(st.sampled_from([1 - judge, 2, 3]), max_size=members))
        hearings.append(
            HearingToPlace(
                minutes,
                judge,
                tuple(sorted(counsel)),
                tuple(possible),
                draw(st.sampled_from([1, 2])),
                room,
                tuple(sorted(beside)),
            )
        )
    days = st.sets(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=1)
    return Problem(
        tuple(hearings),
        tuple(strips),
        buffer,
        frozenset(draw(days)),
        frozenset(draw(days)),
        frozenset(draw(st.sets(st.integers(0, 2)))),
    )


def faults(problem: Problem, places: Mapping[int, list[Placement]]) -> Iterator[str]:
    """Every rule that some places break, each looked at minute by minute."""
    taken: dict[tuple[str, int, int], int] = {}
    for number, some in places.items():
        hearing = problem.hearings[number]
        for place in some:
            minutes = range(place.at, place.at + hearing.minutes)
            if place.at not in [start.at for start in hearing.starts]:
                yield f"{number} begins when its people are not free"
            strips = [s for s in problem.strips if s.room == place.room]
            if not all(any(s.begins <= m < s.ends for s in strips) for m in minutes):
                yield f"{number} is in a courtroom that is taken"
            who = [("room", place.room), *(("judge", each) for each in hearing.judges)]
            who += [("counsel", each) for each in hearing.counsel]
            for kind, each in who:
                around = range(minutes.start - problem.buffer, minutes.stop + problem.buffer)
                for minute in around:
                    other = taken.get((kind, each, minute))
                    if other is not None:
                        yield f"{number} and {other} share {kind} {each} or its buffer"
            for kind, each in who:
                for minute in minutes:
                    taken[kind, each, minute] = number


def best(problem: Problem) -> tuple[int, int, int]:
    """What the best listing is worth, by trying all: hearings, their urgency, its cost."""
    found = (0, 0, 0)
    options: list[list[Placement | None]] = [
        [
            None,
            *(
                Placement(start.at, strip.room)
                for start in hearing.starts
                for strip in problem.strips
                if strip.holds(start.at, hearing.minutes)
            ),
        ]
        for hearing in problem.hearings
    ]
    for choice in itertools.product(*options):
        places = {n: place for n, place in enumerate(choice) if place is not None}
        urgent = sum(problem.hearings[n].weight for n in places)
        worth = (len(places), urgent, -cost(problem, places))
        if worth > found and not any(faults(problem, {n: [p] for n, p in places.items()})):
            found = worth
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=3, grid=60))
def test_the_best_is_found_where_all_can_be_tried(problem: Problem) -> None:
    outcome = search(problem, LIMITS)
    urgent = sum(problem.hearings[n].weight for n in outcome.places)
    assert (len(outcome.places), urgent, -outcome.progress.cost) == best(problem)
    assert outcome.progress.bound == outcome.progress.cost


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=8), st.integers(1, 3))
def test_no_rule_is_broken_by_any_slot(problem: Problem, slots: int) -> None:
    outcome = search(problem, LIMITS)
    more = greedy.alternatives(problem, outcome.places, slots)
    every = {n: [place, *more[n]] for n, place in outcome.places.items()}
    assert list(faults(problem, every)) == []
    assert outcome.progress.cost == cost(problem, outcome.places)
    assert (outcome.progress.bound or 0) <= outcome.progress.cost
    for number, places in every.items():
        days = [problem.hearings[number].by_time[place.at].day for place in places]
        assert len(days) == len(set(days)) <= slots


@settings(max_examples=100, deadline=None)
@given(problems(most=8))
def test_a_listing_made_hearing_by_hearing_breaks_no_rule(problem: Problem) -> None:
    places = greedy.first(problem)
    assert list(faults(problem, {n: [place] for n, place in places.items()})) == []


@pytest.mark.extended
@settings(max_examples=60, deadline=None)
@given(problems(most=8), st.integers(0, 2**16))
def test_hearings_put_back_break_no_rule_and_cost_no_more(problem: Problem, seed: int) -> None:
    places, grid = greedy.first(problem), grid_of(problem)
    if not places:
        return
    assert grid is not None
    local_search = NeighbourhoodSearch(problem, grid, places, seed)
    assert (local_search.places, local_search.cost) == (places, cost(problem, places))
    for step in range(20):
        local_search.run(1 + step, step / 20, (step + 1) / 20)
        assert local_search.cost == cost(problem, local_search.places)
        assert local_search.places.keys() == places.keys()
        assert list(faults(problem, {n: [place] for n, place in local_search.places.items()})) == []
    assert local_search.best_cost == cost(problem, local_search.best) <= cost(problem, places)
    assert list(faults(problem, {n: [place] for n, place in local_search.best.items()})) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=3, grid=60), st.integers(0, 2**16))
def test_hearings_put_back_come_to_the_best(problem: Problem, seed: int) -> None:
    outcome, grid = search(problem, LIMITS), grid_of(problem)
    greedily = greedy.first(problem)
    if not greedily or greedily.keys() != outcome.places.keys():
        return
    assert grid is not None
    local_search = NeighbourhoodSearch(problem, grid, greedily, seed)
    local_search.run(2000, 0.0, 1.0)
    assert local_search.best_cost == outcome.progress.cost


def test_a_day_of_too_many_steps_is_left_to_the_solver() -> None:
    starts = tuple(Start(at, 0, (0, DAY)) for at in (0, 1, 64, 600))
    problem = Problem((HearingToPlace(60, 1, (), starts),), (Strip(0, 0, DAY, 7),))
    assert grid_of(problem) is None
    outcome = search(problem, SearchLimits(seconds=60, workers=2))
    assert (outcome.complete, outcome.progress.cost) == (True, JUDGE_DAY)
    steps = tuple(Start(60 + 15 * step, 0, (0, DAY)) for step in range(63))
    grid = grid_of(replace(problem, hearings=(replace(problem.hearings[0], starts=steps),)))
    assert grid is not None
    assert (grid.step, grid.bit(steps[-1])) == (15, 62)


def crowded(many: int) -> Problem:
    """More hearings than a solver places best in a moment: three judges, two courtrooms, a week."""
    chance = random.Random(many)
    hearings = []
    for number in range(many):
        minutes = chance.choice([30, 60, 90])
        starts = tuple(
            Start(day * DAY + at, day, (day * DAY, day * DAY + 270), 2 * day)
            for day in range(8)
            for at in range(0, 271 - minutes, 15)
        )
        counsel = tuple(sorted(chance.sample(range(12), 2)))
        hearings.append(HearingToPlace(minutes, number % 3, counsel, starts))
    strips = tuple(
        Strip(day, day * DAY, day * DAY + 270, room) for day in range(8) for room in (7, 8)
    )
    return Problem(tuple(hearings), strips, from_elsewhere=frozenset(range(4)))


def test_one_thread_proves_while_another_moves_hearings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.listing.solver.search.AT_ONCE", 0.0)
    problem, seen = crowded(40), list[Progress]()
    first = greedy.first(problem)

    def enough(far: Progress) -> bool:
        seen.append(far)
        return far.bound is not None and far.cost < cost(problem, first)

    outcome = search(problem, SearchLimits(seconds=300, workers=2, seed=1), enough)
    assert outcome.places.keys() == first.keys()
    assert list(faults(problem, {n: [place] for n, place in outcome.places.items()})) == []
    assert cost(problem, outcome.places) == outcome.progress.cost < cost(problem, first)
    assert 0 < (outcome.progress.bound or 0) <= outcome.progress.cost
    assert [each.cost for each in seen] == sorted((each.cost for each in seen), reverse=True)


def test_where_not_all_have_a_place_the_solver_proves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.listing.solver.search.AT_ONCE", 0.0)
    monkeypatch.setattr("app.listing.solver.search.FOR_PROVING", 0.0)
    start = Start(0, 0, (0, 120))
    three = tuple(HearingToPlace(60, judge, (), (start,)) for judge in (1, 2, 3))
    rooms = (Strip(0, 0, 120, 7), Strip(0, 0, 120, 8))
    outcome = search(Problem(three, rooms), SearchLimits(seconds=60, workers=2))
    assert (outcome.complete, outcome.progress) == (
        True,
        Progress(2, 2, 2 * JUDGE_DAY, 2 * JUDGE_DAY),
    )


def test_what_goes_wrong_beside_the_search_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.listing.solver.search.AT_ONCE", 0.0)
    monkeypatch.setattr(
        "app.listing.solver.neighbourhood_search.NeighbourhoodSearch.run_for", broken
    )
    with pytest.raises(ZeroDivisionError):
        search(crowded(40), SearchLimits(seconds=300, workers=2))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=3, grid=60), st.integers(1, 4))
def test_what_judges_plans_prove_is_never_more_than_the_best(problem: Problem, tried: int) -> None:
    placed, _, negative = best(problem)
    if placed == sum(1 for hearing in problem.hearings if hearing.starts):
        assert lower_bound(problem, subset_size=tried) <= -negative


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=3, grid=60, members=2), st.integers(0, 20))
def test_what_is_proved_of_benches_is_never_more_than_the_best(
    problem: Problem, above: int
) -> None:
    placed, _, negative = best(problem)
    if placed == sum(1 for hearing in problem.hearings if hearing.starts):
        assert lower_bound(problem, target=lambda: above - negative) <= -negative
        assert lower_bound(problem) <= -negative


@pytest.mark.extended
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most=8, members=2), st.integers(0, 2**16))
def test_hearings_of_benches_put_back_break_no_rule(problem: Problem, seed: int) -> None:
    places, grid = greedy.first(problem), grid_of(problem)
    if not places:
        return
    assert grid is not None
    local_search = NeighbourhoodSearch(problem, grid, places, seed)
    local_search.run(200, 0.0, 1.0)
    found = local_search.best
    assert list(faults(problem, {n: [place] for n, place in found.items()})) == []
    assert local_search.best_cost == cost(problem, found) <= cost(problem, places)


def test_a_member_of_two_benches_cannot_sit_in_both_at_once() -> None:
    starts = (Start(0, 0, (0, 60)), Start(DAY, 1, (DAY, DAY + 60), 10))
    strips = tuple(Strip(day, day * DAY, day * DAY + 60, room) for day in (0, 1) for room in (7, 8))
    apart = tuple(HearingToPlace(60, judge, (), starts) for judge in (1, 2))
    assert lower_bound(Problem(apart, strips)) == 2 * JUDGE_DAY
    least = 2 * JUDGE_DAY + 10
    for members in (((9,), (9,)), ((2,), ())):
        benches = tuple(
            replace(each, members=beside) for each, beside in zip(apart, members, strict=True)
        )
        problem = Problem(benches, strips)
        assert lower_bound(problem) == lower_bound(problem, target=lambda: least) == least


def test_judges_plans_tell_the_fewest_days() -> None:
    starts = tuple(
        Start(day * DAY + at, day, (day * DAY, day * DAY + 120)) for day in (0, 1) for at in (0, 60)
    )
    strips = tuple(Strip(day, day * DAY, day * DAY + 120, 7) for day in (0, 1))
    three = tuple(HearingToPlace(60, 1, (who,), starts) for who in (1, 2, 3))
    assert lower_bound(Problem(three, strips)) == 2 * JUDGE_DAY
    coming = Problem(three, strips, from_elsewhere=frozenset({1, 2}))
    assert lower_bound(coming) == 2 * JUDGE_DAY + 2 * TRAVEL_DAY


def test_counsel_from_elsewhere_cannot_share_a_visit_between_hearings_at_one_time() -> None:
    starts = tuple(Start(day * DAY, day, (day * DAY, day * DAY + 120)) for day in range(4))
    strips = tuple(
        Strip(day, day * DAY, day * DAY + 120, 7 + n) for day in range(4) for n in (0, 1)
    )
    two = tuple(HearingToPlace(60, judge, (1,), starts) for judge in (1, 2))
    problem = Problem(two, strips, from_elsewhere=frozenset({1}))
    assert (
        lower_bound(problem)
        == 2 * JUDGE_DAY + 2 * TRAVEL_DAY
        == search(problem, LIMITS).progress.cost
    )
    anyway = replace(problem, comes=frozenset({(1, 2)}))
    assert lower_bound(anyway) == 2 * JUDGE_DAY + TRAVEL_DAY


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 9), max_size=6), st.integers(0, 30))
def test_no_more_of_a_stretch_is_used_than_some_of_the_sizes_fill(
    sizes: list[int], room: int
) -> None:
    sums = {sum(some) for n in range(len(sizes) + 1) for some in itertools.combinations(sizes, n)}
    assert most_of(sizes, room) == max(each for each in sums if each <= room)
    assert most_of(sizes, room) <= most_of_any(sizes, room) <= room


def test_stretches_that_touch_are_one() -> None:
    assert covered([(5, 7), (0, 2), (2, 4), (6, 9)]) == [(0, 4), (5, 9)]


@pytest.mark.parametrize(
    ("total", "given_", "days"), [(0, 0, 0), (10, 10, 0), (11, 10, 1), (25, 0, 3), (99, 0, 3)]
)
def test_the_largest_days_are_counted_first(total: int, given_: int, days: int) -> None:
    assert fewest(total, given_, [5, 10, 9]) == days


@pytest.mark.parametrize(
    ("far", "gap"),
    [(Progress(1, 1, 100), None), (Progress(1, 1, 100, 95), 0.05), (Progress(1, 1, 0, 0), 0.0)],
)
def test_the_gap_is_a_part_of_the_cost(far: Progress, gap: float | None) -> None:
    assert far.gap == gap


@pytest.mark.parametrize(
    ("priority", "since", "points"),
    [
        ("normal", "", 2),
        ("high", "", 4),
        ("low", "2026-08-01", 2),
        ("normal", "2020-01-01", 6),
        ("normal", "2030-01-01", 2),
    ],
)
def test_who_has_waited_longer_costs_more_a_day(priority: str, since: str, points: int) -> None:
    wishes = ListingPreferences(priority=priority, since=since)
    assert wishes.per_day(dt.date(2026, 11, 23)) == points
    assert ListingPreferences.from_json(wishes.to_json()) == wishes
