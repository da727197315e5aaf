"""Clocks: nothing else in Tingqi reads the time."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of the present time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that moves only when it is set; safe to share between threads."""

    def __init__(self, now: datetime) -> None:
        self._lock = threading.Lock()
        self._now = _in_utc(now)

    def now(self) -> datetime:
        """Return the moment that the clock was last set to, aware, in UTC."""
        with self._lock:
            return self._now

    def set(self, at: datetime) -> None:
        """Set the clock, forward or back; raises ValueError when `at` has no offset."""
        moment = _in_utc(at)
        with self._lock:
            self._now = moment

    def advance(self, by: timedelta) -> datetime:
        """Move the clock by a span and return the new moment."""
        with self._lock:
            self._now += by
            return self._now


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a clock is set to an aware time")
    return at.astimezone(UTC)
