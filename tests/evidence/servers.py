"""A scenario served over real HTTP on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.conftest import Scenario


class QuietHandler(WSGIRequestHandler):
    """A handler that logs no requests."""

    def log(self, *_: object) -> None: ...


@contextmanager
def served(scenario: Scenario) -> Iterator[str]:
    """Serve the pages of a scenario; yield their address."""
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(20)
        server.server_close()
