"""The rules of sending: pace, how much is taken on at once, and weight between two carriers."""

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.carriers import rate_limits, weights
from app.carriers.weights import RecentTries
from app.core import gsm7, wording
from app.letters import text_length

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


def waits(bucket: rate_limits.TokenBucket, *ats: float) -> list[float]:
    """How long each message waits, that comes at these seconds."""
    found = []
    for at in ats:
        bucket, seconds = bucket.taken(at)
        found.append(round(seconds, 3))
    return found


def test_a_burst_goes_at_once_and_the_rest_at_the_carriers_pace() -> None:
    bucket = rate_limits.TokenBucket(per_second=10, burst=3).filled()
    assert waits(bucket, 0, 0, 0, 0, 0) == [0, 0, 0, 0.1, 0.2]
    assert waits(bucket, 0, 0, 0, 1, 1, 1, 1) == [0, 0, 0, 0, 0, 0, 0.1]


def test_workers_share_one_pace() -> None:
    bucket = rate_limits.TokenBucket(per_second=10, burst=4, workers=2).filled()
    assert waits(bucket, 0, 0, 0) == [0, 0, 0.2]


def test_without_a_pace_nobody_waits() -> None:
    assert waits(rate_limits.TokenBucket(0).filled(), *[0] * 100) == [0] * 100


def test_a_clock_that_stands_or_jumps_back_gives_nothing_away() -> None:
    assert waits(rate_limits.TokenBucket(1, 1).filled(), 5, 4, 3) == [0, 1, 2]


@pytest.mark.parametrize(
    ("speed", "waiting", "expected"),
    [(1600, 0, 256), (3.2, 0, 256), (1, 0, 90), (1, 80, 10), (1, 90, 0), (0.01, 0, 0)],
)
def test_no_more_is_claimed_than_half_a_lease_can_send(
    speed: float, waiting: int, expected: int
) -> None:
    assert rate_limits.claim_size(speed, waiting, 180, 256) == expected


def test_a_carrier_that_slows_down_is_seen_within_a_few_looks() -> None:
    speed = rate_limits.Throughput(1600)
    for _ in range(8):
        speed = speed.after(3, 1)
    assert speed.per_second < 10
    assert speed.after(5, 0) == speed


@given(st.floats(0, 1, exclude_max=True))
def test_a_draw_falls_to_one_of_the_carriers(draw: float) -> None:
    assert weights.chosen({"twilio": 30, "twilio2": 70}, draw) == (
        "twilio" if draw < 0.3 else "twilio2"
    )


def test_too_few_tries_say_nothing_and_equal_trouble_moves_nothing() -> None:
    bad, well = RecentTries(20, failed=2), RecentTries(20)
    assert weights.worst({"a": RecentTries(9, failed=9), "b": well}) == ""
    assert weights.worst({"a": bad, "b": bad}) == ""
    assert weights.worst({"a": bad, "b": well}) == "a"
    assert weights.worst({"a": well, "b": RecentTries(20, slow=2)}) == "b"


def test_a_slow_call_counts_as_trouble() -> None:
    assert RecentTries().and_one(False, weights.SLOW) == RecentTries(1, slow=1)
    assert RecentTries().and_one(True, 0.1) == RecentTries(1, failed=1)


@given(st.integers(1, 9), st.lists(st.sampled_from(["away a", "away b", "drift"]), max_size=30))
def test_weights_stay_a_whole_and_nobody_is_cut_off(tens: int, moves: list[str]) -> None:
    now = {"a": tens * 10, "b": 100 - tens * 10}
    for move in moves:
        now = weights.drifted(now) if move == "drift" else weights.away_from(now, move[-1])
        assert sum(now.values()) == weights.WHOLE
        assert min(now.values()) >= weights.STEP


def test_weight_drifts_back_to_the_middle_and_rests_there() -> None:
    now = {"a": 10, "b": 90}
    for _ in range(9):
        now = weights.drifted(now)
    assert now == {"a": 50, "b": 50} == weights.middle(["a", "b"])


def test_trouble_moves_weight_once_a_minute_and_calm_after_an_hour() -> None:
    assert weights.may_shift(None, NOW)
    assert not weights.may_shift(NOW - dt.timedelta(seconds=59), NOW)
    assert weights.may_shift(NOW - dt.timedelta(seconds=60), NOW)
    assert not weights.is_calm(None, NOW)
    assert not weights.is_calm(NOW - dt.timedelta(minutes=59), NOW)
    assert weights.is_calm(NOW - dt.timedelta(hours=1), NOW)


GSM = "@£$¥èéùìòÇØøÅåΔ_ÆæßÉ" + string.printable.replace("\t", "").replace("\x0b", "").replace(
    "`", ""
)


def counted(body: str) -> int:
    """Segments, counted unit by unit."""
    if all(c in gsm7.BASIC or c in gsm7.EXTENDED for c in body):
        units, whole, part = [2 if c in gsm7.EXTENDED else 1 for c in body], 160, 153
    else:
        units, whole, part = [2 if ord(c) > 0xFFFF else 1 for c in body], 70, 67
    return 1 if sum(units) <= whole else text_length._parts(units, part)


@given(st.text(max_size=400) | st.text(alphabet=GSM, max_size=400))
def test_segments_are_counted_alike_however_quickly(body: str) -> None:
    assert text_length.segments(body) == counted(body)


@given(st.text(max_size=60))
def test_words_that_are_clean_already_stay_as_they_are(words: str) -> None:
    """The quick way out of one_line says what the long way says."""
    told = wording.one_line(words)
    assert told == wording.one_line(f" {words}\n ")
    assert wording.one_line(told) == told
