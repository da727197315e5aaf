"""Statements that the court's pages send to the database, which is what their speed depends on."""

import pytest

from tests.conftest import Scenario
from tests.flows.test_desk import queries_of
from tests.flows.test_propose_page import enter


# Beginning a transaction is a statement of its own on SQLite alone.
@pytest.mark.parametrize(("page", "most"), [("/hearings/new?case_id={case}", 20), ("/", 32)])
def test_a_page_sends_few_statements(scenario: Scenario, page: str, most: int) -> None:
    path = page.format(case=enter(scenario))
    queries_of(scenario, path)  # what is kept by the process is read once
    assert queries_of(scenario, path) <= most
