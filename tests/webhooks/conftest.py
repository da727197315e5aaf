"""What tests of webhooks start from: a court whose webhooks may call this machine."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.carriers.outbox.carrier import Outbox
from app.carriers.registry import ExternalServices
from app.core.runtime.clock import SetClock
from app.core.web_client.guarded_http import GuardedConnector
from tests.conftest import CASE, NOW, Scenario, make_court, make_scenario, proposal
from tests.webhooks.receiver import Receiver

ADMIN = "admin@court.example"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def external_with(folder: Path, connector: GuardedConnector) -> ExternalServices:
    """Return services like those of other tests, whose webhooks use a connector."""
    clock = SetClock(NOW)
    return ExternalServices(
        clock=clock,
        email=Outbox(folder / "outbox", "email", clock, "court@court.example"),
        sms=Outbox(folder / "outbox", "sms", clock),
        webhooks=connector,
    )


@pytest.fixture
def scenario(database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court on a fresh database; webhooks may call addresses of loopback."""
    connector = GuardedConnector(inside=LOOPBACK)
    scenario = make_scenario(tmp_path, database, external_with(tmp_path, connector))
    make_court(scenario)
    yield scenario
    scenario.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with Receiver() as receiver:
        yield receiver


def add_webhook(scenario: Scenario, url: str, **more: Any) -> dict[str, Any]:
    """Add an endpoint as the admin; return it with its secret."""
    status, webhook = scenario.api("POST", "/webhooks", {"url": url, **more}, email=ADMIN)
    assert status == 201, webhook
    return webhook


def deliveries(scenario: Scenario, webhook: dict[str, Any], query: str = "") -> list[Any]:
    """Return the deliveries of an endpoint, the newest first."""
    path = f"/webhooks/{webhook['id']}/deliveries{query}"
    status, body = scenario.api("GET", path, email=ADMIN)
    assert status == 200, body
    found: list[Any] = body["deliveries"]
    return found


def propose(scenario: Scenario, number: str = CASE["number"]) -> dict[str, Any]:
    """Propose a hearing in a case of this number; return it."""
    _, case = scenario.api("POST", "/cases", {**CASE, "number": number})
    status, hearing = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert status == 201, hearing
    return dict(hearing)


def cancel(scenario: Scenario, hearing: dict[str, Any]) -> None:
    """Cancel a hearing."""
    path = f"/hearings/{hearing['id']}/cancel"
    status, body = scenario.api("POST", path, {"reason": "settled"})
    assert status == 200, body
