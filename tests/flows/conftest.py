"""What several flows start from."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import CASE, Scenario, proposal


@pytest.fixture
def asked(scenario: Scenario) -> Scenario:
    """A case whose counsel were asked about two slots."""
    scenario.api("POST", "/cases", CASE)
    status, made = scenario.api("POST", "/hearings", proposal(1))
    assert status == 201, made
    scenario.beat()
    return scenario


@pytest.fixture
def browser(asked: Scenario) -> FlaskClient:
    """A browser in which an assistant has signed in, in English."""
    signed_in = asked.sign_in()
    signed_in.get("/?lang=en")
    return signed_in
