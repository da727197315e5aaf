"""A repeated Idempotency-Key does nothing twice; the document tells of every call."""

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from tests.conftest import CASE, Scenario, at, case_with, proposal

pytestmark = pytest.mark.database

KEY = {"Idempotency-Key": "0b8d4c1e"}


@pytest.fixture
def site(scenario: Scenario) -> Iterator[BaseWSGIServer]:
    """The house over real HTTP, on a free port."""
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def post(
    scenario: Scenario, site: BaseWSGIServer, path: str, body: Any, **headers: str
) -> tuple[int, Any]:
    """Post over the wire; return status and JSON."""
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    head = {
        "Authorization": f"Bearer {scenario.token('wang@court.example')}",
        "Content-Type": "application/json",
        **headers,
    }
    wire.request("POST", f"/api/v1{path}", json.dumps(body), head)
    answer = wire.getresponse()
    said = answer.status, json.loads(answer.read())
    wire.close()
    return said


def test_a_repeated_key_is_answered_as_at_first_and_nothing_is_done_twice(
    scenario: Scenario,
) -> None:
    first = scenario.api("POST", "/cases", CASE, **KEY)
    assert first[0] == 201
    assert scenario.api("POST", "/cases", CASE, **KEY) == first
    body = proposal(first[1]["id"])
    key = {"Idempotency-Key": "another"}
    asked = scenario.api("POST", "/hearings", body, **key)
    scenario.beat()
    scenario.api("POST", f"/hearings/{asked[1]['id']}/cancel", {"reason": "x"})
    # Told again as it was then, not as it is now.
    assert scenario.api("POST", "/hearings", body, **key) == asked
    scenario.beat()
    told = scenario.api("GET", f"/hearings/{asked[1]['id']}/contacts")[1]["attempts"]
    assert len([each for each in told if each["kind"] == "proposal"]) == 4
    assert len(scenario.api("GET", "/hearings")[1]["hearings"]) == 1


def test_an_answer_again_says_where_the_thing_is(scenario: Scenario) -> None:
    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}", **KEY}
    places = [
        scenario.client.post("/api/v1/cases", json=CASE, headers=head).headers["Location"]
        for _ in range(2)
    ]
    assert places[0] == places[1] == "/api/v1/cases/1"


def test_a_key_used_for_something_else_is_refused(scenario: Scenario) -> None:
    assert scenario.api("POST", "/courtrooms", {"name": "第九法庭"}, **KEY)[0] == 201
    for path, body in (("/courtrooms", {"name": "第十法庭"}), ("/cases", CASE)):
        status, said = scenario.api("POST", path, body, **KEY)
        assert (status, said["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert len(scenario.api("GET", "/courtrooms")[1]["courtrooms"]) == 3


def test_the_order_of_fields_makes_no_other_request(scenario: Scenario) -> None:
    first = scenario.api("POST", "/courtrooms", {"name": "第九法庭", "location": "附楼"}, **KEY)
    assert (
        scenario.api("POST", "/courtrooms", {"location": "附楼", "name": "第九法庭"}, **KEY)
        == first
    )


def test_keys_of_two_users_are_two_keys(scenario: Scenario) -> None:
    assert scenario.api("POST", "/courtrooms", {"name": "第九法庭"}, **KEY)[0] == 201
    other = scenario.api(
        "POST", "/courtrooms", {"name": "第十法庭"}, email="admin@court.example", **KEY
    )
    assert other[1]["name"] == "第十法庭"


def test_a_refused_request_may_be_corrected_under_its_key(scenario: Scenario) -> None:
    case = scenario.api("POST", "/cases", CASE)[1]["id"]
    assert scenario.api("POST", "/hearings", proposal(case, (at(14), "第八法庭")), **KEY)[0] == 422
    assert scenario.api("POST", "/hearings", proposal(case, (at(14), "第三法庭")), **KEY)[0] == 201


def test_a_key_that_is_none_is_refused(scenario: Scenario) -> None:
    for key in ("", "x" * 256, "a\tb", "é"):
        status, said = scenario.api(
            "POST", "/courtrooms", {"name": "x"}, **{"Idempotency-Key": key}
        )
        assert (status, said["errors"][0]["field"]) == (422, "Idempotency-Key"), key


def test_a_feeds_address_is_given_again_though_it_is_not_kept(scenario: Scenario) -> None:
    import sqlalchemy as sa

    from app.core.db import db

    first = scenario.api("POST", "/feeds", {"scope": "me"}, **KEY)
    assert scenario.api("POST", "/feeds", {"scope": "me"}, **KEY) == first
    token = first[1]["url"].rpartition("/")[2].removesuffix(".ics")
    with scenario.app.app_context():
        kept = db.session.execute(sa.text("SELECT answer FROM api_repeat")).scalars().all()
    assert len(kept) == 1
    assert token not in str(kept)


def test_ten_at_once_with_one_key_do_it_once(scenario: Scenario, site: BaseWSGIServer) -> None:
    case = scenario.api("POST", "/cases", CASE)[1]["id"]
    body = proposal(case)
    with ThreadPoolExecutor(10) as crowd:
        answers = list(
            crowd.map(lambda _: post(scenario, site, "/hearings", body, **KEY), range(10))
        )
    assert [status for status, _ in answers] == [201] * 10
    assert all(said == answers[0][1] for _, said in answers)
    assert len(scenario.api("GET", "/hearings")[1]["hearings"]) == 1
    scenario.beat()
    assert (
        len([each for each in scenario.letters(to="li@huacheng.example") if "/r/" in each.body])
        == 1
    )


def test_ten_at_once_for_one_slot_give_one_hearing(
    scenario: Scenario, site: BaseWSGIServer
) -> None:
    ids = []
    for n in range(10):
        counsel = [
            {"name": f"甲{n}", "email": f"a{n}@x.example"},
            {"name": f"乙{n}", "email": f"b{n}@x.example"},
        ]
        ids.append(
            scenario.api(
                "POST", "/cases", case_with(f"（2026）沪0115民初{n}号", *counsel, judge=f"法官{n}")
            )[1]["id"]
        )
    with ThreadPoolExecutor(10) as crowd:
        answers = list(
            crowd.map(
                lambda case: post(
                    scenario, site, "/hearings", proposal(case, (at(14), "第三法庭"))
                ),
                ids,
            )
        )
    assert sorted(status for status, _ in answers) == [201] + [409] * 9
    assert all("第三法庭" in said["detail"] for status, said in answers if status == 409)


def test_ten_at_once_with_one_case_number_enter_one_case(
    scenario: Scenario, site: BaseWSGIServer
) -> None:
    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(lambda _: post(scenario, site, "/cases", CASE), range(10)))
    assert sorted(status for status, _ in answers) == [201] + [409] * 9


BODILESS = (
    *("/link", "/end", "/send", "/secret", "/test", "/again", "/inbox/{message_id}/done"),
    *("/noted", "/called", "/seen", "/disclose", "/stop", "/undo"),
)
CALLS = {
    "/api/v1/events": {"get"},
    "/api/v1/webhooks": {"get", "post"},
    "/api/v1/webhooks/{webhook_id}": {"delete", "get", "patch"},
    "/api/v1/webhooks/{webhook_id}/deliveries": {"get"},
    "/api/v1/webhooks/{webhook_id}/deliveries/{number}/again": {"post"},
    "/api/v1/cases": {"get", "post"},
    "/api/v1/cases/{case_id}": {"get", "patch"},
    "/api/v1/cases/{case_id}/contacts": {"get", "post"},
    "/api/v1/courtrooms": {"get", "post"},
    "/api/v1/hearings": {"get", "post"},
    "/api/v1/hearings/{hearing_id}": {"get"},
    "/api/v1/hearings/{hearing_id}/fix": {"post"},
    "/api/v1/hearings/{hearing_id}/move": {"post"},
    "/api/v1/hearings/{hearing_id}/cancel": {"post"},
    "/api/v1/hearings/{hearing_id}/contacts": {"get"},
    "/api/v1/feeds": {"get", "post"},
    "/api/v1/feeds/{feed_id}": {"delete", "get"},
}


def test_the_document_tells_of_every_call(scenario: Scenario) -> None:
    document = scenario.client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.")
    methods = {"get", "post", "put", "patch", "delete"}
    paths = {path: set(calls) & methods for path, calls in document["paths"].items()}
    assert {path: paths.get(path) for path in CALLS} == CALLS
    for path, calls in document["paths"].items():
        for method in methods & set(calls):
            call = calls[method]
            assert call["summary"], (method, path)
            assert any(code.startswith("2") for code in call["responses"])
            if not path.endswith(BODILESS):  # the address says it all
                assert ("requestBody" in call) == (method in ("post", "patch", "put")), path


def test_every_reference_of_the_document_leads_somewhere(scenario: Scenario) -> None:
    document = scenario.client.get("/api/v1/openapi.json").get_json()

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from [part["$ref"]] if "$ref" in part else []
            for each in part.values():
                yield from references(each)
        elif isinstance(part, list):
            for each in part:
                yield from references(each)

    found = set(references(document))
    assert "#/components/schemas/HearingIn" in found
    # Programs made from the document call their classes so.
    assert {"Problem", "FaultOut"} <= document["components"]["schemas"].keys()
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    assert document["components"]["securitySchemes"]["token"] == {
        "type": "http",
        "scheme": "bearer",
    }
    wrong = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(wrong) == ["application/problem+json"]
