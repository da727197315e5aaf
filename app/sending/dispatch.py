"""Dispatch: claim due notices, call their carriers, settle the outcomes.

Claiming commits the intent to send; carriers are called with no transaction open; settling commits
what they answered. This is the stated exception to "services never commit". Claims and outcomes
are written by one thread, many at a time; carriers are called by others (caller_threads).
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
from app.core.channels import Channel
from app.core.db import is_away, persist, schema_check, transaction
from app.core.runtime.logs import one_line_error
from app.sending import claiming, heartbeat, outcomes
from app.sending.caller_threads import CallerThreads, CallResult
from app.sending.sender import LEASE, Sender

log = logging.getLogger("tingqi.sending")

CHANNELS = tuple(channel.value for channel in Channel)
# Outcomes are settled when so many are known, or when the first has waited so long.
SETTLED_AT_ONCE, SETTLED_WITHIN = 200, 0.1  # messages, seconds
# So many seconds' worth of messages lie ready, so that no caller waits for the next claim.
READY = 0.5
# Each caller has so many messages ready at least.
EACH_READY = 4
# So many seconds' worth is claimed at a time, and so many for each caller at least: another worker
# may be idle meanwhile, and of one that is killed nobody can tell which mails it had begun with.
AHEAD, EACH_AHEAD, LEAST = 0.25, 8, 32
# Throughput is measured over so many seconds: a longer period would starve the callers at first.
MEASURED = 0.2
LOOK_BACK = 60.0  # seconds, over which a carrier's failures are counted


def send_due(sender: Sender, channels: tuple[str, ...] = CHANNELS) -> int:
    """Send what is due over each channel until nothing more is; return how many were tried."""
    return sum(DispatchBatch(sender, channel).send() for channel in channels)


class DispatchBatch:
    """One channel's sending, from the first claim until nothing is due and nothing in flight."""

    def __init__(self, sender: Sender, channel: str) -> None:
        self.sender, self.channel = sender, channel
        self.results: SimpleQueue[CallResult] = SimpleQueue()
        self.callers = {each.name: self._callers(each) for each in sender.carriers(channel)}
        self.at_once = sum(sender.limit(each).at_once for each in sender.carriers(channel))
        self.workers = 1
        # Claimed and not settled yet, by our reference.
        self.in_flight: dict[str, OutgoingMessage] = {}
        self.tried, self.more_due = 0, True
        self.throughput = rate_limits.Throughput(2.0 * self.at_once)
        self.measured_at, self.settled = time.monotonic(), 0
        self.recent, self.recent_since = self._no_tries(), self.measured_at
        self.renewed_at = sender.now

    def send(self) -> int:
        """Claim and settle in turns; return how many messages were tried.

        A worker that is told to end gives back what it has not begun with.
        """
        try:
            self._claim()
            while self.in_flight:
                if self.sender.stopping.is_set():
                    self._give_back()
                elif self.more_due and self._ready() < self._wanted_ready():
                    self._claim_ahead()
                self._settle_results()
                if not self.in_flight:
                    self._claim()
        finally:
            for callers in self.callers.values():
                callers.close()
        return self.tried

    # --- claim ----------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Claim until there is something to send, nothing is due, or the process is to end."""
        batch = None
        while not self.sender.stopping.is_set() and (
            batch is None or (batch.due and not batch.messages)
        ):
            most = self._room()
            if not most:
                return
            with transaction() as session:
                if not schema_check.fits(session):
                    self.more_due = False  # what is in flight is finished; the next beat says why
                    return
                now = self.sender.now
                self.workers = heartbeat.alive(session, now)
                batch = claiming.claim(session, self.sender, self.channel, now, most)
            self.more_due = batch.due >= most
            self._hand_over(batch.messages, now + LEASE)

    def _claim_ahead(self) -> None:
        """Claim while messages are in flight: to settle those matters more than to succeed."""
        try:
            self._claim()
        except sa.exc.SQLAlchemyError as fault:
            if not is_away(fault):
                raise
            log.warning(
                "the database is away or busy, no more is claimed: %s", one_line_error(fault)
            )
            self.more_due = False

    def _room(self) -> int:
        """Return how many notices to claim: no more than can be sent in half a lease."""
        per_second = self.throughput.per_second
        # The first claim is small: what is claimed together is called once all of it is written.
        each = EACH_AHEAD if self.tried else EACH_READY
        batch = min(claiming.BATCH, max(LEAST, each * self.at_once, int(AHEAD * per_second)))
        return rate_limits.claim_size(per_second, len(self.in_flight), LEASE.total_seconds(), batch)

    def _ready(self) -> int:
        return sum(callers.waiting for callers in self.callers.values())

    def _wanted_ready(self) -> float:
        return max(EACH_READY * self.at_once, READY * self.throughput.per_second)

    # --- call -----------------------------------------------------------------------------------

    def _callers(self, carrier: Carrier) -> CallerThreads:
        limit = self.sender.limit(carrier)
        bucket = rate_limits.TokenBucket(limit.per_second, limit.burst, at=time.monotonic())
        return CallerThreads(
            carrier,
            limit,
            bucket.filled(),
            self.results,
            self.sender.stopping,
            lambda: self.sender.now,
        )

    def _hand_over(self, messages: Mapping[str, list[OutgoingMessage]], until: dt.datetime) -> None:
        for carrier, batch in messages.items():
            self.tried += len(batch)
            self.in_flight.update((message.reference, message) for message in batch)
            self.callers[carrier].share(self.workers)
            self.callers[carrier].put(batch, until)

    # --- settle ---------------------------------------------------------------------------------

    def _settle_results(self) -> None:
        """Settle what carriers answered, soon after the first answer or when there are many."""
        known: dict[str, SendOutcome] = {}
        until = time.monotonic() + SETTLED_WITHIN
        while len(known) < min(SETTLED_AT_ONCE, len(self.in_flight)):
            try:
                result = self.results.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                break
            known[result.message.reference] = result.outcome
            self._count(result)
        if known:
            persist(partial(self._write_outcomes, known))
            for reference in known:
                del self.in_flight[reference]
        if self.sender.now - self.renewed_at > LEASE / 6:
            self._renew()
        if len(self.callers) > 1 and worst(self.recent):
            self._fail_over()
        self._measure(len(known))

    def _write_outcomes(self, known: Mapping[str, SendOutcome]) -> None:
        with transaction() as session:
            outcomes.settle(session, known, self.sender.now)

    def _renew(self) -> None:
        """Renew the leases of what waits behind slow messages, if this worker still has them."""
        self.renewed_at = self.sender.now
        kept = persist(self._write_renewed)
        for callers in self.callers.values():
            callers.extend(kept, self.renewed_at + LEASE)

    def _write_renewed(self) -> set[str]:
        with transaction() as session:
            return outcomes.renew(session, self.sender, set(self.in_flight), self.renewed_at)

    def _give_back(self) -> None:
        unsent = [message for each in self.callers.values() for message in each.take_back()]
        if unsent:
            persist(partial(self._write_given_back, unsent))
            for message in unsent:
                del self.in_flight[message.reference]

    def _write_given_back(self, messages: list[OutgoingMessage]) -> None:
        with transaction() as session:
            outcomes.give_back(session, messages, self.sender.now)

    def _measure(self, count: int) -> None:
        self.settled += count
        seconds = time.monotonic() - self.measured_at
        if seconds >= MEASURED:
            self.throughput = self.throughput.after(self.settled, seconds)
            self.measured_at, self.settled = time.monotonic(), 0

    # --- fail over ------------------------------------------------------------------------------

    def _count(self, result: CallResult) -> None:
        """Count failures and slow calls where there are two carriers to choose from."""
        if len(self.callers) < 2:
            return
        if time.monotonic() - self.recent_since > LOOK_BACK:
            self.recent, self.recent_since = self._no_tries(), time.monotonic()
        carrier = result.outcome.carrier
        failed = result.outcome.result in (SendStatus.TEMPORARY, SendStatus.UNKNOWN)
        self.recent[carrier] = self.recent[carrier].and_one(failed, result.seconds)

    def _fail_over(self) -> None:
        """Move traffic from the worse carrier to the other, if that is due."""
        with transaction() as session:
            moved = traffic_split.move_away(
                session, list(self.callers), self.recent, self.sender.now
            )
        if moved:
            self.recent, self.recent_since = self._no_tries(), time.monotonic()

    def _no_tries(self) -> dict[str, RecentTries]:
        return dict.fromkeys(self.callers, RecentTries())
