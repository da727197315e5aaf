"""Make a draft of the hearings that a file names: what cannot be listed is refused by its row."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.core.errors import N_, Invalid, Message, NotFound
from app.court import service
from app.hearings import queries as hearings
from app.hearings.availability import suggestions
from app.hearings.models import Hearing, HearingState
from app.hearings.rules import MOST_SLOTS
from app.hearings.service import DeskContext
from app.imports.entries import RowRefusal
from app.imports.reading.rules import ColumnMapping
from app.listing.models import ListedHearing, Listing, ListingState
from app.listing.rows import ListingRow

LONGEST = dt.timedelta(days=184)
WEEKS, SLOTS, SECONDS = 4, 2, 60
MOST_SECONDS = 3600


@dataclass(frozen=True)
class ListingRequest:
    """How a list of hearings is to be placed; what is not said is the house's usual."""

    first: dt.date | None = None
    last: dt.date | None = None
    rooms: Sequence[str] = ()
    slots: int = SLOTS
    seconds: int = SECONDS
    answer_by: dt.datetime | None = None
    weeks: int = WEEKS


def check(
    session: Session, desk: DeskContext, rows: Sequence[ListingRow], bound: ColumnMapping
) -> list[RowRefusal]:
    """Return which rows name what is not there, or what has its date or its question already."""
    refused = []
    for row in rows:
        for name, why in _faults(session, desk, row).items():
            refused.append(RowRefusal(row.line, bound.header_of(name), why))
    return refused


def _faults(session: Session, desk: DeskContext, row: ListingRow) -> dict[str, Message]:
    case = cases.case_numbered(session, desk.court.id, row.number)
    if case is None:
        words = N_("There is no case %(number)s: enter or import it first.")
        return {"number": Message(words, number=row.number)}
    if not hearings.seats(session, case):
        words = N_("Nobody can be asked: this case has no counsel with an address.")
        return {"number": Message(words)}
    faults = {}
    standing = sa.or_(
        Hearing.state == HearingState.PROPOSED.value,
        sa.and_(Hearing.state == HearingState.FIXED.value, Hearing.starts_at > desk.now),
    )
    same = sa.select(Hearing.id).where(
        Hearing.case_id == case.id, Hearing.kind == row.kind, standing
    )
    if session.scalar(same.limit(1)):
        words = N_("This case has such a hearing already, proposed or fixed: move that one.")
        faults["number"] = Message(words)
    room = row.wishes.courtroom
    if room and service.find_courtroom(session, desk.court.id, room) is None:
        faults["courtroom"] = Message(N_("There is no courtroom %(room)s."), room=room)
    return faults


def draft(
    session: Session,
    desk: DeskContext,
    name: str,
    rows: Sequence[ListingRow],
    asked: ListingRequest,
) -> Listing:
    """Make a listing of some rows that were checked, to be searched. Raises Invalid."""
    first, last, by = _days(session, desk, asked)
    rooms, faults = [], {}
    for room in asked.rooms:
        found = service.find_courtroom(session, desk.court.id, room)
        if found is None:
            faults["rooms"] = Message(N_("There is no courtroom %(room)s."), room=room)
        else:
            rooms.append(found.id)
    if not suggestions.rooms_of(session, desk.court):
        faults["rooms"] = Message(N_("The court has no courtroom yet: add one first."))
    if not 1 <= asked.slots <= MOST_SLOTS:
        faults["slots"] = Message(
            N_("Give a number from %(least)s to %(most)s."), least=1, most=MOST_SLOTS
        )
    if not 1 <= asked.seconds <= MOST_SECONDS:
        faults["seconds"] = Message(
            N_("Give a number from %(least)s to %(most)s."), least=1, most=MOST_SECONDS
        )
    if not rows:
        faults["file"] = Message(N_("The file names no hearing that can be listed."))
    if faults:
        raise Invalid(faults)
    listing = Listing(
        court_id=desk.court.id,
        user_id=desk.user.id if desk.user else None,
        name=name[:200],
        state=ListingState.WAITING.value,
        first_on=first,
        last_on=last,
        answer_by=by,
        slots=asked.slots,
        rooms=rooms,
        seconds=asked.seconds,
        created_at=desk.now,
    )
    listing.hearings = [_listed(session, desk, row) for row in rows]
    session.add(listing)
    session.flush()
    return listing


def _listed(session: Session, desk: DeskContext, row: ListingRow) -> ListedHearing:
    case = cases.case_numbered(session, desk.court.id, row.number)
    if case is None:
        raise NotFound(
            N_("There is no case %(number)s: enter or import it first."), number=row.number
        )
    wishes = row.wishes.kept()
    if row.wishes.courtroom:
        room = service.find_courtroom(session, desk.court.id, row.wishes.courtroom)
        wishes["courtroom"] = room.name if room else ""
    return ListedHearing(
        case_id=case.id,
        line=row.line,
        kind=row.kind,
        minutes=row.minutes,
        wishes=wishes,
        slots=[],
        uid=str(uuid.uuid4()),
    )


def _days(
    session: Session, desk: DeskContext, asked: ListingRequest
) -> tuple[dt.date, dt.date, dt.datetime]:
    """Return the first and the last day, and the date to answer by. Raises Invalid."""
    by = asked.answer_by or suggestions.answer_by(session, desk.court, desk.now)
    if by <= desk.now:
        raise Invalid({"answer_by": Message(N_("This time is past."))})
    told = by.astimezone(ZoneInfo(desk.court.zone)).date()
    first = asked.first or told + dt.timedelta(days=suggestions.TO_ACT)
    last = asked.last or first + dt.timedelta(days=7 * asked.weeks - 1)
    if last < first:
        raise Invalid(
            {"to": Message(N_("The last day is before the first, %(first)s."), first=str(first))}
        )
    if last - first > LONGEST:
        raise Invalid({"to": Message(N_("Give at most %(most)s days."), most=LONGEST.days)})
    return first, last, by
