"""Pure: the geometry of charts as numbers for SVG: bars, stacked bars, and intervals on a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 236
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 30, 48
FLOOR = HEIGHT - BOTTOM
MOST_LABELS = 12
# Of the line of intervals: one row for each share, above the axis.
LINE, ROW, LINE_LEFT, LINE_RIGHT, AXIS = 420, 52, 24, 24, 26


@dataclass(frozen=True)
class Bar:
    """One bar of so many cases, with the ends of its interval if it has one.

    It has no height where nothing is shown.
    """

    label: str
    cases: int
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

    @property
    def top(self) -> float:
        """The upper end of what is drawn, above which the value is written."""
        return self.y if self.high is None else min(self.y, self.high)


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
        return max(1, math.ceil(len(self.bars) / MOST_LABELS))


@dataclass(frozen=True)
class ChartValue:
    """A value of so many cases to be drawn; None where there are too few to show one."""

    label: str
    cases: int
    value: float | None
    interval: tuple[float, float] | None = None


def bar_chart(values: Sequence[ChartValue], most: float | None = None) -> BarChart:
    """Return the chart of values; ``most`` is the highest that they can be, if there is one."""
    ends = [
        end for each in values for end in (each.value, *(each.interval or ())) if end is not None
    ]
    top = nice_top(max(ends, default=1.0))
    top = min(top, most) if most is not None else top
    slot = (WIDTH - LEFT - RIGHT) / max(len(values), 1)

    def height_of(value: float) -> float:
        return round((FLOOR - TOP) * min(max(value, 0.0), top) / top, 1)

    bars = [
        Bar(
            label=each.label,
            cases=each.cases,
            x=round(LEFT + slot * n + slot * 0.2, 1),
            width=round(slot * 0.6, 1),
            y=round(FLOOR - height_of(each.value or 0.0), 1),
            height=height_of(each.value or 0.0),
            value=each.value,
            low=round(FLOOR - height_of(each.interval[0]), 1) if each.interval else None,
            high=round(FLOOR - height_of(each.interval[1]), 1) if each.interval else None,
        )
        for n, each in enumerate(values)
    ]
    ticks = [(top * n / 4, round(FLOOR - height_of(top * n / 4), 1)) for n in range(5)]
    return BarChart(bars, ticks)


@dataclass(frozen=True)
class Layer:
    """A part of a stacked bar: which series it is of, and where it is drawn."""

    series: int
    y: float
    height: float


@dataclass(frozen=True)
class StackedChart:
    """Bars of the totals of several series, each with its layers from the axis upwards."""

    chart: BarChart
    layers: Sequence[Sequence[Layer]]


def stacked_chart(values: Sequence[ChartValue], parts: Sequence[Sequence[float]]) -> StackedChart:
    """Return the chart of totals; ``parts`` holds, for each value, its part of every series."""
    chart = bar_chart(values)
    layers: list[list[Layer]] = []
    for bar, own in zip(chart.bars, parts, strict=True):
        found, floor, total = [], float(FLOOR), sum(own)
        for series, part in enumerate(own):
            height = round(bar.height * part / total, 1) if total and bar.value is not None else 0.0
            floor = round(floor - height, 1)
            found.append(Layer(series, floor, height))
        layers.append(found)
    return StackedChart(chart, layers)


@dataclass(frozen=True)
class IntervalRow:
    """A share and its interval as positions on the axis, and the height of their row."""

    y: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class IntervalChart:
    """Shares with their intervals below each other over one axis, its ticks as (value, x)."""

    rows: Sequence[IntervalRow]
    ticks: Sequence[tuple[float, float]]
    height: int
    width: int = LINE

    @property
    def floor(self) -> int:
        """The height of the axis."""
        return self.height - AXIS


def interval_chart(shares: Sequence[tuple[float, float, float]]) -> IntervalChart:
    """Return the chart of (share, low, high)."""
    top = min(nice_top(max((high for _, _, high in shares), default=1.0)), 1.0)

    def at(value: float) -> float:
        return round(LINE_LEFT + (LINE - LINE_LEFT - LINE_RIGHT) * value / top, 1)

    rows = [
        IntervalRow(ROW * n + ROW - 16, at(value), at(low), at(high))
        for n, (value, low, high) in enumerate(shares)
    ]
    ticks = [(top * n / 4, at(top * n / 4)) for n in range(5)]
    return IntervalChart(rows, ticks, ROW * len(shares) + AXIS)


def nice_top(value: float) -> float:
    """Return a number that is not below a value and whose quarters are round."""
    if value < 1e-6:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.2, 2, 4, 8)
    return next((round(step * power, 12) for step in steps if step * power >= value), 12 * power)
