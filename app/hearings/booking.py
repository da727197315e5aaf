"""Book bench, courtroom and counsel; on conflict, name the hearing in the way."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches
from app.cases.models import Case, Counsel, Representation
from app.core import wording
from app.core.db import Key, UTCDateTime, bulk
from app.core.errors import N_, Clash, HearingTime, Message
from app.core.normalization import name_key
from app.court import service as court_service
from app.court.bench import BenchMember, BenchRole
from app.court.models import Court, Courtroom, Judge
from app.hearings import queries
from app.hearings.bench import members
from app.hearings.clock_change.wall_clock import Shift
from app.hearings.forms import SlotIn
from app.hearings.models import Booking, Hearing, Proposal, ProposalState
from app.hearings.rules import KINDS, Span, booking_pieces, kind_and_row, resource, subtract

CLASH = {
    "judge": N_("Judge %(who)s has %(number)s then, %(when)s (%(state)s)."),
    "member": N_("%(who)s (%(role)s) has %(number)s then, %(when)s (%(state)s)."),
    "courtroom": N_("Courtroom %(who)s is taken by %(number)s then, %(when)s (%(state)s)."),
    "courtroom, others free": N_(
        "Courtroom %(who)s is taken by %(number)s then, %(when)s (%(state)s). Free then: %(rooms)s."
    ),
    "counsel": N_("Counsel %(who)s has %(number)s then, %(when)s (%(state)s)."),
}
STATES = {True: Message(N_("fixed")), False: Message(N_("held"))}

_BOOKING, _HEARING = bulk.table(Booking), bulk.table(Hearing)
_OF_HEARING = _BOOKING.c.hearing_id == sa.bindparam("hearing")
_SPANS = sa.select(_BOOKING.c.starts_at, _BOOKING.c.ends_at).where(_OF_HEARING).distinct()
_DELETE = sa.delete(_BOOKING).where(_OF_HEARING)


def _overlaps(table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that rows overlap the span of the parameters.

    No booking is longer than a day, so the index need not be read from the beginning of time.
    """
    return sa.and_(
        table.c.starts_at < sa.bindparam("ends_at"),
        table.c.starts_at > sa.bindparam("since"),
        table.c.ends_at > sa.bindparam("starts_at"),
    )


_OVERLAPPING = (
    sa.select(_BOOKING)
    .where(_BOOKING.c.resource.in_(sa.bindparam("resources", expanding=True)), _overlaps(_BOOKING))
    .order_by(_BOOKING.c.starts_at)
)
_IMPORTED = (
    sa.select(_HEARING.c.id)
    .where(
        _HEARING.c.court_id == sa.bindparam("court"),
        _HEARING.c.imported,
        _HEARING.c.state == sa.literal_column("'fixed'"),  # a value: SQLite would plan anew
        _overlaps(_HEARING),
    )
    .order_by(_HEARING.c.id)
)


@dataclass(frozen=True)
class BookingConflict:
    """A booking of another hearing that is in the way."""

    kind: str
    row: int
    span: Span
    firm: bool
    hearing_id: int

    @property
    def resource(self) -> int:
        """What is booked, as bookings name it."""
        return resource(self.kind, self.row)


# Spans by resource, and whether each is firm (a fixed date) or a hold.
TimeByResource = dict[int, list[tuple[Span, bool]]]


def needed_time(
    hearing: Hearing, proposal: Proposal | None, counsel_ids: Iterable[int]
) -> TimeByResource:
    """Return the time a hearing needs, by resource: its date firmly, open slots as holds."""
    people = _people(members.judge_ids(hearing), counsel_ids)
    holds: dict[int, list[Span]] = defaultdict(list)
    for slot in proposal.slots if proposal and proposal.state == ProposalState.OPEN else []:
        for sitting in slot.sittings:
            for each in [*people, resource("courtroom", sitting.courtroom_id)]:
                holds[each].append(Span(sitting.starts_at, sitting.ends_at))
    fixed: dict[int, list[Span]] = defaultdict(list)
    for sitting in hearing.sittings if hearing.state != "cancelled" else []:
        rooms = [resource("courtroom", sitting.courtroom_id)] if sitting.courtroom_id else []
        for each in [*people, *rooms]:
            fixed[each].append(Span(sitting.starts_at, sitting.ends_at))
    return {each: booking_pieces(fixed[each], holds[each]) for each in sorted({*fixed, *holds})}


def _people(judge_ids: Iterable[int], counsel_ids: Iterable[int]) -> list[int]:
    people = [resource("judge", each) for each in judge_ids]
    return people + [resource("counsel", counsel) for counsel in counsel_ids]


def fixed_time(
    judge_ids: Iterable[int],
    counsel_ids: Iterable[int],
    sittings: Iterable[tuple[Span, int | None]],
) -> TimeByResource:
    """Return the time that a hearing needs whose date is fixed, each sitting with its courtroom."""
    people = _people(judge_ids, counsel_ids)
    needed: TimeByResource = defaultdict(list)
    for span, courtroom_id in sittings:
        rooms = [resource("courtroom", courtroom_id)] if courtroom_id else []
        for each in [*people, *rooms]:
            needed[each].append((span, True))
    return needed


def book(
    session: Session,
    hearing: Hearing,
    proposal: Proposal | None,
    counsel_ids: Iterable[int],
    *,
    shared: bool = False,
) -> None:
    """Make the bookings of a hearing agree with its state. Raises Clash, naming the conflict.

    The check here only gives a readable error: the database refuses overlapping bookings. With
    ``shared`` nothing conflicts: the hearing is booked for the time that others leave free.
    """
    needed = needed_time(hearing, proposal, counsel_ids)
    released = _delete_bookings(session, hearing)
    if shared:
        needed = _free_part(session, hearing, needed)
    else:
        refuse_clashes(session, hearing, needed)
    _insert(session, hearing, needed)
    _extend_imported(session, hearing, released)


def people_time(
    hearing: Hearing, proposal: Proposal | None, judge_ids: Iterable[int]
) -> TimeByResource:
    """Return the time that a hearing needs of some of its people."""
    of_them = {resource("judge", each) for each in judge_ids}
    needed = needed_time(hearing, proposal, ())
    return {each: spans for each, spans in needed.items() if each in of_them}


def book_members(
    session: Session,
    hearing: Hearing,
    proposal: Proposal | None,
    *,
    gone: Iterable[int],
    new: Iterable[int],
) -> None:
    """Release the people who left a hearing and book those who are new; all else stays booked.

    The caller has checked that nothing conflicts, as the database does.
    """
    left = [resource("judge", each) for each in gone]
    of_them = sa.and_(Booking.hearing_id == hearing.id, Booking.resource.in_(left))
    released = session.execute(
        sa.select(Booking.starts_at, Booking.ends_at).where(of_them).distinct()
    ).all()
    session.execute(sa.delete(Booking).where(of_them))
    _insert(session, hearing, people_time(hearing, proposal, new))
    _extend_imported(session, hearing, [Span(*each) for each in released])


def free_people(session: Session, people: Sequence[Judge], spans: Sequence[Span]) -> list[str]:
    """Return the names of those of some people who are free in all of some spans."""
    if not spans:
        return [each.name for each in people]
    needed: list[TimeByResource] = [
        {resource("judge", each.id): [(span, True) for span in spans]} for each in people
    ]
    busy = _busy(session, needed)
    return [each.name for each in people if not busy[resource("judge", each.id)]]


def rebook_by_wall_clock(
    session: Session, hearing_ids: Sequence[int], shift: Shift
) -> dict[int, list[int]]:
    """Rebook hearings at the same wall-clock times under other zone rules.

    Time that another hearing has by then stays with it; the resources concerned are returned, by
    hearing.
    """
    spans: list[tuple[int, int, bool, Span]] = []
    for at in range(0, len(hearing_ids), 500):
        of_them = Booking.hearing_id.in_(hearing_ids[at : at + 500])
        for each in session.execute(sa.select(*bulk.table(Booking).c).where(of_them)):
            span = Span(*shift.span(each.starts_at, each.ends_at))
            spans.append((each.hearing_id, each.resource, each.firm, span))
        session.execute(sa.delete(Booking).where(of_them))
    spans.sort(key=lambda each: (not each[2], each[0]))  # a fixed date comes before a hold
    overlaps: dict[int, list[int]] = defaultdict(list)
    for at in range(0, len(spans), 500):
        some = spans[at : at + 500]
        busy = _busy(session, [{each[1]: [(each[3], True)]} for each in some])
        rows: list[dict[str, Any]] = []
        for hearing_id, of, firm, span in some:
            parts = subtract(span, busy[of])
            if parts != [span]:
                overlaps[hearing_id].append(of)
            busy[of] += parts
            rows += [
                {
                    "hearing_id": hearing_id,
                    "resource": of,
                    "firm": firm,
                    "starts_at": part.starts_at,
                    "ends_at": part.ends_at,
                }
                for part in parts
            ]
        bulk.insert(session, bulk.table(Booking), rows)
    return overlaps


def release(session: Session, hearing: Hearing) -> None:
    """Release all bookings of a hearing."""
    _extend_imported(session, hearing, _delete_bookings(session, hearing))


def _delete_bookings(session: Session, hearing: Hearing) -> list[Span]:
    """Delete the bookings of a hearing; return their spans."""
    session.flush()
    of_it = {"hearing": hearing.id}
    spans = session.connection().execute(_SPANS, of_it).all()
    if spans:
        session.connection().execute(_DELETE, of_it)
    return [Span(starts_at, ends_at) for starts_at, ends_at in spans]


def _insert(session: Session, hearing: Hearing, needed: TimeByResource) -> None:
    rows = [
        _row(hearing.id, each, span, firm) for each, spans in needed.items() for span, firm in spans
    ]
    bulk.insert(session, _BOOKING, rows)


def _row(hearing_id: int, resource_number: int, span: Span, firm: bool) -> dict[str, Any]:
    return {
        "hearing_id": hearing_id,
        "resource": resource_number,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "firm": firm,
    }


def book_many(
    session: Session, requests: Sequence[tuple[int, TimeByResource]], *, shared: bool
) -> bool:
    """Book the time of many new hearings, by id, by few statements; tell whether it was done.

    On any conflict nothing is booked (but with ``shared``, see ``book``): booked one by one, the
    error names the conflict.
    """
    busy = _busy(session, [needed for _, needed in requests])
    rows: list[dict[str, Any]] = []
    for hearing_id, needed in requests:
        for each, spans in needed.items():
            for span, firm in spans:
                parts = subtract(span, busy[each])
                if parts != [span] and not shared:
                    return False
                busy[each] += parts
                rows += [_row(hearing_id, each, part, firm) for part in parts]
    bulk.insert(session, _BOOKING, rows)
    return True


def _busy(session: Session, requests: Sequence[TimeByResource]) -> dict[int, list[Span]]:
    """Return the spans, by resource, that are booked and overlap any of the requested ones."""
    # No booking is longer than a day, so the index need not be read from the beginning of time.
    spans = {
        (each, span) for needed in requests for each, parts in needed.items() for span, _ in parts
    }
    busy: dict[int, list[Span]] = defaultdict(list)
    if not spans:
        return busy
    rows = [
        {
            "resource": each,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "since": span.starts_at - dt.timedelta(days=1),
        }
        for each, span in spans
    ]
    times = [sa.column(name, UTCDateTime()) for name in ("starts_at", "ends_at", "since")]
    request = bulk.rows_as_table(session, "request", [sa.column("resource", Key), *times], rows)
    overlapping = sa.select(Booking.resource, Booking.starts_at, Booking.ends_at).join(
        request,
        sa.and_(
            Booking.resource == request.c.resource,
            Booking.starts_at < request.c.ends_at,
            Booking.starts_at > request.c.since,
            Booking.ends_at > request.c.starts_at,
        ),
    )
    for each, starts_at, ends_at in session.execute(overlapping.distinct()):
        busy[each].append(Span(starts_at, ends_at))
    return busy


def _free_part(session: Session, hearing: Hearing, needed: TimeByResource) -> TimeByResource:
    """Return the parts of the needed time that no other hearing has booked."""
    spans = [span for parts in needed.values() for span, _ in parts]
    if not spans:
        return needed
    overall = Span(min(s.starts_at for s in spans), max(s.ends_at for s in spans))
    others: dict[int, list[Span]] = defaultdict(list)
    for conflict in find_conflicts(session, list(needed), overall, but=hearing.id):
        others[resource(conflict.kind, conflict.row)].append(conflict.span)
    return {
        each: [(part, firm) for span, firm in parts for part in subtract(span, others[each])]
        for each, parts in needed.items()
    }


def _extend_imported(session: Session, hearing: Hearing, released: Sequence[Span]) -> None:
    """Book imported hearings for time that another hearing, lying over them, has released."""
    session.flush()
    for span in released:
        parameters = {
            "court": hearing.court_id,
            "since": span.starts_at - dt.timedelta(days=1),
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
        }
        for hearing_id in session.connection().scalars(_IMPORTED, parameters).all():
            if hearing_id == hearing.id:
                continue
            each = session.get_one(Hearing, hearing_id)
            needed = needed_time(each, None, sorted(queries.acting_counsel_ids(session, each)))
            _delete_bookings(session, each)
            _insert(session, each, _free_part(session, each, needed))


def refuse_clashes(session: Session, hearing: Hearing, needed: TimeByResource) -> None:
    """Raise Clash on the first conflict; the message names resource, hearing and time."""
    resources: dict[Span, list[int]] = defaultdict(list)
    for each, spans in needed.items():
        for span, _ in spans:
            resources[span].append(each)
    found = [
        conflict
        for span, some in resources.items()
        for conflict in find_conflicts(session, some, span, but=hearing.id)
    ]
    if found:
        order = list(needed)
        first = min(found, key=lambda each: (order.index(each.resource), each.span))
        raise clash_error(session, hearing.case.court, first)


def find_conflicts(
    session: Session, resources: Sequence[int], span: Span, *, but: int | None = None
) -> list[BookingConflict]:
    """Return bookings of some resources that overlap a span, earliest first."""
    session.flush()
    parameters = {
        "resources": list(resources),
        "since": span.starts_at - dt.timedelta(days=1),
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
    }
    return [
        BookingConflict(
            *kind_and_row(b.resource), Span(b.starts_at, b.ends_at), b.firm, b.hearing_id
        )
        for b in session.connection().execute(_OVERLAPPING, parameters)
        if b.hearing_id != but
    ]


def clash_error(session: Session, court: Court, conflict: BookingConflict) -> Clash:
    """Return the error for a conflict, with the courtrooms that are free then."""
    model: type = {"judge": Judge, "courtroom": Courtroom, "counsel": Counsel}[conflict.kind]
    other = session.get_one(Hearing, conflict.hearing_id)
    number = session.get_one(Case, other.case_id).number
    person: Judge | Courtroom | Counsel = session.get_one(model, conflict.row)
    facts = {
        "who": person.name,
        "number": number,
        "when": HearingTime(conflict.span.starts_at, court.zone, conflict.span.ends_at),
        "state": STATES[conflict.firm],
    }
    if conflict.kind == "courtroom" and (rooms := free_rooms(session, court.id, conflict.span)):
        return Clash(CLASH["courtroom, others free"], rooms=rooms, **facts)
    if isinstance(person, Judge) and person.role != BenchRole.JUDGE:
        return Clash(CLASH["member"], role=wording.role_names(person.role), **facts)
    return Clash(CLASH[conflict.kind], **facts)


def free_rooms(session: Session, court_id: int, span: Span) -> list[str]:
    """Return the names of up to five courtrooms that are free in a span."""
    busy = {
        kind_and_row(number)[1]
        for number in session.scalars(
            sa.select(Booking.resource).where(
                Booking.starts_at < span.ends_at,
                Booking.starts_at > span.starts_at - dt.timedelta(days=1),
                Booking.ends_at > span.starts_at,
                Booking.resource % len(KINDS) == KINDS.index("courtroom"),
            )
        )
    }
    rooms = session.scalars(
        sa.select(Courtroom)
        .where(Courtroom.court_id == court_id, Courtroom.retired_at.is_(None))
        .order_by(Courtroom.id)
    )
    return [room.name for room in rooms if room.id not in busy][:5]


def clashes_by_field(
    session: Session,
    case: Case,
    slots: Sequence[SlotIn],
    minutes: int,
    *,
    hearing: Hearing | None = None,
    named: Sequence[BenchMember] | None = None,
    acting: Sequence[Representation] | None = None,
    known_rooms: Sequence[Courtroom] = (),
) -> dict[str, Message]:
    """Return the conflict of each slot of a form, or of each of its sittings, by its field.

    ``hearing`` is the one that is to have the slots, if it is there already: it has a bench of its
    own, and its bookings do not conflict. ``named`` is the bench of a new one, if not the case's.
    ``acting`` and ``known_rooms``: who acts in the case, and courtrooms, that the caller has read.
    """
    bench = members.judge_ids(hearing) if hearing else benches.judge_ids(case)
    if named is not None:
        bench = list(members.known_people(session, case, named))
    people = [resource("judge", each) for each in bench]
    if acting is None:
        acting = queries.acting_representations(session, case)
    people += [resource("counsel", each.counsel_id) for each in acting]
    rooms = {room.name_key: room for room in known_rooms}
    parts: dict[str, tuple[Span, set[int]]] = {}
    for n, slot in enumerate(slots):
        for name, sitting in slot.parts_by_field(n).items():
            length = dt.timedelta(minutes=sitting.minutes or minutes)
            span = Span(sitting.starts_at, sitting.starts_at + length)
            typed = sitting.courtroom
            room = (
                rooms.get(name_key(typed)) if isinstance(typed, str) else None
            ) or court_service.find_courtroom(session, case.court_id, typed)
            parts[name] = span, {*people, *([resource("courtroom", room.id)] if room else [])}
    if not parts:
        return {}
    # In one statement for all of them: slots of one form lie near each other.
    begin = min(span.starts_at for span, _ in parts.values())
    end = max(span.ends_at for span, _ in parts.values())
    needed = sorted(set().union(*(numbers for _, numbers in parts.values())))
    own = hearing.id if hearing else None
    conflicts = find_conflicts(session, needed, Span(begin, end), but=own)
    clashes: dict[str, Message] = {}
    for name, (span, numbers) in parts.items():
        for each in conflicts:
            if each.span.overlaps(span) and resource(each.kind, each.row) in numbers:
                error = clash_error(session, case.court, each)
                clashes[f"{name}.starts_at"] = error.message
                break
    return clashes
