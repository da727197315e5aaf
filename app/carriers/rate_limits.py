"""Pure: token buckets for carriers, and the number of messages that a worker may claim."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class TokenBucket:
    """A token bucket: ``per_second`` messages on average, at most ``burst`` of them at once.

    Both are shared equally by ``workers``. ``at`` are seconds of a monotonic clock. A rate of 0 is
    unlimited.
    """

    per_second: float
    burst: float = 0.0
    workers: int = 1
    left: float = 0.0
    at: float = 0.0

    @property
    def rate(self) -> float:
        """This worker's messages a second."""
        return self.per_second / max(1, self.workers)

    @property
    def most(self) -> float:
        """This worker's burst in messages: that of one second where none is set."""
        return max(1.0, (self.burst or self.per_second) / max(1, self.workers))

    def filled(self) -> "TokenBucket":
        """Return the bucket full, as after a long pause."""
        return replace(self, left=self.most)

    def taken(self, at: float) -> tuple["TokenBucket", float]:
        """Return the bucket with one token taken, and the seconds to wait before sending.

        An empty bucket goes into debt, so that all wait in the order of their calls.
        """
        if not self.per_second:
            return self, 0.0
        added = max(0.0, at - self.at) * self.rate
        left = min(self.most, self.left + added) - 1
        return replace(self, left=left, at=max(self.at, at)), max(0.0, -left / self.rate)


@dataclass(frozen=True)
class Throughput:
    """The recent throughput in messages a second."""

    per_second: float

    def after(self, count: int, seconds: float) -> "Throughput":
        """Return the moving average after ``count`` more messages in so many seconds."""
        if seconds <= 0:
            return self
        return Throughput((self.per_second + count / seconds) / 2)


def claim_size(speed: float, waiting: int, lease: float, most: int) -> int:
    """Return the number of messages that may be claimed, at most ``most``.

    Together with those ``waiting``, no more than can be sent at this speed in half of a lease of so
    many seconds: the other half is for a carrier that becomes slow.
    """
    return max(0, min(most, int(speed * lease / 2) - waiting))
