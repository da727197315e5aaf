"""Pure: the agreed slot, booked spans, valid times."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core.errors import N_, Message
from app.core.wording.presented import LabelledEnum

KINDS = ("judge", "courtroom", "counsel")
MOST_SLOTS = 10


class MoveCause(LabelledEnum):
    """Why the court moves a hearing of its own accord, by which moves are counted."""

    BENCH = "bench", N_("a judge or another member cannot sit")
    COURTROOM = "courtroom", N_("the courtroom cannot be used")
    PARTY = "party", N_("somebody who must take part cannot come")
    EVIDENCE = "evidence", N_("evidence or papers are missing")
    OTHER = "other", N_("another reason")


def resource(kind: str, row: int) -> int:
    """Return the number of a judge, a courtroom or a counsel in bookings."""
    return row * len(KINDS) + KINDS.index(kind)


def kind_and_row(number: int) -> tuple[str, int]:
    """Return the kind and the row id of a resource number."""
    row, kind = divmod(number, len(KINDS))
    return KINDS[kind], row


@dataclass(frozen=True, order=True)
class Span:
    """A half-open interval of instants: ``ends_at`` is not in it."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share any instant; touching is not sharing."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def days_span(first: dt.date, days: int, zone: ZoneInfo) -> Span:
    """Return the span of whole days in a zone, in UTC."""
    begin, end = (
        dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)
        for day in (first, first + dt.timedelta(days=days))
    )
    return Span(begin, end)


def booking_pieces(fixed: Sequence[Span], holds: Iterable[Span]) -> list[tuple[Span, bool]]:
    """Return the spans that one hearing books of one resource: disjoint, and whether each is firm.

    Alternatives of one hearing may overlap each other and its own date; their union is booked, in
    which the sittings of the fixed date, which do not overlap, stay whole.
    """
    taken: list[tuple[Span, bool]] = [(span, True) for span in fixed]
    for span in sorted(holds):
        for free in subtract(span, [each for each, _ in taken]):
            taken.append((free, False))
    return sorted(taken, key=lambda piece: piece[0])


def subtract(span: Span, taken: Sequence[Span]) -> list[Span]:
    """Return the parts of a span outside some others, in order."""
    free = [span]
    for other in taken:
        free = [part for each in free for part in _cut(each, other)]
    return free


def _cut(span: Span, other: Span) -> list[Span]:
    if not span.overlaps(other):
        return [span]
    ends = ((span.starts_at, other.starts_at), (other.ends_at, span.ends_at))
    return [Span(start, end) for start, end in ends if start < end]


def agreed_slot(
    slots: Sequence[tuple[int, dt.datetime]], answers: Sequence[Mapping[int, str] | None]
) -> int | None:
    """Return the slot that suits all who must answer; None while one is silent or none suits.

    ``slots`` are ids with their starts; each of ``answers`` is one counsel's answer by slot id, or
    None. The earliest to which all say yes wins, else the earliest that somebody takes only
    if needed; where two begin at once, the one that was proposed first.
    """
    if not answers or any(answer is None for answer in answers):
        return None
    in_order = sorted(slots, key=lambda slot: (slot[1], slot[0]))
    for good in ({"yes"}, {"yes", "if_needed"}):
        for slot, _ in in_order:
            if all(answer is not None and answer.get(slot) in good for answer in answers):
                return slot
    return None


def wall_clock_error(at: dt.datetime, zone: ZoneInfo) -> Message | None:
    """Return the error of an instant as wall-clock time of a court, or None.

    A hearing is announced by the clock on the wall. In the night when clocks go back, one hour
    comes twice and nobody could tell which is meant; when they go forward, one never comes.
    """
    local = at.astimezone(zone).replace(tzinfo=None)
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first != second:
        return Message(
            N_("Choose another time: on that night %(time)s comes twice in %(zone)s."),
            time=local.strftime("%Y-%m-%d %H:%M"),
            zone=zone.key,
        )
    written = at.replace(tzinfo=None)
    offsets = {written.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    if len(offsets) == 2 and at.utcoffset() in offsets:
        return _never(written, zone)
    return None


def from_wall_clock(local: dt.datetime, zone: ZoneInfo) -> dt.datetime | Message:
    """Return the instant of a naive wall-clock time, or its error."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        round_trip = first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
        if round_trip != local:
            return _never(local, zone)
        return wall_clock_error(first, zone) or first
    return first


def _never(local: dt.datetime, zone: ZoneInfo) -> Message:
    return Message(
        N_(
            "Choose another time: on that night the clocks go forward and "
            "%(time)s never comes in %(zone)s."
        ),
        time=local.strftime("%Y-%m-%d %H:%M"),
        zone=zone.key,
    )


def slot_errors(
    starts: Sequence[dt.datetime],
    minutes: int,
    answer_by: dt.datetime | None,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    path: str = "slots.{}.starts_at",
) -> dict[str, Message]:
    """Return the errors of the times of a proposal of equally long slots, by field."""
    times = {path.format(n): (at, minutes) for n, at in enumerate(starts)}
    return time_errors(times, answer_by, now=now, zone=zone)


def time_errors(
    times: Mapping[str, tuple[dt.datetime, int]],
    answer_by: dt.datetime | None,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
) -> dict[str, Message]:
    """Return the errors of the times of a proposal; times are starts with minutes, by field."""
    faults: dict[str, Message] = {}
    for name, (at, minutes) in times.items():
        end = at + dt.timedelta(minutes=minutes)
        fault = wall_clock_error(at, zone) or wall_clock_error(end.astimezone(at.tzinfo), zone)
        if at <= now:
            fault = Message(N_("Choose a time that is not past."))
        elif at > now + dt.timedelta(days=3 * 366):
            fault = Message(N_("Choose a time within the next three years."))
        elif answer_by is not None and at <= answer_by:
            fault = Message(
                N_("Choose a slot after the date to answer by, or an earlier date to answer by.")
            )
        if fault:
            faults[name] = fault
    if answer_by is not None and answer_by <= now:
        faults["answer_by"] = Message(N_("Choose a time that is not past."))
    return faults
