"""Run the search of a stored listing, storing its progress meanwhile.

No transaction is open during the search. The worker holds a lease; once that expires, the worker is
considered dead and the listing can be started again.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import db, persist, retrying, transaction
from app.core.errors import N_, Message, Refusal
from app.core.runtime.logs import one_line_error
from app.listing import candidates, service
from app.listing.models import Listing
from app.listing.solver import greedy
from app.listing.solver.problem import Progress, SearchLimits, SearchResult
from app.listing.solver.search import Watch, search

log = logging.getLogger("tingqi.listing")
STORE_EVERY = 4  # progress reports between two that are stored: one to four seconds
FAULT = Message(
    N_("The search failed because of an error in the system, which was logged. Start it again.")
)

STOPPED = Message(N_("It was stopped before it began."))


def run(
    listing_id: int,
    worker: str,
    limits: SearchLimits,
    clock: Callable[[], dt.datetime],
    watch: Watch = lambda _: False,
    gives_up: Callable[[], bool] = lambda: False,
) -> SearchResult | None:
    """Search a claimed listing and store the result; return None if it was not stored.

    ``watch`` receives the progress several times a second and may stop the search, which keeps the
    best result so far. If ``gives_up``, the listing goes back to the queue to be searched from the
    beginning. A Refusal (no OR-Tools) is stored on the listing and raised.
    """
    try:
        with transaction() as session:
            built = candidates.build(session, session.get_one(Listing, listing_id), clock())
            slots = session.get_one(Listing, listing_id).slots
            session.expunge_all()
        progress_store = _ProgressStore(
            listing_id, worker, clock, lambda far: watch(far) or gives_up()
        )
        result = search(built.problem, limits, progress_store)
        if gives_up():
            retrying(lambda session: service.give_back(session, listing_id, worker))
            return None
        alternatives = greedy.alternatives(built.problem, result.places, slots)
        result = SearchResult(result.places, result.progress, result.complete, alternatives)
    except Refusal as refusal:
        _store_failure(listing_id, worker, refusal.message, clock())
        raise
    except KeyboardInterrupt:
        _store_failure(listing_id, worker, STOPPED, clock())
        raise
    except Exception:
        _store_failure(listing_id, worker, FAULT, clock())
        raise
    stored = retrying(
        lambda session: service.store_result(session, listing_id, worker, built, result, clock())
    )
    return result if stored else None


def _store_failure(listing_id: int, worker: str, why: Message, now: dt.datetime) -> None:
    def work(session: Session) -> None:
        service.fail(session, listing_id, worker, why, now)

    persist(partial(retrying, work))


class _ProgressStore:
    """Watch that stores the progress now and then, and tells whether to stop."""

    def __init__(
        self, listing_id: int, worker: str, clock: Callable[[], dt.datetime], watch: Watch
    ) -> None:
        self.listing_id, self.worker, self.clock, self.watch = listing_id, worker, clock, watch
        self.reports = 0

    def __call__(self, progress: Progress) -> bool:
        """Handle a progress report; return whether to stop."""
        self.reports += 1
        if self.watch(progress):
            return True
        if self.reports % STORE_EVERY != 1:
            return False

        def work(session: Session) -> bool:
            return service.renew(session, self.listing_id, self.worker, progress, self.clock())

        return persist(partial(retrying, work))


def search_next(worker: str, clock: Callable[[], dt.datetime], gives_up: Callable[[], bool]) -> int:
    """Search the oldest waiting listing; return its id, or 0 if none was searched.

    Failures are logged and stored on the listing.
    """
    try:
        listing_id = retrying(lambda session: service.claim(session, worker, clock()))
        if listing_id:
            seconds = db.session.get_one(Listing, listing_id).seconds
            run(listing_id, worker, SearchLimits(seconds), clock, gives_up=gives_up)
        return listing_id
    except sa.exc.OperationalError as fault:
        log.warning("the database is away or busy, listings wait: %s", one_line_error(fault))
    except Refusal as refusal:
        log.warning("a listing cannot be searched: %s", refusal.message)
    except Exception:
        log.exception("the search of a listing failed; it says so, and can be started again")
    return 0
