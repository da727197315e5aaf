"""The client of Twilio's API, by Twilio's SDK: create a message, look it up, fetch its status."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from requests import RequestException
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from app.carriers.base import (
    DeliveryReceipt,
    LookupResult,
    OutgoingMessage,
    SendOutcome,
    SendStatus,
)
from app.carriers.mime import one_line
from app.carriers.twilio.codes import failed, known, outcome
from app.carriers.twilio.http import HttpClient, ServerError, Throttled, never_left, untrusted
from app.carriers.twilio.receipts import read_resource
from app.carriers.twilio.settings import TwilioSettings
from app.core.channels import Channel
from app.core.errors import N_, Message
from app.core.gsm7 import plain_marks

# Twilio's own limit on ValidityPeriod, in seconds.
LONGEST = 36_000
# Twilio's clock may differ from ours, and the time of a message is cut to whole seconds.
_SKEW = timedelta(seconds=60)
_AT_MOST = 1_000
_NO_ANSWER = (
    TwilioException,
    RequestException,
    Throttled,
    ServerError,
    ValueError,
    TypeError,
    AttributeError,
)


class TwilioCarrier:
    """A carrier of texts. Safe to share between threads; connections are reused."""

    channel = Channel.SMS

    def __init__(
        self,
        account: TwilioSettings,
        public_url: str,
        *,
        name: str = "twilio",
        concurrency: int = 32,
        timeout: float = 10,
    ) -> None:
        """Read the account (ValueError when its API URL is none); nothing is connected yet.

        `timeout` is in seconds, `concurrency` the number of requests under way at once. Twilio
        calls back below `public_url`.
        """
        self.account = account
        self.public_url = public_url.rstrip("/")
        self.name = name
        self._concurrency = concurrency
        self._http = HttpClient(account.api_url, concurrency, timeout)
        self._client = Client(
            account.account_sid,
            account.auth_token,
            http_client=self._http,
            # Without this the SDK looks for an edge and a region in the environment.
            environment={"TWILIO_ACCOUNT_SID": account.account_sid},
        )

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Yield each text's outcome as it becomes known; `carrier_id` is Twilio's SID."""
        down = threading.Event()
        if len(messages) < 2:  # a caller that sends one by one has threads of its own
            yield from ((message, self._create(message, down)) for message in messages)
            return
        pool = ThreadPoolExecutor(min(self._concurrency, len(messages)), "twilio")
        try:
            calls = {pool.submit(self._create, message, down): message for message in messages}
            for done in as_completed(calls):
                yield calls[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def find(self, message: OutgoingMessage, since: datetime) -> LookupResult | None:
        """Look for texts created after `since`, by number, direction and identical words.

        Typographic marks are compared as plain ones, for Twilio's Smart Encoding may change them.
        Our reference cannot be searched for, as Twilio does not show it, nor DateSent, which a
        queued text lacks. Twilio's list may lag by seconds: look a while after the try.
        """
        earliest, matches = since.astimezone(UTC) - _SKEW, list[SendOutcome]()
        words = plain_marks(message.text)
        try:
            for text in self._client.messages.stream(to=message.to, limit=_AT_MOST):
                made_at = text.date_created
                # Newest first; a day's grace, should the order be by another of its times.
                if made_at is not None and made_at < earliest - timedelta(days=1):
                    break
                outbound = str(text.direction).startswith("outbound")
                late = made_at is None or made_at >= earliest
                if outbound and late and plain_marks(text.body or "") == words:
                    matches.append(replace(_accepted(text), carrier=self.name))
        except _NO_ANSWER:
            return None
        return LookupResult(matches[::-1])

    def ask(self, carrier_id: str) -> DeliveryReceipt | None:
        """Fetch a text's present status, for when a callback was lost; None if not to be had."""
        try:
            return read_resource(self.name, self._client.messages(carrier_id).fetch())
        except _NO_ANSWER:
            return None

    def check(self) -> Message | str:
        """Fetch the account, without sending; return "" or what is wrong and what to do."""
        sid, token = (
            f"TINGQI_{self.name.upper()}_{part}" for part in ("ACCOUNT_SID", "AUTH_TOKEN")
        )
        try:
            account = self._client.api.v2010.accounts(self.account.account_sid).fetch()
        except RequestException as fault:
            untrusted_words = Message(N_("its certificate is not trusted"))
            return Message(
                N_("Twilio cannot be reached (%(error)s): check the network."),
                error=untrusted_words if untrusted(fault) else _short(fault),
            )
        except (Throttled, ServerError) as fault:
            return Message(N_("%(error)s Try again later."), error=str(fault))
        except (TwilioException, ValueError) as fault:
            return Message(
                N_("Twilio does not know this account (%(error)s). Check %(sid)s and %(token)s."),
                error=_short(fault),
                sid=sid,
                token=token,
            )
        status = str(getattr(account.status, "value", account.status))
        if status == "active":
            return ""
        return Message(N_("The Twilio account is %(status)s: see its console."), status=status)

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def _create(self, message: OutgoingMessage, down: threading.Event) -> SendOutcome:
        return replace(self._tried(message, down), carrier=self.name)

    def _tried(self, message: OutgoingMessage, down: threading.Event) -> SendOutcome:
        if down.is_set():
            return _temporary("line_down", "Twilio could not be reached a moment ago.")
        try:
            parameters = self._request(message)
        except UnicodeError:
            words = "The text holds half a character."
            return SendOutcome(SendStatus.PERMANENT, "twilio", detail=words, advice="alarm")
        try:
            return _created(self._client.messages.create(**parameters))
        except Throttled as fault:
            return _throttled(fault)
        except RequestException as fault:
            if not never_left(fault):
                return _unknown(_short(fault))
            down.set()
            return _temporary("line_down", _short(fault), "alarm" if untrusted(fault) else "")
        except TwilioException as fault:
            return _rejected(fault)
        except (ServerError, ValueError, TypeError, AttributeError) as fault:
            # The request arrived, but the answer is no message: the text may be on its way.
            return _unknown(_short(fault))

    def _request(self, message: OutgoingMessage) -> dict[str, Any]:
        message.text.encode()
        parameters: dict[str, Any] = {
            "to": message.to,
            "body": message.text,
            "status_callback": f"{self.public_url}/twilio/status?ref={quote(message.reference)}",
            "validity_period": min(LONGEST, max(1, message.good_for)),
        }
        if self.account.messaging_service_sid:
            return parameters | {"messaging_service_sid": self.account.messaging_service_sid}
        return parameters | {"from_": self.account.from_}


def _created(text: Any) -> SendOutcome:
    sid, status = text.sid, _status(text)
    if not sid:
        return _unknown("Twilio's answer names no message.")
    if failed(status):
        return outcome(_code(text), status=status, carrier_id=sid)
    return SendOutcome(SendStatus.ACCEPTED, "twilio", sid, status=status, code=_code(text))


def _accepted(text: Any) -> SendOutcome:
    return SendOutcome(
        SendStatus.ACCEPTED, "twilio", str(text.sid), status=_status(text), code=_code(text)
    )


def _status(text: Any) -> str:
    return str(getattr(text.status, "value", text.status) or "")


def _code(text: Any) -> str:
    return str(text.error_code or "")


def _rejected(fault: TwilioException) -> SendOutcome:
    status, code = getattr(fault, "status", None), str(getattr(fault, "code", "") or "")
    if not isinstance(status, int):
        return _unknown(_short(fault))
    if 200 <= status < 300 or status == 408:
        return _unknown(_short(fault))
    words = getattr(fault, "msg", None) or getattr(fault, "title", None) or fault
    return outcome(code or str(status), status=str(status), detail=one_line(str(words))[:300])


def _throttled(fault: Throttled) -> SendOutcome:
    """Read a 429 by its code, where it has one that is known, with the longer of both pauses."""
    code = fault.code if fault.code and known(fault.code) else "20429"
    throttled = outcome(code, status="429")
    if fault.retry_after is None:
        return throttled
    # Without a code of its own Retry-After is better than our default.
    pause = throttled.retry_after or 0 if code != "20429" else 0
    return replace(throttled, retry_after=max(fault.retry_after, pause))


def _temporary(status: str, detail: str, advice: str = "") -> SendOutcome:
    return SendOutcome(SendStatus.TEMPORARY, "twilio", status=status, detail=detail, advice=advice)


def _unknown(detail: str) -> SendOutcome:
    return SendOutcome(SendStatus.UNKNOWN, "twilio", status="no_answer", detail=detail)


def _short(fault: BaseException) -> str:
    return one_line(str(fault))[:300] or type(fault).__name__
