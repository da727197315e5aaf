"""Twilio's message API for rehearsals and tests: addresses, errors, callbacks and signatures."""

import secrets
import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from twilio.request_validator import RequestValidator

from app.carriers.standin import ReceivedMessage
from app.carriers.twilio.settings import TwilioSettings
from app.carriers.twilio.standin_http import (
    Listener,
    StandInRequest,
    StandInResponse,
    problem,
    shown,
)
from app.core.channels import Channel

_TIMEOUT = 15  # Twilio's own patience with a webhook


class TwilioStandIn:
    """A context manager: Twilio's API on a free port of 127.0.0.1.

    `messages` are the texts that it accepted, as Twilio's resources (`sid`, `to`, `body`,
    `status`…), with the `status_callback` and `validity_period` of the request; `connections`
    counts connections.
    """

    def __init__(
        self,
        account_sid: str = "AC" + "0" * 32,
        auth_token: str = "standin-token",  # noqa: S107  (it opens nothing)
    ) -> None:
        self.account_sid, self.auth_token = account_sid, auth_token
        self.messages: list[dict[str, Any]] = []
        self.connections = 0
        self._refused: dict[str, tuple[int, int]] = {}
        self._next: deque[tuple[str, int, bool]] = deque()
        self._throttles: deque[tuple[int, str]] = deque()
        self._lists: deque[str] = deque()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._listener())
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._posts = requests.Session()
        self._posts.trust_env = False

    def __enter__(self) -> "TwilioStandIn":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._posts.close()

    @property
    def url(self) -> str:
        """The value of TINGQI_TWILIO_API_URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def settings(self) -> TwilioSettings:
        """The settings of the account by which texts come here."""
        return TwilioSettings(
            self.account_sid, self.auth_token, from_="+15005550006", api_url=self.url
        )

    def received(self) -> list[ReceivedMessage]:
        """Return all texts so far."""
        return [
            ReceivedMessage(Channel.SMS, text["to"], text["body"], _reference(text))
            for text in self.messages
        ]

    def confirm(self, reference: str) -> int | None:
        """Post a signed callback that a text was delivered; return the answer's HTTP status."""
        return self.callback(self._text(reference), "delivered")

    def forge(self, reference: str) -> list[int]:
        """Post callbacks with the signature of another address, and without any."""
        text = self._text(reference)
        form = {"MessageSid": text["sid"], "MessageStatus": "failed", "ErrorCode": "30005"}
        wrong = self.sign(f"{text['status_callback']}/elsewhere", form)
        return [
            self._posts.post(
                text["status_callback"], data=form, headers=headers, timeout=_TIMEOUT
            ).status_code
            for headers in ({"X-Twilio-Signature": wrong}, {})
        ]

    def incoming(self, sender: str, words: str, public_url: str) -> int | None:
        """Post a signed inbound text to the pages; return the answer's HTTP status."""
        return self.reply(sender, words, f"{public_url}/twilio/inbound")[0]

    def _text(self, reference: str) -> dict[str, Any]:
        return next(text for text in self.messages if _reference(text) == reference)

    def refuse(self, number: str, code: int, status: int = 400) -> None:
        """Refuse every text to this number with an error code, from now on."""
        self._refused[number] = (status, code)

    def too_many(self, times: int = 1, code: int = 20429, retry_after: str = "") -> None:
        """Answer the next requests to create with 429, an error code and a Retry-After if any."""
        self._throttles.extend([(code, retry_after)] * times)
        self._next.extend([("throttle", 429, False)] * times)

    def lists_lag(self, times: int = 1) -> None:
        """Show none of the texts at the next look-ups of the list, as if it were behind."""
        self._lists.extend(["lag"] * times)

    def lists_broken(self, times: int = 1) -> None:
        """Answer the next look-ups of the list with HTTP 503."""
        self._lists.extend(["broken"] * times)

    def broken(self, times: int = 1, status: int = 503, take: bool = False) -> None:
        """Answer the next requests to create with a 5xx, having taken the text or not."""
        self._next.extend([("broken", status, take)] * times)

    def drop(self, times: int = 1, take: bool = True) -> None:
        """Hang up on the next requests to create without an answer, having taken it or not."""
        self._next.extend([("drop", 0, take)] * times)

    def stall(self, times: int = 1, take: bool = True) -> None:
        """Leave the next requests to create without a response, having taken the text or not."""
        self._next.extend([("stall", 0, take)] * times)

    def callback(
        self,
        message: Mapping[str, Any] | str,
        status: str,
        error_code: int | str | None = None,
        url: str | None = None,
    ) -> int:
        """Post a signed status callback, as Twilio does; return the HTTP status of the answer.

        `message` is one of `messages` or its SID. The form goes to its StatusCallback, or to `url`
        if the pages listen elsewhere; the signature is for the former, as behind a proxy.
        """
        text = self.set_status(message, status, error_code)
        form = {
            "MessageSid": text["sid"],
            "SmsSid": text["sid"],
            "AccountSid": self.account_sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": text["to"],
            "From": text["from"] or "",
            "ApiVersion": "2010-04-01",
        }
        if error_code is not None:
            form["ErrorCode"] = str(error_code)
        return self._post(text["status_callback"], form, url)[0]

    def reply(
        self, from_: str, body: str, url: str, to: str = "+15005550006", sid: str = ""
    ) -> tuple[int, str]:
        """Post a signed inbound text to `url`; return the HTTP status and the answer."""
        sid = sid or self._new_sid()
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "AccountSid": self.account_sid,
            "From": from_,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
        }
        return self._post(url, form, None)

    def sign(self, url: str, form: Mapping[str, str]) -> str:
        """Return the X-Twilio-Signature for a form posted to a public URL."""
        return str(RequestValidator(self.auth_token).compute_signature(url, form))

    def _post(self, signed_for: str, form: dict[str, str], url: str | None) -> tuple[int, str]:
        headers = {
            "X-Twilio-Signature": self.sign(signed_for, form),
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        response = self._posts.post(
            url or signed_for,
            data=urlencode(form),
            headers=headers,
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        return response.status_code, response.text

    def _listener(self) -> type[Listener]:
        standin = self

        class Bound(Listener):
            def setup(self) -> None:
                standin.connections += 1
                super().setup()

            def respond(self, request: StandInRequest) -> StandInResponse | None:
                return standin._respond(request)

        return Bound

    def _respond(self, request: StandInRequest) -> StandInResponse | None:
        home = f"/2010-04-01/Accounts/{self.account_sid}"
        if request.credentials != (self.account_sid, self.auth_token):
            return problem(401, 20003, "Authenticate")
        if request.path == f"{home}.json":
            return StandInResponse(
                200, {"sid": self.account_sid, "status": "active", "type": "Full"}
            )
        if request.path == f"{home}/Messages.json":
            return (
                self._create(request.parameters)
                if request.method == "POST"
                else self._list(request.parameters)
            )
        sid = request.path.removeprefix(f"{home}/Messages/").removesuffix(".json")
        text = next((text for text in self.messages if text["sid"] == sid), None)
        if text is None:
            return problem(404, 20404, "The requested resource was not found")
        return StandInResponse(200, shown(text))

    def _create(self, parameters: MappingProxyType[str, str]) -> StandInResponse | None:
        with self._lock:
            turn, status, take = self._next.popleft() if self._next else ("", 0, True)
            refusal = self._why_not(parameters)
            text = self._take(parameters) if take and refusal is None else None
        if turn == "throttle":
            code, retry_after = self._throttles.popleft()
            refused = problem(429, code, "Too Many Requests")
            headers = {"Retry-After": retry_after} if retry_after else {}
            return StandInResponse(refused.status, refused.content, headers)
        if turn == "broken":
            return problem(status, 20500, "Internal Server Error")
        if turn in ("drop", "stall"):
            if turn == "stall":
                self._over.wait(60)
            return None
        return refusal or StandInResponse(201, shown(text or {}))

    def _why_not(self, parameters: Mapping[str, str]) -> StandInResponse | None:
        to = parameters.get("To", "")
        if to in self._refused:
            status, code = self._refused[to]
            return problem(status, code, "The stand-in was told to refuse this number.")
        if not to.startswith("+") or not to[1:].isdecimal():
            return problem(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not parameters.get("Body"):
            return problem(400, 21602, "Message body is required.")
        if not (parameters.get("From") or parameters.get("MessagingServiceSid")):
            return problem(400, 21603, "A 'From' phone number is required.")
        return None

    def _take(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        text = {
            "sid": self._new_sid(),
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "to": parameters["To"],
            "from": parameters.get("From"),
            "body": parameters["Body"],
            "messaging_service_sid": parameters.get("MessagingServiceSid"),
            "direction": "outbound-api",
            "status": "accepted" if parameters.get("MessagingServiceSid") else "queued",
            "error_code": None,
            "error_message": None,
            "num_media": "0",
            "num_segments": "1",
            "date_created": datetime.now(UTC),
            "date_sent": None,
            "date_updated": None,
            "status_callback": parameters.get("StatusCallback", ""),
            "validity_period": int(parameters.get("ValidityPeriod", "36000")),
        }
        self.messages.append(text)
        return text

    def _list(self, parameters: Mapping[str, str]) -> StandInResponse:
        with self._lock:
            turn = self._lists.popleft() if self._lists else ""
            if turn == "broken":
                return problem(503, 20500, "Service Unavailable")
            to = parameters.get("To")
            texts = [] if turn == "lag" else list(reversed(self.messages))
            matches = [
                text for text in texts if to in (None, text["to"]) and _sent_since(text, parameters)
            ]
        size, page = int(parameters.get("PageSize", "50")), int(parameters.get("Page", "0"))
        rest = len(matches) > (page + 1) * size
        next_page = {**parameters, "PageSize": str(size), "Page": str(page + 1)}
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages.json?{urlencode(next_page)}"
        some = [shown(text) for text in matches[page * size : (page + 1) * size]]
        return StandInResponse(
            200,
            {
                "messages": some,
                "page": page,
                "page_size": size,
                "next_page_uri": path if rest else None,
            },
        )

    def set_status(
        self, message: Mapping[str, Any] | str, status: str, error_code: int | str | None = None
    ) -> dict[str, Any]:
        """Set a message's status without a callback, as if it was lost."""
        sid = message if isinstance(message, str) else message["sid"]
        with self._lock:
            text = next(text for text in self.messages if text["sid"] == sid)
            text["status"] = status
            text["error_code"] = int(error_code) if error_code is not None else None
            text["date_sent"] = text["date_sent"] or datetime.now(UTC)
            return text

    def _new_sid(self) -> str:
        return f"SM{secrets.token_hex(16)}"


def _reference(text: Mapping[str, Any]) -> str:
    """Return our reference, which only the address of the callback repeats."""
    return parse_qs(urlsplit(text["status_callback"]).query).get("ref", [""])[0]


def _sent_since(text: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    earliest = parameters.get("DateSent>")
    if not earliest:
        return True
    at = text["date_sent"]
    return at is not None and at >= datetime.fromisoformat(earliest.replace("Z", "+00:00"))
