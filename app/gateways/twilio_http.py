"""How the Twilio SDK reaches the network: one pooled session, no hidden retries."""

import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from requests import RequestException, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ConnectTimeout,
    InvalidHeader,
    InvalidProxyURL,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    ProxyError,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from urllib3.exceptions import NewConnectionError

from app import addresses

_TWILIO = "https://api.twilio.com"
_NEVER_LEFT = (
    ConnectTimeout, InvalidHeader, InvalidProxyURL, InvalidSchema, InvalidURL, MissingSchema,
    NewConnectionError, ProxyError, ssl.SSLCertVerificationError,
)  # fmt: skip


class Throttled(Exception):  # noqa: N818  (it says what is, like Refusal)
    """HTTP 429; `retry_after` is in seconds, None when the server did not say."""

    def __init__(self, retry_after: int | None) -> None:
        super().__init__("Twilio was asked too often (HTTP 429).")
        self.retry_after = retry_after


class Broken(Exception):  # noqa: N818
    """HTTP 5xx: the request was heard, and nobody knows what came of it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Twilio answered with HTTP {status}.")
        self.status = status


class HttpClient(TwilioHttpClient):
    """The SDK's client, with its requests sent to another base and 429 and 5xx told apart."""

    def __init__(self, api_url: str, connections: int, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = addresses.ascii_url(api_url or _TWILIO).rstrip("/")
        parts = urlsplit(self._base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("TINGQI_TWILIO_API_URL is not an http:// or https:// address.")
        self.session = Session()
        # A proxy of the machine leads out of it, never to a server on it.
        self.session.trust_env = parts.hostname not in ("127.0.0.1", "::1", "localhost")
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(1, connections, max_retries=0))

    def request(self, method: str, url: str, *given: Any, **named: Any) -> Response:
        """Send one request; raises Throttled, Broken or requests' own exceptions."""
        if url.startswith(_TWILIO):
            url = self._base + url.removeprefix(_TWILIO)
        answer = super().request(method, url, *given, **named)
        if answer.status_code == 429:
            said = str(answer.headers.get("Retry-After", ""))
            raise Throttled(int(said) if said.isdecimal() else None)
        if answer.status_code >= 500:
            raise Broken(answer.status_code)
        return answer

    def close(self) -> None:
        """Close the pooled connections."""
        self.session.close()


def never_left(fault: RequestException) -> bool:
    """Whether a request surely did not reach the other side: nothing was connected to send it."""
    return any(isinstance(cause, _NEVER_LEFT) for cause in _causes(fault))


def untrusted(fault: RequestException) -> bool:
    """Whether the other side's certificate is not to be trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(fault))


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """Yield a fault and all that it wraps: requests and urllib3 wrap in arguments and `reason`."""
    seen: list[BaseException] = []
    waiting: list[Any] = [fault]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or any(cause is other for other in seen):
            continue
        seen.append(cause)
        yield cause
        waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__]
        waiting.append(cause.__context__)
