"""Calls that do what only pages did: each does it, tells who is told, and leaves it on the record."""

from typing import Any

import pytest

from tests.api import filled
from tests.api.filled import add, call
from tests.api.test_tokens import kind
from tests.conftest import Scenario, at
from tests.counsel.test_answers import browser
from tests.questions.test_questions import ask, key

pytestmark = pytest.mark.database
ZHAO = "zhao@jinmao.example"


def kinds(scenario: Scenario) -> list[str]:
    """Return the kinds of the entries of the first case, in order."""
    shown = call(scenario, "GET", "/cases/1/contacts").get_json()
    assert shown["chain"]["whole"]
    lines = [line for each in shown["attempts"] for line in each["lines"]]
    return [line["kind"] for line in sorted(lines, key=lambda line: line["seq"])]


def test_what_came_in_by_hand_is_noted_told_and_taken_back(scenario: Scenario) -> None:
    add(scenario, "/cases", filled.CASE)
    body = {"party_id": 1, "kind": "evidence", "on": "2026-11-20", "note": "Contract"}
    noted = add(scenario, "/cases/1/noted-filings", body)
    assert add(scenario, "/cases/1/noted-filings", body) == noted  # once within ten minutes
    due = add(scenario, "/cases/1/evidence-due", {"on": "2026-12-20"}, 200)
    assert due == {"case_id": 1, "on": "2026-12-20"}
    assert call(scenario, "GET", "/cases/1/evidence-due").get_json() == due
    path = f"/cases/1/noted-filings/{noted['id']}"
    assert call(scenario, "DELETE", path).status_code == 204
    listed = call(scenario, "GET", "/cases/1/noted-filings").get_json()["noted_filings"]
    assert listed == []
    assert [each for each in kinds(scenario) if each.startswith(("filing_", "evidence"))] == [
        "filing_noted",
        "evidence_due",
        "filing_removed",
    ]
    scenario.beat()
    assert len(scenario.letters(to=ZHAO, channel="email")) == 3
    for wrong, field in (
        ({**body, "party_id": 99}, "party_id"),
        ({**body, "on": at(3)[:10]}, "on"),
        ({**body, "note": "\0"}, "note"),
        ({**body, "kind": "x"}, "kind"),
    ):
        refused = call(scenario, "POST", "/cases/1/noted-filings", wrong)
        assert kind(refused, 422) == "invalid"
        assert refused.get_json(force=True)["errors"][0]["field"] == field
    nothing = {"case_id": 1, "on": None}
    assert add(scenario, "/cases/1/evidence-due", {"on": None}, 200) == nothing


def test_a_private_question_is_shown_to_all_sides_by_a_judge_alone(scenario: Scenario) -> None:
    add(scenario, "/cases", filled.CASE)
    link = key(scenario, "李敏")
    ask(browser(scenario), link, "Stairs", "Is there a lift?", in_private="1", private="access")
    path = "/questions/1/disclose"
    assert kind(call(scenario, "POST", path), 403) == "forbidden"
    judge = "chen@court.example"
    status, shown = scenario.api("POST", path, email=judge)
    assert (status, shown["disclosed_at"] is not None) == (200, True)
    assert scenario.api("POST", path, email=judge)[0] == 422
    scenario.beat()
    assert scenario.letters(to=ZHAO, containing="Stairs")


def test_the_official_message_is_handed_on_without_its_key(scenario: Scenario) -> None:
    add(scenario, "/cases", filled.CASE)
    add(scenario, "/hearings", filled.proposal(1))
    scenario.beat()
    path = "/cases/1/counsel/2/message"
    shown = call(scenario, "GET", f"{path}?form=full").get_json()
    assert shown["kind"] == "proposal"
    assert shown["hearing_id"] == 1
    token = scenario.link(ZHAO).removeprefix("/r/")
    assert token not in str(shown)
    handed = add(scenario, path, {"channel": "chat", "note": "He asked for it."})
    assert (handed["kind"], handed["channel"]) == ("handed_on", "chat")
    assert handed["grade"]["level"] in ("E0", "E1")
    assert token not in str(handed)
    assert kind(call(scenario, "POST", path, {"channel": "sms"}), 422) == "invalid"
    assert kind(call(scenario, "GET", "/cases/1/counsel/99/message"), 422) == "refused"


def test_members_are_called_sent_a_new_link_and_taken_off_the_list(scenario: Scenario) -> None:
    add(scenario, "/cases", {**filled.CASE, "bench": [filled.WITNESS]})
    add(scenario, "/hearings", filled.proposal(1))
    path = "/hearings/1/members/2"
    before = call(scenario, "GET", path).get_json()
    assert (before["state"], before["link_version"]) == ("no_address", 1)
    refused = call(scenario, "POST", f"{path}/link")
    assert "No address" in refused.get_json(force=True)["detail"]
    call(scenario, "PATCH", "/members/2", {"email": "wu@witness.example"})
    scenario.beat()
    link = add(scenario, f"{path}/link", None, 200)
    assert link["link_version"] == 2
    called = add(scenario, f"{path}/called", None, 200)
    assert called["state"] == "told"
    assert add(scenario, f"{path}/seen", None, 200)["seen"]
    assert kind(call(scenario, "POST", "/hearings/1/members/1/called"), 404) == "not-found"
    scenario.beat()
    assert scenario.letters(to="wu@witness.example")


def test_the_bench_of_a_case_is_changed_with_its_hearings(scenario: Scenario) -> None:
    add(scenario, "/cases", filled.CASE)
    add(scenario, "/hearings", filled.proposal(1))
    people: list[Any] = [
        {"name": "周法官", "role": "presiding"},
        {"name": "吴法官", "role": "judge"},
        {"name": "郑法官", "role": "judge"},
    ]
    body = {"bench": people, "reason": "Leave", "whole_case": True}
    changed = add(scenario, "/cases/1/bench", body, 200)
    assert changed["judge"] == "周法官"
    hearing = call(scenario, "GET", "/hearings/1").get_json()
    assert [each["name"] for each in hearing["bench"]] == ["周法官", "吴法官", "郑法官"]


def test_needs_are_replaced_and_noted(scenario: Scenario) -> None:
    add(scenario, "/cases", filled.CASE)
    need = add(scenario, "/cases/1/needs", {"role": "party", "name": "Gu", "step_free": True})
    path = f"/cases/1/needs/{need['id']}"
    etag = {"If-Match": call(scenario, "GET", path).headers["ETag"], "Idempotency-Key": "n"}
    body = {"role": "party", "name": "Gu", "interpreter": "German"}
    changed = call(scenario, "PUT", path, body, **etag)
    assert changed.status_code == 200, changed.text
    assert (changed.get_json()["interpreter"], changed.get_json()["step_free"]) == ("German", False)
    assert call(scenario, "PUT", path, body, **etag).get_json() == changed.get_json()
    assert add(scenario, f"{path}/noted", None, 200)["noted_at"]
    assert call(scenario, "DELETE", path).status_code == 204
    assert call(scenario, "DELETE", path).status_code == 204  # gone already
    assert kind(call(scenario, "GET", path), 404) == "not-found"


def test_a_webhook_is_turned_off_and_on(scenario: Scenario) -> None:
    add(scenario, "/webhooks", {"url": "https://hooks.example/a"})
    star = {"If-Match": "*"}
    for state in ("off", "off", "on"):
        turned = call(scenario, "PATCH", "/webhooks/1", {"state": state}, **star)
        assert (turned.status_code, turned.get_json()["state"]) == (200, state)
    assert kind(call(scenario, "PATCH", "/webhooks/1", {"state": "gone"}, **star), 422)
    assert kind(call(scenario, "PATCH", "/webhooks/9", {"state": "on"}, **star), 404)


def test_courtrooms_and_closed_days_are_kept_by_an_admin(scenario: Scenario) -> None:
    room = call(scenario, "GET", "/courtrooms/1").get_json()
    body = {"name": room["name"], "location": "East wing", "retired": True}
    assert kind(call(scenario, "PUT", "/courtrooms/1", body), 428) == "precondition-needed"
    star = {"If-Match": "*"}
    changed = call(scenario, "PUT", "/courtrooms/1", body, **star).get_json()
    assert changed == {**room, "location": "East wing", "retired": True}
    other = call(scenario, "GET", "/courtrooms/2").get_json()["name"]
    clash = call(scenario, "PUT", "/courtrooms/1", {"name": other}, **star)
    assert kind(clash, 409) == "clash"
    assert call(scenario, "DELETE", "/courtrooms/1").status_code == 204
    assert kind(call(scenario, "DELETE", "/courtrooms/1"), 404) == "not-found"
    closed = add(
        scenario, "/closed-days", {"from": "2026-12-24", "until": "2026-12-25", "why": "x"}
    )
    assert [each["on"] for each in closed["closed_days"]] == ["2026-12-24", "2026-12-25"]
    assert add(scenario, "/closed-days", {"from": "2026-12-24"})["closed_days"] == [
        closed["closed_days"][0]
    ]
    path = f"/closed-days/{closed['closed_days'][0]['id']}"
    assert kind(call(scenario, "DELETE", path, **{"If-Match": '"x"'}), 412) == "changed-meanwhile"
    assert call(scenario, "DELETE", path).status_code == 204
    left = call(scenario, "GET", "/closed-days?from=2026-12-01").get_json()["closed_days"]
    assert left == closed["closed_days"][1:]
    for wrong, field in (({}, "from"), ({"from": "2026-12-24", "until": "2026-12-01"}, "until")):
        refused = call(scenario, "POST", "/closed-days", wrong)
        assert refused.get_json(force=True)["errors"][0]["field"] == field
    assert scenario.api("PUT", "/courtrooms/2", {"name": "x"}, **star)[0] == 403
