"""Pure: weighted choice between two carriers, shifted by errors and slow calls.

As GOV.UK Notify does it: trouble moves a tenth of the traffic away, at most once a minute; an hour
without trouble moves a tenth back towards equal shares.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

WHOLE, STEP = 100, 10
# Fewer calls than these are no evidence; from this share of failed and slow ones on it is trouble.
LEAST_TRIES, TROUBLE = 10, 0.1
SLOW = 5.0  # seconds for one call
PAUSE = dt.timedelta(minutes=1)
CALM = dt.timedelta(hours=1)


@dataclass(frozen=True)
class RecentTries:
    """The recent calls of one carrier: all, those that failed, those that were slow."""

    calls: int = 0
    failed: int = 0
    slow: int = 0

    def and_one(self, failed: bool, seconds: float) -> "RecentTries":
        """Return the counts with one more call, which took so many seconds."""
        return RecentTries(self.calls + 1, self.failed + failed, self.slow + (seconds >= SLOW))

    @property
    def share(self) -> float:
        """The share of calls that failed or were slow; 0 where there were too few calls."""
        return (self.failed + self.slow) / self.calls if self.calls >= LEAST_TRIES else 0.0


def middle(names: list[str]) -> dict[str, int]:
    """Return equal weights, a hundred together."""
    share, rest = divmod(WHOLE, len(names))
    return {name: share + (index < rest) for index, name in enumerate(names)}


def chosen(weights: Mapping[str, int], draw: float) -> str:
    """Return the carrier for a random number from [0, 1)."""
    remainder = draw * sum(weights.values())
    for name, weight in weights.items():
        remainder -= weight
        if remainder < 0:
            return name
    return next(iter(weights))


def worst(tries: Mapping[str, RecentTries]) -> str:
    """Return the carrier with the highest share of trouble, "" where none stands out."""
    ranked = sorted(tries, key=lambda name: tries[name].share, reverse=True)
    if len(ranked) < 2 or tries[ranked[0]].share < TROUBLE:
        return ""
    return ranked[0] if tries[ranked[0]].share > tries[ranked[1]].share else ""


def away_from(weights: Mapping[str, int], name: str) -> dict[str, int]:
    """Return the weights with one step moved from a carrier to the one with the least weight.

    The carrier keeps one step, so that its recovery is noticed.
    """
    others = [candidate for candidate in weights if candidate != name]
    step = min(STEP, weights[name] - STEP)
    if step <= 0 or not others:
        return dict(weights)
    other = min(others, key=lambda candidate: weights[candidate])
    return {**weights, name: weights[name] - step, other: weights[other] + step}


def drifted(weights: Mapping[str, int]) -> dict[str, int]:
    """Return the weights one step nearer to equal shares."""
    equal = middle(list(weights))
    high = max(weights, key=lambda name: weights[name] - equal[name])
    low = min(weights, key=lambda name: weights[name] - equal[name])
    step = min(STEP, weights[high] - equal[high], equal[low] - weights[low])
    if not step:
        return dict(weights)
    return {**weights, high: weights[high] - step, low: weights[low] + step}


def may_shift(shifted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether weight may be moved again: workers that see the same trouble move it once."""
    return shifted_at is None or now - shifted_at >= PAUSE


def is_calm(shifted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether the last shift is so long ago that weight drifts back."""
    return shifted_at is not None and now - shifted_at >= CALM
