"""The HTTP of the Twilio stand-in: requests read, answers written as Twilio writes them."""

import base64
import binascii
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class StandInRequest:
    """One request: `given` is its form or its query, `signed_in_as` the account and the token."""

    method: str
    path: str
    given: MappingProxyType[str, str]
    signed_in_as: tuple[str, str]


@dataclass(frozen=True)
class StandInResponse:
    """An HTTP status, what is sent as JSON, and headers beside the usual ones."""

    status: int
    content: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: int, code: int, words: str) -> StandInResponse:
    """Return an error as Twilio words it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    content = {"code": code, "message": words, "more_info": more, "status": status}
    return StandInResponse(status, content)


def shown(text: Mapping[str, Any]) -> dict[str, Any]:
    """Return a text as Twilio shows it: times in RFC 2822, none of the stand-in's own notes."""
    ours = ("status_callback", "validity_period")
    return {
        name: format_datetime(value) if isinstance(value, datetime) else value
        for name, value in text.items()
        if name not in ours
    }


class Listener(BaseHTTPRequestHandler):
    """One connection, kept alive; `answer` decides, and None hangs up without a word."""

    protocol_version = "HTTP/1.1"
    # An answer goes out whole: without this, head and body wait for each other's receipt (Nagle).
    wbufsize = -1

    def answer(self, asked: StandInRequest) -> StandInResponse | None:
        """Return the answer to a request."""
        raise LookupError(asked.path)

    def do_GET(self) -> None:
        """Answer a look-up."""
        self._reply(urlsplit(self.path).query)

    def do_POST(self) -> None:
        """Answer a form."""
        length = int(self.headers.get("Content-Length", "0"))
        form = self.rfile.read(length)
        if len(form) < length:  # who asked was cut off in the middle of it
            self.close_connection = True
            return
        self._reply(form.decode())

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def _reply(self, form: str) -> None:
        given = MappingProxyType(dict(parse_qsl(form, keep_blank_values=True)))
        asked = StandInRequest(self.command, urlsplit(self.path).path, given, self._who())
        answer = self.answer(asked)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = json.dumps(answer.content).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _who(self) -> tuple[str, str]:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        try:
            account, _, token = base64.b64decode(said).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return account, token
