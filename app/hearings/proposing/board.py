"""The times on the proposal's page: its slots assessed, further suggestions, a strip of days."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.core.errors import N_, HearingTime, Message
from app.court.models import Court
from app.hearings import booking
from app.hearings.availability import suggestions
from app.hearings.availability.calculation import day_strip, openings
from app.hearings.availability.calculation.court_hours import longest_session, sessions_of_day
from app.hearings.availability.calculation.day_strip import BusyRow, StripDay, StripMark
from app.hearings.availability.calculation.openings import Attendee, Opening, OpeningQuery
from app.hearings.availability.suggestions import Suggestion
from app.hearings.forms import SittingIn, SlotIn
from app.hearings.proposing import form_fields, prefill
from app.hearings.proposing.form_fields import ProposalFields
from app.hearings.proposing.subject import ProposalSubject
from app.hearings.rules import Span
from app.law.working_days import WorkingDays

FURTHER = 4
NOT_FREE = N_("is not free then")
ON_THE_WAY = N_("is on the way then, from or to another place")
SAID_NO = N_("said no to %(when)s")


@dataclass(frozen=True)
class AssessedSlot:
    """One slot of the form: its reasons, its costs by counsel, and its conflict."""

    reasons: tuple[Message, ...] = ()
    costs: tuple[tuple[str, Message], ...] = ()
    clash: Message | None = None
    outside: Message | None = None  # of the days or hours in which the court sits


@dataclass(frozen=True)
class DayStrip:
    """Days one below the other, quarters of an hour side by side."""

    rows: Sequence[StripDay] = ()
    hours: range = range(0)

    @property
    def quarters(self) -> int:
        """The number of quarters of an hour in a row."""
        return len(self.hours) * 4


@dataclass(frozen=True)
class SlotBoard:
    """The sittings of a form by slot and number, further suggestions by letter, and the strip."""

    weighed: dict[tuple[int, int], AssessedSlot]
    further: dict[str, Suggestion]
    strip: DayStrip

    @property
    def shared_reasons(self) -> tuple[Message, ...]:
        """The reasons that hold for every time that has any, to be given once; none for one."""
        lists = [each.reasons for each in self.weighed.values() if each.reasons]
        lists += [each.reasons for each in self.further.values() if each.reasons]
        if len(lists) < 2:
            return ()
        first, *others = lists
        return tuple(words for words in first if all(words in reasons for reasons in others))


def build_board(subject: ProposalSubject, form: ProposalFields, now: dt.datetime) -> SlotBoard:
    """Assess a form's slots and find further ones, to help a person choose.

    Read-only; what may be proposed is checked when it is sent.
    """
    court, working = subject.case.court, subject.working
    zone = ZoneInfo(court.zone)
    query = prefill.suggestion_query(subject, form, now, FURTHER)
    spans = prefill.readable_spans(form, zone, query.minutes)
    starts = [span.starts_at for span in spans.values()]
    search = subject.search(query, now, also=starts)
    length = dt.timedelta(minutes=query.minutes)
    # A start is clear of a span if it is not in the open interval from one length before it on.
    reach = [(span.starts_at - length, span.ends_at) for span in spans.values()]
    clear = [
        o for o in search.found if not any(first < o.starts_at < last for first, last in reach)
    ]
    # A set of several days is added by one button, not drawn by letters.
    chosen = suggestions.choose(subject.session, query, search, clear) if query.days == 1 else []
    further = dict(zip("ABCDEFGH", sorted(chosen, key=lambda each: each.starts_at), strict=False))
    clashes = _clashes(subject, form, spans)
    weighed = {
        place: _weighed(search, span, clashes.get(place), outside(court, working, span), zone.key)
        for place, span in spans.items()
    }
    marks = [StripMark(str(n + 1), span) for (n, _), span in spans.items()]
    marks += [StripMark(name, Span(each.starts_at, each.ends_at)) for name, each in further.items()]
    return SlotBoard(weighed, further, _strip(court, working, marks, search, query.minutes))


def _clashes(
    subject: ProposalSubject, form: ProposalFields, spans: dict[tuple[int, int], Span]
) -> dict[tuple[int, int], Message]:
    places = list(spans)
    slots = []
    for n, k in places:
        slot, span = form.slots[n], spans[n, k]
        room = slot.further[k - 1].courtroom if k else slot.courtroom
        minutes = (span.ends_at - span.starts_at) // dt.timedelta(minutes=1)
        slots.append(
            SlotIn(sittings=[SittingIn(starts_at=span.starts_at, minutes=minutes, courtroom=room)])
        )
    clashes = booking.clashes_by_field(
        subject.session,
        subject.case,
        slots,
        prefill.MINUTES,
        hearing=subject.hearing,
        named=form_fields.named_bench(form),
        acting=subject.acting,
        known_rooms=subject.rooms,
    )
    return {places[int(name.split(".")[1])]: words for name, words in clashes.items()}


def outside(court: Court, working: WorkingDays, span: Span) -> Message | None:
    """Return why a span is outside the court's hours, or None; a person may still want it."""
    zone, hours = ZoneInfo(court.zone), suggestions.court_hours(court)
    day = span.starts_at.astimezone(zone).date()
    if not working.has(day):
        return Message(N_("the court does not sit on this day"))
    minutes = (span.ends_at - span.starts_at) // dt.timedelta(minutes=1)
    for through_lunch, words in (
        (minutes > longest_session(hours), None),
        (True, N_("it goes over lunch")),
    ):
        if any(
            each.starts_at <= span.starts_at and span.ends_at <= each.ends_at
            for each in sessions_of_day(day, hours, zone, through_lunch=through_lunch)
        ):
            return Message(words) if words else None
    if span.starts_at < dt.datetime.combine(day, hours.opens, tzinfo=zone):
        return Message(N_("it begins before opening time, %(opens)s"), opens=court.opens)
    return Message(N_("it ends after closing time, %(closes)s"), closes=court.closes)


def _weighed(
    search: suggestions.SuggestionSearch,
    span: Span,
    clash: Message | None,
    outside_: Message | None,
    zone: str,
) -> AssessedSlot:
    if clash is not None or outside_ is not None:
        return AssessedSlot(clash=clash, outside=outside_)
    absent = [each for person in search.people for each in _absent(person, span, zone)]
    if absent:
        return AssessedSlot(costs=tuple(absent))
    opening = _opening(search.wish, search.people, search.known, span)
    return AssessedSlot(opening.reasons, opening.costs) if opening else AssessedSlot()


def _absent(person: Attendee, span: Span, zone: str) -> Iterator[tuple[str, Message]]:
    """Yield why a person cannot attend, by their own entries, calendar or refusals."""
    away = [each for each in person.elsewhere if each.overlaps(span)]
    if away:
        way = person.travel  # of which each span away has one before and one after
        there = any(Span(s.starts_at + way, s.ends_at - way).overlaps(span) for s in away)
        yield person.name, Message(NOT_FREE if there else ON_THE_WAY)
    for each in person.refused:
        if each.overlaps(span):
            when = HearingTime(each.starts_at, zone, each.ends_at)
            yield person.name, Message(SAID_NO, when=when)


def _opening(
    wish: OpeningQuery | None,
    people: Sequence[Attendee],
    known: dict[dt.datetime, Opening],
    span: Span,
) -> Opening | None:
    """Return the opening at a start, on or off the grid, if its day is searched."""
    if wish is None or span.starts_at in known:
        return known.get(span.starts_at)
    first = min((opening.day for opening in known.values()), default=None)
    on = [day for day, _ in wish.days]
    day = span.starts_at.astimezone(wish.zone).date()
    if first is None or day not in on or day < first:
        return None
    later = on.index(day) - on.index(first)
    scorer = openings.Scorer(wish, people)
    return scorer.opening(span.starts_at, day, dict(wish.days)[day], later)


def _strip(
    court: Court,
    working: WorkingDays,
    marks: list[StripMark],
    search: suggestions.SuggestionSearch,
    minutes: int,
) -> DayStrip:
    zone, hours = ZoneInfo(court.zone), suggestions.court_hours(court)
    if not marks:
        return DayStrip()
    runs = day_strip.hour_bounds(hours.opens, hours.closes, marks, zone)
    rows = day_strip.build_rows(
        marks,
        [BusyRow(p.name, [*p.here, *p.elsewhere], p.refused) for p in search.people],
        runs,
        zone,
        working.has,
        lambda day: sessions_of_day(
            day, hours, zone, through_lunch=minutes > longest_session(hours)
        ),
    )
    return DayStrip(rows, range(*runs))
