"""Create a draft from the rows of a file; rows that cannot be listed are refused individually."""

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
from app.hearings.service import CourtContext
from app.imports.entries import RowRefusal
from app.imports.reading.rules import ColumnMapping
from app.listing.models import ListedHearing, Listing, ListingState
from app.listing.rows import ListingRow

LONGEST = dt.timedelta(days=184)  # period of a listing
WEEKS, SLOTS, SECONDS = 4, 2, 60
MOST_SECONDS = 3600


@dataclass(frozen=True)
class ListingRequest:
    """Parameters of a listing."""

    first: dt.date | None = None
    last: dt.date | None = None
    rooms: Sequence[str] = ()
    slots: int = SLOTS
    seconds: int = SECONDS
    answer_by: dt.datetime | None = None
    weeks: int = WEEKS


def check(
    session: Session, context: CourtContext, rows: Sequence[ListingRow], mapping: ColumnMapping
) -> list[RowRefusal]:
    """Return rows with unknown case or courtroom, or with a hearing proposed or fixed already."""
    refused = []
    for row in rows:
        for name, why in row_errors(session, context, row).items():
            refused.append(RowRefusal(row.line, mapping.header_of(name), why))
    return refused


def row_errors(session: Session, context: CourtContext, row: ListingRow) -> dict[str, Message]:
    """Return why a hearing cannot be listed, by field; nothing where it can."""
    case = cases.find_case_by_number(session, context.court.id, row.number)
    if case is None:
        text = N_("There is no case %(number)s: add or import it first.")
        return {"number": Message(text, number=row.number)}
    if not hearings.acting_representations(session, case):
        text = N_("Nobody can be asked: this case has no counsel with an address.")
        return {"number": Message(text)}
    errors = {}
    is_open = sa.or_(
        Hearing.state == HearingState.PROPOSED.value,
        sa.and_(Hearing.state == HearingState.FIXED.value, Hearing.starts_at > context.now),
    )
    query = sa.select(Hearing.id).where(
        Hearing.case_id == case.id, Hearing.kind == row.kind, is_open
    )
    if session.scalar(query.limit(1)):
        text = N_("This case has such a hearing already, proposed or fixed: move that one.")
        errors["number"] = Message(text)
    courtroom = row.wishes.courtroom
    if courtroom and service.find_courtroom(session, context.court.id, courtroom) is None:
        errors["courtroom"] = Message(
            N_("Choose a courtroom of this court; there is none called %(room)s."), room=courtroom
        )
    return errors


def draft(
    session: Session,
    context: CourtContext,
    name: str,
    rows: Sequence[ListingRow],
    listing_request: ListingRequest,
) -> Listing:
    """Create a listing from checked rows, waiting for a worker. Raises Invalid."""
    first, last, answer_by = _days(session, context, listing_request)
    rooms, errors = [], {}
    for room_name in listing_request.rooms:
        courtroom = service.find_courtroom(session, context.court.id, room_name)
        if courtroom is None:
            errors["rooms"] = Message(
                N_("Choose a courtroom of this court; there is none called %(room)s."),
                room=room_name,
            )
        else:
            rooms.append(courtroom.id)
    if not suggestions.active_courtrooms(session, context.court):
        errors["rooms"] = Message(N_("The court has no courtroom yet: add one first."))
    if not 1 <= listing_request.slots <= MOST_SLOTS:
        errors["slots"] = Message(
            N_("Enter a number from %(least)s to %(most)s."), least=1, most=MOST_SLOTS
        )
    if not 1 <= listing_request.seconds <= MOST_SECONDS:
        errors["seconds"] = Message(
            N_("Enter a number from %(least)s to %(most)s."), least=1, most=MOST_SECONDS
        )
    if not rows:
        errors["file"] = Message(
            N_("Choose a file with at least one hearing that can be listed; this one has none.")
        )
    if errors:
        raise Invalid(errors)
    listing = Listing(
        court_id=context.court.id,
        user_id=context.user.id if context.user else None,
        name=name[:200],
        state=ListingState.WAITING.value,
        first_on=first,
        last_on=last,
        answer_by=answer_by,
        slots=listing_request.slots,
        rooms=rooms,
        seconds=listing_request.seconds,
        created_at=context.now,
    )
    listing.hearings = [_listed(session, context, row) for row in rows]
    session.add(listing)
    session.flush()
    return listing


def _listed(session: Session, context: CourtContext, row: ListingRow) -> ListedHearing:
    case = cases.find_case_by_number(session, context.court.id, row.number)
    if case is None:
        raise NotFound(
            N_("There is no case %(number)s: add or import it first."), number=row.number
        )
    preferences = row.wishes.to_json()
    if row.wishes.courtroom:
        room = service.find_courtroom(session, context.court.id, row.wishes.courtroom)
        preferences["courtroom"] = room.name if room else ""
    return ListedHearing(
        case_id=case.id,
        line=row.line,
        kind=row.kind,
        minutes=row.minutes,
        wishes=preferences,
        slots=[],
        uid=str(uuid.uuid4()),
    )


def _days(
    session: Session, context: CourtContext, listing_request: ListingRequest
) -> tuple[dt.date, dt.date, dt.datetime]:
    """Return first day, last day and deadline for answers. Raises Invalid."""
    answer_by = listing_request.answer_by or suggestions.default_answer_by(
        session, context.court, context.now
    )
    if answer_by <= context.now:
        raise Invalid({"answer_by": Message(N_("Choose a time that is not past."))})
    answered_on = answer_by.astimezone(ZoneInfo(context.court.zone)).date()
    first = listing_request.first or answered_on + dt.timedelta(days=suggestions.TO_ACT)
    last = listing_request.last or first + dt.timedelta(days=7 * listing_request.weeks - 1)
    if last < first:
        raise Invalid(
            {
                "to": Message(
                    N_("Choose a last day that is not before the first, %(first)s."),
                    first=first,
                )
            }
        )
    if last - first > LONGEST:
        raise Invalid({"to": Message(N_("Choose at most %(most)s days."), most=LONGEST.days)})
    return first, last, answer_by
