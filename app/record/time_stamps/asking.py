"""Asks the authority for the time stamps of sealed days, with no transaction open."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from functools import partial

from app.core.db import retrying, transaction
from app.core.web_client.direct_http import DirectClient
from app.core.web_client.guarded_http import FetchFailed
from app.record import daily_seals
from app.record.hashing import canonical
from app.record.time_stamps import service, verifying
from app.record.time_stamps.settings import StampAuthority
from app.record.time_stamps.verifying import StampRefused

log = logging.getLogger("tingqi.time_stamps")
SECONDS = 10.0  # for an answer
LARGEST = 64 * 1024  # bytes of an answer
MEDIA_TYPE = "application/timestamp-query"
PAUSE = dt.timedelta(minutes=10)  # after the authority was away, or answered with what is no stamp


def stamp_of(
    contents: bytes,
    authority: StampAuthority,
    now: Callable[[], dt.datetime],
) -> tuple[dt.datetime, bytes]:
    """Return the time that the authority signed for contents, and its answer, verified.

    Raises FetchFailed where the authority is away, StampRefused where it gives no such stamp.
    """
    request = verifying.request_for(contents)
    response = DirectClient(SECONDS).post(authority.url, request.body, MEDIA_TYPE, LARGEST)
    digest = hashlib.sha256(contents).hexdigest()
    at = verifying.verified(response, digest, authority, nonce=request.nonce, asked_at=now())
    return at, response


class Stamper:
    """Asks one authority; pauses after a failure, so that it is not asked at every beat.

    Days stay sealed without a stamp as long as the authority is away, and are stamped afterwards.
    """

    def __init__(self, authority: StampAuthority) -> None:
        self._authority = authority
        self._paused_until = dt.datetime.min.replace(tzinfo=dt.UTC)

    def stamp_due(self, now: Callable[[], dt.datetime]) -> int:
        """Get and keep the stamps of the days that lack one; return how many."""
        if now() < self._paused_until:
            return 0
        with transaction() as session:
            days = service.unstamped(session, now())
            session.expunge_all()
        kept = 0
        for day in days:
            try:
                contents = canonical(daily_seals.covered(day))
                at, response = stamp_of(contents, self._authority, now)
            except (FetchFailed, StampRefused) as fault:
                self._paused_until = now() + PAUSE
                log.warning("day %s has no time stamp yet: %s", day.on, fault)
                break
            kept += retrying(partial(service.keep, day=day, at=at, response=response))
        return kept
