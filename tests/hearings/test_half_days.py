"""Half-days of a court: written and read again, a whole day together, and never one that is shut."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import half_days
from app.core.errors import Invalid
from app.core.half_days import DayHalf, HalfDay
from app.hearings.half_days import (
    WEEKS,
    HalfDayCalendar,
    HalfDayState,
    span_of,
    touched_by,
)
from app.hearings.rules import Span, days_span

BERLIN = ZoneInfo("Europe/Berlin")
NOON = dt.time(12)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))
HALF_DAYS = st.builds(HalfDay, DAYS, st.sampled_from(DayHalf))


@given(HALF_DAYS)
def test_what_is_written_is_read_again(half_day: HalfDay) -> None:
    assert half_days.parse(str(half_day)) == half_day


@given(st.text(max_size=20))
def test_any_text_is_a_half_day_or_none(text: str) -> None:
    found = half_days.parse(text)
    assert found is None or isinstance(found.on, dt.date)


@given(DAYS, st.times(dt.time(9), dt.time(15)))
def test_both_halves_are_the_day_also_when_clocks_change(on: dt.date, midday: dt.time) -> None:
    morning, afternoon = (span_of(HalfDay(on, half), midday, BERLIN) for half in DayHalf)
    assert morning.ends_at == afternoon.starts_at
    assert Span(morning.starts_at, afternoon.ends_at) == days_span(on, 1, BERLIN)


@given(DAYS, st.integers(0, 24 * 60 - 1), st.integers(1, 600))
def test_a_span_touches_the_half_days_that_it_overlaps(
    on: dt.date, minute: int, length: int
) -> None:
    begin = days_span(on, 1, BERLIN).starts_at + dt.timedelta(minutes=minute)
    span = Span(begin, begin + dt.timedelta(minutes=length))
    touched = touched_by(span, NOON, BERLIN)
    around = [HalfDay(on + dt.timedelta(days=n), half) for n in (-1, 0, 1, 2) for half in DayHalf]
    assert touched == {each for each in around if span_of(each, NOON, BERLIN).overlaps(span)}


@given(DAYS, st.sets(HALF_DAYS, max_size=5), st.sets(DAYS, max_size=10))
def test_what_is_shown_as_open_can_be_chosen_and_nothing_else(
    first: dt.date, asked: set[HalfDay], closed: set[dt.date]
) -> None:
    calendar = HalfDayCalendar(first, lambda each: each.on not in closed, asked)
    shown = [cell for week in calendar.weeks for _, row in week.rows for cell in row]
    assert len(calendar.weeks) <= WEEKS
    for half_day, state in shown:
        if state == HalfDayState.OPEN:
            assert half_day.on >= first
            assert half_day.on.weekday() < 5
            assert half_day.on not in closed
            assert half_day not in asked
            assert calendar.choose([str(half_day)]) == (half_day,)
        else:
            with pytest.raises(Invalid):
                calendar.choose([str(half_day)])
    every = [str(each) for each, state in shown if state == HalfDayState.OPEN]
    assert [*map(str, calendar.choose(reversed(every + every)))] == sorted(every)


def test_weeks_of_a_long_holiday_are_left_out() -> None:
    closed = {dt.date(2026, 10, 1) + dt.timedelta(days=n) for n in range(8)}
    calendar = HalfDayCalendar(dt.date(2026, 9, 28), lambda each: each.on not in closed)
    assert [week.days[0].day for week in calendar.weeks] == [28, 5, 12]
    everything = HalfDayCalendar(dt.date(2026, 9, 28), lambda _: False)
    assert everything.weeks == []


def test_both_halves_are_said_as_one_day() -> None:
    day = dt.date(2026, 12, 17)
    said = half_days.described([HalfDay(day, DayHalf.PM), HalfDay(day, DayHalf.AM)])
    assert [*map(str, said)] == ["2026-12-17, all day"]
