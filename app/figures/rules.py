"""Pure: months, shares with their confidence intervals, and when there are too few cases."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

# The quantile of the standard normal distribution for 95 %, two-sided.
Z = 1.959963984540054
# A share or a median of fewer cases is not shown: it would say more about single people than about
# the court.
FEWEST = 5
# Hearings on either side of the comparison of no-shows, below which it says nothing.
FEWEST_COMPARED = 30
MOST_MONTHS = 36


@dataclass(frozen=True)
class Interval:
    """A confidence interval, its ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """``count`` of ``of`` cases."""

    count: int
    of: int

    @property
    def shown(self) -> bool:
        """Whether there are enough cases to show the share."""
        return self.of >= FEWEST

    @property
    def value(self) -> float | None:
        """The share of 1; None without cases."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """The share's 95 % interval; None without cases."""
        return wilson(self.count, self.of) if self.of else None


def wilson(count: int, of: int, z: float = Z) -> Interval:
    """Return the score interval of a binomial proportion.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212. Unlike the interval of the normal
    approximation it stays within 0 and 1 and holds its level for few cases and shares near 0.
    Raises ValueError unless 0 <= count <= of and of > 0.
    """
    if not (of > 0 and 0 <= count <= of):
        raise ValueError(f"{count} of {of} is no proportion")
    share, squared = count / of, z * z
    scale = 1 + squared / of
    centre = share + squared / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    low, high = (centre - spread) / scale, (centre + spread) / scale
    # At the ends the formula is exact and rounding is not.
    return Interval(0.0 if count == 0 else max(0.0, low), 1.0 if count == of else min(1.0, high))


def newcombe(before: Share, after: Share, z: float = Z) -> Interval:
    """Return the interval of the difference ``after`` - ``before`` of two independent shares.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17 (1998), 873-890, method 10: the Wilson
    intervals of both shares, combined without continuity correction. Raises ValueError without
    cases on either side.
    """
    one, two = wilson(after.count, after.of, z), wilson(before.count, before.of, z)
    p_one, p_two = after.count / after.of, before.count / before.of
    difference = p_one - p_two
    low = difference - math.hypot(p_one - one.low, two.high - p_two)
    high = difference + math.hypot(one.high - p_one, p_two - two.low)
    return Interval(max(-1.0, low), min(1.0, high))


@dataclass(frozen=True)
class Comparison:
    """No-shows before and after a day: hearings with somebody absent, of hearings with an outcome.

    The interval takes hearings as independent of each other, which those of one counsel are not.
    """

    since: dt.date
    before: Share
    after: Share

    @property
    def enough(self) -> bool:
        """Whether there are enough hearings on both sides to say anything."""
        return min(self.before.of, self.after.of) >= FEWEST_COMPARED

    @property
    def difference(self) -> float:
        """Difference of the shares; negative where fewer stay away now."""
        return (self.after.value or 0.0) - (self.before.value or 0.0)

    @property
    def interval(self) -> Interval:
        """The difference's 95 % interval."""
        return newcombe(self.before, self.after)

    @property
    def certain(self) -> bool:
        """Whether the interval leaves no doubt about the direction."""
        return self.interval.high < 0 or self.interval.low > 0


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @property
    def first(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.month, 1)

    def plus(self, months: int) -> "Month":
        """Return the month so many months later."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


def month_of(on: dt.date) -> Month:
    """Return the month of a day."""
    return Month(on.year, on.month)


def parse_month(text: str) -> Month | None:
    """Parse ``2026-12``; None for anything else, and for years out of range."""
    try:
        on = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month_of(on) if 2000 <= on.year <= 2200 else None


def months(first: Month, last: Month) -> list[Month]:
    """Return the months from one to another, both included; at most MOST_MONTHS, the last ones."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    count = min(max(count, 1), MOST_MONTHS)
    return [last.plus(n - count + 1) for n in range(count)]


def bounds(months: Sequence[Month], zone: ZoneInfo) -> list[dt.datetime]:
    """Return the instants at which some consecutive months begin, and at which the last ends."""
    starts = [each.first for each in (*months, months[-1].plus(1))]
    return [dt.datetime.combine(on, dt.time(), tzinfo=zone).astimezone(dt.UTC) for on in starts]
