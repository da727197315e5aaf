"""Book judge, courtroom and counsel; on conflict, name the hearing in the way."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel
from app.core.db import Key, UTCDateTime, bulk
from app.core.errors import N_, Clash, HearingTime, Message
from app.court import service as court_service
from app.court.models import Court, Courtroom, Judge
from app.hearings import queries
from app.hearings.forms import SlotIn
from app.hearings.models import Booking, Hearing, Proposal, ProposalState
from app.hearings.rules import KINDS, Span, booking_pieces, kind_and_row, resource, subtract
from app.hearings.wall_clock import Shift

CLASH = {
    "judge": N_("Judge %(who)s has %(number)s then, %(when)s (%(state)s)."),
    "courtroom": N_("Courtroom %(who)s is taken by %(number)s then, %(when)s (%(state)s)."),
    "courtroom, others free": N_(
        "Courtroom %(who)s is taken by %(number)s then, %(when)s (%(state)s). Free then: %(rooms)s."
    ),
    "counsel": N_("Counsel %(who)s has %(number)s then, %(when)s (%(state)s)."),
}
STATES = {True: Message(N_("fixed")), False: Message(N_("held"))}


@dataclass(frozen=True)
class BookingConflict:
    """A span of somebody's time that another hearing has."""

    kind: str
    row: int
    span: Span
    firm: bool
    hearing_id: int


# What is taken, by resource: spans, and whether each is firm.
TimeByResource = dict[int, list[tuple[Span, bool]]]


def needed_time(
    hearing: Hearing, proposal: Proposal | None, counsel_ids: Iterable[int]
) -> TimeByResource:
    """Return what a hearing takes, by resource: its date firmly, an open round's slots as holds."""
    people = [resource("judge", hearing.judge_id)]
    people += [resource("counsel", counsel) for counsel in counsel_ids]
    held: dict[int, list[Span]] = defaultdict(list)
    for slot in proposal.slots if proposal and proposal.state == ProposalState.OPEN else []:
        for each in [*people, resource("courtroom", slot.courtroom_id)]:
            held[each].append(Span(slot.starts_at, slot.ends_at))
    fixed: dict[int, Span] = {}
    if hearing.starts_at and hearing.ends_at and hearing.state != "cancelled":
        rooms = [resource("courtroom", hearing.courtroom_id)] if hearing.courtroom_id else []
        fixed = dict.fromkeys([*people, *rooms], Span(hearing.starts_at, hearing.ends_at))
    return {each: booking_pieces(fixed.get(each), held[each]) for each in sorted({*fixed, *held})}


def book(
    session: Session,
    hearing: Hearing,
    proposal: Proposal | None,
    counsel_ids: Iterable[int],
    *,
    shared: bool = False,
) -> None:
    """Make the bookings of a hearing what its state says. Raises Clash, naming what is in the way.

    The check here only says it kindly; that no two bookings overlap is kept by the database. With
    ``shared`` nothing is in the way: what others have is left to them, the rest is taken.
    """
    taking = needed_time(hearing, proposal, counsel_ids)
    left = _let_go(session, hearing)
    if shared:
        taking = _left_free(session, hearing, taking)
    else:
        refuse_clashes(session, hearing, taking)
    _insert(session, hearing, taking)
    _fill(session, hearing, left)


def rebook_by_wall_clock(
    session: Session, hearing_ids: Sequence[int], shift: Shift
) -> dict[int, list[int]]:
    """Store the bookings of hearings as instants of the same wall clock by other rules.

    What another hearing has by then is left to it; return of which resources, by hearing.
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
        rows: list[dict[str, object]] = []
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
    """Give back all that a hearing took."""
    _fill(session, hearing, _let_go(session, hearing))


def _let_go(session: Session, hearing: Hearing) -> list[Span]:
    """Delete a hearing's bookings; return when they were."""
    of_it = Booking.hearing_id == hearing.id
    spans = session.execute(
        sa.select(Booking.starts_at, Booking.ends_at).where(of_it).distinct()
    ).all()
    if spans:
        session.execute(sa.delete(Booking).where(of_it))
    return [Span(starts_at, ends_at) for starts_at, ends_at in spans]


def _insert(session: Session, hearing: Hearing, taking: TimeByResource) -> None:
    rows = [
        _row(hearing, each, span, firm) for each, spans in taking.items() for span, firm in spans
    ]
    if rows:
        session.execute(sa.insert(Booking), rows)


def _row(hearing: Hearing, taken_of: int, span: Span, firm: bool) -> dict[str, object]:
    return {
        "hearing_id": hearing.id,
        "resource": taken_of,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "firm": firm,
    }


def book_many(
    session: Session, hearings: Iterable[tuple[Hearing, Iterable[int]]], *, shared: bool
) -> bool:
    """Book many new hearings, each with its counsel, by few statements; tell whether it was done.

    Where one is in another's way nothing is booked (but with ``shared``, see ``book``): booked one
    by one, the refusal names what is in the way of which.
    """
    wishes = [(hearing, needed_time(hearing, None, counsel)) for hearing, counsel in hearings]
    busy = _busy(session, [wish for _, wish in wishes])
    rows = []
    for hearing, wish in wishes:
        for each, spans in wish.items():
            for span, firm in spans:
                parts = subtract(span, busy[each])
                if parts != [span] and not shared:
                    return False
                busy[each] += parts
                rows += [_row(hearing, each, part, firm) for part in parts]
    if rows:
        session.execute(sa.insert(Booking), rows)
    return True


def _busy(session: Session, wishes: Sequence[TimeByResource]) -> dict[int, list[Span]]:
    """Return what is taken already of what is wished for, by resource."""
    # No booking is longer than a day, so the index need not be read from the beginning of time.
    spans = [
        (each, span.starts_at, span.ends_at, span.starts_at - dt.timedelta(days=1))
        for wish in wishes
        for each, parts in wish.items()
        for span, _ in parts
    ]
    busy: dict[int, list[Span]] = defaultdict(list)
    if not spans:
        return busy
    times = (sa.column(name, UTCDateTime()) for name in ("starts_at", "ends_at", "since"))
    wish = sa.values(sa.column("resource", Key), *times, name="wished").data(spans).cte("wish")
    found = sa.select(Booking.resource, Booking.starts_at, Booking.ends_at).join(
        wish,
        sa.and_(
            Booking.resource == wish.c.resource,
            Booking.starts_at < wish.c.ends_at,
            Booking.starts_at > wish.c.since,
            Booking.ends_at > wish.c.starts_at,
        ),
    )
    for each, starts_at, ends_at in session.execute(found.distinct()):
        busy[each].append(Span(starts_at, ends_at))
    return busy


def _left_free(session: Session, hearing: Hearing, taking: TimeByResource) -> TimeByResource:
    """Return what of the spans that are wished for no other hearing has."""
    spans = [span for parts in taking.values() for span, _ in parts]
    if not spans:
        return taking
    whole = Span(min(s.starts_at for s in spans), max(s.ends_at for s in spans))
    others: dict[int, list[Span]] = defaultdict(list)
    for had in find_conflicts(session, list(taking), whole, but=hearing.id):
        others[resource(had.kind, had.row)].append(had.span)
    return {
        each: [(part, firm) for span, firm in wish for part in subtract(span, others[each])]
        for each, wish in taking.items()
    }


def _fill(session: Session, hearing: Hearing, left: Sequence[Span]) -> None:
    """Let imported hearings take what another left that had lain over them."""
    for span in left:
        under = (
            sa.select(Hearing)
            .where(
                Hearing.court_id == hearing.court_id,
                Hearing.imported,
                Hearing.id != hearing.id,
                Hearing.state == "fixed",
                Hearing.starts_at < span.ends_at,
                Hearing.starts_at > span.starts_at - dt.timedelta(days=1),
                Hearing.ends_at > span.starts_at,
            )
            .order_by(Hearing.id)
        )
        for each in session.scalars(under).all():
            wish = needed_time(each, None, sorted(queries.acting_counsel_ids(session, each)))
            _let_go(session, each)
            _insert(session, each, _left_free(session, each, wish))


def refuse_clashes(session: Session, hearing: Hearing, taking: TimeByResource) -> None:
    """Raise Clash where something wanted is taken, naming who, by what, when, and a way on."""
    for each, spans in taking.items():
        for span, _ in spans:
            if found := find_conflicts(session, [each], span, but=hearing.id):
                raise clash_error(session, hearing.case.court, found[0])


def find_conflicts(
    session: Session, resources: Sequence[int], span: Span, *, but: int | None = None
) -> list[BookingConflict]:
    """Return what of some resources' time others have within a span, earliest first."""
    # No booking is longer than a day, so the index need not be read from the beginning of time.
    wanted_rows = (
        sa.select(Booking)
        .where(
            Booking.resource.in_(resources),
            Booking.starts_at < span.ends_at,
            Booking.starts_at > span.starts_at - dt.timedelta(days=1),
            Booking.ends_at > span.starts_at,
        )
        .order_by(Booking.starts_at)
    )
    return [
        BookingConflict(
            *kind_and_row(b.resource), Span(b.starts_at, b.ends_at), b.firm, b.hearing_id
        )
        for b in session.scalars(wanted_rows)
        if b.hearing_id != but
    ]


def clash_error(session: Session, court: Court, found: BookingConflict) -> Clash:
    """Return a refusal that names what is in the way, and courtrooms that are free then."""
    model: type = {"judge": Judge, "courtroom": Courtroom, "counsel": Counsel}[found.kind]
    other = session.get_one(Hearing, found.hearing_id)
    number = session.get_one(Case, other.case_id).number
    facts = {
        "who": session.get_one(model, found.row).name,
        "number": number,
        "when": HearingTime(found.span.starts_at, court.zone, found.span.ends_at),
        "state": STATES[found.firm],
    }
    if found.kind == "courtroom" and (rooms := free_rooms(session, court.id, found.span)):
        return Clash(CLASH["courtroom, others free"], rooms=rooms, **facts)
    return Clash(CLASH[found.kind], **facts)


def free_rooms(session: Session, court_id: int, span: Span) -> list[str]:
    """Return the names of up to five courtrooms that nobody has in a span."""
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
    but: int | None = None,
) -> dict[str, Message]:
    """Return what is in the way of each slot of a form, by its field: who has what then.

    ``but`` is the hearing whose own time is no obstacle to it.
    """
    people = [resource("judge", case.judge_id)]
    people += [
        resource("counsel", each.counsel_id)
        for each in queries.acting_representations(session, case)
    ]
    clashes: dict[str, Message] = {}
    for n, slot in enumerate(slots):
        span = Span(slot.starts_at, slot.starts_at + dt.timedelta(minutes=minutes))
        room = court_service.find_courtroom(session, case.court_id, slot.courtroom)
        rooms = [resource("courtroom", room.id)] if room else []
        if busy := find_conflicts(session, [*people, *rooms], span, but=but):
            clashes[f"slots.{n}.starts_at"] = clash_error(session, case.court, busy[0]).message
    return clashes
