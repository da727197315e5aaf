"""Rate limits of the whole installation: how often each address or account came within a window.

Each process counts in memory and adds what it counted to the counts that all share. A limit of up
to 79 hits is added to with each hit, so that it is exact whatever number of processes there is.
With a larger one (1200 pages a minute) a process adds a fortieth of it at once: a page that is
opened now and then writes nothing, and a flood is written once in thirty pages. Such a limit may be
passed by 2.5 % for each process. While the shared counts cannot be reached, each process counts for
itself.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, current_app
from limits.storage import Storage

from app.core.runtime.clock import SystemClock
from app.core.runtime.logs import one_line_error
from app.core.web.shared_counts import CountStore, WindowCount

ADDRESS = "installation://"
EXTENSION = "tingqi-rate-limits"
SWEEP_SECONDS = 10.0
PARTS = 40  # of a limit: how much of it a process may count before others know
SILENT_SECONDS = 60.0  # after a fault was logged

log = logging.getLogger("tingqi.web")


@dataclass
class LocalWindow:
    """What a process knows of a key: the shared count, and its own hits that are not in it."""

    ends_at: float
    shared: int = 0
    unshared: int = 0

    @property
    def hits(self) -> int:
        """All hits that this process knows of."""
        return self.shared + self.unshared


@dataclass
class InstallationCounts:
    """The counts of one app, over a store that it shares with all other processes."""

    store: CountStore
    now: Callable[[], float]
    _windows: dict[str, LocalWindow] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _swept_at: float = 0.0
    _silent_until: float = 0.0

    def hit(self, key: str, seconds: float, hits: int) -> int:
        """Count hits and return how many there were in this window of so many seconds."""
        now = self.now()
        with self._lock:
            if not 0 <= now - self._swept_at < SWEEP_SECONDS:
                self._sweep(now)
            window = self._windows.get(key)
            if window is None or not now < window.ends_at <= now + seconds:  # or clock set back
                window = self._windows[key] = LocalWindow(now + seconds)
            window.unshared += hits
            if window.unshared < hits_shared_at_once(key):
                return window.hits
            batch, window.unshared = window.unshared, 0
        shared = self._asked(lambda: self.store.add(key, batch, seconds, now))
        with self._lock:
            if shared is None:
                window.shared += batch
            else:
                # Of two threads the one with the older answer may come last.
                window.shared = max(window.shared, shared.hits)
                window.ends_at = shared.ends_at
            return window.hits

    def count(self, key: str) -> WindowCount:
        """Return the count of a key, and when its window ends; now, where none is open."""
        now = self.now()
        with self._lock:
            window = self._windows.get(key)
            known = WindowCount(0, now)
            if window is not None and window.ends_at > now:
                known = WindowCount(window.hits, window.ends_at)
        if hits_shared_at_once(key) > 1:
            return known
        return self._asked(lambda: self.store.read(key, now)) or known

    def _asked(self, ask: Callable[[], WindowCount]) -> WindowCount | None:
        """Return what the store answers, or None while it cannot be reached."""
        try:
            return ask()
        except self.store.faults as fault:
            if self.now() >= self._silent_until:
                self._silent_until = self.now() + SILENT_SECONDS
                reason = one_line_error(fault)
                log.warning("rate limits are counted by each process alone: %s", reason)
            return None

    def _sweep(self, now: float) -> None:
        self._windows = {key: each for key, each in self._windows.items() if each.ends_at > now}
        self._swept_at = now

    def clear(self, key: str | None = None) -> int:
        """Forget a key, or all; return of how many the store had a count."""
        with self._lock:
            self._windows = {
                other: w for other, w in self._windows.items() if key not in (None, other)
            }
        return self.store.clear(key)


def hits_shared_at_once(key: str) -> int:
    """Return after how many hits a process adds them to the shared count.

    The key of a limit ends with its amount and its time: ``…/1200/1/minute``.
    """
    amount = key.rsplit("/", 3)[-3:-2]
    return max(1, int(amount[0]) // PARTS) if amount and amount[0].isdigit() else 1


def install(app: Flask, store: CountStore) -> None:
    """Let the limits of an app be counted over a store; nothing is remembered of one before."""
    clock = SystemClock()
    app.extensions[EXTENSION] = InstallationCounts(store, lambda: clock.now().timestamp())


def _counts() -> InstallationCounts:
    counts: InstallationCounts = current_app.extensions[EXTENSION]
    return counts


class InstallationStorage(Storage):
    """The storage of flask-limiter: the counts of the app whose request is served."""

    STORAGE_SCHEME = ["installation"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong with it."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count hits and return how many there were in this window of ``expiry`` seconds."""
        return _counts().hit(key, expiry, amount)

    def get(self, key: str) -> int:
        """Return how many hits there were in the window that is open."""
        return _counts().count(key).hits

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970; now, where there is none."""
        return _counts().count(key).ends_at

    def check(self) -> bool:
        """Tell that it works."""
        return True

    def reset(self) -> int:
        """Forget all; return of how many keys."""
        return _counts().clear()

    def clear(self, key: str) -> None:
        """Forget one key."""
        _counts().clear(key)
