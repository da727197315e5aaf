"""Threads that call one carrier, a message at a time each; they know no database."""

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

LINE_DOWN, TOO_LATE = "line_down", "not_begun"
# How long nobody calls a carrier whose line is down: what waits meanwhile goes back to the queue.
REST = 5.0  # seconds


@dataclass(frozen=True)
class CallResult:
    """What a carrier said to a message, and how many seconds the call took."""

    message: OutgoingMessage
    outcome: SendOutcome
    seconds: float


class CallerThreads:
    """A bounded number of threads in front of one carrier.

    Messages go in by ``give`` and come out, each with its outcome, in the queue ``heard``.
    """

    def __init__(
        self,
        carrier: Carrier,
        limit: CarrierLimit,
        bucket: TokenBucket,
        heard: "SimpleQueue[CallResult]",
        stopping: threading.Event,
        now: Callable[[], dt.datetime],
    ) -> None:
        self.carrier, self._limit, self._bucket, self._now = carrier, limit, bucket, now
        self._heard, self._stopping = heard, stopping
        self._given: SimpleQueue[OutgoingMessage | None] = SimpleQueue()
        self._unsent: SimpleQueue[OutgoingMessage] = SimpleQueue()
        self._until: dict[str, dt.datetime] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._down: tuple[float, SendOutcome] | None = None

    def give(self, messages: Sequence[OutgoingMessage], until: dt.datetime) -> None:
        """Have messages sent, in their order where one thread is enough.

        What is not begun with ``until`` then is not sent any more: its lease is over, and another
        worker may have it. Somebody who holds it longer says so (see ``keep``).
        """
        for message in messages:
            self._until[message.reference] = until
            self._given.put(message)
        wanted = min(self._limit.at_once, -(-self._given.qsize() // self._limit.each))
        while len(self._threads) < wanted:
            thread = threading.Thread(target=self._call_on, name=self.carrier.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def keep(self, references: Collection[str], until: dt.datetime) -> None:
        """Let messages that wait here be begun with until then."""
        for reference in references:
            if reference in self._until:
                self._until[reference] = until

    def share(self, workers: int) -> None:
        """Go on as one of so many workers, who share the carrier's pace."""
        with self._lock:
            self._bucket = replace(self._bucket, workers=workers)

    @property
    def waiting(self) -> int:
        """How many messages no thread has taken yet."""
        return self._given.qsize()

    def take_back(self) -> list[OutgoingMessage]:
        """Return what surely was not begun; after this only what is under way comes to its end."""
        back = []
        for queue in (self._given, self._unsent):
            while True:
                try:
                    message = queue.get_nowait()
                except Empty:
                    break
                if message is not None:
                    back.append(message)
        return back

    def close(self) -> None:
        """Let the threads end, each after the call that it is in."""
        for _ in self._threads:
            self._given.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _call_on(self) -> None:
        while (message := self._given.get()) is not None:
            if self._waited():
                begun = time.monotonic()
                late = self._late(message)
                outcome = late or self._resting(begun) or self._call(message)
                self._heard.put(CallResult(message, outcome, time.monotonic() - begun))
            else:
                self._unsent.put(message)

    def _waited(self) -> bool:
        """Wait for the carrier's pace; tell whether the message may go, or the process ends."""
        if self._stopping.is_set():
            return False
        with self._lock:
            self._bucket, seconds = self._bucket.taken(time.monotonic())
        return seconds <= 0 or not self._stopping.wait(seconds)

    def _late(self, message: OutgoingMessage) -> SendOutcome | None:
        """Return what to say of a message whose lease ended while this process stood still."""
        if self._now() < self._until.pop(message.reference):
            return None
        log.warning("%s waited too long here and is not sent", message.reference)
        return SendOutcome(SendStatus.TEMPORARY, self.carrier.name, status=TOO_LATE)

    def _resting(self, at: float) -> SendOutcome | None:
        down = self._down
        return down[1] if down and at < down[0] else None

    def _call(self, message: OutgoingMessage) -> SendOutcome:
        try:
            [(_, outcome)] = self.carrier.send([message])
        except Exception as fault:  # a carrier promises not to raise: what came of it, who knows
            log.exception("%s failed on %s", self.carrier.name, message.reference)
            return SendOutcome(SendStatus.UNKNOWN, self.carrier.name, detail=type(fault).__name__)
        if outcome.status == LINE_DOWN:
            self._down = (time.monotonic() + REST, outcome)
        return outcome
