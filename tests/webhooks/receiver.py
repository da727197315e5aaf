"""A receiver of webhooks on loopback, which answers as a test says."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One call as it came: headers in lower case, and the body."""

    headers: dict[str, str]
    body: str

    @property
    def event(self) -> dict[str, Any]:
        """The body, parsed."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def type(self) -> str:
        """The type of its event."""
        return str(self.event["type"])


Reply = Callable[[BaseHTTPRequestHandler, Received], None]


def says(status: int, body: bytes = b"", **headers: str) -> Reply:
    """Return a reply of one status, with headers such as Retry_After."""

    def reply(to: BaseHTTPRequestHandler, _: Received) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    return reply


@dataclass
class Receiver:
    """A server that keeps what it received; a context manager."""

    reply: Reply = field(default_factory=lambda: says(200, b"ok"))
    received: list[Received] = field(default_factory=list)
    path: str = "/hook"

    def __enter__(self) -> "Receiver":
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(headers, body)
                outer.received.append(received)
                outer.reply(self, received)

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def types(self) -> list[str]:
        """The types of what it received, in order."""
        return [each.type for each in self.received]
