"""Search a listing that is kept in the database: progress is written down while it goes on.

No transaction is open while the search runs. Whoever searches holds a lease; one that is not
renewed says that they died, and the listing can be started again.
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
EVERY = 4  # looks between two that are written down: one to four seconds
FAULT = Message(N_("The search failed by a fault of ours, which is in the log: start it again."))

STOPPED = Message(N_("It was stopped before it began."))


def run(
    listing_id: int,
    worker: str,
    limits: SearchLimits,
    clock: Callable[[], dt.datetime],
    watch: Watch = lambda _: False,
    gives_up: Callable[[], bool] = lambda: False,
) -> SearchResult | None:
    """Search a listing that was claimed, and keep what is found; None where it was not kept.

    ``watch`` is told how far it is, several times a second, and may stop it: what was found until
    then is kept. Whoever ``gives_up`` leaves it to another worker, from the beginning. A refusal
    (no OR-Tools) is said on the listing and raised.
    """
    try:
        with transaction() as session:
            found = candidates.read(session, session.get_one(Listing, listing_id), clock())
            slots = session.get_one(Listing, listing_id).slots
            session.expunge_all()
        pen = _Pen(listing_id, worker, clock, lambda far: watch(far) or gives_up())
        outcome = search(found.problem, limits, pen)
        if gives_up():
            retrying(lambda session: service.give_back(session, listing_id, worker))
            return None
        more = greedy.alternatives(found.problem, outcome.places, slots)
        outcome = SearchResult(outcome.places, outcome.progress, outcome.complete, more)
    except Refusal as refusal:
        _say(listing_id, worker, refusal.message, clock())
        raise
    except KeyboardInterrupt:
        _say(listing_id, worker, STOPPED, clock())
        raise
    except Exception:
        _say(listing_id, worker, FAULT, clock())
        raise
    done = retrying(
        lambda session: service.keep(session, listing_id, worker, found, outcome, clock())
    )
    return outcome if done else None


def _say(listing_id: int, worker: str, why: Message, now: dt.datetime) -> None:
    def work(session: Session) -> None:
        service.fail(session, listing_id, worker, why, now)

    persist(partial(retrying, work))


class _Pen:
    """Writes down now and then how far a search is, and tells whether it is to stop."""

    def __init__(
        self, listing_id: int, worker: str, clock: Callable[[], dt.datetime], watch: Watch
    ) -> None:
        self.listing_id, self.worker, self.clock, self.watch = listing_id, worker, clock, watch
        self.looks = 0

    def __call__(self, progress: Progress) -> bool:
        """Take note of a look at the search."""
        self.looks += 1
        if self.watch(progress):
            return True
        if self.looks % EVERY != 1:
            return False

        def work(session: Session) -> bool:
            return service.renew(session, self.listing_id, self.worker, progress, self.clock())

        return persist(partial(retrying, work))


def search_next(worker: str, clock: Callable[[], dt.datetime], gives_up: Callable[[], bool]) -> int:
    """Search the listing that waits longest; return its number, 0 where none was searched.

    What fails is logged and said on the listing.
    """
    try:
        found = retrying(lambda session: service.claim(session, worker, clock()))
        if found:
            seconds = db.session.get_one(Listing, found).seconds
            run(found, worker, SearchLimits(seconds), clock, gives_up=gives_up)
        return found
    except sa.exc.OperationalError as fault:
        log.warning("the database is away or busy, listings wait: %s", one_line_error(fault))
    except Refusal as refusal:
        log.warning("a listing cannot be searched: %s", refusal.message)
    except Exception:
        log.exception("the search of a listing failed; it says so, and can be started again")
    return 0
