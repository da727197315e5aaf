"""Calls that keep a court's data from another program: cases, counsel, tasks, lists, files."""

import io
from typing import Any

import pytest

from app.worker import beat as worker
from tests.api.test_tokens import kind
from tests.conftest import CASE, Scenario, case_with, proposal

pytestmark = pytest.mark.database

WANG = "wang@court.example"
NEW = {"name": "Ma Li", "email": "ma@firm.example", "language": "en", "channels": ["email"]}


def call(scenario: Scenario, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Call the API; return the response."""
    head = {"Authorization": f"Bearer {scenario.token(WANG)}", **headers}
    return scenario.client.open(f"/api/v1{path}", method=method, json=body, headers=head)


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case of two sides."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201
    return dict(made)


def test_an_etag_is_answered_with_304_until_the_case_changes(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    path = f"/cases/{case['id']}"
    etag = call(scenario, "GET", path).headers["ETag"]
    again = call(scenario, "GET", path, **{"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    changed = call(scenario, "PATCH", path, {"title": "货款纠纷"}, **{"If-Match": etag})
    assert (changed.status_code, changed.get_json()["title"]) == (200, "货款纠纷")
    assert call(scenario, "GET", path, **{"If-None-Match": etag}).status_code == 200


def test_a_change_needs_the_etag_of_what_was_read(scenario: Scenario, case: dict[str, Any]) -> None:
    path, body = f"/cases/{case['id']}", {"judge": "周法官"}
    etag = call(scenario, "GET", path).headers["ETag"]
    assert kind(call(scenario, "PATCH", path, body), 428) == "precondition-needed"
    stale = {"If-Match": '"0123"'}
    assert kind(call(scenario, "PATCH", path, body, **stale), 412) == "changed-meanwhile"
    weak = {"If-Match": f"W/{etag}"}  # compares strongly: RFC 9110, 13.1.1
    assert kind(call(scenario, "PATCH", path, body, **weak), 412) == "changed-meanwhile"
    assert call(scenario, "PATCH", path, body, **{"If-Match": f'"x", {etag}'}).status_code == 200
    assert kind(call(scenario, "PATCH", path, {"judge": "吴法官"}, **{"If-Match": etag}), 412)
    shown = call(scenario, "PATCH", path, {"title": ""}, **{"If-Match": "*"}).get_json()
    assert (shown["title"], shown["judge"], shown["procedure"]) == ("", "周法官", "other")


def test_a_change_that_is_wrong_names_its_field(scenario: Scenario, case: dict[str, Any]) -> None:
    star = {"If-Match": "*"}
    for body, field in (
        ({"judge": ""}, "judge"),
        ({"number": "2"}, "number"),
        ({"procedure": "quick"}, "procedure"),
        ({"title": "a\0"}, "title"),
        ([], ""),
    ):
        response = call(scenario, "PATCH", f"/cases/{case['id']}", body, **star)
        assert kind(response, 422) == "invalid", body
        assert [each["field"] for each in response.get_json(force=True)["errors"]] == [field]
    assert kind(call(scenario, "PATCH", "/cases/99", {}, **star), 404) == "not-found"
    assert call(scenario, "GET", f"/cases/{case['id']}").get_json() == case


def test_counsel_join_change_and_leave(scenario: Scenario, case: dict[str, Any]) -> None:
    assert scenario.api("POST", "/hearings", proposal(case["id"]))[0] == 201
    scenario.beat()
    party = case["parties"][0]["id"]
    path = f"/cases/{case['id']}/counsel"
    joined = call(scenario, "POST", path, {**NEW, "party_id": party})
    assert joined.status_code == 201
    scenario.beat()
    assert scenario.letters(to="ma@firm.example")  # they are asked as the others were
    counsel = f"/counsel/{joined.get_json()['id']}"
    shown = call(scenario, "GET", counsel)
    assert shown.get_json() == joined.get_json()
    match = {"If-Match": shown.headers["ETag"]}
    body = {"email": "ma@new.example", "travel_minutes": 90}
    changed = call(scenario, "PATCH", counsel, body, **match)
    assert changed.status_code == 200, changed.text
    assert changed.get_json() == {**joined.get_json(), **body}
    assert kind(call(scenario, "PATCH", counsel, body, **match), 412)
    assert kind(call(scenario, "DELETE", counsel), 428)
    assert call(scenario, "DELETE", counsel, **{"If-Match": "*"}).status_code == 204
    assert kind(call(scenario, "GET", counsel), 404)
    assert kind(call(scenario, "DELETE", counsel, **{"If-Match": "*"}), 404)
    scenario.beat()
    assert "Ma Li" not in str(scenario.api("GET", f"/cases/{case['id']}")[1])
    assert scenario.api("GET", f"/cases/{case['id']}/contacts")[1]["chain"]["whole"]


def test_counsel_of_several_cases_are_changed_in_the_one_that_is_named(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    li = case["parties"][0]["counsel"][0]
    other = scenario.api("POST", "/cases", case_with("（2026）沪0115民初2号"))[1]
    assert other["parties"][0]["counsel"][0]["id"] == li["id"]
    path, star = f"/counsel/{li['id']}", {"If-Match": "*"}
    response = call(scenario, "PATCH", path, {"required": False}, **star)
    assert kind(response, 422) == "invalid"
    assert response.get_json(force=True)["errors"][0]["field"] == "case_id"
    named = f"{path}?case_id={other['id']}"
    assert call(scenario, "PATCH", named, {"required": False}, **star).status_code == 200
    kept = [
        scenario.api("GET", f"/cases/{each['id']}")[1]["parties"][0]["counsel"][0]["required"]
        for each in (case, other)
    ]
    assert kept == [True, False]


def test_a_hearing_that_changed_meanwhile_is_not_cancelled(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = scenario.api("POST", "/hearings", proposal(case["id"]))[1]
    path = f"/hearings/{hearing['id']}"
    match = {"If-Match": call(scenario, "GET", path).headers["ETag"]}
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "by order"}
    assert call(scenario, "POST", f"{path}/fix", order, **match).status_code == 200
    cancel = {"reason": "x"}
    assert kind(call(scenario, "POST", f"{path}/cancel", cancel, **match), 412)
    assert scenario.api("GET", path)[1]["state"] == "fixed"
    assert call(scenario, "POST", f"{path}/cancel", cancel).status_code == 200


def test_tasks_are_listed_and_done(scenario: Scenario, case: dict[str, Any]) -> None:
    hearing = scenario.api("POST", "/hearings", proposal(case["id"]))[1]
    scenario.beat()
    page = scenario.client
    link = scenario.link("li@huacheng.example")
    shown = page.get(f"{link}/call-me")
    nonce = shown.text.split('name="nonce" value="')[1].split('"')[0]
    wish = {"nonce": nonce, "phone": "13800138001", "wish": "下午", "topic": "other"}
    asked = page.post(f"{link}/call-me", data=wish)
    assert asked.status_code in (200, 303), asked.text
    (task,) = scenario.api("GET", "/tasks")[1]["tasks"]
    assert (task["kind"], task["counsel"], task["state"]) == ("callback", "李敏", "open")
    assert scenario.api("GET", "/tasks?kind=move")[1]["tasks"] == []
    assert scenario.api("GET", f"/tasks?case_id={case['id']}&limit=1")[1]["next"] is None
    path = f"/tasks/{task['id']}/done"
    assert kind(call(scenario, "POST", path, {"outcome": "perhaps"}), 422)
    assert scenario.api("POST", path, {"outcome": "no_answer"})[1]["state"] == "open"
    done = scenario.api("POST", path, {"note": "会来"})[1]
    assert done["state"] == "done"
    assert scenario.api("POST", path, {})[1] == done  # again changes nothing
    record = scenario.api("GET", f"/cases/{case['id']}/contacts")[1]["attempts"]
    assert len([each for each in record if each["channel"] == "phone"]) >= 2
    assert kind(call(scenario, "POST", "/tasks/999/done", {}), 404)
    assert hearing["id"]


def test_a_listing_is_drafted_with_every_mistake_named(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    row = {"case_id": case["id"], "minutes": 60}
    wrong = {"hearings": [row, {**row, "kind": "mediation", "courtroom": "第八法庭"}]}
    response = call(scenario, "POST", "/listings", wrong)
    assert kind(response, 422) == "invalid"
    assert response.get_json(force=True)["errors"][0]["field"] == "hearings.1.courtroom"
    status, made = scenario.api("POST", "/listings", {"hearings": [row], "name": "一月"})
    assert (status, made["state"]) == (201, "waiting"), made
    assert [each["case_id"] for each in made["hearings"]] == [case["id"]]
    assert scenario.api("GET", f"/listings/{made['id']}")[1] == made
    assert scenario.api("GET", "/listings")[1]["listings"] == [{**made, "hearings": []}]
    assert kind(call(scenario, "POST", f"/listings/{made['id']}/send"), 422)
    assert kind(call(scenario, "GET", "/listings/99"), 404)


CSV = "案号,案由,承办法官,当事人,诉讼地位,代理人,邮箱\n（2026）沪0115民初7号,借款,陈法官,甲公司,原告,李敏,li@x.example\n"


def test_a_file_is_sent_checked_and_entered(scenario: Scenario) -> None:
    head = {"Authorization": f"Bearer {scenario.token(WANG)}", "Idempotency-Key": "file"}

    def send(text: str = CSV) -> Any:
        data = {"file": (io.BytesIO(text.encode()), "cases.csv")}
        return scenario.client.post("/api/v1/imports", data=data, headers=head)

    sent = send()
    assert sent.status_code == 201, sent.text
    assert sent.get_json()["state"] == "to_check"
    assert send().get_json() == sent.get_json()  # the same key, the same file: not twice
    assert kind(send(CSV.replace("7号", "8号")), 422)
    path = sent.headers["Location"].removeprefix("/api/v1")
    assert kind(call(scenario, "POST", f"{path}/enter", {}), 422)  # not checked yet
    worker.process_file(scenario.app)
    assert scenario.api("GET", path)[1]["state"] == "checked"
    assert scenario.api("POST", f"{path}/enter", {})[1]["state"] == "to_enter"
    worker.process_file(scenario.app)
    assert scenario.api("GET", path)[1]["state"] == "entered"
    found = scenario.api("GET", "/cases?number=（2026）沪0115民初7号")[1]["cases"]
    assert [each["judge"] for each in found] == ["陈法官"]
    assert kind(call(scenario, "DELETE", path), 422)


def test_a_file_that_is_none_is_refused(scenario: Scenario) -> None:
    assert kind(call(scenario, "POST", "/imports", {}), 422) == "invalid"
    head = {"Authorization": f"Bearer {scenario.token(WANG)}"}
    for data in ({}, {"file": (io.BytesIO(b""), "a.csv")}, {"file": "text"}):
        answer = scenario.client.post(
            "/api/v1/imports", data=data, headers=head, content_type="multipart/form-data"
        )
        assert kind(answer, 422) == "invalid"
    assert kind(call(scenario, "GET", "/imports/9"), 404)


def test_messages_are_listed_and_marked_as_done(scenario: Scenario) -> None:
    assert scenario.api("GET", "/inbox")[1] == {"messages": [], "next": None}
    assert kind(call(scenario, "POST", "/inbox/9/done"), 404)


CALLS = """
POST /cases, GET /cases/{case_id}, POST /courtrooms, POST /hearings, GET /hearings/{hearing_id},
POST /hearings/{hearing_id}/fix, POST /hearings/{hearing_id}/move, POST /hearings/{hearing_id}/cancel,
GET /hearings/{hearing_id}/contacts, GET /cases/{case_id}/contacts, POST /cases/{case_id}/contacts,
GET /suggestions, POST /feeds, DELETE /feeds/{feed_id}, GET /hearings/{hearing_id}/move-requests,
POST /hearings/{hearing_id}/move-requests/{number}, GET /cases/{case_id}/questions,
POST /questions/{question_id}/answer, GET /cases/{case_id}/papers, GET /papers/{paper_id},
POST /cases/{case_id}/papers, POST /hearings/{hearing_id}/outcome, PATCH /cases/{case_id},
POST /cases/{case_id}/counsel, PATCH /counsel/{counsel_id}, DELETE /counsel/{counsel_id},
GET /tasks, POST /tasks/{task_id}/done, GET /inbox, GET /listings, POST /listings, POST /imports,
GET /imports/{import_id}
"""


def test_every_call_that_is_promised_is_there(scenario: Scenario) -> None:
    paths = scenario.client.get("/api/v1/openapi.json").get_json()["paths"]
    for promised in CALLS.split(","):
        method, path = promised.split()
        assert method.lower() in paths.get(f"/api/v1{path}", {}), promised
