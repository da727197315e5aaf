"""Dispatch: read what is due, call the endpoints, settle the answers.

Each endpoint has a few threads of its own, so that one that hangs delays no other. The database is
used by one thread, for many deliveries at a time; endpoints are called with no transaction open.
This is, like sending, an exception to "services never commit".
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

from sqlalchemy.orm import Session

from app.core.db import db, persist, schema_check, transaction
from app.core.web_client.guarded_http import GuardedConnector
from app.events import service as events
from app.sending import heartbeat
from app.sending.sender import Sender
from app.webhooks import claiming, settling, signing
from app.webhooks.claiming import ClaimedEndpoint, DueDelivery
from app.webhooks.client import WebhookClient
from app.webhooks.rules import Call
from app.webhooks.settling import CalledDelivery

log = logging.getLogger("tingqi.webhooks")
AT_ONCE = 4  # calls of one endpoint
EACH_READY = 4  # deliveries for each thread; fewer ready ones start no further thread
LOW = 16  # deliveries of an endpoint: so few under way, and more are read
SETTLED_AT_ONCE, SETTLED_WITHIN = 500, 0.05  # calls, seconds
LOOKED_EVERY = 0.25  # seconds, for new events while calls are under way


class EndpointThreads:
    """Threads that call one endpoint; they know no database."""

    def __init__(
        self,
        connector: GuardedConnector,
        endpoint: ClaimedEndpoint,
        results: "SimpleQueue[CalledDelivery]",
        now: Callable[[], dt.datetime],
    ) -> None:
        self.endpoint, self.under_way = endpoint, set[int]()
        self._connector, self._results, self._now = connector, results, now
        self._ready: SimpleQueue[DueDelivery | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def put(self, deliveries: list[DueDelivery]) -> None:
        """Have deliveries called, in their order where one thread is enough."""
        for each in deliveries:
            self.under_way.add(each.id)
            self._ready.put(each)
        wanted = min(AT_ONCE, -(-self._ready.qsize() // EACH_READY))
        while len(self._threads) < wanted:
            thread = threading.Thread(target=self._run, name="webhook", daemon=True)
            self._threads.append(thread)
            thread.start()

    def take_back(self) -> None:
        """Forget what no thread has begun with."""
        while True:
            try:
                delivery = self._ready.get_nowait()
            except Empty:
                return
            if delivery is not None:
                self.under_way.discard(delivery.id)

    def close(self) -> None:
        """End the threads, each after the call that it is in."""
        for _ in self._threads:
            self._ready.put(None)

    def _run(self) -> None:
        client = WebhookClient(self._connector, self.endpoint.url)
        try:
            while (delivery := self._ready.get()) is not None:
                self._results.put(CalledDelivery(delivery, self._call(client, delivery)))
        finally:
            client.close()

    def _call(self, client: WebhookClient, delivery: DueDelivery) -> Call:
        now = self._now()
        try:
            secrets = self.endpoint.secrets
            headers = signing.headers(delivery.message_id, delivery.body, secrets, now)
            return client.post(delivery.body, headers, now)
        except Exception as fault:
            log.exception("the call for delivery %s failed", delivery.id)
            return Call(now, 0, fault=type(fault).__name__)


class WebhookRun:
    """One run: until nothing is due and nothing under way, or the process is told to end."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.results: SimpleQueue[CalledDelivery] = SimpleQueue()
        self.endpoints: dict[int, EndpointThreads] = {}
        self.called = 0
        self._looked_at, self._renewed_at = 0.0, time.monotonic()

    def run(self) -> int:
        """Look for work and settle results in turns; return the number of calls."""
        if not self._has_work():
            return 0
        try:
            self._look()
            while self._under_way():
                settled = self._settle()
                if self.sender.stopping.is_set():
                    self._take_back()
                elif self._wants_to_look(settled):
                    self._look()
        finally:
            for each in self.endpoints.values():
                each.close()
            if self.endpoints:
                persist(self._release)
        return self.called

    def _has_work(self) -> bool:
        """Tell whether there is anything to number or to deliver; takes no lock for it."""
        session = db.session()
        return events.has_unnumbered(session) or claiming.has_work(session, self.sender.now)

    def _under_way(self) -> int:
        return sum(len(each.under_way) for each in self.endpoints.values())

    def _wants_to_look(self, settled: int) -> bool:
        """Tell whether it is time to look again, or results made room for more."""
        if time.monotonic() - self._looked_at > LOOKED_EVERY:
            return True
        return settled > 0 and any(len(each.under_way) < LOW for each in self.endpoints.values())

    def _look(self) -> None:
        """Number new events, claim endpoints, and hand over what is due."""
        self._looked_at = time.monotonic()
        with transaction() as session:
            if not schema_check.fits(session):
                return
            events.number(session)
        with transaction() as session:
            now = self.sender.now
            workers = heartbeat.alive(session, now)
            found = claiming.claim(session, self.sender.name, workers, self.sender.secret, now)
            due = {}
            for endpoint in found:
                under_way = self._threads_of(endpoint).under_way
                if len(under_way) < LOW:
                    due[endpoint.id] = claiming.read_due(session, endpoint, under_way, now)
            if time.monotonic() - self._renewed_at > claiming.LEASE.total_seconds() / 6:
                self._renewed_at = time.monotonic()
                self._renew(session, now)
        for endpoint_id, deliveries in due.items():
            self.endpoints[endpoint_id].put(deliveries)

    def _threads_of(self, endpoint: ClaimedEndpoint) -> EndpointThreads:
        """Return the threads of an endpoint; anew where its address or secrets changed."""
        known = self.endpoints.get(endpoint.id)
        if known is not None:
            known.endpoint = endpoint
            return known
        connector = self.sender.external.webhooks
        threads = EndpointThreads(connector, endpoint, self.results, lambda: self.sender.now)
        self.endpoints[endpoint.id] = threads
        return threads

    def _renew(self, session: Session, now: dt.datetime) -> None:
        busy = [each for each, threads in self.endpoints.items() if threads.under_way]
        kept = claiming.renew(session, self.sender.name, busy, now)
        for endpoint_id in busy:
            if endpoint_id not in kept:  # this process was suspended: another worker has it
                self.endpoints[endpoint_id].take_back()

    def _take_back(self) -> None:
        for each in self.endpoints.values():
            each.take_back()

    def _settle(self) -> int:
        """Settle what endpoints answered, soon after the first answer or when there are many."""
        known: list[CalledDelivery] = []
        until = time.monotonic() + SETTLED_WITHIN
        while len(known) < SETTLED_AT_ONCE:
            try:
                known.append(self.results.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                break
        if not known:
            return 0
        persist(partial(self._write, known))
        self.called += len(known)
        for each in known:
            self.endpoints[each.delivery.endpoint_id].under_way.discard(each.delivery.id)
        return len(known)

    def _write(self, known: list[CalledDelivery]) -> None:
        with transaction() as session:
            settling.settle(session, known, self.sender.now)

    def _release(self) -> None:
        with transaction() as session:
            claiming.release(session, self.sender.name)


def deliver_due(sender: Sender) -> int:
    """Deliver what is due to all endpoints; return the number of calls."""
    return WebhookRun(sender).run()
