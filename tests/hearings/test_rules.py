"""Which slot is agreed, what is taken of whom, which times can be."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Message
from app.hearings.rules import (
    Span,
    agreed_slot,
    booking_pieces,
    from_wall_clock,
    kind_and_row,
    resource,
    slot_errors,
    wall_clock_error,
)
from app.law import names, rule_set, working_days
from app.law.day_counting import earliest_day

DAY = dt.datetime(2026, 12, 15, 1, 30, tzinfo=dt.UTC)
SLOTS = [(1, DAY), (2, DAY + dt.timedelta(days=1)), (3, DAY + dt.timedelta(days=3))]
NEW_YORK = ZoneInfo("America/New_York")


def test_the_earliest_slot_that_suits_all_is_agreed() -> None:
    assert agreed_slot(SLOTS, [{1: "no", 2: "yes", 3: "yes"}, {1: "yes", 2: "yes", 3: "yes"}]) == 2


def test_a_later_slot_that_all_like_beats_an_earlier_one_taken_if_needed() -> None:
    assert (
        agreed_slot(SLOTS, [{1: "if_needed", 2: "no", 3: "yes"}, {1: "yes", 2: "yes", 3: "yes"}])
        == 3
    )


def test_if_needed_is_taken_where_nothing_better_is_there() -> None:
    assert (
        agreed_slot(SLOTS, [{1: "no", 2: "if_needed", 3: "no"}, {1: "yes", 2: "yes", 3: "yes"}])
        == 2
    )


def test_nothing_is_agreed_while_one_is_silent_or_nobody_is_asked() -> None:
    assert agreed_slot(SLOTS, [{1: "yes", 2: "yes", 3: "yes"}, None]) is None
    assert agreed_slot(SLOTS, []) is None


def test_a_slot_without_a_word_is_not_a_yes() -> None:
    assert agreed_slot(SLOTS, [{2: "yes"}, {1: "yes", 2: "yes"}]) == 2
    assert agreed_slot(SLOTS, [{}, {1: "yes"}]) is None


words = st.sampled_from(["yes", "if_needed", "no"])
answers = st.lists(st.fixed_dictionaries({1: words, 2: words, 3: words}), min_size=1, max_size=5)


@given(answers)
def test_no_one_is_given_a_slot_they_refused_and_no_yes_is_passed_over(
    said: list[dict[int, str]],
) -> None:
    chosen = agreed_slot(SLOTS, said)
    possible = [slot for slot, _ in SLOTS if all(word[slot] != "no" for word in said)]
    liked = [slot for slot in possible if all(word[slot] == "yes" for word in said)]
    assert chosen == (liked or possible or [None])[0]


minutes = st.integers(0, 40)
spans = st.builds(
    lambda start, length: Span(
        DAY + dt.timedelta(minutes=start), DAY + dt.timedelta(minutes=start + length)
    ),
    minutes,
    st.integers(1, 20),
)


def moments(span: Span) -> set[int]:
    """The minutes that a span covers, counted one by one."""
    first = int((span.starts_at - DAY).total_seconds() // 60)
    return set(range(first, int((span.ends_at - DAY).total_seconds() // 60)))


@given(st.lists(spans, max_size=3), st.lists(spans, max_size=6))
def test_what_a_hearing_takes_is_the_union_of_its_slots_in_pieces_that_never_overlap(
    dates: list[Span], held: list[Span]
) -> None:
    fixed = [span for n, span in enumerate(dates) if not any(span.overlaps(b) for b in dates[:n])]
    taken = booking_pieces(fixed, held)
    covered = [minute for span, _ in taken for minute in moments(span)]
    assert len(covered) == len(set(covered))
    assert set(covered) == set().union(
        *(moments(s) for s in held), *(moments(span) for span in fixed)
    )
    assert [span for span, firm in taken if firm] == sorted(fixed)


@given(st.sampled_from(["judge", "courtroom", "counsel"]), st.integers(1, 2**60))
def test_a_resource_is_read_back_from_its_number(kind: str, row: int) -> None:
    assert kind_and_row(resource(kind, row)) == (kind, row)


def test_an_hour_that_never_comes_and_one_that_comes_twice_are_refused_by_name() -> None:
    never = from_wall_clock(dt.datetime(2027, 3, 14, 2, 30), NEW_YORK)
    twice = from_wall_clock(dt.datetime(2026, 11, 1, 1, 30), NEW_YORK)
    assert isinstance(never, Message)
    assert "never comes in America/New_York" in str(never)
    assert isinstance(twice, Message)
    assert "comes twice in America/New_York" in str(twice)


@pytest.mark.parametrize(
    "written",
    ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-01T05:30:00+00:00"],
)
def test_an_instant_in_the_hour_that_comes_twice_is_refused_however_it_is_written(
    written: str,
) -> None:
    assert wall_clock_error(dt.datetime.fromisoformat(written), NEW_YORK) is not None


def test_an_instant_written_with_an_hour_that_never_comes_is_refused() -> None:
    assert (
        wall_clock_error(dt.datetime.fromisoformat("2027-03-14T02:30:00-05:00"), NEW_YORK)
        is not None
    )
    assert (
        wall_clock_error(dt.datetime.fromisoformat("2027-03-14T03:30:00-04:00"), NEW_YORK) is None
    )
    assert (
        wall_clock_error(dt.datetime.fromisoformat("2027-03-14T06:30:00+00:00"), NEW_YORK) is None
    )


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2030, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe"]),
)
def test_a_wall_clock_time_is_read_to_the_very_time_or_refused(
    local: dt.datetime, zone: str
) -> None:
    found = from_wall_clock(local, ZoneInfo(zone))
    if isinstance(found, dt.datetime):
        assert found.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def test_a_slot_in_the_past_before_the_answers_or_years_ahead_is_named() -> None:
    now = DAY - dt.timedelta(days=10)
    starts = [
        now - dt.timedelta(days=1),
        DAY - dt.timedelta(days=8),
        DAY,
        DAY + dt.timedelta(days=4000),
    ]
    faults = slot_errors(
        starts, 60, DAY - dt.timedelta(days=7), now=now, zone=ZoneInfo("Asia/Shanghai")
    )
    assert sorted(faults) == ["slots.0.starts_at", "slots.1.starts_at", "slots.3.starts_at"]


def test_the_day_of_telling_is_not_counted_and_a_holiday_moves_the_end_on() -> None:
    """CPL (2023) art. 85: the first day is not counted; a last day on a holiday moves on."""
    monday = dt.date(2026, 11, 23)
    assert earliest_day(monday, 3, lambda day: True) == dt.date(2026, 11, 26)
    friday = dt.date(2026, 11, 27)
    assert earliest_day(friday - dt.timedelta(days=2), 3, lambda day: day.weekday() < 5) == dt.date(
        2026, 11, 30
    )


def test_the_chinese_calendar_knows_holidays_and_moved_working_days() -> None:
    assert not working_days.is_working_day("CN", dt.date(2026, 10, 1))
    assert not working_days.is_working_day("CN", dt.date(2026, 11, 28))
    assert working_days.is_working_day("CN", dt.date(2026, 11, 23))
    assert working_days.is_working_day(
        "CN", dt.date(2025, 9, 28)
    )  # a Sunday, worked for the holiday after it


def test_every_rule_names_its_source_and_speaks_both_languages() -> None:
    assert names() == ["cn-civil", "plain"]
    for name in names():
        for rule in rule_set(name).periods:
            assert rule.source
            assert set(rule.words) == {"en", "zh"}


def test_the_summary_procedure_is_not_bound_by_the_three_days() -> None:
    """CPL (2023) art. 163."""
    rules = rule_set("cn-civil")
    on = dt.date(2026, 11, 23)
    assert rules.notice_for("ordinary", on)
    assert not rules.notice_for("summary", on)
