"""Pure: modes and states of an exchange, what is late, and when all are shown what was filed."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import N_
from app.core.wording.presented import LabelledEnum
from app.papers.rules import Disclosure

MAX_REASON = 500  # characters of why a filing is late, and of the decision on it


class ExchangeMode(LabelledEnum):
    """When the others see what is filed into an exchange, with its label."""

    AT_ONCE = "at_once", N_("Seen when filed")
    SEALED = "sealed", N_("Sealed until the close")


class ExchangeState(StrEnum):
    """State of an exchange. A cancelled one shows nothing that was sealed, ever."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CloseCause(StrEnum):
    """Why an exchange closed."""

    TIME = "time"
    COMPLETE = "complete"


class LateDecision(StrEnum):
    """The court's decision on a late filing."""

    PENDING = ""
    ADMITTED = "admitted"
    REFUSED = "refused"


@dataclass(frozen=True)
class PartyProgress:
    """How far one party is: whether somebody acts for it, until when, and whether it is done."""

    party_id: int
    side: str
    is_represented: bool
    closes_at: dt.datetime
    completed_at: dt.datetime | None = None


def is_late(
    state: ExchangeState, at: dt.datetime, closes_at: dt.datetime, is_complete: bool
) -> bool:
    """Tell whether a filing at a moment is late: at the close, or after the party was complete."""
    return state is not ExchangeState.OPEN or is_complete or at >= closes_at


def disclosure_of(mode: ExchangeMode, state: ExchangeState, late: bool) -> Disclosure:
    """Return who may read a filing from the moment on at which it is filed.

    A late one is listed, and its files stay closed until the court lets it in; while the exchange
    is sealed, nobody learns more of it than of any other.
    """
    if mode is ExchangeMode.SEALED and state is ExchangeState.OPEN:
        return Disclosure.SEALED
    return Disclosure.LISTED if late else Disclosure.OPEN


def all_complete(parties: Iterable[PartyProgress]) -> bool:
    """Tell whether an exchange closes before its time: every party says that it is complete.

    A party for which nobody acts cannot say so: whoever comes to act for it must not find the
    others' evidence open before its own is in.
    """
    progress = list(parties)
    return len(progress) > 1 and all(
        each.is_represented and each.completed_at is not None for each in progress
    )
