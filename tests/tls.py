"""A web server on loopback with a certificate of our own, that answers as it is told to."""

import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

Answer = Callable[[BaseHTTPRequestHandler], None]


class TlsServer:
    """Serves one answer at ``url``; ``context`` trusts it, ``also`` lets a gateway in."""

    def __init__(self, answer: Answer) -> None:
        authority = trustme.CA()
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(server_side)
        self.context = ssl.create_default_context()
        authority.configure_trust(self.context)
        self.asked: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append({"path": self.path, **dict(self.headers)})
                outer.answer(self)

            def log_message(self, *_: Any) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None: ...  # whoever is cut off is cut off

            def get_request(self) -> Any:
                plain, where = self.socket.accept()
                return server_side.wrap_socket(plain, server_side=True), where

        self.answer = answer
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.port = self._server.server_port
        self.url = f"https://localhost:{self.port}/busy.ics"
        self.also = [("localhost", self.port)]

    def __enter__(self) -> "TlsServer":
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()


def gives(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Answer with a body."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    return answer
