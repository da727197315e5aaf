"""How often each address came within a minute or so: what rate limits are counted in.

The counts of flask-limiter's own memory start a thread with nearly every hit, which looks at all
addresses of the last minute: with thousands of them that costs more than the pages do.
"""

from threading import Lock

from limits.storage import Storage

from app.core.runtime.clock import SystemClock

ADDRESS = "windows://"
SWEEP_SECONDS = 10.0


class SlidingWindows(Storage):
    """Counts in this process's memory; each lasts from its first hit until its window ends."""

    STORAGE_SCHEME = ["windows"]

    def __init__(self, uri: str | None = None, **options: object) -> None:
        super().__init__(uri)
        self._lock, self._clock = Lock(), SystemClock()
        self._counts: dict[str, tuple[int, float]] = {}  # hits, and when the window ends
        self._swept_at = self._now()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong with it."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count a hit and return how many there were in this window of ``expiry`` seconds."""
        now = self._now()
        with self._lock:
            if not 0 <= now - self._swept_at < SWEEP_SECONDS:
                self._sweep(now)
            hits, ends_at = self._counts.get(key, (0, 0.0))
            if not now < ends_at <= now + expiry:  # over, or the clock was set back
                hits, ends_at = 0, now + expiry
            self._counts[key] = hits + amount, ends_at
            return hits + amount

    def _sweep(self, now: float) -> None:
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
        self._swept_at = now

    def get(self, key: str) -> int:
        """Return how many hits there were in the window that is open."""
        hits, ends_at = self._counts.get(key, (0, 0.0))
        return hits if ends_at > self._now() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970; now, where there is none."""
        return self._counts.get(key, (0, self._now()))[1]

    def check(self) -> bool:
        """Tell that it works."""
        return True

    def reset(self) -> int:
        """Forget all; return of how many keys."""
        with self._lock:
            count = len(self._counts)
            self._counts = {}
        return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._counts.pop(key, None)

    def _now(self) -> float:
        return self._clock.now().timestamp()
