"""Tell: claim what is due, write the intent, call carriers with nothing open, write the outcomes.

The stated exception to "services never commit": sending has a transaction before and one after.
Claims and outcomes are written by one thread, many at a time; carriers are called by others.
"""

import datetime as dt
import logging
import time
from collections.abc import Mapping
from functools import partial
from queue import Empty, SimpleQueue

import sqlalchemy as sa

from app.carriers import rate_limits, traffic_split
from app.carriers.base import Carrier, OutgoingMessage, SendOutcome, SendStatus
from app.carriers.weights import RecentTries, worst
from app.core.db import is_away, persist, schema_check, transaction
from app.core.runtime.logs import one_line_error
from app.sending import claiming, heartbeat, outcomes
from app.sending.caller_threads import CallerThreads, CallResult
from app.sending.sender import LEASE, Sender

log = logging.getLogger("tingqi.sending")

CHANNELS = ("email", "sms")
# Outcomes are written when so many are known, or when the first has waited so long.
TOGETHER, SOON = 200, 0.1  # messages, seconds
# So many seconds' worth of messages lie ready, so that no caller waits for the next claim.
READY = 0.5
# Each caller has so many messages ready at least.
EACH_READY = 4
# So many seconds' worth is claimed at a time, and so many for each caller at least: another worker
# may be idle meanwhile, and of one that is killed nobody can tell which mails it had begun with.
AHEAD, EACH_AHEAD, LEAST = 0.25, 8, 32
# Over so many seconds the speed is measured: a longer look would starve the callers at the start.
MEASURED = 0.2
LOOK_BACK = 60.0  # seconds, over which a carrier's troubles are counted


def send_due(sender: Sender, channels: tuple[str, ...] = CHANNELS) -> int:
    """Send what is due over each channel until nothing more is; return how many were tried."""
    return sum(DispatchBatch(sender, channel).send() for channel in channels)


class DispatchBatch:
    """One channel's sending, from the first claim until nothing is due and nothing under way."""

    def __init__(self, sender: Sender, channel: str) -> None:
        self.sender, self.channel = sender, channel
        self.heard: SimpleQueue[CallResult] = SimpleQueue()
        self.lines = {each.name: self._callers(each) for each in sender.carriers(channel)}
        self.waiting: dict[str, OutgoingMessage] = {}
        self.tried, self.more, self.workers = 0, True, 1
        self.at_once = sum(sender.limit(each).at_once for each in sender.carriers(channel))
        self.speed, self.since, self.done = (
            rate_limits.Throughput(2.0 * self.at_once),
            time.monotonic(),
            0,
        )
        self.tries, self.tries_since = dict.fromkeys(self.lines, RecentTries()), self.since
        self.renewed_at = sender.now

    def send(self) -> int:
        """Claim and hear in turns; what a worker that is to end did not begin with goes back."""
        try:
            self._claim()
            while self.waiting:
                if self.sender.stopping.is_set():
                    self._give_back()
                elif self.more and self._ready() < max(
                    EACH_READY * self.at_once, READY * self.speed.per_second
                ):
                    self._claim_beside()
                self._hear()
                if not self.waiting:
                    self._claim()
        finally:
            for line in self.lines.values():
                line.close()
        return self.tried

    def _callers(self, carrier: Carrier) -> CallerThreads:
        limit = self.sender.limit(carrier)
        bucket = rate_limits.TokenBucket(limit.per_second, limit.burst, at=time.monotonic())
        return CallerThreads(
            carrier,
            limit,
            bucket.filled(),
            self.heard,
            self.sender.stopping,
            lambda: self.sender.now,
        )

    def _ready(self) -> int:
        return sum(line.waiting for line in self.lines.values())

    def _claim(self) -> None:
        """Claim until there is something to send, or nothing is due, or the process is to end."""
        made = None
        while not self.sender.stopping.is_set() and (
            made is None or (made.seen and not made.messages)
        ):
            speed = self.speed.per_second
            # The first is small: what is claimed together is called when all of it is written.
            each = EACH_AHEAD if self.tried else EACH_READY
            batch = min(claiming.BATCH, max(LEAST, each * self.at_once, int(AHEAD * speed)))
            most = rate_limits.room(speed, len(self.waiting), LEASE.total_seconds(), batch)
            if not most:
                return
            with transaction() as session:
                if not schema_check.fits(session):
                    self.more = False  # what is under way is finished, the next turn says why
                    return
                now = self.sender.now
                self.workers = heartbeat.alive(session, now)
                made = claiming.claim(session, self.sender, self.channel, now, most)
            self.more = made.seen >= most
            self._give(made.messages, now + LEASE)

    def _claim_beside(self) -> None:
        """Claim while messages are under way, whose outcomes matter more than that it succeeds."""
        try:
            self._claim()
        except sa.exc.SQLAlchemyError as fault:
            if not is_away(fault):
                raise
            log.warning(
                "the database is away or busy, no more is claimed: %s", one_line_error(fault)
            )
            self.more = False

    def _give(self, messages: Mapping[str, list[OutgoingMessage]], until: dt.datetime) -> None:
        for name, some in messages.items():
            self.tried += len(some)
            self.waiting.update((message.reference, message) for message in some)
            self.lines[name].share(self.workers)
            self.lines[name].give(some, until)

    def _hear(self) -> None:
        """Write what is known, soon after the first outcome, or when many are."""
        known: dict[str, SendOutcome] = {}
        until = time.monotonic() + SOON
        while len(known) < min(TOGETHER, len(self.waiting)):
            try:
                heard = self.heard.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                break
            known[heard.message.reference] = heard.outcome
            self._count(heard)
        if known:
            persist(partial(self._settle, known))
            for reference in known:
                del self.waiting[reference]
        if self.sender.now - self.renewed_at > LEASE / 6:
            self._renew()
        if len(self.lines) > 1 and worst(self.tries):
            self._shift()
        self._measure(len(known))

    def _settle(self, known: Mapping[str, SendOutcome]) -> None:
        with transaction() as session:
            outcomes.settle(session, known, self.sender.now)

    def _renew(self) -> None:
        """Hold on to what waits behind slow messages, as far as it is still this worker's."""
        self.renewed_at = self.sender.now
        kept = persist(self._write_renewed)
        for line in self.lines.values():
            line.keep(kept, self.renewed_at + LEASE)

    def _write_renewed(self) -> set[str]:
        with transaction() as session:
            return outcomes.renew(session, self.sender, set(self.waiting), self.renewed_at)

    def _give_back(self) -> None:
        back = [message for line in self.lines.values() for message in line.take_back()]
        if back:
            persist(partial(self._write_back, back))
            for message in back:
                del self.waiting[message.reference]

    def _write_back(self, messages: list[OutgoingMessage]) -> None:
        with transaction() as session:
            outcomes.give_back(session, messages, self.sender.now)

    def _measure(self, count: int) -> None:
        self.done += count
        seconds = time.monotonic() - self.since
        if seconds >= MEASURED:
            self.speed = self.speed.after(self.done, seconds)
            self.since, self.done = time.monotonic(), 0

    def _count(self, heard: CallResult) -> None:
        """Count what a carrier does; where there are two, trouble moves weight to the other."""
        if len(self.lines) < 2:
            return
        name, failed = (
            heard.outcome.carrier,
            heard.outcome.said in (SendStatus.TEMPORARY, SendStatus.UNKNOWN),
        )
        if time.monotonic() - self.tries_since > LOOK_BACK:
            self.tries, self.tries_since = (
                dict.fromkeys(self.lines, RecentTries()),
                time.monotonic(),
            )
        self.tries[name] = self.tries[name].and_one(failed, heard.seconds)

    def _shift(self) -> None:
        with transaction() as session:
            moved = traffic_split.move_away(session, list(self.lines), self.tries, self.sender.now)
        if moved:
            self.tries, self.tries_since = (
                dict.fromkeys(self.lines, RecentTries()),
                time.monotonic(),
            )
