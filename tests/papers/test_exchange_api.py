"""What the court's page of exchanges does, programs do: close, cancel, late papers, opinions' date."""

import datetime as dt
from typing import Any

import pytest

from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import ZHAO, browser
from tests.papers.exchanging import SHANGHAI, evidence
from tests.papers.giving import PDF
from tests.questions.test_questions import entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case."""
    made: dict[str, Any] = scenario.api("POST", "/cases", CASE)[1]
    return made


def day(scenario: Scenario, days: int) -> str:
    """A moment some days from now, as the API takes it."""
    at = (scenario.clock.now() + dt.timedelta(days=days)).replace(second=0, microsecond=0)
    return at.astimezone(SHANGHAI).isoformat()


def started(scenario: Scenario, **more: Any) -> dict[str, Any]:
    form = {"closes_at": day(scenario, 10), **more}
    status, made = scenario.api("POST", "/cases/1/exchanges", form)
    assert status == 201, made
    return dict(made)


def kinds(scenario: Scenario, case: dict[str, Any]) -> list[str]:
    found = [each["kind"] for each in entries(scenario, case) if each["what"] == "registered"]
    return [each for each in found if each.startswith(("exchange_", "opinions_"))]


def test_a_program_changes_and_cancels_an_exchange_and_all_are_told(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    made = started(scenario, mode="at_once", sides=[])
    path = f"/exchanges/{made['id']}"
    later = {
        "closes_at": day(scenario, 12),
        "sides": [{"side": "respondent", "closes_at": day(scenario, 14)}],
    }
    status, changed = scenario.api("POST", f"{path}/close", later)
    assert status == 200, changed
    assert changed["ends_at"] == day(scenario, 14)
    closes = {each["side"]: each["closes_at"] for each in changed["parties"]}
    assert closes == {"claimant": day(scenario, 12), "respondent": day(scenario, 14)}
    assert scenario.api("POST", f"{path}/close", later)[0] == 200
    assert kinds(scenario, case) == ["exchange_started", "exchange_changed"]
    passed = {"closes_at": day(scenario, 12), "sides": [{**later["sides"][0]}]}
    passed["sides"][0]["closes_at"] = day(scenario, -1)
    status, refused = scenario.api("POST", f"{path}/close", passed)
    assert status == 422
    assert [each["field"] for each in refused["errors"]] == ["sides.0.closes_at"]
    assert scenario.api("POST", f"{path}/cancel", {"words": " "})[0] == 422
    assert scenario.api("POST", "/exchanges/999/cancel", {"words": "No."})[0] == 404
    status, cancelled = scenario.api("POST", f"{path}/cancel", {"words": "A party is missing."})
    assert (status, cancelled["state"]) == (200, "cancelled")
    assert scenario.api("POST", f"{path}/cancel", {"words": "Again."})[0] in (409, 422)
    assert scenario.api("POST", f"{path}/close", later)[0] in (409, 422)
    scenario.beat()
    assert scenario.letters(to=ZHAO, containing="A party is missing.")


def test_a_program_decides_on_late_papers_and_sets_the_date_for_opinions_once(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    made = started(scenario)
    path = f"/exchanges/{made['id']}"
    early = scenario.api("POST", f"{path}/opinions-due", {"due_at": day(scenario, 9)})
    assert early[0] == 422
    assert early[1]["errors"][0]["field"] == "due_at"
    scenario.wait(days=11)
    scenario.beat()
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    late = evidence(client, link, "late lease", PDF, late_reason="Found today.", exchange="1")
    assert late.status_code == 303
    [shown] = scenario.api("GET", "/cases/1/exchanges")[1]["exchanges"]
    [filing] = shown["late"]
    assert (filing["reason"], filing["decision"]) == ("Found today.", "")
    decide = f"/filings/{filing['filing_id']}/late"
    unexplained = scenario.api("POST", decide, {"decision": "refused"})
    assert unexplained[0] == 422
    assert unexplained[1]["errors"][0]["field"] == "words"
    assert scenario.api("POST", decide, {"decision": "perhaps"})[0] == 422
    assert scenario.api("POST", "/filings/999/late", {"decision": "admitted"})[0] == 404
    status, admitted = scenario.api("POST", decide, {"decision": "admitted"})
    assert (status, admitted["late"][0]["decision"]) == (200, "admitted")
    due = {"due_at": day(scenario, 20)}
    keyed = {"Idempotency-Key": "opinions-1"}
    for _ in range(2):
        status, dated = scenario.api("POST", f"{path}/opinions-due", due, **keyed)
        assert (status, dated["opinions_due_at"]) == (200, day(scenario, 20))
    assert kinds(scenario, case).count("opinions_due") == 1
    assert kinds(scenario, case).count("exchange_admitted") == 1
    document = scenario.app.test_client().get("/api/v1/openapi.json").json
    for address in ("close", "cancel", "opinions-due"):
        assert f"/api/v1/exchanges/{{exchange_id}}/{address}" in document["paths"]
