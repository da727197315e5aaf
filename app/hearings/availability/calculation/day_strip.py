"""Pure: days as rows of quarters of an hour: busy, proposed, free."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from app.hearings.rules import Span

QUARTER = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)
MOST_DAYS = 15
NEAR = 5  # days; two marks further apart than this have a gap between them, not all the days


@dataclass(frozen=True)
class StripMark:
    """A slot on the strip: its name (1, 2 … those of the form, A, B … further suggestions)."""

    name: str
    span: Span


@dataclass(frozen=True)
class BusyRow:
    """The busy time of a person, and the slots that they refused."""

    who: str
    spans: Sequence[Span]
    refused: Sequence[Span] = ()


@dataclass(frozen=True)
class Stretch:
    """Adjacent quarters of an hour of one day in the same state.

    ``names`` of slots in them, ``who`` is not free then, ``refused`` by whom when asked.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime
    quarters: int
    names: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    closed: bool = False
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class StripDay:
    """One day: its stretches, none if the court is closed; ``gap`` where days are left out.

    ``marked`` tells that a slot of the form or a suggestion lies on it.
    """

    on: dt.date
    stretches: Sequence[Stretch] = field(default=())
    closed: bool = False
    gap: bool = False
    marked: bool = False

    @property
    def refused(self) -> bool:
        """Whether counsel refused a part of the day."""
        return any(each.refused for each in self.stretches)


def shown_days(marks: Sequence[StripMark], zone: ZoneInfo) -> list[dt.date]:
    """Return the days of a strip: those of the marks, and those between near ones."""
    marked = sorted({mark.span.starts_at.astimezone(zone).date() for mark in marks})
    days = marked[:1]
    for one, other in pairwise(marked):
        if (other - one).days <= NEAR:
            days += [one + DAY * n for n in range(1, (other - one).days)]
        days.append(other)
    return days[:MOST_DAYS]


def hour_bounds(
    opens: dt.time, closes: dt.time, marks: Sequence[StripMark], zone: ZoneInfo
) -> tuple[int, int]:
    """Return the first and last full hour of a strip, at most 24.

    They are the court's hours, extended to slots outside them.
    """
    first, last = opens.hour, closes.hour + bool(closes.minute)
    for mark in marks:
        begins, ends = (at.astimezone(zone) for at in (mark.span.starts_at, mark.span.ends_at))
        same_day = begins.date() == ends.date()
        first = min(first, begins.hour)
        last = max(last, ends.hour + bool(ends.minute) if same_day else 24)
    return first, last


def build_rows(
    marks: Sequence[StripMark],
    taken: Sequence[BusyRow],
    hours: tuple[int, int],
    zone: ZoneInfo,
    works: Callable[[dt.date], bool],
    sessions: Callable[[dt.date], Sequence[Span]],
) -> list[StripDay]:
    """Return the rows of the strip, one a day, all with the same quarters."""
    made: list[StripDay] = []
    marked = {mark.span.starts_at.astimezone(zone).date() for mark in marks}
    for day in shown_days(marks, zone):
        if made and day - made[-1].on > DAY:
            made.append(StripDay(day - DAY, gap=True))
        if not works(day) and day not in marked:
            made.append(StripDay(day, closed=True))
            continue
        open_ = sessions(day) if works(day) else ()
        made.append(
            StripDay(
                day,
                _stretches(day, marks, taken, hours, zone, open_),
                not open_,
                marked=day in marked,
            )
        )
    return made


def _stretches(
    day: dt.date,
    marks: Sequence[StripMark],
    taken: Sequence[BusyRow],
    hours: tuple[int, int],
    zone: ZoneInfo,
    open_: Collection[Span],
) -> list[Stretch]:
    def overlapping(people: Iterable[tuple[str, Sequence[Span]]], *times: Span) -> tuple[str, ...]:
        return tuple(
            who for who, spans in people if any(s.overlaps(t) for s in spans for t in times)
        )

    def names_of(quarter: Span) -> tuple[str, ...]:
        return tuple(mark.name for mark in marks if mark.span.overlaps(quarter))

    busy = [(each.who, each.spans) for each in taken]
    refused = [(each.who, each.refused) for each in taken]

    def state(quarter: Span) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], bool]:
        # A slot is one stretch, over lunch too and where somebody is free for a part of it only.
        if names := names_of(quarter):
            return names, (), (), False
        is_closed = not any(span.overlaps(quarter) for span in open_)
        return (), overlapping(busy, quarter), overlapping(refused, quarter), is_closed

    made = []
    for (names, who, no, closed), group in groupby(_quarters(day, hours, zone), key=state):
        alike = list(group)
        stretch = Span(alike[0].starts_at, alike[-1].ends_at)
        if names:
            within = [
                Span(max(m.span.starts_at, stretch.starts_at), min(m.span.ends_at, stretch.ends_at))
                for m in marks
                if m.name in names
            ]
            who, no = overlapping(busy, *within), overlapping(refused, *within)
        made.append(
            Stretch(
                stretch.starts_at.astimezone(zone),
                stretch.ends_at.astimezone(zone),
                len(alike),
                names,
                who,
                closed,
                no,
            )
        )
    return made


def _quarters(day: dt.date, hours: tuple[int, int], zone: ZoneInfo) -> Iterator[Span]:
    """Yield the quarters of a day by the wall clock; every day has as many."""
    midnight = dt.datetime.combine(day, dt.time())
    for n in range(hours[0] * 4, hours[1] * 4):
        begin = (midnight + n * QUARTER).replace(tzinfo=zone).astimezone(dt.UTC)
        yield Span(begin, begin + QUARTER)
