"""What tests of single sign-on start from: a provider, and a court that is registered there."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.carriers.outbox.carrier import Outbox
from app.carriers.registry import ExternalServices
from app.core.runtime.clock import SetClock
from app.people.single_sign_on.settings import OidcSettings
from tests.conftest import Scenario, make_court, make_scenario
from tests.single_sign_on.provider import CLIENT_ID, CLIENT_SECRET, TestProvider, running


@pytest.fixture(scope="module")
def running_provider() -> Iterator[TestProvider]:
    """One provider for a module."""
    with running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: TestProvider) -> Iterator[TestProvider]:
    """The provider, which answers as it should unless a test wants a fault."""
    yield running_provider
    running_provider.fault()


@pytest.fixture
def scenario(database: str, tmp_path: Path, provider: TestProvider) -> Iterator[Scenario]:
    """A court on a fresh database that trusts the provider; its clock shows the time of day."""
    clock = SetClock(dt.datetime.now(dt.UTC))
    external = ExternalServices(
        clock=clock,
        email=Outbox(tmp_path / "outbox", "email", clock, "court@court.example"),
        sms=Outbox(tmp_path / "outbox", "sms", clock),
    )
    oidc = OidcSettings(provider.issuer, CLIENT_ID, CLIENT_SECRET, name="Court account")
    scenario = make_scenario(tmp_path, database, external, oidc=oidc)
    make_court(scenario)
    yield scenario
    scenario.close()
