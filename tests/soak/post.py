"""Twilio's receipts on their way: lost, late, twice, in another order, or forged by somebody."""

import heapq
import threading
from itertools import count
from typing import Any

import requests

from tests.soak import fates
from tests.soak.carriers import FickleTwilio, reference_of
from tests.soak.people import ClientLog, ClientResponse

TRIES = 2  # Twilio tries a callback that found nobody once more


class Post:
    """A thread that posts each text's receipts when so many further texts were taken."""

    def __init__(self, seed: int, twilio: FickleTwilio, client_log: ClientLog) -> None:
        self.seed, self.twilio, self.client_log = seed, twilio, client_log
        self._waiting: list[tuple[int, int, dict[str, Any], fates.Receipt]] = []
        self._seen, self._order = 0, count()
        self._flush, self._over, self._idle = (threading.Event() for _ in range(3))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Post":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._over.set()
        self._thread.join(60)

    def flush(self) -> None:
        """From now on post at once what was to come late."""
        self._flush.set()

    @property
    def empty(self) -> bool:
        """Whether every receipt of every text so far was posted."""
        return self._seen == len(self.twilio.taken) and not self._waiting and self._idle.is_set()

    def _run(self) -> None:
        while not self._over.is_set():
            self.twilio.ledger.wait_for(len(self.twilio.ledger.asked) + 1, 0.1)
            self._idle.clear()
            self._gather()
            while self._waiting and (self._flush.is_set() or self._waiting[0][0] <= self._seen):
                _, _, text, receipt = heapq.heappop(self._waiting)
                self._deliver(text, receipt)
                self._gather()
            self._idle.set()

    def _gather(self) -> None:
        for text in self.twilio.taken[self._seen :]:
            self._seen += 1
            reference = reference_of(text["status_callback"])
            # What Twilio says when it is asked, whatever became of its receipts.
            status, code = fates.end(self.seed, reference)
            self.twilio.set_status(text, status, code or None)
            for receipt in fates.receipts(self.seed, reference):
                due = self._seen + receipt.lag
                heapq.heappush(self._waiting, (due, next(self._order), text, receipt))

    def _deliver(self, text: dict[str, Any], receipt: fates.Receipt) -> None:
        for _ in range(TRIES):
            try:
                status, headers = self.twilio.post(
                    text, receipt.status, receipt.code, forged=receipt.forged
                )
            except requests.RequestException:
                self.client_log.add_lost("POST /twilio/status")
                continue
            what = "POST /twilio/status" + (" forged" if receipt.forged else "")
            self.client_log.add_response(
                ClientResponse(what, status, headers.get("Retry-After", ""), True)
            )
            return
