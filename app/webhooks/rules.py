"""Pure: when a delivery is tried again, what an answer means, and when an endpoint is left alone.

The times and the meaning of 410 and 429 are those of Standard Webhooks 1.0.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from app.core.errors import N_
from app.core.wording.presented import PresentedState

# The pauses before the second try, the third and so on; with them a delivery is tried for three
# days, and then given up.
PAUSES = (
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
TRIES = len(PAUSES) + 1
# An endpoint of which every call has failed for so long is turned off.
TURNED_OFF_AFTER = dt.timedelta(days=5)
# Both the old secret and the new one sign for so long.
BOTH_SECRETS = dt.timedelta(hours=24)
LONGEST_PAUSE = dt.timedelta(hours=24)
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503


class EndpointState(PresentedState):
    """State of an endpoint, with its label, icon and look on pages."""

    ON = "on", N_("On"), "check-lg", "ok"
    OFF = "off", N_("Turned off"), "slash-circle", "off"
    FAILED = "failed", N_("Turned off: five days without success"), "x-octagon-fill", "bad"
    GONE = "gone", N_("Ended by the receiver (410)"), "x-octagon-fill", "bad"
    DELETED = "deleted", N_("Deleted"), "trash", "off"


# Tingqi stopped calling it: the admins are told.
STOPPED = (EndpointState.FAILED, EndpointState.GONE)


class WebhookState(PresentedState):
    """State of a delivery, with its label, icon and look on pages."""

    WAITING = "waiting", N_("Waiting"), "clock", "due"
    DELIVERED = "delivered", N_("Delivered"), "check-lg", "ok"
    GIVEN_UP = "given_up", N_("Given up"), "x-octagon-fill", "bad"
    STOPPED = "stopped", N_("Not sent: turned off"), "slash-circle", "off"


class CallMeaning(StrEnum):
    """What the answer to a call means for its delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"
    GONE = "gone"


@dataclass(frozen=True)
class Call:
    """One call of an endpoint: when, how long it took, and the answer or the fault.

    ``status`` is 0 where there was no answer; ``fault`` is then why, in one sentence.
    ``retry_after`` is the header as it came.
    """

    at: dt.datetime
    milliseconds: int
    status: int = 0
    answer: str = ""
    fault: str = ""
    retry_after: str = ""

    @property
    def meaning(self) -> CallMeaning:
        """What the answer means; a redirect is a failure like any other."""
        if 200 <= self.status < 300:
            return CallMeaning.DELIVERED
        return CallMeaning.GONE if self.status == GONE else CallMeaning.AGAIN

    @property
    def stored(self) -> dict[str, Any]:
        """The call as its delivery stores it."""
        return {
            "at": self.at.isoformat(),
            "ms": self.milliseconds,
            "status": self.status,
            "answer": self.answer,
            "fault": self.fault,
        }


def next_due(called_before: Sequence[dt.datetime], call: Call) -> dt.datetime | None:
    """Return when a delivery is tried again after its last call; None: it is given up.

    ``called_before`` are the times of the calls before, oldest first. An endpoint that asks for
    more time than planned gets it.
    """
    tries, tried_at = _planned_tries([*called_before, call.at])
    if tries >= TRIES:
        return None
    return max(tried_at + PAUSES[tries - 1], asked_until(call) or call.at)


def may_be_early(called: Sequence[dt.datetime], now: dt.datetime) -> bool:
    """Tell whether a delivery may be called before its time, as its endpoint works again.

    Once in each pause, and then only after a tenth of it: what an endpoint refuses while it takes
    all else is not called again and again.
    """
    if not called:
        return True
    tries, tried_at = _planned_tries(called)
    return called[-1] == tried_at or now - called[-1] >= PAUSES[min(tries, len(PAUSES)) - 1] / 10


def _planned_tries(called: Sequence[dt.datetime]) -> tuple[int, dt.datetime]:
    """Return how many calls were tries of the plan, and when the last of these was.

    One that came before its time is none: however often an endpoint fails and recovers, a delivery
    is given up after three days, and not before.
    """
    tries, tried_at = 0, called[0]
    for at in called:
        if not tries or at >= tried_at + PAUSES[min(tries, len(PAUSES)) - 1]:
            tries, tried_at = tries + 1, at
    return tries, tried_at


def asked_until(call: Call) -> dt.datetime | None:
    """Return until when an endpoint asks to be left alone; None where it does not ask.

    By 429 or 503 with Retry-After, in seconds or as a date (RFC 9110, 10.2.3). What is no such
    value, or is past, counts as none; a longer time than a day as a day.
    """
    if call.status not in (TOO_MANY, UNAVAILABLE):
        return None
    text = call.retry_after.strip()
    if text.isascii() and text.isdecimal():
        seconds = min(int(text[:9]), int(LONGEST_PAUSE.total_seconds()))
        return call.at + dt.timedelta(seconds=seconds) if seconds else None
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until.replace(tzinfo=dt.UTC) if until.tzinfo is None else until.astimezone(dt.UTC)
    return min(until, call.at + LONGEST_PAUSE) if until > call.at else None


def is_over(failing_since: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether an endpoint has failed for so long that it is turned off."""
    return now - failing_since >= TURNED_OFF_AFTER
