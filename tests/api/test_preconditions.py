"""If-Match: every change of what is there heeds it, as the document says, and changes nothing."""

from typing import Any

from tests.api import filled
from tests.api.filled import call
from tests.api.test_contract import calls
from tests.api.test_tokens import kind
from tests.conftest import Scenario, at

ANSWER = {"words": "Yes, by video."}
ADDRESS = {"email": "wu@other.example"}
MOVE = {"starts_at": at(30), "courtroom": "第三法庭", "reason": "x"}
PEOPLE = [{"name": "陈法官", "role": "presiding"}, filled.WITNESS]
BENCH = {"bench": [*PEOPLE, {"name": "吴陪审", "role": "assessor"}], "reason": "x"}
NEED = {"role": "party", "name": "Gu", "hearing_loop": True}
CLOSE = {"closes_at": at(12)}
# A change of each resource: what is read for it, and a body with which it would be made.
CHANGES: dict[str, tuple[str, Any]] = {
    "POST /hearings/1/fix": ("/hearings/1", {"slot_id": 1, "reason": "x"}),
    "POST /hearings/2/move": ("/hearings/2", MOVE),
    "POST /hearings/1/bench": ("/hearings/1", {**BENCH, "whole_case": True}),
    "POST /hearings/1/outcome": ("/hearings/1", {"outcome": "held"}),
    "POST /hearings/1/cancel": ("/hearings/1", {"reason": "x"}),
    "POST /hearings/1/members/2/called": ("/hearings/1/members/2", None),
    "POST /hearings/1/members/2/link": ("/hearings/1/members/2", None),
    "POST /hearings/1/members/2/seen": ("/hearings/1/members/2", None),
    "PATCH /cases/1": ("/cases/1", {"title": "货款"}),
    "POST /cases/1/bench": ("/cases/1", BENCH),
    "POST /cases/1/evidence-due": ("/cases/1/evidence-due", {"on": "2026-12-20"}),
    "DELETE /cases/1/noted-filings/1": ("/cases/1/noted-filings/1", None),
    "PUT /cases/1/needs/1": ("/cases/1/needs/1", NEED),
    "POST /cases/1/needs/1/noted": ("/cases/1/needs/1", None),
    "DELETE /cases/1/needs/2": ("/cases/1/needs/2", None),
    "POST /cases/1/counsel/1/link": ("/counsel/1?case_id=1", None),
    "PATCH /counsel/2": ("/counsel/2", {"firm": "Other"}),
    "DELETE /counsel/2": ("/counsel/2", None),
    "PATCH /members/2": ("/members/2", ADDRESS),
    "POST /questions/1/answer": ("/questions/1", ANSWER),
    "POST /questions/2/disclose": ("/questions/2", None),
    "POST /tasks/1/done": ("/tasks/1", {}),
    "POST /exchanges/1/close": ("/exchanges/1", CLOSE),
    "POST /exchanges/1/opinions-due": ("/exchanges/1", {"due_at": at(20)}),
    "POST /exchanges/1/cancel": ("/exchanges/1", {"words": "x"}),
    "POST /filings/1/seen": ("/filings/1", None),
    "DELETE /feeds/1": ("/feeds/1", None),
    "DELETE /tokens/2": ("/tokens/2", None),
    "PATCH /webhooks/1": ("/webhooks/1", {"state": "off"}),
    "POST /webhooks/2/secret": ("/webhooks/2", None),
    "POST /webhooks/2/test": ("/webhooks/2", None),
    "DELETE /webhooks/2": ("/webhooks/2", None),
    "POST /imports/1/columns": ("/imports/1", {}),
    "DELETE /imports/1": ("/imports/1", None),
    "POST /listings/1/stop": ("/listings/1", None),
    "DELETE /listings/1": ("/listings/1", None),
}
NEEDED = ("PUT /cases/1/needs/1", "PATCH /cases/1", "PATCH /counsel/2", "PATCH /webhooks/1")
GARBAGE = (
    "",
    '"',
    "x",
    '"0123"',
    "W/*",
    '"\t"',
    "é" * 50,
    '"a", "b"',
    ", ,",
    '"' + "a" * 8000 + '"',
)


def test_every_change_of_what_is_there_heeds_if_match(scenario: Scenario) -> None:
    document = scenario.client.get("/api/v1/openapi.json").get_json()
    for name, described in calls(document):
        method, _, path = name.partition(" ")
        creates = "201" in described["responses"] and not path.endswith("/again")
        heeds = [each for each in described.get("parameters", []) if each.get("name") == "If-Match"]
        acts = method in ("PUT", "PATCH", "DELETE") or (method == "POST" and not creates)
        assert bool(heeds) == acts, name
        assert ("412" in described["responses"]) == bool(heeds), name
        assert ("428" in described["responses"]) == any(each["required"] for each in heeds), name


def test_what_was_changed_since_it_was_read_is_not_changed_again(scenario: Scenario) -> None:
    filled.fill(scenario)
    for change, (read, body) in CHANGES.items():
        method, _, path = change.partition(" ")
        before = call(scenario, "GET", read)
        assert before.status_code == 200, (read, before.text)
        for given in GARBAGE:
            head = {"If-Match": given}
            stale = call(scenario, method, path, body, **head)
            assert kind(stale, 412) == "changed-meanwhile", (change, given)
            assert "Read it again" in stale.get_json(force=True)["detail"]
        if change in NEEDED:
            assert kind(call(scenario, method, path, body), 428) == "precondition-needed", change
        assert call(scenario, "GET", read).get_json() == before.get_json(), change
        in_chinese = call(scenario, "GET", read, **{"Accept-Language": "zh"}).headers["ETag"]
        done = call(scenario, method, path, body, **{"If-Match": in_chinese})
        assert done.status_code != 412, (change, done.text)
        assert done.status_code < 500, (change, done.text)
