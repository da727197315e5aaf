"""Pure: when a notice is tried again, when its carrier is asked about it, and quiet hours."""

import datetime as dt
from enum import StrEnum

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


# After a try whose outcome is not known the carrier is asked. Its list may lag by seconds, and a
# text may be made after its request timed out: what is not there is looked for again, and sent
# again only when no look found it and the try began so long ago.
FIRST_LOOK = dt.timedelta(minutes=1)
LOOKS, SURE_AFTER = 3, dt.timedelta(minutes=5)
# How long a carrier that cannot be asked, or several texts of the same words, are asked about.
ASKED_FOR = dt.timedelta(minutes=30)
_LOOK_PAUSES = (1, 1, 2, 2, 5, 10)  # minutes


class Lookup(StrEnum):
    """What follows from a look for a message at its carrier, where it did not show it."""

    AGAIN = "again"
    NOT_THERE = "not_there"
    UNKNOWN = "unknown"


def after_look(nowhere: bool, missed: int, age: dt.timedelta) -> Lookup:
    """Return what follows from a look that did not find a message.

    ``nowhere``: the carrier answered and does not have it (else it could not be asked, or shows
    what may be another message); ``missed`` counts the looks that found it nowhere, this one
    included; ``age`` is the time since the try began.
    """
    if nowhere and missed >= LOOKS and age >= SURE_AFTER:
        return Lookup.NOT_THERE
    return Lookup.UNKNOWN if age >= ASKED_FOR else Lookup.AGAIN


def next_look(looks: int) -> dt.timedelta:
    """Return the pause after so many looks."""
    return dt.timedelta(minutes=_LOOK_PAUSES[min(looks, len(_LOOK_PAUSES)) - 1])


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
