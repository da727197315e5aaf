"""The HTTP client of the Twilio SDK: one pooled session, no hidden retries."""

import json
import logging
import re
import ssl
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
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

from app.core import addresses

_TWILIO = "https://api.twilio.com"
_NEVER_LEFT = (
    ConnectTimeout,
    InvalidHeader,
    InvalidProxyURL,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    NewConnectionError,
    ProxyError,
    ssl.SSLCertVerificationError,
)


class Throttled(Exception):  # noqa: N818  (it says what is, like Refusal)
    """HTTP 429; `retry_after` is in seconds, None where the response has none.

    `code` is Twilio's error code, "" where the answer has none.
    """

    def __init__(self, retry_after: int | None, code: str = "") -> None:
        super().__init__("Twilio was asked too often (HTTP 429).")
        self.retry_after, self.code = retry_after, code


class ServerError(Exception):
    """HTTP 5xx: the request arrived, and its outcome is unknown."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Twilio answered with HTTP {status}.")
        self.status = status


class HttpClient(TwilioHttpClient):
    """The SDK's client, with another base address, and with errors for 429 and 5xx."""

    def __init__(self, api_url: str, connections: int, timeout: float) -> None:
        super().__init__(timeout=timeout)
        # The SDK logs every request, with the recipient's number, at the level INFO.
        logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
        self._base = addresses.ascii_url(api_url or _TWILIO).rstrip("/")
        parts = urlsplit(self._base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("TINGQI_TWILIO_API_URL is not an http:// or https:// address.")
        self.session = Session()
        # A proxy of this machine is for other machines only.
        self.session.trust_env = parts.hostname not in ("127.0.0.1", "::1", "localhost")
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(1, connections, max_retries=0))

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send one request; raises Throttled, ServerError or requests' own exceptions."""
        if url.startswith(_TWILIO):
            url = self._base + url.removeprefix(_TWILIO)
        response = super().request(method, url, *args, **kwargs)
        if response.status_code == 429:
            raise Throttled(_seconds(response.headers), _code(response.text))
        if response.status_code >= 500:
            raise ServerError(response.status_code)
        return response

    def close(self) -> None:
        """Close the pooled connections."""
        self.session.close()


def _seconds(headers: Mapping[str, str]) -> int | None:
    """Return a Retry-After (RFC 9110, 10.2.3) in seconds; a date is read by the server's clock."""
    value = str(headers.get("Retry-After", "")).strip()
    if re.fullmatch(r"[0-9]{1,6}", value):
        return int(value)
    try:
        until, at = (parsedate_to_datetime(date) for date in (value, str(headers.get("Date", ""))))
        return min(max(0, int((until - at).total_seconds())), 999_999)
    except (ValueError, TypeError):  # no date, or only one of them has an offset
        return None


def _code(body: object) -> str:
    """Return the error code in an answer's JSON, or ""."""
    try:
        code = json.loads(str(body)).get("code")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return str(code) if isinstance(code, int) and 0 < code < 1_000_000 else ""


def never_left(fault: RequestException) -> bool:
    """Return whether a request surely was not sent: no connection was made."""
    return any(isinstance(cause, _NEVER_LEFT) for cause in _causes(fault))


def untrusted(fault: RequestException) -> bool:
    """Return whether the server's certificate is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(fault))


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it wraps, in its arguments or `reason` too (urllib3)."""
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
