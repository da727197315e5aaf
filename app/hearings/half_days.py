"""Pure: the half-days from which counsel choose when they could come, week by week."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from app.core.errors import N_, Invalid, Message
from app.core.half_days import DayHalf, HalfDay, parse
from app.hearings.rules import Span

WEEKS = 3
WORKDAYS = 5  # of a week; no half-day of a weekend is offered
MOST_CHOSEN = WEEKS * WORKDAYS * 2
SEARCHED_WEEKS = 12  # weeks without an open half-day are left out, such as those of a long holiday
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


def span_of(half_day: HalfDay, midday: dt.time, zone: ZoneInfo) -> Span:
    """Return the span from midnight until midday, or from midday until midnight, in UTC."""
    marks = (
        dt.datetime.combine(half_day.on, dt.time(), tzinfo=zone),
        dt.datetime.combine(half_day.on, midday, tzinfo=zone),
        dt.datetime.combine(half_day.on + DAY, dt.time(), tzinfo=zone),
    )
    first = list(DayHalf).index(half_day.half)
    begin, end = (mark.astimezone(dt.UTC) for mark in marks[first : first + 2])
    return Span(begin, end)


def touched_by(span: Span, midday: dt.time, zone: ZoneInfo) -> set[HalfDay]:
    """Return the half-days of which a span takes a part."""
    first, last = (at.astimezone(zone).date() for at in (span.starts_at, span.ends_at))
    days = (first + n * DAY for n in range((last - first).days + 1))
    half_days = {HalfDay(day, half) for day in days for half in DayHalf}
    return {each for each in half_days if span_of(each, midday, zone).overlaps(span)}


class HalfDayState(StrEnum):
    """Whether a half-day can be chosen, or why not."""

    OPEN = "open"
    ASKED = "asked"  # a slot of this hearing lay on it
    AWAY = "away"  # counsel said that they are away
    CLOSED = "closed"  # the court holds no hearings
    TOO_SOON = "too_soon"  # the court cannot give notice of it in time


REASONS = {
    HalfDayState.ASKED: N_("The court asked about this half-day already: %(half_day)s"),
    HalfDayState.AWAY: N_("You said that you are away on this half-day: %(half_day)s"),
    HalfDayState.CLOSED: N_("The court holds no hearings on this half-day: %(half_day)s"),
    HalfDayState.TOO_SOON: N_("This half-day is past, or too soon for the court: %(half_day)s"),
}
TOO_FAR = N_("This half-day is too far ahead: %(half_day)s")


@dataclass(frozen=True)
class HalfDayWeek:
    """Monday to Friday of one week; each row has the state of that half of each day."""

    days: tuple[dt.date, ...]
    rows: tuple[tuple[DayHalf, tuple[tuple[HalfDay, HalfDayState], ...]], ...]


@dataclass(frozen=True)
class HalfDayCalendar:
    """The half-days that a counsel may offer, from ``first`` on.

    ``is_open`` tells whether the court holds hearings on a half-day; ``asked`` and ``away`` are
    those that are not offered again.
    """

    first: dt.date
    is_open: Callable[[HalfDay], bool]
    asked: Collection[HalfDay] = ()
    away: Collection[HalfDay] = ()

    def state(self, half_day: HalfDay) -> HalfDayState:
        """Return whether a half-day can be chosen, or why not."""
        if half_day.on < self.first:
            return HalfDayState.TOO_SOON
        if half_day.on.weekday() >= WORKDAYS or not self.is_open(half_day):
            return HalfDayState.CLOSED
        if half_day in self.asked:
            return HalfDayState.ASKED
        return HalfDayState.AWAY if half_day in self.away else HalfDayState.OPEN

    @property
    def weeks(self) -> list[HalfDayWeek]:
        """The next weeks in which a half-day can be chosen, at most three."""
        monday = self.first - self.first.weekday() * DAY
        weeks = (self._week(monday + n * WEEK) for n in range(SEARCHED_WEEKS))
        return list(islice(filter(_is_choice, weeks), WEEKS))

    def _week(self, monday: dt.date) -> HalfDayWeek:
        days = tuple(monday + n * DAY for n in range(WORKDAYS))
        rows = (
            (half, tuple((each, self.state(each)) for each in (HalfDay(day, half) for day in days)))
            for half in DayHalf
        )
        return HalfDayWeek(days, tuple(rows))

    def choose(self, typed: Iterable[str]) -> tuple[HalfDay, ...]:
        """Return the half-days that a form chose, each once, in order; ``typed`` are its values.

        Raises Invalid for the field ``half-days``, naming the first that cannot be chosen.
        """
        half_days = [parse(text) for text in typed]
        chosen = sorted({each for each in half_days if each is not None})
        if None in half_days:
            raise _refused(Message(N_("Choose half-days from those that are shown.")))
        if len(chosen) > MOST_CHOSEN:
            raise _refused(Message(N_("At most %(most)s half-days."), most=MOST_CHOSEN))
        last = max((week.days[-1] for week in self.weeks), default=self.first)
        for each in chosen:
            if each.on > last:
                raise _refused(Message(TOO_FAR, half_day=each.words))
            if (state := self.state(each)) != HalfDayState.OPEN:
                raise _refused(Message(REASONS[state], half_day=each.words))
        return tuple(chosen)


def _refused(message: Message) -> Invalid:
    return Invalid({"half-days": message})


def _is_choice(week: HalfDayWeek) -> bool:
    return any(state == HalfDayState.OPEN for _, row in week.rows for _, state in row)
