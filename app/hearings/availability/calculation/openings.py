"""Pure: the starts at which everybody is free, exactly, and the best of them.

Busy time of people is merged; the starts that remain are intervals, of which those on the court's
grid of minutes are scored. Nothing is sampled: a start that is not among the best has a lower score
by the weights below, or no courtroom is free.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.core.errors import N_, Message
from app.hearings.rules import Span

# Points of a start, for …
LATER_DAY = -2.0  # each working day after the first that is possible
BESIDE = 6.0  # right beside another hearing of the judge: no gap is left
SHORT_GAP = -4.0  # a gap of the judge's too short for anything
JOURNEY = -8.0  # counsel from elsewhere who must set out before the court opens
SAVED = 8.0  # counsel from elsewhere who is here that day anyway
# Counsel said that they could come on this half-day: more than three weeks of waiting cost, so that
# such a start comes before all others.
OFFERED = 40.0
HURRY = -5.0  # counsel with less than half an hour between two hearings
GAP = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Attendee:
    """A person who must attend, with their busy time at this court and elsewhere.

    ``elsewhere`` includes the way to and from it; ``travel`` is one way to this court. ``refused``
    are slots that they refused when asked; neither buffer nor travel is added to them. ``offered``
    is when they said that they could come, merged. A ``member`` of the bench beside the judge must
    be free, and weighs nothing else.
    """

    name: str
    here: Sequence[Span] = ()
    elsewhere: Sequence[Span] = ()
    travel: dt.timedelta = dt.timedelta()
    judge: bool = False
    member: bool = False
    refused: Sequence[Span] = ()
    offered: Sequence[Span] = ()


@dataclass(frozen=True)
class OpeningQuery:
    """A search: the length, the days with their sessions, the grid and the buffer."""

    length: dt.timedelta
    days: Sequence[tuple[dt.date, Sequence[Span]]]
    zone: ZoneInfo
    grid: dt.timedelta = dt.timedelta(minutes=15)
    buffer: dt.timedelta = dt.timedelta()
    not_before: dt.datetime | None = None
    because: Sequence[Message] = ()  # the periods before which no day was looked at


@dataclass(frozen=True)
class Opening:
    """A start at which everybody is free, with its score, reasons and costs by counsel."""

    starts_at: dt.datetime
    day: dt.date
    score: float
    reasons: tuple[Message, ...] = ()
    costs: tuple[tuple[str, Message], ...] = ()


@dataclass
class PlacedOpening:
    """An opening with its courtroom."""

    opening: Opening
    room: int
    also: tuple[int, ...] = field(default=())


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans as disjoint ones, in order; touching spans are joined."""
    disjoint: list[Span] = []
    for span in sorted(spans):
        if disjoint and span.starts_at <= disjoint[-1].ends_at:
            disjoint[-1] = Span(disjoint[-1].starts_at, max(disjoint[-1].ends_at, span.ends_at))
        else:
            disjoint.append(span)
    return disjoint


def subtract_span(spans: Iterable[Span], gone: Span) -> list[Span]:
    """Return the parts of some spans outside another."""
    return [
        Span(begin, end)
        for span in spans
        for begin, end in (
            (span.starts_at, min(span.ends_at, gone.starts_at)),
            (max(span.starts_at, gone.ends_at), span.ends_at),
        )
        if begin < end
    ]


def starts_within(
    sessions: Iterable[Span], length: dt.timedelta, taken: Sequence[Span]
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the intervals, ends included, in which something of a length can begin.

    ``taken`` is merged. A start is possible if the whole length from it on lies in one session and
    overlaps nothing taken.
    """
    intervals = []
    for session in sessions:
        begin, last = session.starts_at, session.ends_at - length
        at = bisect_right(taken, begin, key=lambda span: span.ends_at)
        while begin <= last:
            if at == len(taken) or taken[at].starts_at >= last + length:
                intervals.append((begin, last))
                break
            if begin + length <= taken[at].starts_at:
                intervals.append((begin, min(last, taken[at].starts_at - length)))
            begin = max(begin, taken[at].ends_at)
            at += 1
    return intervals


def grid_instants(
    begin: dt.datetime, last: dt.datetime, grid: dt.timedelta, zone: ZoneInfo
) -> Iterator[dt.datetime]:
    """Yield the instants of an interval, ends included, on the grid of the wall clock."""
    local = begin.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    past = (local.replace(tzinfo=None) - midnight) % grid
    at = begin + (grid - past if past else dt.timedelta())
    while at <= last:
        yield at
        at += grid


def find_openings(query: OpeningQuery, people: Sequence[Attendee]) -> list[Opening]:
    """Return every start on the grid at which all people are free, the best first."""
    buffered = (
        Span(span.starts_at - query.buffer, span.ends_at + query.buffer)
        for person in people
        for span in (*person.here, *person.elsewhere)
    )
    taken = merge_spans([*buffered, *(span for person in people for span in person.refused)])
    scorer = Scorer(query, people)
    scored, rank, first = [], -1, None
    for day, sessions in query.days:
        rank += 1
        for begin, last in starts_within(sessions, query.length, taken):
            for at in grid_instants(begin, last, query.grid, query.zone):
                if query.not_before and at < query.not_before:
                    continue
                first = rank if first is None else first
                scored.append(scorer.opening(at, day, sessions, rank - first))
    return sorted(scored, key=lambda each: (-each.score, each.starts_at))


class Scorer:
    """Scores the starts of one search; what all of them share is worked out once."""

    def __init__(self, query: OpeningQuery, people: Sequence[Attendee]) -> None:
        self._query = query
        self._people = [_Bookings(each, query.zone) for each in people if not each.member]
        self._of_days: dict[int, tuple[Message, ...]] = {}

    def opening(
        self, at: dt.datetime, day: dt.date, sessions: Sequence[Span], later: int
    ) -> Opening:
        """Score a start on a day that is ``later`` working days after the first possible one."""
        if later not in self._of_days:
            self._of_days[later] = (*self._query.because, _day_reason(self._query, later))
        score, reasons, costs = LATER_DAY * later, self._of_days[later], []
        ends, opens = at + self._query.length, sessions[0].starts_at
        for person in self._people:
            if person.attendee.judge:
                points, good = person.beside(at, ends, self._query.buffer)
                score += points
                reasons = (*reasons, good) if good else reasons
                continue
            points, good, bad = person.of_counsel(at, ends, day, opens)
            score += points
            reasons = (*reasons, good) if good else reasons
            if bad:
                costs.append((person.attendee.name, bad))
            if person.attendee.offered and person.offered(at, ends):
                score += OFFERED
                reasons = (*reasons, person.could)
        return Opening(at, day, score, reasons, tuple(costs))


def _day_reason(query: OpeningQuery, later: int) -> Message:
    if later == 0 and query.because:
        return Message(N_("the first day after that on which all are free"))
    if later == 0:
        return Message(N_("the first day on which all are free"))
    if later == 1:
        return Message(N_("one working day after the first on which all are free"))
    words = N_("%(count)s working days after the first on which all are free")
    return Message(words, count=later)


_BESIDE = Message(N_("right beside another hearing of the judge"))
_MUST_SET_OUT = Message(N_("must set out before the court opens"))


class _Bookings:
    """A person's bookings at this court, and what a start means to them."""

    def __init__(self, attendee: Attendee, zone: ZoneInfo) -> None:
        self.attendee = attendee
        self._begins = [span.starts_at for span in attendee.here]
        self._ends = [span.ends_at for span in attendee.here]
        self._days = (
            {begin.astimezone(zone).date() for begin in self._begins} if attendee.travel else ()
        )
        here = N_("%(name)s is here that day anyway")
        could = N_("%(name)s said that they could come on this half-day")
        self._here = Message(here, name=attendee.name)
        self.could = Message(could, name=attendee.name)

    def _gaps(self, at: dt.datetime, ends: dt.datetime) -> list[dt.timedelta]:
        """Return the gaps before and after a span, of those that there are."""
        after = bisect_right(self._ends, at)
        gaps = [at - self._ends[after - 1]] if after else []
        if after < len(self._begins):
            gaps.append(self._begins[after] - ends)
        return gaps

    def beside(
        self, at: dt.datetime, ends: dt.datetime, buffer: dt.timedelta
    ) -> tuple[float, Message | None]:
        """Return the points of a judge's span, and the reason for them."""
        gap = min(self._gaps(at, ends), default=None)
        if gap is None or gap >= buffer + GAP:
            return 0.0, None
        return (BESIDE, _BESIDE) if gap <= buffer else (SHORT_GAP, None)

    def of_counsel(
        self, at: dt.datetime, ends: dt.datetime, day: dt.date, opens: dt.datetime
    ) -> tuple[float, Message | None, Message | None]:
        """Return the points of counsel's span on a day, the reason for them, and its cost."""
        gap, travel = min(self._gaps(at, ends), default=None), self.attendee.travel
        if gap is not None and gap < GAP:
            minutes = int(gap.total_seconds()) // 60
            hurry = Message(N_("%(minutes)s minutes beside another hearing here"), minutes=minutes)
            return HURRY + (SAVED if travel else 0.0), None, hurry
        if not travel:
            return 0.0, None, None
        if day in self._days:
            return SAVED, self._here, None
        if at < opens + travel:
            return JOURNEY, None, _MUST_SET_OUT
        return 0.0, None, None

    def offered(self, at: dt.datetime, ends: dt.datetime) -> bool:
        """Tell whether the person said that they could come for a whole span."""
        return any(s.starts_at <= at and ends <= s.ends_at for s in self.attendee.offered)


def best_set(days: Sequence[Sequence[Opening]], zone: ZoneInfo) -> list[Opening]:
    """Return an opening for each day: all at the best time that every day has, else each best."""
    by_clock = [{o.starts_at.astimezone(zone).time(): o for o in openings} for openings in days]
    shared = set(by_clock[0]).intersection(*by_clock[1:])
    if shared:
        best = min(shared, key=lambda at: (-sum(day[at].score for day in by_clock), at))
        return [day[best] for day in by_clock]
    return [min(openings, key=lambda o: (-o.score, o.starts_at)) for openings in days]


def choose_openings(
    openings: Sequence[Opening],
    query: OpeningQuery,
    many: int,
    free_rooms: Callable[[Sequence[Opening]], Mapping[dt.datetime, Sequence[int]]],
) -> list[PlacedOpening]:
    """Return the best openings that have a courtroom, spread over days.

    First one a day, mornings and afternoons about alike, so that whoever is never free in one finds
    the other; if these are too few, a second half of a day, then whatever is left. No two overlap.
    ``free_rooms`` returns the courtrooms free at some openings; it is called for a few at a time,
    the best first.
    """
    placed: list[PlacedOpening] = []
    for spread in (_a_day, _a_half, _any):
        for part in _in_parts(openings):
            candidates = [
                o for o in part if _fits(o, placed, query) and spread(o, placed, query, many)
            ]
            rooms = free_rooms(candidates) if candidates else {}
            for each in candidates:
                if len(placed) >= many:
                    return placed
                free = rooms.get(each.starts_at, ())
                if free and _fits(each, placed, query) and spread(each, placed, query, many):
                    placed.append(PlacedOpening(each, free[0], tuple(free[1:])))
    return placed


def _a_day(
    opening: Opening, placed: Sequence[PlacedOpening], query: OpeningQuery, many: int
) -> bool:
    if any(o.opening.day == opening.day for o in placed):
        return False
    half = _half(opening, query)[1]
    alike = sum(_half(o.opening, query)[1] == half for o in placed)
    return alike < (many + 1) // 2


def _a_half(
    opening: Opening, placed: Sequence[PlacedOpening], query: OpeningQuery, many: int
) -> bool:
    return all(_half(o.opening, query) != _half(opening, query) for o in placed)


def _any(opening: Opening, placed: Sequence[PlacedOpening], query: OpeningQuery, many: int) -> bool:
    return True


def _in_parts(openings: Sequence[Opening]) -> Iterator[Sequence[Opening]]:
    begin, size = 0, 16
    while begin < len(openings):
        yield openings[begin : begin + size]
        begin, size = begin + size, min(256, 2 * size)


def _half(opening: Opening, query: OpeningQuery) -> tuple[dt.date, bool]:
    return opening.day, opening.starts_at.astimezone(query.zone).hour >= 12


def _fits(opening: Opening, placed: Sequence[PlacedOpening], query: OpeningQuery) -> bool:
    span = Span(opening.starts_at, opening.starts_at + query.length)
    others = (each.opening.starts_at for each in placed)
    return not any(span.overlaps(Span(at, at + query.length)) for at in others)
