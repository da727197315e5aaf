"""Pure: the geometry of bar charts and of intervals, as numbers for SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 14, 30
FLOOR = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Bar:
    """One bar with the ends of its interval, if it has one; no height where nothing is shown."""

    label: str
    x: float
    width: float
    y: float
    height: float
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def middle(self) -> float:
        """The middle of the bar, for its label and its interval."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class BarChart:
    """Bars over a value axis from 0, with its ticks as (value, y)."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, float]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = FLOOR

    @property
    def has_values(self) -> bool:
        """Whether any bar is shown."""
        return any(bar.value is not None for bar in self.bars)

    @property
    def every(self) -> int:
        """Which labels are written: each, or each second, third …, so that they do not touch."""
        return max(1, math.ceil(len(self.bars) / 12))


ChartValue = tuple[str, float | None, tuple[float, float] | None]


def bar_chart(values: Sequence[ChartValue], most: float | None = None) -> BarChart:
    """Return the chart of (label, value, interval); ``most`` is the top of the axis, if fixed."""
    ends = [end for _, value, span in values for end in (value, *(span or ())) if end is not None]
    top = most if most is not None else nice_top(max(ends, default=1.0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(values), 1)

    def height_of(value: float) -> float:
        return round((FLOOR - TOP) * min(max(value, 0.0), top) / top, 1)

    bars = [
        Bar(
            label=label,
            x=round(LEFT + slot * n + slot * 0.15, 1),
            width=round(slot * 0.7, 1),
            y=round(FLOOR - height_of(value or 0.0), 1),
            height=height_of(value or 0.0),
            value=value,
            low=round(FLOOR - height_of(span[0]), 1) if span else None,
            high=round(FLOOR - height_of(span[1]), 1) if span else None,
        )
        for n, (label, value, span) in enumerate(values)
    ]
    ticks = [(top * n / 4, round(FLOOR - height_of(top * n / 4), 1)) for n in range(5)]
    return BarChart(bars, ticks)


def nice_top(value: float) -> float:
    """Return a round number that is not below a value: 1, 2, 4 or 8 times a power of ten."""
    if value < 1e-6:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in (1, 2, 4, 8) if step * power >= value), 10 * power)
