"""The figures of a court put together: what a page shows and a file holds."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.cases.rules import PROCEDURES
from app.figures import plots, queries
from app.figures.plots import BarChart, ChartValue, IntervalChart, StackedChart
from app.figures.queries import Cell, Median, Scope
from app.figures.rules import FEWEST, Comparison, Month, Share
from app.outcomes.rules import CAUSES, Outcome

NO_CASES = Share(0, 0)


@dataclass(frozen=True)
class FigureRow:
    """The figures of one month, of one procedure, or of all."""

    days: Median | None
    agreed: Share
    no_shows: Share
    shown_absent: Share
    questions: Share
    hearings: int
    messages: Mapping[str, int]

    @property
    def median_days(self) -> float | None:
        """The median of days to the date; None where there are too few."""
        return self.days.days if self.days and self.days.of >= FEWEST else None

    def messages_per_hearing(self, channel: str) -> float | None:
        """Messages over a channel for each hearing; None where there are too few hearings."""
        return self.messages.get(channel, 0) / self.hearings if self.hearings >= FEWEST else None


@dataclass(frozen=True)
class FiguresReport:
    """All figures of a scope, by month, by procedure, and together."""

    scope: Scope
    total: FigureRow
    by_month: Mapping[Month, FigureRow]
    by_procedure: Mapping[str, FigureRow]
    # Numbers of hearings by outcome and cause.
    outcomes: Mapping[tuple[str, str], int]
    # Of requests of counsel by reason, granted of decided; of the court's own moves by cause, those
    # that led to another date.
    moves: Mapping[str, Share]
    court_moves: Mapping[str, Share]
    channels: Sequence[str]
    comparison: Comparison | None
    # The cells from which all of these were added up, for the file.
    cells: Sequence["FigureCell"]

    @property
    def with_outcome(self) -> int:
        """Number of hearings with an outcome."""
        return sum(self.outcomes.values())

    def outcome_count(self, outcome: Outcome) -> int:
        """Number of hearings with one outcome."""
        return sum(count for (name, _), count in self.outcomes.items() if name == outcome)

    def causes(self, outcome: Outcome) -> list[tuple[str, int]]:
        """Return the causes of an outcome that occurred, with their numbers of hearings."""
        found = ((cause.value, self.outcomes.get((outcome, cause), 0)) for cause in CAUSES[outcome])
        return [(cause, count) for cause, count in found if count]

    def days_chart(self, label: Callable[[Month], str]) -> BarChart:
        """Return the chart of the median days to the date, by month."""
        return plots.bar_chart(
            [
                ChartValue(label(month), row.days.of if row.days else 0, row.median_days)
                for month, row in self.by_month.items()
            ]
        )

    def share_chart(self, label: Callable[[Month], str], name: str) -> BarChart:
        """Return the chart of a share by month, with its intervals."""
        values = []
        for month, row in self.by_month.items():
            share: Share = getattr(row, name)
            interval = share.interval if share.shown else None
            span = (interval.low, interval.high) if interval else None
            value = share.value if share.shown else None
            values.append(ChartValue(label(month), share.of, value, span))
        return plots.bar_chart(values, most=1.0)

    def messages_chart(self, label: Callable[[Month], str]) -> StackedChart:
        """Return the chart of messages per hearing, by month, each bar divided by channel."""
        values, parts = [], []
        for month, row in self.by_month.items():
            own = [row.messages_per_hearing(channel) for channel in self.channels]
            shown = [each for each in own if each is not None]
            values.append(ChartValue(label(month), row.hearings, sum(shown) if shown else None))
            parts.append([each or 0.0 for each in own])
        return plots.stacked_chart(values, parts)

    def comparison_chart(self) -> IntervalChart | None:
        """Return the chart of no-shows before and after; None where it would say nothing."""
        compared = self.comparison
        if compared is None or not compared.enough:
            return None
        shares = ((each, each.interval) for each in (compared.before, compared.after))
        return plots.interval_chart(
            [(each.value or 0.0, span.low, span.high) for each, span in shares if span]
        )


@dataclass(frozen=True)
class FigureCell:
    """One figure of a month and a procedure, as a row of the file."""

    month: Month
    procedure: str
    figure: str
    detail: str
    count: int
    of: int
    value: float | None


def build(session: Session, scope: Scope, now: dt.datetime) -> FiguresReport:
    """Compute all figures of a scope."""
    parts = _Parts(session, scope, now)
    months = list(scope.months)
    procedures = [each for each in PROCEDURES if any(name == each for _, name in parts.used)]
    outcomes: dict[tuple[str, str], int] = defaultdict(int)
    for (_, _, what, why), count in parts.outcomes.items():
        outcomes[what, why] += count
    channels = sorted({channel for _, _, channel in parts.messages})
    return FiguresReport(
        scope=scope,
        total=parts.row(lambda _cell: True, parts.days_total.get(())),
        by_month={
            month: parts.row(_of_month(n), parts.days_by_month.get((n,)))
            for n, month in enumerate(months)
        },
        by_procedure={
            name: parts.row(_of_procedure(name), parts.days_by_procedure.get((name,)))
            for name in procedures
        },
        outcomes=outcomes,
        moves=_by_reason(parts.moves),
        court_moves=_by_reason(parts.court_moves),
        channels=channels,
        comparison=queries.comparison(session, scope),
        cells=parts.cells(months),
    )


def _by_reason(cells: Mapping[tuple[int, str, str], Share]) -> dict[str, Share]:
    """Add up the cells of each reason, the most frequent first; what has none is last."""
    found: dict[str, Share] = {}
    for (_, _, why), share in cells.items():
        found[why] = _plus(found.get(why, NO_CASES), share)
    return dict(sorted(found.items(), key=lambda each: (not each[0], -each[1].of, each[0])))


def _of_month(index: int) -> Callable[[Cell], bool]:
    return lambda cell: cell[0] == index


def _of_procedure(procedure: str) -> Callable[[Cell], bool]:
    return lambda cell: cell[1] == procedure


def _plus(one: Share, other: Share) -> Share:
    return Share(one.count + other.count, one.of + other.of)


class _Parts:
    """The aggregates of a scope by cell, each from one query."""

    def __init__(self, session: Session, scope: Scope, now: dt.datetime) -> None:
        self.days_total = queries.days_to_date(session, scope)
        self.days_by_month = queries.days_to_date(session, scope, "month")
        self.days_by_procedure = queries.days_to_date(session, scope, "procedure")
        self.days = queries.days_to_date(session, scope, "month", "procedure")
        self.agreed = queries.agreed_in_first_round(session, scope)
        self.no_shows = queries.no_shows(session, scope)
        self.shown_absent = queries.absences(session, scope)
        self.questions = queries.questions_in_time(session, scope, now)
        self.hearings = queries.hearings_with_date(session, scope, now)
        self.messages = queries.messages(session, scope, now)
        self.outcomes = queries.outcomes(session, scope)
        self.moves = queries.moves_by_reason(session, scope)
        self.court_moves = queries.moves_by_court(session, scope)

    @property
    def used(self) -> set[Cell]:
        """The cells in which anything is counted."""
        keyed: tuple[Mapping[Any, Any], ...] = (
            *(self.days, self.agreed, self.no_shows, self.questions, self.hearings),
            *(self.outcomes, self.moves, self.court_moves),
        )
        return {(key[0], key[1]) for each in keyed for key in each}

    def row(self, within: Callable[[Cell], bool], days: Median | None) -> FigureRow:
        """Add up the cells of a row."""

        def share(cells: Mapping[Cell, Share]) -> Share:
            own = [each for cell, each in cells.items() if within(cell)]
            return Share(sum(each.count for each in own), sum(each.of for each in own))

        messages: dict[str, int] = defaultdict(int)
        for (month, procedure, channel), count in self.messages.items():
            if within((month, procedure)):
                messages[channel] += count
        return FigureRow(
            days=days,
            agreed=share(self.agreed),
            no_shows=share(self.no_shows),
            shown_absent=share(self.shown_absent),
            questions=share(self.questions),
            hearings=sum(count for cell, count in self.hearings.items() if within(cell)),
            messages=messages,
        )

    def cells(self, months: Sequence[Month]) -> list[FigureCell]:
        """Return all cells as rows of a file, by month, procedure and figure."""
        found: list[FigureCell] = []
        for (n, name), median in self.days.items():
            shown = round(median.days, 2) if median.of >= FEWEST else None
            found.append(FigureCell(months[n], name, "days", "", median.of, median.of, shown))
        shares: tuple[tuple[str, Mapping[Cell, Share]], ...] = (
            ("agreed", self.agreed),
            ("no_shows", self.no_shows),
            ("shown_absent", self.shown_absent),
            ("questions", self.questions),
        )
        for figure, cells in shares:
            found += [_cell(months[n], name, figure, "", s) for (n, name), s in cells.items()]
        for (n, name, why), share in self.moves.items():
            found.append(_cell(months[n], name, "moves", why, share))
        for (n, name, why), share in self.court_moves.items():
            found.append(_cell(months[n], name, "court_moves", why, share))
        totals: dict[Cell, int] = defaultdict(int)
        for (n, name, _, _), count in self.outcomes.items():
            totals[n, name] += count
        for (n, name, what, why), count in self.outcomes.items():
            detail = f"{what}/{why}" if why else what
            found.append(_cell(months[n], name, "outcomes", detail, Share(count, totals[n, name])))
        for (n, name, channel), count in self.messages.items():
            of = self.hearings.get((n, name), 0)
            value = round(count / of, 2) if of >= FEWEST else None
            found.append(FigureCell(months[n], name, "messages", channel, count, of, value))
        return sorted(found, key=lambda c: (c.month, c.procedure, c.figure, c.detail))


def _cell(month: Month, procedure: str, figure: str, detail: str, share: Share) -> FigureCell:
    value = round(share.value, 4) if share.shown and share.value is not None else None
    return FigureCell(month, procedure, figure, detail, share.count, share.of, value)
