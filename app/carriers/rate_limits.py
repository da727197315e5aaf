"""Pure: how fast a carrier may be called, and how much a worker may take on at once."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class TokenBucket:
    """A carrier's allowance: ``per_second`` messages, and ``burst`` of them at once.

    The allowance is the house's: of several ``workers`` each has its share. ``at`` are seconds of
    any clock that only goes forward. Without a rate there is no limit.
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
        """This worker's messages at once: one second's worth where nothing else is said."""
        return max(1.0, (self.burst or self.per_second) / max(1, self.workers))

    def filled(self) -> "TokenBucket":
        """Return it full, as after a long rest."""
        return replace(self, left=self.most)

    def taken(self, at: float) -> tuple["TokenBucket", float]:
        """Return the bucket with one message taken, and the seconds to wait before it goes.

        Who takes from an empty bucket takes from what is yet to come: all wait in their order.
        """
        if not self.per_second:
            return self, 0.0
        came = max(0.0, at - self.at) * self.rate
        left = min(self.most, self.left + came) - 1
        return replace(self, left=left, at=max(self.at, at)), max(0.0, -left / self.rate)


@dataclass(frozen=True)
class Throughput:
    """How many messages a second were handed over of late."""

    per_second: float

    def after(self, count: int, seconds: float) -> "Throughput":
        """Return the speed after so many more in so many seconds: half of it is news."""
        if seconds <= 0:
            return self
        return Throughput((self.per_second + count / seconds) / 2)


def room(speed: float, waiting: int, lease: float, most: int) -> int:
    """Return how many more messages may be claimed.

    Never more than can be sent in half of a lease of so many seconds, counting those that wait
    already: the other half is for a carrier that grows slow.
    """
    return max(0, min(most, int(speed * lease / 2) - waiting))
