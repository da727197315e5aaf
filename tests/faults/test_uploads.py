"""Uploads over real connections: lost lines, killed processes, two processes, fifty at once."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import sqlalchemy as sa

from app.core.db import db
from app.core.runtime.clock import SystemClock
from app.operations.commands import SILENCE
from app.papers.models import Paper, PaperFile
from app.storage.models import StoredFile
from tests.conftest import CASE, SECRET, Scenario
from tests.papers import tus
from tests.papers.tus import PART, VERSION
from tests.questions.test_questions import key

pytestmark = [pytest.mark.database, pytest.mark.extended]

ROOT = Path(__file__).parents[2]
BODY = b"%PDF-1.7\n" + os.urandom(3_000_000)
PATIENCE = 30.0  # seconds


class Client(requests.Session):
    """A client of one server, whose addresses begin with its path."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def request(self, method: Any, url: Any, *more: Any, **options: Any) -> Any:
        """Send a request to an address of the server."""
        return super().request(method, urljoin(self.url, url), *more, timeout=60, **options)


class Serving:
    """The production server: two processes of four threads, which can be killed and started."""

    def __init__(self, scenario: Scenario, environment: dict[str, str]) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **environment,
            "TINGQI_INSTANCE": str(scenario.folder),
            "TINGQI_DATABASE_URL": scenario.app.config["SQLALCHEMY_DATABASE_URI"],
            "TINGQI_SECRET_KEY": SECRET.decode(),
            "TINGQI_PUBLIC_URL": self.url,
        }
        self.start()

    def start(self) -> None:
        """Start it; who connects before it is there waits."""
        bind = f"fd://{self.listening.fileno()}"
        self.server = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--bind", bind, "--workers", "2"],
            cwd=ROOT,
            env=self.environment,
            stderr=subprocess.DEVNULL,
            pass_fds=[self.listening.fileno()],
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill all its processes at once."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(PATIENCE)

    def stop(self) -> None:
        """Stop it."""
        self.server.terminate()
        self.server.wait(PATIENCE * 4)
        self.listening.close()

    def half_sent(self, address: str, offset: int, body: bytes, sent: int) -> socket.socket:
        """Begin a part over a connection of its own, and send some of it."""
        line = socket.create_connection(("127.0.0.1", self.port))
        fields = {**PART, "Host": "x", "Upload-Offset": offset, "Content-Length": len(body)}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        line.sendall(f"PATCH {address} HTTP/1.1\r\n{head}\r\n".encode() + body[:sent])
        return line


@pytest.fixture
def serving(scenario: Scenario, environment: dict[str, str]) -> Iterator[Serving]:
    """A court's pages on a free port, by the machine's clock."""
    scenario.clock.set(SystemClock().now())
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    serving = Serving(scenario, environment)
    yield serving
    serving.stop()


@pytest.fixture
def link(scenario: Scenario, serving: Serving) -> str:
    """The link of one side's counsel."""
    return key(scenario, "Zhao Lei")


def until(found: Any) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end
        time.sleep(0.02)


def staged(scenario: Scenario) -> Path:
    [path] = (scenario.folder / "papers/incoming").glob("part.*")
    return path


def digests(scenario: Scenario) -> list[str]:
    with scenario.app.app_context():
        return list(db.session.scalars(sa.select(PaperFile.digest).order_by(PaperFile.id)))


def test_a_lost_line_and_a_killed_server_lose_nothing_that_is_on_the_disk(
    scenario: Scenario, serving: Serving, link: str
) -> None:
    client = Client(serving.url)
    address = tus.begin(client, link, len(BODY), "证据.pdf")
    path = staged(scenario)
    # The line is lost.
    line = serving.half_sent(address, 0, BODY, 700_000)
    line.close()
    until(lambda: tus.offset(client, address) == 700_000)
    # The server is killed while it writes.
    with serving.half_sent(address, 700_000, BODY[700_000:], 1_300_000):
        until(lambda: path.stat().st_size >= 1_500_000)
        serving.kill()
    serving.start()
    client = Client(serving.url)  # the old one's connection may not be closed yet
    kept = tus.offset(client, address)
    assert 1_500_000 <= kept == path.stat().st_size <= 2_000_000
    assert path.read_bytes() == BODY[:kept]
    assert digests(scenario) == []
    # Another process of the server takes what is left: each of these connections is a new one.
    for at in range(kept, len(BODY), 400_000):
        sent = tus.patch(Client(serving.url), address, at, BODY[at : at + 400_000])
        assert sent.status_code == 204, sent.text
    assert digests(scenario) == [hashlib.sha256(BODY).hexdigest()]
    assert tus.offset(client, address) == len(BODY)
    assert list((scenario.folder / "papers/incoming").iterdir()) == []


def test_one_request_at_a_time_writes_to_an_upload(
    scenario: Scenario, serving: Serving, link: str
) -> None:
    client = Client(serving.url)
    address = tus.begin(client, link, len(BODY))
    path = staged(scenario)
    with serving.half_sent(address, 0, BODY, 600_000):
        until(lambda: path.stat().st_size >= 500_000)
        for _ in range(6):  # by either process
            assert tus.patch(Client(serving.url), address, 0, BODY).status_code == 423
        assert client.delete(address, headers=VERSION).status_code == 423
        assert 500_000 <= tus.offset(client, address) <= 600_000
    until(lambda: tus.offset(client, address) == 600_000)
    until(lambda: tus.patch(client, address, 600_000, BODY[600_000:]).status_code == 204)
    assert digests(scenario) == [hashlib.sha256(BODY).hexdigest()]


def test_a_last_byte_without_its_row_is_asked_for_again(
    scenario: Scenario, serving: Serving, link: str
) -> None:
    client = Client(serving.url)
    address = tus.begin(client, link, len(BODY))
    path = staged(scenario)
    # As kill -9 leaves it: complete and synced, then also named by its digest and published.
    path.write_bytes(BODY)
    assert tus.offset(client, address) == len(BODY) - 1
    digest = hashlib.sha256(BODY).hexdigest()
    named = path.with_name(path.name.replace("part", digest))
    path.rename(named)
    stored = scenario.folder / "papers" / digest[:2] / digest
    stored.parent.mkdir()
    os.link(named, stored)
    assert tus.offset(client, address) == len(BODY) - 1
    # Whoever sends something else now does not change bytes that are stored.
    assert tus.patch(client, address, len(BODY) - 1, b"?").status_code == 204
    assert digests(scenario) == [digest]
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == digest


def test_fifty_uploads_at_once_are_fifty_papers_in_their_order(
    scenario: Scenario, serving: Serving, link: str
) -> None:
    bodies = [b"%PDF-1.7 " + bytes([n]) * 200_000 for n in range(48)]
    bodies += [bodies[0], bodies[0]]  # the same bytes are stored once
    client = Client(serving.url)
    addresses = [
        tus.begin(client, link, len(body), f"Paper no. {n}.pdf") for n, body in enumerate(bodies)
    ]

    def send(n: int) -> int:
        sent = tus.patch(Client(serving.url), addresses[n], 0, bodies[n])
        return int(sent.status_code)

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(send, range(50))) == [204] * 50
    with scenario.app.app_context():
        names = list(db.session.scalars(sa.select(Paper.name).order_by(Paper.position)))
        assert names == [f"Paper no. {n}" for n in range(50)]
        assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 48


@pytest.mark.parametrize("part", ["head", "body"])
def test_clients_that_stall_hold_no_thread_for_ever(
    serving: Serving, link: str, part: str, scenario: Scenario
) -> None:
    head = f"POST {link}/papers HTTP/1.1\r\nHost: x\r\n"
    if part == "body":
        head += "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000\r\n\r\n"
        head += '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    assert requests.get(f"{serving.url}/healthz", timeout=PATIENCE * 4).status_code == 200
    lines = [socket.create_connection(("127.0.0.1", serving.port)) for _ in range(8)]
    for line in lines:
        line.sendall(head.encode() + b"%PDF-1.7 " * 100 * (part == "body"))
    begun = time.monotonic()
    answer = requests.get(f"{serving.url}/healthz", timeout=5 * SILENCE)
    assert answer.status_code == 200
    assert time.monotonic() - begun < 5 * SILENCE
    for line in lines:  # each is ended, with an answer or without
        line.settimeout(5 * SILENCE)
        while line.recv(65536):
            pass
        line.close()
    assert list((scenario.folder / "papers/incoming").glob("*")) == []
