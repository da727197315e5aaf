"""Send a draft: each hearing becomes a proposal, in a transaction of its own.

A hearing whose slots are no longer available stays in the draft with the reason. Sending is
idempotent by the hearing's UID: a double click, two workers or a crash send nothing twice.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, HearingTime, Invalid, Refusal
from app.core.message_json import message_to_json
from app.hearings import booking, service
from app.hearings.availability import busy_time, suggestions
from app.hearings.forms import HearingIn, SlotIn
from app.hearings.models import Hearing
from app.hearings.service import CourtContext
from app.listing.candidates import MINUTE
from app.listing.models import ListedHearing, Listing, ListingState

BATCH = 40  # hearings per beat, so that other due work does not wait long
LEAST_TO_ANSWER = dt.timedelta(hours=24)


def due(session: Session) -> list[int]:
    """Return the ids of the next batch of hearings to be sent."""
    query = (
        sa.select(ListedHearing.id)
        .join(ListedHearing.listing)
        .where(Listing.state == ListingState.SENDING.value, ~ListedHearing.tried)
        .where(ListedHearing.hearing_id.is_(None))
        .order_by(ListedHearing.id)
        .limit(BATCH)
    )
    return list(session.scalars(query))


def send(session: Session, listed_id: int, now: dt.datetime, *, secret: bytes) -> bool:
    """Propose a hearing of a draft, or store the reason why not; return whether it was proposed."""
    query = sa.select(ListedHearing).where(ListedHearing.id == listed_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.tried or row.hearing_id is not None:
        return False
    row.tried = True
    if not row.slots:
        return False
    listing = row.listing
    context = CourtContext(listing.court, listing.user, now, secret)
    hearing_id = session.scalar(sa.select(Hearing.id).where(Hearing.uid == row.uid))
    if hearing_id is None:
        try:
            with session.begin_nested():
                hearing_id = propose(session, context, row).id
        except Refusal as refusal:
            row.why = message_to_json(refusal.message)
            return False
        except Invalid as fault:
            row.why = message_to_json(next(iter(fault.errors.values())))
            return False
    row.hearing_id, row.why = hearing_id, None
    return True


def propose(session: Session, context: CourtContext, row: ListedHearing) -> Hearing:
    """Propose a hearing of a draft. Raises Refusal or Invalid where its slots do not suit now."""
    answer_by = row.listing.answer_by
    if answer_by < context.now + LEAST_TO_ANSWER:
        answer_by = suggestions.default_answer_by(session, context.court, context.now)
    rooms = {slot["room"] for slot in row.slots}
    slots = [
        SlotIn(starts_at=dt.datetime.fromisoformat(slot["at"]), courtroom=slot["room"])
        for slot in row.slots
    ]
    clashes = booking.clashes_by_field(session, row.case, slots, row.minutes)
    if clashes:
        message = next(iter(clashes.values()))
        raise Refusal(message.words, **message.facts)
    _refuse_unavailable(session, row, answer_by, rooms, context.now)
    form = HearingIn(
        case_id=row.case_id, kind=row.kind, minutes=row.minutes, slots=slots, answer_by=answer_by
    )
    return service.propose(session, context, form, uid=row.uid)


def _refuse_unavailable(
    session: Session, row: ListedHearing, answer_by: dt.datetime, rooms: set[int], now: dt.datetime
) -> None:
    """Raise Refusal if a slot would no longer be suggested, by people, rules or courtroom."""
    court = row.case.court
    zone = ZoneInfo(court.zone)
    starts = {dt.datetime.fromisoformat(slot["at"]): slot["room"] for slot in row.slots}
    days = [at.astimezone(zone).date() for at in starts]
    courtrooms = suggestions.active_courtrooms(session, court)
    query = suggestions.SuggestionQuery(row.minutes, courtrooms, answer_by, min(days), max(days))
    openings = {
        each.starts_at: each for each in suggestions.search(session, row.case, query, now).found
    }
    chosen = [openings[at] for at in starts if at in openings]
    buffer = court.buffer_minutes * MINUTE
    free = busy_time.FreeRooms(sorted(rooms)).at(session, chosen, row.minutes * MINUTE, buffer)
    for at, room in starts.items():
        if room not in free.get(at, ()):
            ends_at = at + row.minutes * MINUTE
            text = N_(
                "The slot %(when)s is no longer free. List this hearing again, or propose it "
                "on its own."
            )
            raise Refusal(text, when=HearingTime(at, court.zone, ends_at))


def finish(session: Session, now: dt.datetime) -> int:
    """Finish listings with nothing left to send; return their number."""
    unsent_exists = sa.exists().where(
        ListedHearing.listing_id == Listing.id,
        ~ListedHearing.tried,
        ListedHearing.hearing_id.is_(None),
    )
    query = sa.select(Listing).where(Listing.state == ListingState.SENDING.value, ~unsent_exists)
    finished = session.scalars(query.with_for_update()).all()
    for listing in finished:
        unsent = any(each.hearing_id is None for each in listing.hearings)
        listing.state = (ListingState.READY if unsent else ListingState.SENT).value
        listing.ended_at = now
    return len(finished)
