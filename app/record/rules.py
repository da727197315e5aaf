"""Pure: events of the record, the state they fold to, and what counts as evidence."""

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
