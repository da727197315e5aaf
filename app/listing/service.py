"""Claim, store, change, send and delete listings, within the caller's transaction."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Message, NotFound, Refusal
from app.core.message_json import message_to_json
from app.hearings.availability.calculation.openings import Opening
from app.hearings.service import CourtContext
from app.listing.candidates import MINUTE, Candidates
from app.listing.models import ListedHearing, Listing, ListingState
from app.listing.solver.problem import Placement, Progress, SearchResult

LEASE = dt.timedelta(seconds=60)


def claim(session: Session, worker: str, now: dt.datetime, listing_id: int | None = None) -> int:
    """Claim the oldest waiting listing, or a given one; return its id, or 0 if there is none.

    Safe against concurrent workers: the update requires that the row is still waiting.
    """
    query = sa.select(Listing.id).where(Listing.state == ListingState.WAITING.value)
    if listing_id is not None:
        query = query.where(Listing.id == listing_id)
    claimable = session.scalar(query.order_by(Listing.id).limit(1))
    if claimable is None:
        return 0
    update = session.execute(
        sa.update(Listing)
        .where(Listing.id == claimable, Listing.state == ListingState.WAITING.value)
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
    return claimable if update.rowcount else 0  # type: ignore[attr-defined]


def renew(
    session: Session, listing_id: int, worker: str, progress: Progress, now: dt.datetime
) -> bool:
    """Store the progress and renew the lease; return whether the search has to stop.

    It also has to stop if the listing was deleted or claimed by another worker.
    """
    listing = session.get(Listing, listing_id)
    if listing is None or listing.worker != worker or listing.state != ListingState.RUNNING:
        return True
    store_progress(listing, progress)
    listing.lease_until = now + LEASE
    return listing.stop


def store_progress(listing: Listing, progress: Progress) -> None:
    """Store the progress of a search."""
    listing.placed, listing.most = progress.placed, progress.most
    listing.cost, listing.bound = progress.cost, progress.bound


def store_result(
    session: Session,
    listing_id: int,
    worker: str,
    built: Candidates,
    result: SearchResult,
    now: dt.datetime,
) -> bool:
    """Store the result of a search; return False if the listing is gone or reassigned."""
    listing = session.get(Listing, listing_id)
    if listing is None or listing.worker != worker or listing.state != ListingState.RUNNING:
        return False
    rows = {row.id: row for row in listing.hearings}
    for number, listed in enumerate(built.listed):
        row = rows.get(listed.id)
        if row is None:
            continue
        placement = result.places.get(number)
        places = [placement, *result.alternatives.get(number, ())] if placement else []
        row.slots = [_slot(built, number, place) for place in sorted(places, key=lambda p: p.at)]
        row.why = None if places else message_to_json(built.why.get(number) or CROWDED_OUT)
        row.tried = False
    store_progress(listing, result.progress)
    listing.state, listing.ended_at = ListingState.READY.value, now
    return True


CROWDED_OUT = Message(N_("All suitable times are taken by other hearings of the list."))


def _slot(built: Candidates, number: int, place: Placement) -> dict[str, Any]:
    opening: Opening = built.openings[number][place.at]
    hearing = built.problem.hearings[number]
    cost = built.problem.own_cost(hearing, hearing.by_time[place.at], place.room)
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
    """Mark a listing as failed, with the reason."""
    listing = session.get(Listing, listing_id)
    if listing is not None and listing.worker == worker:
        listing.state, listing.ended_at = ListingState.FAILED.value, now
        listing.fault = message_to_json(why)


def give_back(session: Session, listing_id: int, worker: str) -> None:
    """Release a listing for another worker, because this one is shutting down."""
    listing = session.get(Listing, listing_id)
    if listing is not None and listing.worker == worker and listing.state == ListingState.RUNNING:
        listing.state, listing.worker, listing.lease_until = ListingState.WAITING.value, "", None


def find(session: Session, court_id: int, listing_id: int) -> Listing:
    """Lock and return a listing of this court. Raises NotFound."""
    query = sa.select(Listing).where(Listing.id == listing_id, Listing.court_id == court_id)
    listing = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if listing is None:
        raise NotFound(N_("There is no listing %(listing)s in this court."), listing=listing_id)
    return listing


def is_broken(listing: Listing, now: dt.datetime) -> bool:
    """Tell whether the search was aborted: its worker's lease has expired."""
    running = listing.state == ListingState.RUNNING
    return running and (listing.lease_until is None or listing.lease_until <= now)


def start_again(listing: Listing, now: dt.datetime) -> None:
    """Queue a listing for a new search. Raises Refusal while it is being searched or sent."""
    finished = listing.state in (ListingState.READY, ListingState.FAILED)
    if not (finished or is_broken(listing, now)):
        raise Refusal(N_("This list is being searched: wait, or stop it first."))
    listing.state, listing.worker, listing.lease_until = ListingState.WAITING.value, "", None
    listing.stop, listing.fault = False, None
    listing.placed = listing.most = listing.cost = listing.bound = None


def stop(listing: Listing, now: dt.datetime) -> None:
    """Ask a search to stop with its best result so far; one not yet claimed is cancelled."""
    if listing.state == ListingState.WAITING:
        listing.state, listing.ended_at = ListingState.FAILED.value, now
        listing.fault = message_to_json(Message(N_("It was stopped before it began.")))
    listing.stop = True


def remove(session: Session, listing: Listing, listed_id: int) -> None:
    """Remove a hearing from a draft. Raises Refusal if it was sent, NotFound."""
    row = session.get(ListedHearing, listed_id)
    if row is None or row.listing_id != listing.id:
        raise NotFound(N_("This hearing is not in the list."))
    if row.hearing_id is not None:
        raise Refusal(N_("This hearing was sent already: cancel it on its own page."))
    session.delete(row)


def delete(session: Session, listing: Listing) -> None:
    """Delete a draft; hearings already sent stay. Raises Refusal while it is being sent."""
    if listing.state == ListingState.SENDING:
        raise Refusal(N_("This list is being sent: wait until it is done."))
    session.delete(listing)


def send(session: Session, context: CourtContext, listing: Listing) -> None:
    """Queue unsent hearings with slots for sending. Raises Refusal if there are none."""
    if listing.state == ListingState.SENDING:
        return
    unsent = [listed for listed in listing.hearings if listed.slots and listed.hearing_id is None]
    if listing.state != ListingState.READY or not unsent:
        raise Refusal(N_("There is nothing to send in this list."))
    for listed in listing.hearings:
        listed.tried = listed not in unsent
    for listed in unsent:
        listed.why = None
    listing.state = ListingState.SENDING.value
    listing.user_id = context.user.id if context.user else listing.user_id
