"""Calls one endpoint over and over, over one connection that is kept open between calls."""

import datetime as dt
import http.client
import time
from collections.abc import Mapping

from app.core.characters import clean
from app.core.errors import N_
from app.core.web_client.guarded_http import (
    Deadline,
    FetchFailed,
    GuardedConnection,
    GuardedConnector,
    WebAddress,
)
from app.webhooks.rules import Call

LONGEST = 15.0  # seconds of one call, from resolving the name to the last byte of the answer
LARGEST = 64 * 1024  # bytes of an answer; what is longer is not read
SHOWN = 500  # characters of an answer
# A connection is checked anew, its name resolved again, after so many seconds.
CONNECTION_LIFE = 60.0
SCHEMES = ("https", "http")
AGENT = "Tingqi"


class WebhookClient:
    """Posts messages to one address. Used by one thread at a time; ``close`` it at the end."""

    def __init__(self, connector: GuardedConnector, address: str, seconds: float = LONGEST) -> None:
        self._connector, self._address, self._seconds = connector, address, seconds
        self._connection: GuardedConnection | None = None
        self._connected_at = 0.0

    def post(self, body: str, headers: Mapping[str, str], now: dt.datetime) -> Call:
        """Post a message; return the answer, or the fault where there is none. Raises nothing."""
        began = time.monotonic()
        try:
            status, answer, retry_after = self._exchange(body.encode(), headers)
        except FetchFailed as fault:
            self.close()
            return Call(now, _milliseconds(began), fault=str(fault))
        return Call(now, _milliseconds(began), status, answer, retry_after=retry_after)

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
        deadline = Deadline(self._seconds)
        to = WebAddress.parse(self._address, SCHEMES)
        if time.monotonic() - self._connected_at > CONNECTION_LIFE:
            self.close()
        is_kept = self._connection is not None
        try:
            try:
                return self._once(to, body, headers, deadline)
            except ConnectionError:
                if not is_kept:
                    raise
                self.close()  # the receiver closed it meanwhile: once more over a new one
                return self._once(to, body, headers, deadline)
        except TimeoutError:
            raise FetchFailed(N_("The address did not answer in time.")) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise FetchFailed(N_("The address gave no answer that can be read.")) from None

    def _once(
        self, to: WebAddress, body: bytes, headers: Mapping[str, str], deadline: Deadline
    ) -> tuple[int, str, str]:
        if self._connection is None:
            self._connection = self._connector.connect(to, deadline)
            self._connected_at = time.monotonic()
        sent = {"Content-Type": "application/json", "User-Agent": AGENT, **headers}
        response = self._connection.exchange("POST", to.path, sent, body, deadline)
        begin = response.read(LARGEST)
        retry_after = response.headers.get("Retry-After", "")
        if response.will_close or not response.isclosed():  # the rest is not read
            self.close()
        answer = clean(begin[: 4 * SHOWN].decode("utf-8", "replace"))[:SHOWN]
        return response.status, answer, retry_after


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
