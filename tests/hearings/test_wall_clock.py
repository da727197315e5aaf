"""Stored instants by other rules: the wall clock holds, in every zone and at every hour."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hearings.clock_change.wall_clock import Shift, differ

ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "Europe/London",
        "America/New_York",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "UTC",
    ]
)
TIMES = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC))


def shown(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


@given(TIMES, ZONES, ZONES)
def test_the_wall_clock_holds_or_never_comes_and_then_reads_later(
    at: dt.datetime, old: str, new: str
) -> None:
    one, other = ZoneInfo(old), ZoneInfo(new)
    before, after = shown(at, one), shown(Shift(one, other).of(at), other)
    if after == before:
        return
    gap = before.replace(tzinfo=other).astimezone(dt.UTC).astimezone(other).replace(tzinfo=None)
    assert gap != before, "this wall clock comes, and was changed"
    assert dt.timedelta() < after - before <= dt.timedelta(hours=1)


@given(TIMES, ZONES)
def test_the_same_rules_change_nothing(at: dt.datetime, zone: str) -> None:
    same = ZoneInfo(zone)
    assert Shift(same, same).of(at) == at
    assert not differ(same, same, dt.datetime(2090, 1, 1, tzinfo=dt.UTC))


@given(TIMES, ZONES, ZONES, st.integers(5, 600))
def test_a_span_is_never_shorter_than_it_was_told(
    at: dt.datetime, old: str, new: str, minutes: int
) -> None:
    length = dt.timedelta(minutes=minutes)
    starts_at, ends_at = Shift(ZoneInfo(old), ZoneInfo(new)).span(at, at + length)
    assert ends_at - starts_at >= length


@pytest.mark.parametrize(
    ("zone", "told", "stored"),
    [
        ("Europe/London", "2027-03-28T01:30:00+00:00", "2027-03-28T01:30:00+00:00"),  # a gap
        ("Europe/London", "2026-10-25T01:30:00+00:00", "2026-10-25T00:30:00+00:00"),  # twice
    ],
)
def test_hours_left_out_and_hours_that_come_twice_are_read_as_rfc_5545_says(
    zone: str, told: str, stored: str
) -> None:
    assert Shift(ZoneInfo("UTC"), ZoneInfo(zone)).text(told) == stored


def test_a_kept_message_and_a_zone_by_name_are_told_anew() -> None:
    shift = Shift(ZoneInfo("Asia/Tokyo"), ZoneInfo("Asia/Shanghai"))
    told = {
        "court": {"zone": "Asia/Tokyo"},
        "starts_at": "2026-12-07T00:30:00+00:00",
        "elsewhere": {"at": "2026-11-20T00:30:00+00:00"},
        "why": {"when": ["2026-12-07T00:30:00+00:00", "Asia/Tokyo", None]},
    }
    assert shift.shift_json(told, {"starts_at"}) == {
        "court": {"zone": "Asia/Shanghai"},
        "starts_at": "2026-12-07T01:30:00+00:00",
        "elsewhere": {"at": "2026-11-20T00:30:00+00:00"},
        "why": {"when": ["2026-12-07T01:30:00+00:00", "Asia/Shanghai", None]},
    }
