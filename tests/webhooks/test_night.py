"""A receiver written from the docs, over a short night of faults; see night.py for a longer one."""

import pytest

from tests.conftest import Scenario
from tests.soak.databases import Database
from tests.webhooks.night import Night

pytestmark = [pytest.mark.database, pytest.mark.extended]


def test_a_receiver_misses_nothing_in_a_night_of_kills_and_faults(scenario: Scenario) -> None:
    database = Database(scenario.app.config["SQLALCHEMY_DATABASE_URI"])
    found = Night(scenario, database, seed=1).play(seconds=20)
    assert found.wrong == [], found
    assert found.events > 20
    assert found.troubles  # how many depends on the speed of the machine
