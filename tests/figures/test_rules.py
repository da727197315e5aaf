"""Months, shares and intervals."""

import datetime as dt
import itertools
import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures import plots, rules
from app.figures.plots import ChartValue
from app.figures.rules import Comparison, Month, Share

shares = st.integers(1, 5000).flatmap(
    lambda of: st.integers(0, of).map(lambda count: Share(count, of))
)
month = st.builds(Month, st.integers(2000, 2200), st.integers(1, 12))


@given(shares)
def test_wilson_holds_the_share_and_stays_a_share(share: Share) -> None:
    interval = rules.wilson(share.count, share.of)
    assert 0 <= interval.low <= share.count / share.of <= interval.high <= 1
    assert interval.low < interval.high


@given(shares)
def test_wilson_is_where_the_score_test_no_longer_rejects(share: Share) -> None:
    interval = rules.wilson(share.count, share.of)
    for end in (interval.low, interval.high):
        if 0 < end < 1:
            score = (share.count / share.of - end) / math.sqrt(end * (1 - end) / share.of)
            assert abs(score) == pytest.approx(rules.Z, rel=1e-6)


@given(shares)
def test_wilson_mirrors(share: Share) -> None:
    one, other = rules.wilson(share.count, share.of), rules.wilson(share.of - share.count, share.of)
    assert (one.low, one.high) == (pytest.approx(1 - other.high), pytest.approx(1 - other.low))


@given(shares, shares)
def test_newcombe_holds_the_difference_and_turns_with_the_order(one: Share, two: Share) -> None:
    interval, turned = rules.newcombe(one, two), rules.newcombe(two, one)
    difference = two.count / two.of - one.count / one.of
    assert -1 <= interval.low <= difference + 1e-12
    assert difference - 1e-12 <= interval.high <= 1
    assert (interval.low, interval.high) == (
        pytest.approx(-turned.high),
        pytest.approx(-turned.low),
    )


@given(shares, shares, st.integers(2, 20))
def test_more_cases_make_it_narrower(one: Share, two: Share, times: int) -> None:
    more = [Share(each.count * times, each.of * times) for each in (one, two)]
    wide, narrow = rules.newcombe(one, two), rules.newcombe(*more)
    assert narrow.high - narrow.low < wide.high - wide.low


# Table I of Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven
# methods", Statistics in Medicine 17 (1998), 857-872, method 3.
@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(share: Share, low: float, high: float) -> None:
    interval = rules.wilson(share.count, share.of)
    assert (interval.low, interval.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


# Table II of Newcombe (1998), method 10: (a, m, b, n) and the interval of a/m - b/n.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 10), 0.6075, 1.0000),
        ((10, 10, 0, 20), 0.6791, 1.0000),
    ],
)
def test_newcombe_gives_the_published_intervals(
    count: tuple[int, int, int, int], low: float, high: float
) -> None:
    a, m, b, n = count
    interval = rules.newcombe(Share(b, n), Share(a, m))
    assert (interval.low, interval.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


def test_what_is_no_proportion_is_refused() -> None:
    for count, of in ((0, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="no proportion"):
            rules.wilson(count, of)


@given(st.integers(0, 60), st.integers(0, 60))
def test_too_few_on_either_side_say_nothing(before: int, after: int) -> None:
    compared = Comparison(dt.date(2026, 6, 1), Share(0, before), Share(0, after))
    assert compared.enough == (min(before, after) >= rules.FEWEST_COMPARED)


@given(month, month)
def test_months_follow_each_other_and_end_with_the_last(first: Month, last: Month) -> None:
    found = rules.months(first, last)
    assert found[-1] == last
    assert 1 <= len(found) <= rules.MOST_MONTHS
    assert all(one.plus(1) == two for one, two in itertools.pairwise(found))
    limits = rules.bounds(found, ZoneInfo("Europe/Berlin"))
    assert limits == sorted(limits)
    assert len(limits) == len(found) + 1


@given(st.text(max_size=8))
def test_any_text_is_a_month_or_none(text: str) -> None:
    parsed = rules.parse_month(text)
    assert parsed is None or rules.parse_month(str(parsed)) == parsed


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=40))
def test_bars_stay_on_the_chart(values: list[float | None]) -> None:
    chart = plots.bar_chart([ChartValue(str(n), 9, value) for n, value in enumerate(values)])
    for bar in chart.bars:
        assert plots.TOP <= bar.y <= plots.FLOOR
        assert 0 <= bar.height <= plots.FLOOR - plots.TOP + 0.1
        assert plots.LEFT <= bar.x <= bar.x + bar.width <= plots.WIDTH
