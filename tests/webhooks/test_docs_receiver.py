"""The receiver of the docs, as it stands there, against the real worker; and workers that die."""

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import transaction
from app.core.runtime.clock import SetClock
from app.events.rules import EventType
from app.record.ledger import publish_event
from tests.conftest import CASE, SECRET, Scenario
from tests.webhooks.conftest import ADMIN, add_webhook, deliveries
from tests.webhooks.receiver import Receiver

HOME = Path(__file__).parents[2]
DOCS = ["docs/webhooks.md", "docs/zh/webhooks.md"]


def receiver_of(page: str) -> str:
    """Return the code of the receiver in a page of the docs."""
    text = (HOME / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE)
    [code] = [each for each in blocks if "from standardwebhooks" in each]
    return textwrap.dedent(code)


@contextmanager
def running(code: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run code as a process of its own, until it listens."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until something listens on a port."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


@pytest.mark.parametrize("page", DOCS)
def test_the_receiver_of_the_docs_verifies_and_prints_events(scenario: Scenario, page: str) -> None:
    assert isinstance(scenario.clock, SetClock)
    scenario.clock.advance(dt.datetime.now(dt.UTC) - scenario.clock.now())
    port = free_port()
    webhook = add_webhook(scenario, f"http://127.0.0.1:{port}/")
    with running(receiver_of(page), SECRET=webhook["secret"], PORT=str(port)) as process:
        wait_for(port)
        scenario.api("POST", f"/webhooks/{webhook['id']}/test", email=ADMIN)
        scenario.beat()
        [delivery] = deliveries(scenario, webhook)
        assert (delivery["state"], delivery["calls"][0]["status"]) == ("delivered", 204)
        assert process.stdout is not None
        assert process.stdout.readline() == "test {}\n"
        forged = add_webhook(scenario, f"http://127.0.0.1:{port}/")  # which has another secret
        scenario.api("POST", f"/webhooks/{forged['id']}/test", email=ADMIN)
        scenario.beat()
        assert deliveries(scenario, forged)[0]["calls"][0]["status"] == 400


CASES, EACH = 8, 40


@pytest.mark.extended
@pytest.mark.database
def test_workers_killed_in_the_middle_lose_nothing_and_keep_the_order_of_each_case(
    scenario: Scenario, receiver: Receiver, environment: dict[str, str]
) -> None:
    add_webhook(scenario, receiver.url)
    cases = [scenario.api("POST", "/cases", {**CASE, "number": f"{n}"})[1]["id"] for n in range(8)]
    with scenario.app.app_context(), transaction() as session:
        for n in range(EACH):
            for case_id in cases:
                publish_event(
                    session,
                    EventType.ANSWER_GIVEN,
                    scenario.clock.now(),
                    court_id=1,
                    case_id=case_id,
                    ids={"hearing_id": n + 1},
                )
    url = sa.make_url(scenario.app.config["SQLALCHEMY_DATABASE_URI"])
    variables = {
        **environment,
        "PYTHONPATH": str(HOME),
        "TINGQI_DATABASE_URL": url.render_as_string(hide_password=False),
        "TINGQI_SECRET_KEY": SECRET.decode(),
        "TINGQI_HOOKS_INSIDE": "127.0.0.0/8",
        "TINGQI_BEAT_SECONDS": "0.2",
    }
    total = CASES * EACH
    for share in (0.2, 0.5, 0.8, 1.0):
        before = len(receiver.received)
        worker = subprocess.Popen(
            [sys.executable, "-m", "app", "worker"],
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 120
        while time.monotonic() < until and worker.poll() is None:
            distinct = len({each.headers["webhook-id"] for each in receiver.received})
            if distinct >= share * total and len(receiver.received) > before:
                break
            time.sleep(0.01)
        worker.send_signal(signal.SIGTERM if share == 1.0 else signal.SIGKILL)
        worker.wait(60)
    first_seen: dict[int, list[int]] = defaultdict(list)
    known: set[str] = set()
    for call in receiver.received:
        if call.headers["webhook-id"] not in known:
            known.add(call.headers["webhook-id"])
            data = call.event["data"]
            first_seen[data["case_id"]].append(data["hearing_id"])
    assert first_seen == {case_id: list(range(1, EACH + 1)) for case_id in cases}
