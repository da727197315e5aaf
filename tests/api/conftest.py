"""A court over real HTTP."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from tests.conftest import Scenario


@pytest.fixture
def site(scenario: Scenario) -> Iterator[str]:
    """The address of a court over real HTTP."""
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
