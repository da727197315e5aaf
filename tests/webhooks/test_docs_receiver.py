"""The receiver of the docs, as it stands there, against the real worker; and workers that die."""

import datetime as dt
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import transaction
from app.core.runtime.clock import SetClock
from app.events.rules import EventType
from app.record.ledger import publish_event
from tests.conftest import CASE, SECRET, Scenario
from tests.webhooks.conftest import ADMIN, add_webhook, deliveries
from tests.webhooks.docs_receiver import HOME, free_port, receiver_of, running, wait_for
from tests.webhooks.receiver import Receiver

DOCS = ["docs/webhooks.md", "docs/zh/webhooks.md"]


@pytest.mark.parametrize("page", DOCS)
def test_the_receiver_of_the_docs_verifies_and_keeps_events_and_reads_what_it_missed(
    scenario: Scenario, site: str, tmp_path: Path, page: str
) -> None:
    assert isinstance(scenario.clock, SetClock)
    scenario.clock.advance(dt.datetime.now(dt.UTC) - scenario.clock.now())
    publish_answers(scenario, [add_case(scenario, "before")], 1)  # before it was added
    port = free_port()
    webhook = add_webhook(scenario, f"http://127.0.0.1:{port}/")
    access = {"COURT_URL": site, "API_TOKEN": scenario.token("wang@court.example")}
    access |= {"SECRET": webhook["secret"], "PORT": str(port)}
    with running(receiver_of(page), tmp_path, access) as process:
        wait_for(port)
        publish_answers(scenario, [add_case(scenario, "after")], 1)
        scenario.beat()
        [delivery] = deliveries(scenario, webhook)
        assert (delivery["state"], delivery["calls"][0]["status"]) == ("delivered", 204)
        path = f"/webhooks/{webhook['id']}/deliveries/{delivery['number']}/again"
        assert scenario.api("POST", path, email=ADMIN)[0] == 202
        scenario.beat()
        forged = add_webhook(scenario, f"http://127.0.0.1:{port}/")  # which has another secret
        scenario.api("POST", f"/webhooks/{forged['id']}/test", email=ADMIN)
        scenario.beat()
        assert deliveries(scenario, forged)[0]["calls"][0]["status"] == 400
        process.kill()
        assert process.stdout is not None
        printed = process.stdout.read()
    assert re.findall(r"'event': (\d+)", printed) == ["1", "2"]
    with closing(sqlite3.connect(tmp_path / "events.db")) as kept:
        assert kept.execute("SELECT number, id FROM event").fetchall() == [
            (1, "evt_1"),
            (2, "evt_2"),
        ]


def add_case(scenario: Scenario, number: str) -> int:
    """Enter a case of this number; return its id."""
    status, case = scenario.api("POST", "/cases", {**CASE, "number": number})
    assert status == 201, case
    return int(case["id"])


def publish_answers(scenario: Scenario, cases: list[int], each: int) -> None:
    """Publish so many events for each of some cases, in turn."""
    with scenario.app.app_context(), transaction() as session:
        for n in range(each):
            for case_id in cases:
                publish_event(
                    session,
                    EventType.ANSWER_GIVEN,
                    scenario.clock.now(),
                    court_id=1,
                    case_id=case_id,
                    ids={"hearing_id": n + 1},
                )


CASES, EACH = 8, 40


@pytest.mark.extended
@pytest.mark.database
def test_workers_killed_in_the_middle_lose_nothing_and_keep_the_order_of_each_case(
    scenario: Scenario, receiver: Receiver, environment: dict[str, str]
) -> None:
    add_webhook(scenario, receiver.url)
    cases = [add_case(scenario, f"{n}") for n in range(CASES)]
    publish_answers(scenario, cases, EACH)
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
