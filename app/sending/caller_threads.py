"""Threads that call one carrier, each with one message at a time; they know no database."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from app.carriers.base import Carrier, CarrierLimit, OutgoingMessage, SendOutcome, SendStatus
from app.carriers.rate_limits import TokenBucket

log = logging.getLogger("tingqi.sending")

# Statuses on the record: the carrier cannot be reached; the lease was over before the call.
UNREACHABLE, NOT_BEGUN = "line_down", "not_begun"
# Pause after which a carrier that could not be reached is called again: what comes up meanwhile
# goes back to the queue.
UNREACHABLE_FOR = 5.0  # seconds


@dataclass(frozen=True)
class CallResult:
    """A carrier's answer to a message, and how many seconds the call took."""

    message: OutgoingMessage
    outcome: SendOutcome
    seconds: float


class CallerThreads:
    """A bounded number of threads in front of one carrier.

    Messages go in by ``put`` and come out, each with its outcome, in the queue ``results``.
    """

    def __init__(
        self,
        carrier: Carrier,
        limit: CarrierLimit,
        bucket: TokenBucket,
        results: "SimpleQueue[CallResult]",
        stopping: threading.Event,
        now: Callable[[], dt.datetime],
    ) -> None:
        self.carrier, self._limit, self._bucket, self._now = carrier, limit, bucket, now
        self._results, self._stopping = results, stopping
        self._messages: SimpleQueue[OutgoingMessage | None] = SimpleQueue()
        self._unsent: SimpleQueue[OutgoingMessage] = SimpleQueue()
        self._begin_by: dict[str, dt.datetime] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._unreachable: tuple[float, SendOutcome] | None = None

    def put(self, messages: Sequence[OutgoingMessage], until: dt.datetime) -> None:
        """Have messages sent, in their order where one thread is enough.

        A message whose call has not begun by ``until`` is not sent: its lease is over, and another
        worker may have taken it. ``extend`` renews that.
        """
        for message in messages:
            self._begin_by[message.reference] = until
            self._messages.put(message)
        wanted = min(self._limit.at_once, -(-self._messages.qsize() // self._limit.each))
        while len(self._threads) < wanted:
            thread = threading.Thread(target=self._run, name=self.carrier.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def extend(self, references: Collection[str], until: dt.datetime) -> None:
        """Allow messages that still wait here to begin until later.

        A lease that is over is not renewed: another worker may already look such a message up.
        """
        now = self._now()
        for reference in references:
            begin_by = self._begin_by.get(reference)
            if begin_by is not None and now < begin_by:
                self._begin_by[reference] = until

    def share(self, workers: int) -> None:
        """Share the carrier's rate limit with so many workers, this one included."""
        with self._lock:
            self._bucket = replace(self._bucket, workers=workers)

    @property
    def waiting(self) -> int:
        """The number of messages that no thread has taken yet."""
        return self._messages.qsize()

    def take_back(self) -> list[OutgoingMessage]:
        """Return what certainly was not begun; after this only calls under way are finished."""
        unsent = []
        for queue in (self._messages, self._unsent):
            while True:
                try:
                    message = queue.get_nowait()
                except Empty:
                    break
                if message is not None:
                    unsent.append(message)
        return unsent

    def close(self) -> None:
        """End the threads, each after the call that it is in."""
        for _ in self._threads:
            self._messages.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _run(self) -> None:
        while (message := self._messages.get()) is not None:
            if self._wait_for_token():
                begun = time.monotonic()
                outcome = self._too_late(message) or self._resting(begun) or self._call(message)
                self._results.put(CallResult(message, outcome, time.monotonic() - begun))
            else:
                self._unsent.put(message)

    def _wait_for_token(self) -> bool:
        """Wait for the rate limit; return False if the process ends meanwhile."""
        if self._stopping.is_set():
            return False
        with self._lock:
            self._bucket, seconds = self._bucket.taken(time.monotonic())
        return seconds <= 0 or not self._stopping.wait(seconds)

    def _too_late(self, message: OutgoingMessage) -> SendOutcome | None:
        """Return the outcome of a message whose lease ended while this process was suspended."""
        if self._now() < self._begin_by.pop(message.reference):
            return None
        log.warning("%s waited too long here and is not sent", message.reference)
        return SendOutcome(SendStatus.TEMPORARY, self.carrier.name, status=NOT_BEGUN)

    def _resting(self, at: float) -> SendOutcome | None:
        """Return the last outcome while the carrier is left alone because it was unreachable."""
        unreachable = self._unreachable
        return unreachable[1] if unreachable and at < unreachable[0] else None

    def _call(self, message: OutgoingMessage) -> SendOutcome:
        try:
            [(_, outcome)] = self.carrier.send([message])
        except Exception as fault:  # a carrier promises not to raise: the outcome is unknown
            log.exception("%s failed on %s", self.carrier.name, message.reference)
            return SendOutcome(SendStatus.UNKNOWN, self.carrier.name, detail=type(fault).__name__)
        if outcome.status == UNREACHABLE:
            self._unreachable = (time.monotonic() + UNREACHABLE_FOR, outcome)
        return outcome
