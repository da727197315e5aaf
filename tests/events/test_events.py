"""Events of a court: one for each act, in order, and none that is skipped."""

from typing import Any

import pytest

from tests.conftest import CASE, Scenario, at, proposal

pytestmark = pytest.mark.database


def events(scenario: Scenario, after: int = 0, **more: Any) -> list[dict[str, Any]]:
    """Return the court's events behind a number."""
    query = "&".join(f"{name}={value}" for name, value in {"after": after, **more}.items())
    status, body = scenario.api("GET", f"/events?{query}")
    assert status == 200, body
    return body["events"]


def types(scenario: Scenario, after: int = 0) -> list[str]:
    """Return the types of the court's events behind a number."""
    return [each["type"] for each in events(scenario, after)]


def test_each_act_about_a_hearing_leaves_its_event(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    _, hearing = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert types(scenario) == ["hearing.proposed"]
    [proposed] = events(scenario)
    assert proposed["data"]["case_id"] == case["id"]
    assert proposed["data"]["hearing_id"] == hearing["id"]
    slot = hearing["slots"][0]["id"]
    scenario.api("POST", f"/hearings/{hearing['id']}/fix", {"slot_id": slot, "reason": "x"})
    move = {"starts_at": at(20), "courtroom": "第三法庭", "reason": "y"}
    status, moved = scenario.api("POST", f"/hearings/{hearing['id']}/move", move)
    assert status == 200, moved
    scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "z"})
    assert types(scenario, proposed["data"]["event"]) == [
        "hearing.fixed",
        "hearing.moved",
        "hearing.cancelled",
    ]
    _, contacts = scenario.api("GET", f"/cases/{case['id']}/contacts")
    last = events(scenario)[-1]["data"]["chain"]
    assert (last["number"], last["hash"]) == (contacts["lines"], contacts["chain"]["head"])
