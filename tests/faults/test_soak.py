"""Everything at once, by a seed: kills, cuts, lost answers; then nothing is wrong."""

import pytest

from tests.conftest import Scenario
from tests.soak.checks import wrong
from tests.soak.databases import Database
from tests.soak.plan import plan
from tests.soak.run import run

pytestmark = [pytest.mark.database, pytest.mark.extended]

SEED, ROUNDS = 5, 8


def test_an_installation_in_trouble_comes_to_rest_with_nothing_wrong(scenario: Scenario) -> None:
    database = Database(scenario.app.config["SQLALCHEMY_DATABASE_URI"])
    found = run(scenario, database, plan(SEED, ROUNDS, database.kind, workers=(3,)))
    assert wrong(found) == [], f"make soak SEED={SEED} shows it again"
