"""Send a draft: each hearing becomes a proposal, in a transaction of its own.

A hearing whose slots do not stand any more is said so, and stays in the draft. One that was sent is
known by its identifier, so that pressing twice, two workers, or a crash in between send nothing
twice.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, HearingTime, Invalid, Refusal
from app.core.message_json import message_to_json
from app.hearings import service
from app.hearings.availability import busy_time, suggestions
from app.hearings.models import Hearing
from app.hearings.proposing import idempotency
from app.hearings.service import DeskContext
from app.listing.candidates import MINUTE
from app.listing.models import ListedHearing, Listing, ListingState

AT_ONCE = 40  # hearings of one beat, so that what else is due does not wait long
LEAST_TO_ANSWER = dt.timedelta(hours=24)


def due(session: Session) -> list[int]:
    """Return hearings that are to be sent, a beat's share of them."""
    wanted = (
        sa.select(ListedHearing.id)
        .join(ListedHearing.listing)
        .where(Listing.state == ListingState.SENDING.value, ~ListedHearing.tried)
        .where(ListedHearing.hearing_id.is_(None))
        .order_by(ListedHearing.id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(wanted))


def send(session: Session, listed_id: int, now: dt.datetime, *, secret: bytes) -> bool:
    """Propose a hearing of a draft, or write down why not; tell whether it was proposed."""
    wanted = sa.select(ListedHearing).where(ListedHearing.id == listed_id).with_for_update()
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None or row.tried or row.hearing_id is not None:
        return False
    row.tried = True
    if not row.slots:
        return False
    listing = row.listing
    desk = DeskContext(listing.court, listing.user, now, secret)
    made = session.scalar(sa.select(Hearing.id).where(Hearing.uid == row.uid))
    if made is None:
        try:
            with session.begin_nested():
                made = _proposed(session, desk, row).id
        except Refusal as refusal:
            row.why = message_to_json(refusal.message)
            return False
        except Invalid as fault:
            row.why = message_to_json(next(iter(fault.errors.values())))
            return False
    row.hearing_id, row.why = made, None
    return True


def _proposed(session: Session, desk: DeskContext, row: ListedHearing) -> Hearing:
    by = row.listing.answer_by
    if by < desk.now + LEAST_TO_ANSWER:
        by = suggestions.answer_by(session, desk.court, desk.now)
    rooms = {slot["room"] for slot in row.slots}
    slots = [
        {"starts_at": dt.datetime.fromisoformat(slot["at"]), "courtroom": slot["room"]}
        for slot in row.slots
    ]
    in_the_way = idempotency.clashes(session, row.case, slots, row.minutes)
    if in_the_way:
        words = next(iter(in_the_way.values()))
        raise Refusal(words.words, **words.facts)
    _refuse_unsuited(session, row, by, rooms, desk.now)
    given = {
        "case_id": row.case_id,
        "kind": row.kind,
        "minutes": row.minutes,
        "slots": slots,
        "answer_by": by,
        "fix": None,
        "uid": row.uid,
    }
    return service.propose(session, desk, given)


def _refuse_unsuited(
    session: Session, row: ListedHearing, by: dt.datetime, rooms: set[int], now: dt.datetime
) -> None:
    """Raise Refusal where a slot is none that would be suggested now: people, rules, courtroom."""
    court = row.case.court
    zone = ZoneInfo(court.zone)
    starts = {dt.datetime.fromisoformat(slot["at"]): slot["room"] for slot in row.slots}
    on = [at.astimezone(zone).date() for at in starts]
    known = suggestions.rooms_of(session, court)
    asked = suggestions.SuggestionQuery(row.minutes, known, by, min(on), max(on))
    openings = {
        each.starts_at: each for each in suggestions.search(session, row.case, asked, now).found
    }
    wanted = [openings[at] for at in starts if at in openings]
    free = busy_time.free_rooms(
        session, sorted(rooms), wanted, row.minutes * MINUTE, court.buffer_minutes * MINUTE
    )
    for at, room in starts.items():
        if room not in free.get(at, ()):
            ends_at = at + row.minutes * MINUTE
            words = N_(
                "The slot %(when)s does not suit any more: list this hearing anew, or "
                "propose it by itself."
            )
            raise Refusal(words, when=HearingTime(at, court.zone, ends_at))


def finish(session: Session, now: dt.datetime) -> int:
    """End the sending of listings of which nothing is left to be tried; return how many."""
    left = sa.exists().where(
        ListedHearing.listing_id == Listing.id,
        ~ListedHearing.tried,
        ListedHearing.hearing_id.is_(None),
    )
    over = sa.select(Listing).where(Listing.state == ListingState.SENDING.value, ~left)
    done = session.scalars(over.with_for_update()).all()
    for listing in done:
        unsent = any(each.hearing_id is None for each in listing.hearings)
        listing.state = (ListingState.READY if unsent else ListingState.SENT).value
        listing.ended_at = now
    return len(done)
