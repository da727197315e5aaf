"""Search, keep, change, send and drop listings; within the caller's transaction."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Message, NotFound, Refusal
from app.core.message_json import message_to_json
from app.hearings.availability.calculation.openings import Opening
from app.hearings.service import DeskContext
from app.listing.candidates import MINUTE, Candidates
from app.listing.models import ListedHearing, Listing, ListingState
from app.listing.solver.problem import Placement, Progress, SearchResult

LEASE = dt.timedelta(seconds=60)


def claim(session: Session, worker: str, now: dt.datetime, listing_id: int | None = None) -> int:
    """Take the listing that waits longest, or a given one, for a worker to search; 0 without any.

    Of two workers one gets it: the row is changed only while it still waits.
    """
    wanted = sa.select(Listing.id).where(Listing.state == ListingState.WAITING.value)
    if listing_id is not None:
        wanted = wanted.where(Listing.id == listing_id)
    found = session.scalar(wanted.order_by(Listing.id).limit(1))
    if found is None:
        return 0
    taken = session.execute(
        sa.update(Listing)
        .where(Listing.id == found, Listing.state == ListingState.WAITING.value)
        .values(
            state=ListingState.RUNNING.value,
            worker=worker,
            lease_until=now + LEASE,
            started_at=now,
            ended_at=None,
            stop=False,
            fault=None,
            placed=None,
            most=None,
            cost=None,
            bound=None,
        )
    )
    return found if taken.rowcount else 0  # type: ignore[attr-defined]


def renew(
    session: Session, listing_id: int, worker: str, progress: Progress, now: dt.datetime
) -> bool:
    """Write down how far a search is and that it lives; return whether it is to stop.

    It is also to stop where the listing was deleted or given to another worker.
    """
    listing = session.get(Listing, listing_id)
    if listing is None or listing.worker != worker or listing.state != ListingState.RUNNING:
        return True
    note(listing, progress)
    listing.lease_until = now + LEASE
    return listing.stop


def note(listing: Listing, progress: Progress) -> None:
    """Write down how far a search is."""
    listing.placed, listing.most = progress.placed, progress.most
    listing.cost, listing.bound = progress.cost, progress.bound


def keep(
    session: Session,
    listing_id: int,
    worker: str,
    found: Candidates,
    outcome: SearchResult,
    now: dt.datetime,
) -> bool:
    """Keep what a search found; tell whether it was still wanted."""
    listing = session.get(Listing, listing_id)
    if listing is None or listing.worker != worker or listing.state != ListingState.RUNNING:
        return False
    rows = {row.id: row for row in listing.hearings}
    for number, each in enumerate(found.listed):
        row = rows.get(each.id)
        if row is None:
            continue
        first = outcome.places.get(number)
        places = [first, *outcome.alternatives.get(number, ())] if first else []
        row.slots = [_slot(found, number, place) for place in sorted(places, key=lambda p: p.at)]
        row.why = None if places else message_to_json(found.why.get(number) or CROWDED_OUT)
        row.tried = False
    note(listing, outcome.progress)
    listing.state, listing.ended_at = ListingState.READY.value, now
    return True


CROWDED_OUT = Message(N_("All times that would suit are needed by other hearings of the list."))


def _slot(found: Candidates, number: int, place: Placement) -> dict[str, Any]:
    opening: Opening = found.openings[number][place.at]
    hearing = found.problem.hearings[number]
    cost = found.problem.alone(hearing, hearing.by_time[place.at], place.room)
    ends_at = opening.starts_at + hearing.minutes * MINUTE
    return {
        "at": opening.starts_at.isoformat(),
        "until": ends_at.isoformat(),
        "room": place.room,
        "cost": cost,
        "reasons": [message_to_json(words) for words in opening.reasons],
        "costs": [[name, message_to_json(words)] for name, words in opening.costs],
    }


def fail(session: Session, listing_id: int, worker: str, why: Message, now: dt.datetime) -> None:
    """Say of a listing that its search failed, and why."""
    listing = session.get(Listing, listing_id)
    if listing is not None and listing.worker == worker:
        listing.state, listing.ended_at = ListingState.FAILED.value, now
        listing.fault = message_to_json(why)


def give_back(session: Session, listing_id: int, worker: str) -> None:
    """Let another worker search a listing, because this one ends."""
    listing = session.get(Listing, listing_id)
    if listing is not None and listing.worker == worker and listing.state == ListingState.RUNNING:
        listing.state, listing.worker, listing.lease_until = ListingState.WAITING.value, "", None


def find(session: Session, court_id: int, listing_id: int) -> Listing:
    """Return a listing of a court, locked. Raises NotFound, for another court's as for none."""
    wanted = sa.select(Listing).where(Listing.id == listing_id, Listing.court_id == court_id)
    listing = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if listing is None:
        raise NotFound(N_("There is no listing %(listing)s in this court."), listing=listing_id)
    return listing


def is_broken(listing: Listing, now: dt.datetime) -> bool:
    """Tell whether a search ended in the middle: whoever ran it has not been heard in time."""
    running = listing.state == ListingState.RUNNING
    return running and (listing.lease_until is None or listing.lease_until <= now)


def start_again(listing: Listing, now: dt.datetime) -> None:
    """Let a listing be searched anew. Raises Refusal while it is searched or sent."""
    over = listing.state in (ListingState.READY, ListingState.FAILED)
    if not (over or is_broken(listing, now)):
        raise Refusal(N_("This listing is being worked on: wait, or stop it first."))
    listing.state, listing.worker, listing.lease_until = ListingState.WAITING.value, "", None
    listing.stop, listing.fault = False, None
    listing.placed = listing.most = listing.cost = listing.bound = None


def stop(listing: Listing, now: dt.datetime) -> None:
    """Let a search end soon with its best so far; one that nobody took up yet is not begun."""
    if listing.state == ListingState.WAITING:
        listing.state, listing.ended_at = ListingState.FAILED.value, now
        listing.fault = message_to_json(Message(N_("It was stopped before it began.")))
    listing.stop = True


def remove(session: Session, listing: Listing, listed_id: int) -> None:
    """Take a hearing out of a draft. Raises Refusal for one that was sent, NotFound."""
    row = session.get(ListedHearing, listed_id)
    if row is None or row.listing_id != listing.id:
        raise NotFound(N_("This hearing is not in the list."))
    if row.hearing_id is not None:
        raise Refusal(N_("This hearing was sent: cancel it on its own page."))
    session.delete(row)


def delete(session: Session, listing: Listing) -> None:
    """Drop a draft; hearings that were sent stay as they are. Raises Refusal while it is sent."""
    if listing.state == ListingState.SENDING:
        raise Refusal(N_("This listing is being sent: wait until it is done."))
    session.delete(listing)


def send(session: Session, desk: DeskContext, listing: Listing) -> None:
    """Let a worker send what has slots and was not sent. Raises Refusal where nothing is ready."""
    if listing.state == ListingState.SENDING:
        return
    left = [each for each in listing.hearings if each.slots and each.hearing_id is None]
    if listing.state != ListingState.READY or not left:
        raise Refusal(N_("There is nothing to send in this listing."))
    for each in listing.hearings:
        each.tried = each not in left
    for each in left:
        each.why = None
    listing.state = ListingState.SENDING.value
    listing.user_id = desk.user.id if desk.user else listing.user_id
