"""The strip of days: quarters that are alike stand together, and every day has as many."""

import datetime as dt
from zoneinfo import ZoneInfo

from app.hearings.availability.calculation.day_strip import (
    BusyRow,
    StripDay,
    StripMark,
    build_rows,
    hour_bounds,
    shown_days,
)
from app.hearings.rules import Span

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = (9, 12)


def at(day: int, clock: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-12-{day:02}T{clock}:00+08:00")


def span(day: int, begin: str, end: str) -> Span:
    return Span(at(day, begin), at(day, end))


def strip(*marks: StripMark, taken: tuple[BusyRow, ...] = ()) -> list[StripDay]:
    """The strip of a court that sits on weekdays from nine to noon."""
    return build_rows(
        marks,
        taken,
        HOURS,
        ZONE,
        lambda day: day.weekday() < 5,
        lambda day: [Span(at(day.day, "09:00"), at(day.day, "12:00"))],
    )


def told(row: StripDay) -> list[tuple[int, str]]:
    return [(s.quarters, "".join(s.names) + "!" * len(s.who)) for s in row.stretches]


def test_a_slot_and_what_is_taken_stand_where_they_are() -> None:
    taken = BusyRow("Judge Chen", [span(9, "11:00", "11:30")])
    [row] = strip(StripMark("1", span(9, "09:30", "10:30")), taken=(taken,))
    assert told(row) == [(2, ""), (4, "1"), (2, ""), (2, "!"), (2, "")]


def test_a_slot_that_meets_busy_time_in_part_is_one_block_and_names_who() -> None:
    taken = BusyRow("Judge Chen", [span(9, "10:00", "12:00")], refused=[span(9, "09:00", "10:00")])
    [row] = strip(StripMark("1", span(9, "09:30", "10:30")), taken=(taken,))
    assert told(row) == [(2, ""), (4, "1!"), (6, "!")]
    slot = row.stretches[1]
    assert (slot.who, slot.refused) == (("Judge Chen",), ("Judge Chen",))


def test_busy_time_that_only_shares_a_quarter_with_a_slot_is_not_named_in_it() -> None:
    taken = BusyRow("Judge Chen", [span(9, "09:00", "09:35")])
    [row] = strip(StripMark("1", span(9, "09:37", "10:30")), taken=(taken,))
    assert told(row) == [(2, "!"), (4, "1"), (6, "")]


def test_a_slot_across_lunch_is_one_block() -> None:
    [row] = build_rows(
        [StripMark("1", span(9, "09:30", "11:15"))],
        (),
        HOURS,
        ZONE,
        lambda _: True,
        lambda _: [span(9, "09:00", "10:00"), span(9, "11:00", "12:00")],
    )
    assert told(row) == [(2, ""), (7, "1"), (3, "")]
    assert not any(stretch.closed for stretch in row.stretches)


def test_every_day_has_as_many_quarters() -> None:
    shown = strip(*(StripMark(str(n), span(n, "09:07", "10:20")) for n in (8, 9, 10)))
    assert {sum(s.quarters for s in row.stretches) for row in shown} == {12}


def test_near_days_have_those_between_them_and_far_ones_a_gap() -> None:
    marks = [StripMark("1", span(n, "09:00", "10:00")) for n in (9, 11, 25)]
    assert [day.day for day in shown_days(marks, ZONE)] == [9, 10, 11, 25]
    assert [row.gap for row in strip(*marks)] == [False, False, False, True, False]


def test_a_closed_day_between_is_one_line_and_a_slot_on_a_closed_day_is_seen() -> None:
    shown = strip(*(StripMark("1", span(n, "09:00", "10:00")) for n in (11, 13)))
    assert [(row.closed, bool(row.stretches)) for row in shown] == [
        (False, True),
        (True, False),
        (True, True),
    ]


def test_a_slot_outside_the_courts_hours_makes_the_strip_longer() -> None:
    marks = [StripMark("1", span(9, "08:20", "17:40"))]
    assert hour_bounds(dt.time(9), dt.time(17), marks, ZONE) == (8, 18)
    late = [StripMark("1", Span(at(9, "23:30"), at(10, "00:30")))]
    assert hour_bounds(dt.time(9), dt.time(17), late, ZONE)[1] == 24
