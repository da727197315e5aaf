"""Busy time of people and courtrooms: bookings, days away, slots refused; and half-days offered."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Away, BusyTime
from app.core.half_days import DayHalf, HalfDay
from app.hearings.availability.calculation.openings import Opening, merge_spans, subtract_span
from app.hearings.half_days import span_of
from app.hearings.models import (
    Answer,
    AnswerChoice,
    Booking,
    Hearing,
    Invitation,
    OfferedHalfDay,
    Proposal,
    Slot,
)
from app.hearings.rules import Span, days_span, kind_and_row, resource

DAY = dt.timedelta(days=1)  # no booking is longer (see booking.find_conflicts)


def booked_spans(
    session: Session, resources: Sequence[int], span: Span, but: int | None = None
) -> dict[int, list[Span]]:
    """Return the booked spans of some resources within a span, fixed and held, in order."""
    statement = sa.select(Booking.resource, Booking.starts_at, Booking.ends_at).where(
        Booking.resource.in_(resources),
        Booking.starts_at < span.ends_at,
        Booking.starts_at > span.starts_at - DAY,
        Booking.ends_at > span.starts_at,
    )
    if but is not None:
        statement = statement.where(Booking.hearing_id != but)
    spans_by_id: dict[int, list[Span]] = defaultdict(list)
    for number, starts_at, ends_at in session.execute(statement):
        spans_by_id[number].append(Span(starts_at, ends_at))
    return {number: merge_spans(spans) for number, spans in spans_by_id.items()}


def away_spans(
    session: Session, counsel_ids: Sequence[int], span: Span, zone: ZoneInfo
) -> dict[int, list[Span]]:
    """Return when counsel are away within a span, by their own entries or calendar.

    Entries are whole days of the court's zone.
    """
    first, last = (at.astimezone(zone).date() for at in (span.starts_at, span.ends_at))
    statement = sa.select(Away).where(
        Away.counsel_id.in_(counsel_ids),
        Away.from_on <= last,
        sa.or_(Away.until_on.is_(None), Away.until_on >= first),
    )
    spans_by_id: dict[int, list[Span]] = defaultdict(list)
    for each in session.scalars(statement):
        day = max(first, each.from_on)
        until = min(last, each.until_on or (last if each.weekdays else each.from_on))
        while day <= until:
            if not each.weekdays or day.weekday() in each.weekdays:
                spans_by_id[each.counsel_id].append(days_span(day, 1, zone))
            day += DAY
    own = sa.select(BusyTime.counsel_id, BusyTime.starts_at, BusyTime.ends_at).where(
        BusyTime.counsel_id.in_(counsel_ids),
        BusyTime.starts_at < span.ends_at,
        BusyTime.ends_at > span.starts_at,
    )
    for number, starts_at, ends_at in session.execute(own):
        spans_by_id[number].append(Span(starts_at, ends_at))
    return {number: merge_spans(spans) for number, spans in spans_by_id.items()}


def refused_spans(
    session: Session, counsel_ids: Sequence[int], span: Span, but_proposal: int | None = None
) -> dict[int, list[Span]]:
    """Return the slots within a span that counsel refused, in any case and any proposal.

    A no speaks of counsel's time, not of the case. The last answer counts: a later one that takes
    a slot (yes, or if needed) frees what an earlier no refused. The answers to one proposal are
    one, in which a yes to one courtroom frees the same time in another.
    """
    statement = (
        sa.select(Invitation.counsel_id, Slot.starts_at, Slot.ends_at, Answer.says)
        .join(Answer, Answer.invitation_id == Invitation.id)
        .join(Slot, Slot.id == Answer.slot_id)
        .where(
            Invitation.counsel_id.in_(counsel_ids),
            Slot.starts_at < span.ends_at,
            Slot.ends_at > span.starts_at,
        )
        .order_by(
            Invitation.answered_at,
            Invitation.id,
            sa.case((Answer.says == AnswerChoice.NO.value, 0), else_=1),
            Slot.id,
        )
    )
    if but_proposal is not None:
        statement = statement.where(Invitation.proposal_id != but_proposal)
    spans_by_id: dict[int, list[Span]] = defaultdict(list)
    for number, starts_at, ends_at, says in session.execute(statement):
        slot = Span(starts_at, ends_at)
        spans_by_id[number] = subtract_span(spans_by_id[number], slot) + (
            [slot] if says == AnswerChoice.NO else []
        )
    return {number: merge_spans(spans) for number, spans in spans_by_id.items() if spans}


def offered_spans(
    session: Session,
    case_id: int,
    counsel_ids: Sequence[int],
    span: Span,
    midday: dt.time,
    zone: ZoneInfo,
) -> dict[int, list[Span]]:
    """Return the half-days within a span that counsel of a case offered when no slot suited them.

    Unlike a refusal, an offer is made to one case: it does not draw the dates of others to it. Its
    halves of a day touch at ``midday``, so that both together are a whole day.
    """
    first, last = (at.astimezone(zone).date() for at in (span.starts_at, span.ends_at))
    statement = (
        sa.select(Invitation.counsel_id, OfferedHalfDay.on, OfferedHalfDay.half)
        .join(OfferedHalfDay, OfferedHalfDay.invitation_id == Invitation.id)
        .join(Proposal, Proposal.id == Invitation.proposal_id)
        .join(Hearing, Hearing.id == Proposal.hearing_id)
        .where(
            Hearing.case_id == case_id,
            Invitation.counsel_id.in_(counsel_ids),
            OfferedHalfDay.on.between(first, last),
        )
    )
    spans_by_id: dict[int, list[Span]] = defaultdict(list)
    for number, on, half in session.execute(statement):
        spans_by_id[number].append(span_of(HalfDay(on, DayHalf(half)), midday, zone))
    return {number: merge_spans(spans) for number, spans in spans_by_id.items()}


def busy_spans(
    session: Session, resources: Sequence[int], span: Span, zone: ZoneInfo, but: int | None = None
) -> dict[int, list[Span]]:
    """Return the busy spans of some resources within a span: bookings, and days away."""
    spans_by_id = booked_spans(session, resources, span, but)
    counsel = [row for kind, row in map(kind_and_row, resources) if kind == "counsel"]
    for number, spans in away_spans(session, counsel, span, zone).items():
        each = resource("counsel", number)
        spans_by_id[each] = merge_spans([*spans_by_id.get(each, ()), *spans])
    return spans_by_id


class FreeRooms:
    """Which of some courtrooms are free at openings; no opening is asked about twice.

    The bookings of the hearing ``but`` do not count.
    """

    def __init__(self, rooms: Sequence[int], but: int | None = None) -> None:
        self._numbers = {room: resource("courtroom", room) for room in rooms}
        self._but = but
        self._known: dict[dt.datetime, Sequence[int]] = {}

    def at(
        self,
        session: Session,
        candidates: Sequence[Opening],
        length: dt.timedelta,
        buffer: dt.timedelta,
    ) -> Mapping[dt.datetime, Sequence[int]]:
        """Return the courtrooms that are free at each opening, in their order.

        One range query reads the whole time from the first to the last opening: joined to each
        opening, PostgreSQL sometimes scans the table instead of its index.
        """
        starts = [each.starts_at for each in candidates if each.starts_at not in self._known]
        if starts and self._numbers:
            stretch = Span(min(starts) - buffer, max(starts) + length + buffer)
            taken = booked_spans(session, list(self._numbers.values()), stretch, self._but)
            for at in starts:
                span = Span(at - buffer, at + length + buffer)
                self._known[at] = [
                    room
                    for room, number in self._numbers.items()
                    if _is_free(taken.get(number, ()), span)
                ]
        return self._known


def _is_free(taken: Sequence[Span], span: Span) -> bool:
    first = bisect_right(taken, span.starts_at, key=lambda each: each.ends_at)
    return first == len(taken) or taken[first].starts_at >= span.ends_at
