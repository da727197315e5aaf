"""The form of a proposal before anybody types: the usual values, and free slots."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from app.core import wording
from app.core.characters import whole_number
from app.court import bench
from app.hearings import unrepresented
from app.hearings.availability import suggestions
from app.hearings.bench import members
from app.hearings.forms import LONGEST, SHORTEST
from app.hearings.models import Hearing
from app.hearings.proposing import form_fields
from app.hearings.proposing.form_fields import ProposalFields, SittingFields, SlotFields
from app.hearings.proposing.subject import ProposalSubject
from app.hearings.rules import MOST_SLOTS, Span
from app.hearings.sittings.rules import MOST_SITTINGS

KINDS = ("trial", "pretrial", "evidence", "mediation", "conference", "judgment", "other")
MINUTES = 90
SUGGESTED = 3
BEFORE_IT = dt.timedelta(hours=1)


def prefilled(
    subject: ProposalSubject,
    now: dt.datetime,
    *,
    earlier: Hearing | None = None,
    language: str = "",
) -> ProposalFields:
    """Return the fields of a first proposal, or of a further one for a hearing.

    A new hearing that continues an ``earlier`` one of the case gets its kind, length and bench; the
    bench is written in ``language``.
    """
    case, hearing = subject.case, subject.hearing
    form = ProposalFields(
        once=str(uuid.uuid4()),
        kind=KINDS[0],
        minutes=str(MINUTES),
        days="1",
        fix=unrepresented.default_fix_policy(case).value,
        how="ask",
    )
    form.stood = subject.version(now)
    if hearing is None:
        people = members.everybody(earlier) if earlier else members.of_hearings(case)
        form.bench = wording.bench_line(bench.as_facts(people), language)
        if earlier is not None:
            form.kind, form.minutes = earlier.kind, str(earlier.minutes)
    else:
        form.minutes = str(hearing.minutes)
        form.days = str(max(hearing.sitting_count, 1))
        last = subject.last
        if last and not unrepresented.unrepresented_parties(case):
            form.fix = last.fix
    by = suggestions.usual_answer_by(case.court, subject.working, now)
    if hearing is not None and hearing.has_date and hearing.starts_at:
        # What is agreed too late for the date that holds is of no use.
        by = max(min(by, hearing.starts_at - BEFORE_IT), now + BEFORE_IT)
    form.answer_by = form_fields.wall_clock(by, ZoneInfo(case.court.zone))
    return add_suggestions(subject, form, now)


def readable_spans(
    form: ProposalFields, zone: ZoneInfo, minutes: int
) -> dict[tuple[int, int], Span]:
    """Return the spans of those sittings of a form that can be read, by slot and sitting."""
    spans: dict[tuple[int, int], Span] = {}
    for n, slot in enumerate(form.slots):
        rows = [(slot.starts_at, ""), *((each.starts_at, each.minutes) for each in slot.further)]
        for k, (typed, own) in enumerate(rows):
            at = form_fields.instant(typed, zone, "", {})
            length = whole_number(own.strip())
            if not (isinstance(length, int) and SHORTEST <= length <= LONGEST):
                length = minutes
            if isinstance(at, dt.datetime):
                spans[n, k] = Span(at, at + dt.timedelta(minutes=length))
    return spans


def suggestion_query(
    subject: ProposalSubject, form: ProposalFields, now: dt.datetime, many: int
) -> suggestions.SuggestionQuery:
    """Return the query for slots that suit a form; the usual where it cannot be read.

    Slots that were typed, asked about or fixed before are left out.
    """
    court, hearing = subject.case.court, subject.hearing
    zone, minutes = ZoneInfo(court.zone), whole_number(form.minutes)
    usual = suggestions.usual_answer_by(court, subject.working, now)
    by = form_fields.instant(form.answer_by, zone, "answer_by", {})
    known = {span.starts_at for span in readable_spans(form, zone, MINUTES).values()}
    known |= {slot.starts_at for slot in subject.last.slots} if subject.last else set()
    known |= {hearing.starts_at} if hearing and hearing.starts_at else set()
    return suggestions.SuggestionQuery(
        minutes if isinstance(minutes, int) and SHORTEST <= minutes <= LONGEST else MINUTES,
        subject.rooms,
        max(usual, by) if isinstance(by, dt.datetime) else usual,
        many=many,
        days=typed_days(form) or 1,
        but=hearing.id if hearing else None,
        but_not=known,
        bench=form_fields.named_bench(form),
        counsel=[each.counsel for each in subject.acting],
        working=subject.working,
    )


def add_suggestions(
    subject: ProposalSubject, form: ProposalFields, now: dt.datetime
) -> ProposalFields:
    """Add free slots to those typed, none that was typed, asked about or fixed before.

    They replace slots that were suggested for another number of days and left as they were.
    """
    form = form_fields.drop_suggested(form, typed_days(form) or 1)
    zone = ZoneInfo(subject.case.court.zone)
    query = suggestion_query(subject, form, now, min(SUGGESTED, MOST_SLOTS - len(form.slots)))
    free = suggestions.choose_slots(subject.session, query, subject.search(query, now))
    for suggested in sorted(free, key=lambda each: each.starts_at):
        first, *further = [
            (form_fields.wall_clock(each.starts_at, zone), each.courtroom.name)
            for each in suggested.sittings
        ]
        days = [SittingFields(at, "", room) for at, room in further]
        form.slots.append(SlotFields(*first, days))
        form.suggested += f" {form_fields.suggested_key(form.slots[-1])}"
    kept = {form_fields.suggested_key(slot) for slot in form.slots}
    form.suggested = " ".join(key for key in form.suggested.split() if key in kept)
    return form


def typed_days(form: ProposalFields) -> int | None:
    """Return how many days a suggested slot is to have; None where that cannot be read."""
    days = whole_number(form.days.strip())
    return days if isinstance(days, int) and 1 <= days <= MOST_SITTINGS else None
