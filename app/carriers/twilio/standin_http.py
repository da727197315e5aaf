"""HTTP of the Twilio stand-in: requests and responses in Twilio's formats."""

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
    """One request: `parameters` of its form or query, `credentials`: the account and the token."""

    method: str
    path: str
    parameters: MappingProxyType[str, str]
    credentials: tuple[str, str]


@dataclass(frozen=True)
class StandInResponse:
    """An HTTP status, the content of the JSON body, and additional headers."""

    status: int
    content: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(status: int, code: int, words: str) -> StandInResponse:
    """Return an error as Twilio words it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    content = {"code": code, "message": words, "more_info": more, "status": status}
    return StandInResponse(status, content)


def shown(text: Mapping[str, Any]) -> dict[str, Any]:
    """Return a text as Twilio's JSON: times in RFC 2822, without the stand-in's own fields."""
    ours = ("status_callback", "validity_period")
    return {
        name: format_datetime(value) if isinstance(value, datetime) else value
        for name, value in text.items()
        if name not in ours
    }


class Listener(BaseHTTPRequestHandler):
    """One connection, kept alive; where `respond` returns None it is closed without a response."""

    protocol_version = "HTTP/1.1"
    # Responses are sent in one piece: otherwise Nagle's algorithm delays the body.
    wbufsize = -1

    def respond(self, request: StandInRequest) -> StandInResponse | None:
        """Return the response to a request."""
        raise LookupError(request.path)

    def do_GET(self) -> None:
        """Answer a look-up."""
        self._reply(urlsplit(self.path).query)

    def do_POST(self) -> None:
        """Answer a form."""
        length = int(self.headers.get("Content-Length", "0"))
        form = self.rfile.read(length)
        if len(form) < length:  # the client was disconnected
            self.close_connection = True
            return
        self._reply(form.decode())

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""

    def _reply(self, form: str) -> None:
        parameters = MappingProxyType(dict(parse_qsl(form, keep_blank_values=True)))
        request = StandInRequest(self.command, urlsplit(self.path).path, parameters, self._who())
        response = self.respond(request)
        if response is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = json.dumps(response.content).encode()
        self.send_response(response.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _who(self) -> tuple[str, str]:
        encoded = self.headers.get("Authorization", "").removeprefix("Basic ")
        try:
            account, _, token = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return account, token
