"""Pure: how a notice moves from state to state, when it is tried again, what is evidence."""

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from typing import Any


class NoticeState(StrEnum):
    """Where a notice stands: the fold of its lines."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


class Event(StrEnum):
    """What a line of the record says happened."""

    QUEUED = "queued"
    STARTED = "started"
    ACCEPTED = "accepted"
    REFUSED = "refused"  # not now: it is tried again
    DELIVERED = "delivered"
    FAILED = "failed"  # never by this way
    UNKNOWN = "unknown"  # the outcome is not known, and says so
    WITHDRAWN = "withdrawn"
    MISSED = "missed"
    OPENED = "opened"  # by a person
    FETCHED = "fetched"  # by a machine, or by nobody knows whom
    ANSWERED = "answered"
    CALLED = "called"
    TOLD = "told"  # outside the channels: a corridor, a chat, a letter
    CONFIRMED = "confirmed"  # the person says on their page that they know it
    ASKED = "asked"  # the person asks to be called
    TASK = "task"  # something falls to a person of the court
    SKIPPED = "skipped"  # a step that could not be taken, and why
    ERASED = "erased"  # addresses and contents of all lines before were blanked
    CLOCK = "clock"  # the rules of a zone changed: what was told keeps its wall clock
    STATUS = "status"  # a carrier's word that moves nothing


MOVES: dict[tuple[NoticeState, Event], NoticeState] = {
    (NoticeState.QUEUED, Event.STARTED): NoticeState.SENDING,
    (NoticeState.QUEUED, Event.WITHDRAWN): NoticeState.WITHDRAWN,
    (NoticeState.QUEUED, Event.MISSED): NoticeState.MISSED,
    (NoticeState.QUEUED, Event.FAILED): NoticeState.FAILED,
    (NoticeState.SENDING, Event.ACCEPTED): NoticeState.SENT,
    (NoticeState.SENDING, Event.REFUSED): NoticeState.QUEUED,
    (NoticeState.SENDING, Event.FAILED): NoticeState.FAILED,
    # A receipt may overtake our own note.
    (NoticeState.SENDING, Event.DELIVERED): NoticeState.DELIVERED,
    # The worker died in mid-sentence: nobody knows, so nobody pretends.
    (NoticeState.SENDING, Event.UNKNOWN): NoticeState.UNKNOWN,
    # The carrier was asked, and knows it; or surely never had it.
    (NoticeState.UNKNOWN, Event.ACCEPTED): NoticeState.SENT,
    (NoticeState.UNKNOWN, Event.REFUSED): NoticeState.QUEUED,
    (NoticeState.UNKNOWN, Event.DELIVERED): NoticeState.DELIVERED,
    (NoticeState.UNKNOWN, Event.FAILED): NoticeState.FAILED,
    (NoticeState.SENT, Event.DELIVERED): NoticeState.DELIVERED,
    (NoticeState.SENT, Event.FAILED): NoticeState.FAILED,
    # Late good news beats early bad news, and spares a second try.
    (NoticeState.FAILED, Event.DELIVERED): NoticeState.DELIVERED,
    (NoticeState.QUEUED, Event.DELIVERED): NoticeState.DELIVERED,
    # A carrier that failed for now, as its code says: once more, as a new try.
    (NoticeState.FAILED, Event.QUEUED): NoticeState.QUEUED,
}

WENT_OUT = {NoticeState.SENT, NoticeState.DELIVERED}
OVER = {
    NoticeState.SENT,
    NoticeState.DELIVERED,
    NoticeState.FAILED,
    NoticeState.UNKNOWN,
    NoticeState.WITHDRAWN,
    NoticeState.MISSED,
}


def after(state: NoticeState, what: Event) -> NoticeState:
    """Return the state after an event; events out of turn change nothing."""
    return MOVES.get((state, what), state)


def fold(whats: Iterable[Event]) -> NoticeState:
    """Return the state of a notice from its lines, oldest first."""
    state = NoticeState.QUEUED
    for what in whats:
        state = after(state, what)
    return state


# A later one of these makes what was said before untrue. A round that asks anew leaves a date
# that holds as it is; an answer makes the question to its person needless.
_NEWS = frozenset({"proposal", "fixed", "moved", "cancelled", "withdrawn"})
_DATES = frozenset({"fixed", "moved", "cancelled"})
OVERTAKEN_BY: dict[str, frozenset[str]] = {
    "proposal": _NEWS | {"answered"},
    "nudge": _NEWS | {"answered"},
    "fixed": _DATES,
    "moved": _DATES,
    "reminder": _DATES,
    "confirm": _NEWS | {"answered"},
    "released": _NEWS,
    "clock_change": _DATES,
    "ready": _NEWS | {"ready", "none_suits"},
    "none_suits": _NEWS | {"ready", "none_suits"},
}

# News of a date waits for nothing that it makes untrue (see claiming): neither kind is held up by
# what is tried again, perhaps for hours, only to be withdrawn.
NOT_HELD_UP = sorted(_DATES)
OVERTAKEN_BY_A_DATE = sorted(kind for kind, news in OVERTAKEN_BY.items() if news >= _DATES)

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


class EvidenceGrade(IntEnum):
    """How well it is shown that a person was reached."""

    ATTEMPTED = 0
    ACCEPTED = 1
    DELIVERED = 2
    OPENED = 3
    CONFIRMED = 4


PROVES = {
    Event.ACCEPTED: EvidenceGrade.ACCEPTED,
    Event.DELIVERED: EvidenceGrade.DELIVERED,
    Event.OPENED: EvidenceGrade.OPENED,
    Event.ANSWERED: EvidenceGrade.CONFIRMED,
    Event.CONFIRMED: EvidenceGrade.CONFIRMED,
}


def proves(what: Event, detail: Mapping[str, Any] | None = None) -> EvidenceGrade:
    """Return what one line proves; a machine's visit proves nothing.

    A call does where the person themselves answered, and number and caller are written down, as
    service by telephone must be (SPC Fa Fa [2017] 19, point 11).
    """
    if what is Event.CALLED:
        told = detail or {}
        spoke = told.get("outcome") == "spoke" and told.get("numbered") and told.get("user")
        return EvidenceGrade.CONFIRMED if spoke else EvidenceGrade.ATTEMPTED
    return PROVES.get(what, EvidenceGrade.ATTEMPTED)


def grade(lines: Iterable[tuple[Event, Mapping[str, Any] | None]]) -> EvidenceGrade:
    """Return the best that lines, each with its detail, prove."""
    return max((proves(what, detail) for what, detail in lines), default=EvidenceGrade.ATTEMPTED)


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
