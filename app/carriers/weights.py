"""Pure: which of two carriers a message goes to, and how errors and slowness shift that.

As GOV.UK Notify does: trouble moves a tenth of the traffic away, at most once a minute; an hour
without trouble moves a tenth back towards the middle.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

WHOLE, STEP = 100, 10
# One look at what was tried of late: too few tries say nothing; from this share on it is trouble.
LEAST_TRIES, TROUBLE = 10, 0.1
SLOW = 5.0  # seconds for one call
PAUSE = dt.timedelta(minutes=1)
CALM = dt.timedelta(hours=1)


@dataclass(frozen=True)
class RecentTries:
    """What became of the calls of one carrier of late."""

    calls: int = 0
    failed: int = 0
    slow: int = 0

    def and_one(self, failed: bool, seconds: float) -> "RecentTries":
        """Return the count with one call more."""
        return RecentTries(self.calls + 1, self.failed + failed, self.slow + (seconds >= SLOW))

    @property
    def share(self) -> float:
        """The share of calls that failed or were slow; nothing is said by too few."""
        return (self.failed + self.slow) / self.calls if self.calls >= LEAST_TRIES else 0.0


def middle(names: list[str]) -> dict[str, int]:
    """Return the weights at rest: the same for all, a hundred together."""
    each, rest = divmod(WHOLE, len(names))
    return {name: each + (place < rest) for place, name in enumerate(names)}


def chosen(weights: Mapping[str, int], draw: float) -> str:
    """Return the carrier that a draw from [0, 1) falls to."""
    left = draw * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return next(iter(weights))


def worst(tries: Mapping[str, RecentTries]) -> str:
    """Return the carrier that is in trouble and more so than any other, else ""."""
    ranked = sorted(tries, key=lambda name: tries[name].share, reverse=True)
    if len(ranked) < 2 or tries[ranked[0]].share < TROUBLE:
        return ""
    return ranked[0] if tries[ranked[0]].share > tries[ranked[1]].share else ""


def away_from(weights: Mapping[str, int], name: str) -> dict[str, int]:
    """Return the weights with a step moved away from a carrier to the lightest other.

    It keeps one step, so that it is seen when it is well again.
    """
    others = [each for each in weights if each != name]
    step = min(STEP, weights[name] - STEP)
    if step <= 0 or not others:
        return dict(weights)
    other = min(others, key=lambda each: weights[each])
    return {**weights, name: weights[name] - step, other: weights[other] + step}


def drifted(weights: Mapping[str, int]) -> dict[str, int]:
    """Return the weights a step nearer to the middle."""
    rest = middle(list(weights))
    high = max(weights, key=lambda name: weights[name] - rest[name])
    low = min(weights, key=lambda name: weights[name] - rest[name])
    step = min(STEP, weights[high] - rest[high], rest[low] - weights[low])
    if not step:
        return dict(weights)
    return {**weights, high: weights[high] - step, low: weights[low] + step}


def may_shift(shifted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether trouble may move weight: workers that see the same trouble move it once."""
    return shifted_at is None or now - shifted_at >= PAUSE


def is_calm(shifted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether nothing was shifted for so long that weight drifts back."""
    return shifted_at is not None and now - shifted_at >= CALM
