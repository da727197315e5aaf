"""Which starts suit everybody: compared with a search that tries every minute and every courtroom."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.hearings.availability.calculation.court_hours import (
    CourtHours,
    longest_session,
    sessions_of_day,
)
from app.hearings.availability.calculation.openings import (
    Attendee,
    Opening,
    OpeningQuery,
    choose_openings,
    find_openings,
    grid_instants,
    merge_spans,
    starts_within,
)
from app.hearings.rules import Span

LONDON, SHANGHAI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")
HOURS = CourtHours(dt.time(9), dt.time(12), dt.time(13, 30), dt.time(17))
MONDAY = dt.date(2026, 12, 7)
MINUTE = dt.timedelta(minutes=1)


def at(clock: str, day: dt.date = MONDAY, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), tzinfo=zone).astimezone(dt.UTC)


def span(begin: str, end: str, day: dt.date = MONDAY) -> Span:
    return Span(at(begin, day), at(end, day))


def wish(
    minutes: int = 60, days: int = 1, zone: ZoneInfo = SHANGHAI, **more: object
) -> OpeningQuery:
    listed = [MONDAY + dt.timedelta(days=n) for n in range(days)]
    return OpeningQuery(
        dt.timedelta(minutes=minutes),
        [(d, sessions_of_day(d, HOURS, zone)) for d in listed],
        zone,
        **more,
    )  # type: ignore[arg-type]


def clocks(found: Sequence[Opening]) -> list[str]:
    return sorted(each.starts_at.astimezone(SHANGHAI).strftime("%H:%M") for each in found)


spans = st.lists(
    st.tuples(st.integers(0, 3 * 24 * 60), st.integers(1, 300)).map(
        lambda pair: Span(at("00:00") + pair[0] * MINUTE, at("00:00") + sum(pair) * MINUTE)
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(spans, min_size=1, max_size=3),
    spans,
    st.sampled_from([5, 45, 90, 240]),
    st.sampled_from([0, 10, 30]),
    st.sampled_from([SHANGHAI, LONDON]),
)
def test_every_start_that_is_possible_is_found_and_no_other(
    taken: list[list[Span]], elsewhere: list[Span], minutes: int, buffer: int, zone: ZoneInfo
) -> None:
    asked = wish(minutes, 3, zone, buffer=dt.timedelta(minutes=buffer))
    people = [Attendee(f"p{n}", tuple(merge_spans(each))) for n, each in enumerate(taken)]
    people[0] = Attendee("p0", people[0].here, tuple(merge_spans(elsewhere)))
    found = {each.starts_at for each in find_openings(asked, people)}
    length, gap = asked.length, asked.buffer
    every = [s for each in taken for s in each] + elsewhere

    def possible(begin: dt.datetime) -> bool:
        inside = any(
            s.starts_at <= begin and begin + length <= s.ends_at
            for _, day in asked.days
            for s in day
        )
        wanted = Span(begin, begin + length)
        return inside and not any(
            Span(s.starts_at - gap, s.ends_at + gap).overlaps(wanted) for s in every
        )

    minute = min(s.starts_at for _, day in asked.days for s in day)
    last = max(s.ends_at for _, day in asked.days for s in day)
    brute = set()
    while minute <= last:
        if minute.astimezone(zone).minute % 15 == 0 and possible(minute):
            brute.add(minute)
        minute += MINUTE
    assert found == brute


@settings(max_examples=100, deadline=None)
@given(spans)
def test_merged_spans_are_disjoint_in_order_and_cover_the_same_minutes(given_: list[Span]) -> None:
    found = merge_spans(given_)
    assert all(a.ends_at < b.starts_at for a, b in itertools.pairwise(found))
    for n in range(0, 3 * 24 * 60, 7):
        instant = at("00:00") + n * MINUTE
        assert any(s.starts_at <= instant < s.ends_at for s in given_) == any(
            s.starts_at <= instant < s.ends_at for s in found
        )


def test_a_start_may_touch_what_is_taken_and_the_end_of_a_session() -> None:
    day = sessions_of_day(MONDAY, HOURS, SHANGHAI)
    assert starts_within(day, dt.timedelta(hours=1), [span("10:00", "11:00")]) == [
        (at("09:00"), at("09:00")),
        (at("11:00"), at("11:00")),
        (at("13:30"), at("16:00")),
    ]


def test_the_grid_is_that_of_the_clock_on_the_wall() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")  # UTC+5:45
    begin = dt.datetime(2026, 12, 7, 3, 20, tzinfo=dt.UTC)
    found = list(
        grid_instants(begin, begin + dt.timedelta(minutes=40), dt.timedelta(minutes=30), kathmandu)
    )
    assert [each.astimezone(kathmandu).strftime("%H:%M") for each in found] == ["09:30"]


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 29), 6.5), (dt.date(2026, 10, 25), 6.5)]
)
def test_a_day_on_which_clocks_change_has_its_hours_by_the_clock(
    day: dt.date, hours: float
) -> None:
    held = sessions_of_day(day, HOURS, LONDON)
    assert [each.starts_at.astimezone(LONDON).strftime("%H:%M") for each in held] == [
        "09:00",
        "13:30",
    ]
    assert sum((s.ends_at - s.starts_at).total_seconds() for s in held) / 3600 == hours


def test_without_lunch_and_for_long_hearings_the_day_is_one_session() -> None:
    none = CourtHours(dt.time(9), dt.time(12), dt.time(12), dt.time(17))
    assert len(sessions_of_day(MONDAY, none, SHANGHAI)) == 1
    assert len(sessions_of_day(MONDAY, HOURS, SHANGHAI, through_lunch=True)) == 1
    assert (longest_session(HOURS), longest_session(none)) == (210, 480)


def test_earlier_days_are_better_and_a_place_beside_the_judges_hearing_too() -> None:
    judge = Attendee("J", (span("10:00", "11:00"),), judge=True)
    found = find_openings(wish(60, 2), [judge])
    assert [each.starts_at.astimezone(SHANGHAI).strftime("%d %H:%M") for each in found[:2]] == [
        "07 09:00",
        "07 11:00",
    ]
    said = [str(each.words) for each in found[0].reasons]
    assert said == [
        "the first day on which all are free",
        "right beside another hearing of the judge",
    ]


def test_how_much_later_a_day_is_is_said_of_one_day_and_of_several() -> None:
    found = find_openings(wish(60, 3), [Attendee("J", judge=True)])
    firsts = {each.day: str(each.reasons[0]) for each in reversed(found)}
    assert list(dict(sorted(firsts.items())).values()) == [
        "the first day on which all are free",
        "one working day after the first on which all are free",
        "2 working days after the first on which all are free",
    ]


def test_counsel_from_elsewhere_cost_a_journey_or_save_one() -> None:
    far = Attendee("Far", travel=dt.timedelta(hours=2))
    early = next(each for each in find_openings(wish(), [far]) if each.starts_at == at("09:00"))
    assert [(who, words.words) for who, words in early.costs] == [
        ("Far", "must set out before the court opens")
    ]
    there = Attendee("Far", (span("15:00", "16:00"),), travel=dt.timedelta(hours=2))
    best = find_openings(wish(60, 3), [there])[0]
    assert best.day == MONDAY
    assert "is here that day anyway" in best.reasons[-1].words


def free(taken: Mapping[str, Sequence[int]]) -> object:
    def rooms(some: Sequence[Opening]) -> dict[dt.datetime, list[int]]:
        return {
            each.starts_at: [
                r
                for r in (1, 2)
                if r not in taken.get(each.starts_at.astimezone(SHANGHAI).strftime("%d %H:%M"), ())
            ]
            for each in some
        }

    return rooms


def test_choices_lie_on_different_days_in_mornings_and_afternoons() -> None:
    asked = wish(60, 10)
    made = choose_openings(find_openings(asked, []), asked, 4, free({}))  # type: ignore[arg-type]
    assert len({each.opening.day for each in made}) == 4
    assert sorted(each.opening.starts_at.astimezone(SHANGHAI).hour < 12 for each in made) == [
        False,
        False,
        True,
        True,
    ]


def test_where_days_are_few_halves_of_days_and_then_what_is_left_are_taken() -> None:
    asked = wish(60, 1)
    made = choose_openings(find_openings(asked, []), asked, 10, free({}))  # type: ignore[arg-type]
    assert clocks([each.opening for each in made]) == [
        "09:00",
        "10:00",
        "11:00",
        "13:30",
        "14:30",
        "15:30",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                f"{d:02} {h:02}:{m}"
                for d in (7, 8)
                for h in range(9, 17)
                for m in ("00", "15", "30", "45")
            ]
        ),
        st.sampled_from([(1,), (2,), (1, 2)]),
        max_size=60,
    ),
    st.integers(1, 6),
)
def test_a_courtroom_that_is_free_goes_with_each_choice_and_the_best_is_first(
    taken: dict[str, tuple[int, ...]], many: int
) -> None:
    asked = wish(60, 2)
    found = find_openings(asked, [])
    rooms = free(taken)
    made = choose_openings(found, asked, many, rooms)  # type: ignore[arg-type]
    for each in made:
        assert each.room in rooms([each.opening])[each.opening.starts_at]  # type: ignore[operator]
    best = next((o for o in found if rooms([o])[o.starts_at]), None)  # type: ignore[operator]
    assert (made[0].opening if made else None) == best


def test_what_a_person_offered_comes_before_all_else_and_only_if_it_holds_the_whole() -> None:
    asked = wish(90, 10)
    friday = MONDAY + dt.timedelta(days=11)
    offered = Attendee("Zhao", offered=[span("00:00", "12:00", friday)])
    found = find_openings(wish(90, 12), [Attendee("J", judge=True), offered])
    assert found[0].day == friday
    assert found[0].starts_at == at("09:00", friday)
    assert [str(reason) for reason in found[0].reasons][-1] == (
        "Zhao said that they could come on this half-day"
    )
    over = next(each for each in found if each.starts_at == at("13:30", friday))
    assert over.score < found[0].score - 30
    assert find_openings(asked, [offered])[0].day == MONDAY  # it lies beyond what is searched


def test_midday_is_the_beginning_of_lunch_or_noon() -> None:
    assert HOURS.midday == dt.time(12)
    early = CourtHours(dt.time(8), dt.time(11, 30), dt.time(13), dt.time(17))
    assert early.midday == dt.time(11, 30)
    without = CourtHours(dt.time(9), dt.time(9), dt.time(9), dt.time(17))
    assert without.midday == dt.time(12)
