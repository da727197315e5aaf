"""A front before a receiver that fails by chance: errors, pauses, lost answers, silence, 410."""

import random
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import requests

from tests.webhooks.receiver import Received, Receiver, says

FATES = {
    "pass": 66,
    "answer lost": 8,
    "500": 8,
    "429": 5,
    "503": 3,
    "302": 3,
    "slow": 6,
    "silent": 1,
}
SLOW, SILENT = 1.0, 17.0  # seconds; the second is longer than a call may take


@dataclass
class FlakyFront:
    """Passes calls on to a receiver's port, or not; a context manager.

    Each endpoint has an address of its own, so that ``taken`` are the events that an endpoint was
    answered 2xx for, in that order. ``calm`` lets all pass; ``gone`` answers 410 once.
    """

    seed: int
    target: int = 0
    calm: bool = False
    gone: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    taken: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "FlakyFront":
        self._chance, self._guard = random.Random(f"front {self.seed}"), threading.Lock()
        self._receiver = Receiver(reply=self._reply)
        self._receiver.__enter__()
        return self

    def __exit__(self, *fault: object) -> None:
        self.over.set()
        self._receiver.__exit__(*fault)

    def url(self, endpoint: str) -> str:
        """Return the address of an endpoint."""
        return f"http://127.0.0.1:{self._receiver.port}/{endpoint}"

    def _fate(self) -> str:
        with self._guard:
            if self.gone:
                self.gone = False
                return "410"
            if self.calm:
                return "pass"
            return self._chance.choices(list(FATES), list(FATES.values()))[0]

    def _reply(self, to: BaseHTTPRequestHandler, received: Received) -> None:
        fate = self._fate()
        self.counts[fate] += 1
        if fate in ("500", "302", "410"):
            return says(int(fate), Location=self.url("elsewhere"))(to, received)
        if fate in ("429", "503"):
            return says(int(fate), Retry_After="2")(to, received)
        if fate == "silent":
            self.over.wait(SILENT)
            return self._cut(to)
        status = self._passed_on(received)
        if fate == "slow":
            self.over.wait(SLOW)
        if not status or fate == "answer lost":
            self.counts["nobody there"] += not status
            return self._cut(to)
        if 200 <= status < 300:
            self.taken[to.path.strip("/")].append(received.event["data"])
        return says(status)(to, received)

    def _passed_on(self, received: Received) -> int:
        """Return the receiver's status; 0 where it is not there."""
        kept = {name: value for name, value in received.headers.items() if "webhook" in name}
        try:
            with requests.Session() as http:
                http.trust_env = False
                url = f"http://127.0.0.1:{self.target}/"
                return http.post(url, received.body.encode(), headers=kept, timeout=14).status_code
        except requests.RequestException:
            return 0

    def _cut(self, to: BaseHTTPRequestHandler) -> None:
        to.close_connection = True
        to.connection.close()
