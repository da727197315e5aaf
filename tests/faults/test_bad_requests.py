"""Requests that no honest program makes: each is answered in words, none by a fault of ours."""

import json
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, at, proposal

pytestmark = pytest.mark.database

HUGE = "9" * 40


@pytest.mark.parametrize(
    "path",
    [f"/hearings/{HUGE}", f"/cases/{HUGE}", f"/cases/{HUGE}/record", f"/hearings?page={HUGE}"],
)
def test_a_number_that_no_row_can_have_is_not_found(scenario: Scenario, path: str) -> None:
    assert scenario.sign_in().get(path).status_code in (200, 404)


def test_a_password_link_of_an_impossible_user_is_not_found(scenario: Scenario) -> None:
    assert scenario.client.get(f"/password/{HUGE}/abc").status_code == 404


@pytest.mark.parametrize("next_", ["http://[x", "//[", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(scenario: Scenario, next_: str) -> None:
    browser = scenario.client
    answer = browser.post(
        "/sign-in",
        data={"email": "wang@court.example", "password": "correct horse battery", "next": next_},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    again = browser.get("/sign-in", query_string={"next": next_})
    assert (again.status_code, again.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("email", ["a\x00b@court.example", "\ud800@court.example", "x" * 5000])
def test_signing_in_with_what_is_no_text_is_refused(scenario: Scenario, email: str) -> None:
    data = {"email": email.encode("utf-8", "surrogatepass"), "password": b"\xff\x00"}
    assert scenario.client.post("/sign-in", data=data).status_code == 422


def raw(scenario: Scenario, body: bytes, path: str = "/cases", **headers: str) -> Any:
    """Post bytes to the API; return the status and what it says."""
    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}", **headers}
    answer = scenario.client.post(
        f"/api/v1{path}", data=body, headers=head, content_type="application/json"
    )
    return answer.status_code, answer.get_json(silent=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b'{"number": NaN}',
        b'{"number": 1e999}',
        b'{"number": ' + b"9" * 6000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"number": "\\ud800", "\\udfff": 1}',
        b'{"number": "a\\u0000b"}',
        b'{"number": "1", "number": "2"}',
        b'{"parties": [{"counsel": [{"phone": 1e999}]}], "judge": {"a": []}}',
    ],
)
def test_a_body_that_means_nothing_is_refused_by_the_api(scenario: Scenario, body: bytes) -> None:
    for key in ({}, {"Idempotency-Key": "k1"}):
        status, said = raw(scenario, body, **key)
        assert status in (400, 422), said
        assert said["detail"]
        json.dumps(said).encode()


@pytest.mark.parametrize(
    "when",
    [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "2200-12-31T23:59:00-12:00",
        "2027-01-05T09:00:00+23:59",
        "2027-01-05T09:00:00+14:00:01",
        "2027-W01-2T09:00:00+08:00",
    ],
)
def test_a_time_at_the_end_of_the_world_is_refused_or_understood(
    scenario: Scenario, when: str
) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    body = proposal(case["id"], (when, "第三法庭"))
    status, said = scenario.api("POST", "/hearings", body)
    assert status in (201, 422), said
    status, said = scenario.api("POST", "/hearings", {**body, "answer_by": when})
    assert status in (201, 409, 422), said
    assert scenario.api("GET", f"/hearings?from={when.replace('+', '%2B')}")[0] in (200, 422)


def test_the_api_takes_no_number_beyond_its_rows(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    _, made = scenario.api("POST", "/hearings", proposal(case["id"]))
    for number in (2**63, 2**62, -1, 0, True, 1e3, "x", 10**400):
        body = {"slot_id": number, "reason": "by order"}
        status, said = scenario.api("POST", f"/hearings/{made['id']}/fix", body)
        assert status in (400, 422), (number, said)
        status, said = scenario.api(
            "POST", "/hearings", {**proposal(case["id"]), "case_id": number}
        )
        assert status in (400, 404, 422), (number, said)
        status, said = scenario.api("POST", "/hearings", proposal(case["id"], (at(20), number)))  # type: ignore[arg-type]
        assert status in (201, 400, 409, 422), (number, said)
    for query in (f"after={HUGE}", f"case_id={HUGE}", f"limit={HUGE}", "lang=xx", "number=%00"):
        assert scenario.api("GET", f"/hearings?{query}")[0] in (404, 422), query
        assert scenario.api("GET", f"/cases?{query}")[0] in (404, 422), query


def test_a_token_that_is_none_opens_nothing(scenario: Scenario) -> None:
    for token in ("", "x", "tq_" + "a" * 43, "\x7f", "é"):
        head = {"Authorization": f"Bearer {token}"}
        assert scenario.client.get("/api/v1/cases", headers=head).status_code == 401


def test_links_are_made_of_the_address_that_is_set_whatever_host_was_asked(
    scenario: Scenario,
) -> None:
    browser = scenario.sign_in("admin@court.example")
    page = browser.post(
        "/settings/users",
        data={"email": "new@court.example", "name": "New", "role": "assistant"},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    ).get_data(as_text=True)
    assert "evil.example" not in page
    assert "http://127.0.0.1:8000/password/" in page
