"""Pure: when a notice is tried again, when its carrier is asked about it, and quiet hours."""

import datetime as dt
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

# Seconds before the second, third, … try. GOV.UK Notify tries for 4 hours; a court's date
# can wait a little longer, for the next channel takes over only once this one has given up.
PAUSES = (15, 60, 300, 900, 1800, 3600, 7200)
GIVE_UP_AFTER = dt.timedelta(hours=4)


def next_try(tries: int, jitter: float, retry_after: int | None = None) -> dt.timedelta:
    """Return the pause after the given number of tries, spread by ``jitter`` in [0, 1).

    A carrier's own Retry-After (RFC 9110, 10.2.3; seconds) is the least it can be.
    """
    pause = PAUSES[min(tries, len(PAUSES)) - 1]
    return dt.timedelta(seconds=max(pause * (0.75 + 0.5 * jitter), retry_after or 0))


# After a try with unknown outcome the carrier is asked. Its list may lag by seconds, and it may
# create a text after our request timed out. So a missing message is looked up again, and resent
# only after LOOKS misses and when the try began SURE_AFTER ago.
FIRST_LOOK = dt.timedelta(minutes=1)
LOOKS, SURE_AFTER = 3, dt.timedelta(minutes=5)
# How long lookups go on when the carrier cannot be asked or several texts have the same words.
ASKED_FOR = dt.timedelta(minutes=30)
_LOOK_PAUSES = (1, 1, 2, 2, 5, 10)  # minutes


class Lookup(StrEnum):
    """Consequence of a lookup at the carrier that did not find the message."""

    AGAIN = "again"
    NOT_THERE = "not_there"
    UNKNOWN = "unknown"


def after_look(nowhere: bool, missed: int, age: dt.timedelta) -> Lookup:
    """Return the consequence of a lookup that did not find a message.

    ``nowhere``: the carrier answered and does not have it; otherwise it could not be asked, or
    shows what may be another message. ``missed`` counts the lookups with ``nowhere``, this one
    included; ``age`` is the time since the try began.
    """
    if nowhere and missed >= LOOKS and age >= SURE_AFTER:
        return Lookup.NOT_THERE
    return Lookup.UNKNOWN if age >= ASKED_FOR else Lookup.AGAIN


def next_look(looks: int) -> dt.timedelta:
    """Return the pause before the next lookup, after the given number of them."""
    return dt.timedelta(minutes=_LOOK_PAUSES[min(looks, len(_LOOK_PAUSES)) - 1])


class QuietHours(Protocol):
    """Quiet hours of a court, in its time zone."""

    zone: str
    quiet_from: str
    quiet_until: str


def outside_quiet_hours_at(court: QuietHours, at: dt.datetime) -> dt.datetime:
    """Return the first instant from ``at`` on that is not in a court's quiet hours, in UTC."""
    local = at.astimezone(ZoneInfo(court.zone))
    return outside_quiet_hours(local, court.quiet_from, court.quiet_until).astimezone(dt.UTC)


def outside_quiet_hours(local: dt.datetime, quiet_from: str, quiet_until: str) -> dt.datetime:
    """Return the first moment from ``local`` on that is not in the court's quiet hours.

    ``local`` is aware, in the court's zone; the hours are "HH:MM" of the court's clock and may
    span midnight. Equal hours mean that there is no quiet.
    """
    begin, end = dt.time.fromisoformat(quiet_from), dt.time.fromisoformat(quiet_until)
    at = local.time()
    if begin == end:
        return local
    spans_midnight = begin > end
    quiet = (at >= begin or at < end) if spans_midnight else begin <= at < end
    if not quiet:
        return local
    day = local.date() + dt.timedelta(days=1 if spans_midnight and at >= begin else 0)
    return dt.datetime.combine(day, end, tzinfo=local.tzinfo)
