"""Pure: which starts suit everybody, exactly, and which of them are best.

What is taken of people's and courtrooms' time is merged; the starts that are left are whole spans
of time, of which those on the court's grid of minutes are weighed. Nothing is sampled: what is not
among the best is worse by the weights below, or no courtroom is free for it.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.core.errors import N_, Message
from app.hearings.rules import Span

# What a start is worth: points off, or on, for …
LATER_DAY = -2.0  # each working day after the first that is possible
BESIDE = 6.0  # right beside another hearing of the judge: no gap is left
SHORT_GAP = -4.0  # a gap of the judge's too short for anything
JOURNEY = -8.0  # counsel from elsewhere who must set out before the court opens
SAVED = 8.0  # counsel from elsewhere who is here that day anyway
HURRY = -5.0  # counsel with less than half an hour between two hearings
GAP = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Attendee:
    """Somebody who must be there: what is taken of their time, here and elsewhere.

    ``elsewhere`` is already as long as the way to and from it; ``travel`` is one way to this court.
    ``refused`` is what they said no to when they were asked; no buffer and no way belong to it.
    """

    name: str
    here: Sequence[Span] = ()
    elsewhere: Sequence[Span] = ()
    travel: dt.timedelta = dt.timedelta()
    judge: bool = False
    refused: Sequence[Span] = ()


@dataclass(frozen=True)
class OpeningQuery:
    """What is asked for: how long, on which days (their sessions), on which grid, how far apart."""

    length: dt.timedelta
    days: Sequence[tuple[dt.date, Sequence[Span]]]
    zone: ZoneInfo
    grid: dt.timedelta = dt.timedelta(minutes=15)
    buffer: dt.timedelta = dt.timedelta()
    not_before: dt.datetime | None = None
    because: Sequence[Message] = ()  # the periods before which no day was looked at


@dataclass(frozen=True)
class Opening:
    """A start that suits everybody: what it is worth, why it is good, and whom it costs."""

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


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans as disjoint ones, in order; what touches is joined."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.starts_at <= found[-1].ends_at:
            found[-1] = Span(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], gone: Span) -> list[Span]:
    """Return what is left of some spans where another is taken out of them."""
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
    """Return from when until when, both included, something of a length can begin.

    ``taken`` is merged. A start is possible if from it on, for the whole length, it lies in one
    session and shares no moment with what is taken.
    """
    found = []
    for session in sessions:
        begin, last = session.starts_at, session.ends_at - length
        at = bisect_right(taken, begin, key=lambda span: span.ends_at)
        while begin <= last:
            if at == len(taken) or taken[at].starts_at >= last + length:
                found.append((begin, last))
                break
            if begin + length <= taken[at].starts_at:
                found.append((begin, min(last, taken[at].starts_at - length)))
            begin = max(begin, taken[at].ends_at)
            at += 1
    return found


def on_grid(
    begin: dt.datetime, last: dt.datetime, grid: dt.timedelta, zone: ZoneInfo
) -> Iterator[dt.datetime]:
    """Yield the instants from one to another, both included, on the grid of the wall clock."""
    local = begin.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    past = (local.replace(tzinfo=None) - midnight) % grid
    at = begin + (grid - past if past else dt.timedelta())
    while at <= last:
        yield at
        at += grid


def openings(wish: OpeningQuery, people: Sequence[Attendee]) -> list[Opening]:
    """Return every start on the grid at which all people are free, the best first."""
    buffered = (
        Span(span.starts_at - wish.buffer, span.ends_at + wish.buffer)
        for person in people
        for span in (*person.here, *person.elsewhere)
    )
    taken = merged([*buffered, *(span for person in people for span in person.refused)])
    found, rank, first = [], -1, None
    for day, sessions in wish.days:
        rank += 1
        for begin, last in starts_within(sessions, wish.length, taken):
            for at in on_grid(begin, last, wish.grid, wish.zone):
                if wish.not_before and at < wish.not_before:
                    continue
                first = rank if first is None else first
                found.append(weighed(wish, people, at, day, sessions, rank - first))
    return sorted(found, key=lambda each: (-each.score, each.starts_at))


def weighed(
    wish: OpeningQuery,
    people: Sequence[Attendee],
    at: dt.datetime,
    day: dt.date,
    sessions: Sequence[Span],
    later: int,
) -> Opening:
    """Return what a start is worth, so many working days after the first that is possible."""
    score, reasons, costs = LATER_DAY * later, list(wish.because), []
    if later == 0 and wish.because:
        reasons.append(Message(N_("the first day after that on which all are free")))
    elif later == 0:
        reasons.append(Message(N_("the first day on which all are free")))
    elif later == 1:
        reasons.append(Message(N_("one working day after the first on which all are free")))
    else:
        words = N_("%(count)s working days after the first on which all are free")
        reasons.append(Message(words, count=later))
    span, opens = Span(at, at + wish.length), sessions[0].starts_at
    for person in people:
        if person.judge:
            points, why = _beside(person.here, span, wish.buffer)
            score += points
            if why:
                reasons.append(why)
            continue
        gained, good, bad = _of_counsel(person, span, opens, wish)
        score += gained
        if good:
            reasons.append(good)
        if bad:
            costs.append((person.name, bad))
    return Opening(at, day, score, tuple(reasons), tuple(costs))


def _around(spans: Sequence[Span], span: Span) -> tuple[dt.timedelta | None, dt.timedelta | None]:
    """Return how long before and after a span others end and begin; ``spans`` are in order."""
    at = bisect_right(spans, span.starts_at, key=lambda each: each.ends_at)
    before = span.starts_at - spans[at - 1].ends_at if at else None
    after = spans[at].starts_at - span.ends_at if at < len(spans) else None
    return before, after


def _beside(here: Sequence[Span], span: Span, buffer: dt.timedelta) -> tuple[float, Message | None]:
    gaps = [gap for gap in _around(here, span) if gap is not None]
    if any(gap <= buffer for gap in gaps):
        return BESIDE, Message(N_("right beside another hearing of the judge"))
    short = any(gap < buffer + GAP for gap in gaps)
    return (SHORT_GAP if short else 0.0), None


def _of_counsel(
    person: Attendee, span: Span, opens: dt.datetime, wish: OpeningQuery
) -> tuple[float, Message | None, Message | None]:
    before, after = _around(person.here, span)
    near = [gap for gap in (before, after) if gap is not None and gap < GAP]
    if near:
        minutes = int(min(near).total_seconds()) // 60
        hurry = Message(N_("%(minutes)s minutes beside another hearing here"), minutes=minutes)
        return HURRY + (SAVED if person.travel else 0.0), None, hurry
    if not person.travel:
        return 0.0, None, None
    day = span.starts_at.astimezone(wish.zone).date()
    if any(each.starts_at.astimezone(wish.zone).date() == day for each in person.here):
        name = person.name
        return SAVED, Message(N_("%(name)s is here that day anyway"), name=name), None
    if span.starts_at < opens + person.travel:
        return JOURNEY, None, Message(N_("must set out before the court opens"))
    return 0.0, None, None


def chosen(
    found: Sequence[Opening],
    wish: OpeningQuery,
    many: int,
    free_rooms: Callable[[Sequence[Opening]], Mapping[dt.datetime, Sequence[int]]],
) -> list[PlacedOpening]:
    """Return the best openings that have a courtroom, spread over days.

    First one a day, mornings and afternoons about alike, so that whoever is never free in one
    finds the other; only where there are too few of these a second half of a day, then whatever
    is left. No two overlap. ``free_rooms`` says which courtrooms are free for some openings; it is
    asked for a few at a time, the best first.
    """
    made: list[PlacedOpening] = []
    for spread in (_a_day, _a_half, _any):
        for part in _in_parts(found):
            wanted = [o for o in part if _fits(o, made, wish) and spread(o, made, wish, many)]
            rooms = free_rooms(wanted) if wanted else {}
            for each in wanted:
                if len(made) >= many:
                    return made
                free = rooms.get(each.starts_at, ())
                if free and _fits(each, made, wish) and spread(each, made, wish, many):
                    made.append(PlacedOpening(each, free[0], tuple(free[1:])))
    return made


def _a_day(opening: Opening, made: Sequence[PlacedOpening], wish: OpeningQuery, many: int) -> bool:
    alike = [o for o in made if _half(o.opening, wish)[1] == _half(opening, wish)[1]]
    return len(alike) < (many + 1) // 2 and all(o.opening.day != opening.day for o in made)


def _a_half(opening: Opening, made: Sequence[PlacedOpening], wish: OpeningQuery, many: int) -> bool:
    return all(_half(o.opening, wish) != _half(opening, wish) for o in made)


def _any(opening: Opening, made: Sequence[PlacedOpening], wish: OpeningQuery, many: int) -> bool:
    return True


def _in_parts(found: Sequence[Opening]) -> Iterator[Sequence[Opening]]:
    begin, size = 0, 16
    while begin < len(found):
        yield found[begin : begin + size]
        begin, size = begin + size, min(256, 2 * size)


def _half(opening: Opening, wish: OpeningQuery) -> tuple[dt.date, bool]:
    return opening.day, opening.starts_at.astimezone(wish.zone).hour >= 12


def _fits(opening: Opening, made: Sequence[PlacedOpening], wish: OpeningQuery) -> bool:
    span = Span(opening.starts_at, opening.starts_at + wish.length)
    others = (each.opening.starts_at for each in made)
    return not any(span.overlaps(Span(at, at + wish.length)) for at in others)
