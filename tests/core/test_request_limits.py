"""The counts behind rate limits."""

from app.core.web.rate_limits import SlidingWindows


def test_hits_are_counted_by_key_within_one_window() -> None:
    counts = SlidingWindows()
    assert [counts.incr("a", 60), counts.incr("b", 60), counts.incr("a", 60, 2)] == [1, 1, 3]
    assert (counts.get("a"), counts.get("nobody")) == (3, 0)


def test_a_window_that_is_over_begins_anew_and_is_forgotten_by_a_sweep() -> None:
    counts = SlidingWindows()
    for key in ("a", "b"):
        counts.incr(key, 0)
    assert (counts.get("a"), counts.incr("a", 60)) == (0, 1)
    counts._sweep(counts.get_expiry("a") - 1)
    assert list(counts._counts) == ["a"]


def test_after_the_clock_was_set_back_nobody_waits_for_the_old_time() -> None:
    counts = SlidingWindows()
    counts.incr("a", 24 * 3600)
    assert counts.incr("a", 60) == 1
