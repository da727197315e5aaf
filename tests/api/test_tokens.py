"""Tokens of the API: scopes, one court, end, last use, and what an opponent tries with them."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from app.core.db import transaction
from app.people import service as people
from app.people import tokens
from app.people.rules import TokenScope
from tests.conftest import CASE, Scenario, at, proposal

pytestmark = pytest.mark.database

WANG, ADMIN = "wang@court.example", "admin@court.example"
PUBLIC = ("api-docs.openapi_json", "api-problems.meaning")  # need no token


def make(
    scenario: Scenario,
    *scopes: TokenScope,
    email: str = ADMIN,
    expires_at: dt.datetime | None = None,
) -> str:
    """Return a new token with these scopes."""
    with scenario.app.app_context(), transaction() as session:
        user, now = people.find_user(session, email), scenario.clock.now()
        made = tokens.create(
            session, user, "probe", now, scopes=frozenset(scopes), expires_at=expires_at
        )
        return made[1]


def call(
    scenario: Scenario, token: str, path: str, method: str = "GET", body: Any = None, **more: Any
) -> Any:
    """Call the API with a token."""
    headers = {"Authorization": f"Bearer {token}", **more}
    return scenario.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


def kind(response: Any, status: int) -> str:
    """Return the last part of the type of a problem that a response must be."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    return str(json.loads(response.data)["type"].rpartition("/")[2])


def calls(scenario: Scenario) -> Iterator[tuple[Rule, str]]:
    """Yield every rule of the API that needs a token, with each of its methods."""
    for rule in scenario.app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint not in PUBLIC:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def address(rule: Rule) -> str:
    """Return an address that a rule matches."""
    return re.sub(r"<[^>]+>", "1", rule.rule).removeprefix("/api/v1")


def test_every_call_needs_the_one_scope_that_the_document_names(scenario: Scenario) -> None:
    document = scenario.client.get("/api/v1/openapi.json").get_json()
    make(scenario, TokenScope.READ)  # the one that DELETE /tokens/1 revokes
    by_scopes = {each: make(scenario, each) for each in TokenScope}
    seen = 0
    for rule, method in calls(scenario):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        (security,) = document["paths"][path][method.lower()]["security"]
        (needed,) = security["token"]
        for scope, token in by_scopes.items():
            response = call(scenario, token, address(rule), method)
            if scope.value != needed:
                assert kind(response, 403) == "scope-missing", (method, path, scope)
                assert f"“{needed}”" in json.loads(response.data)["detail"]
                challenge = response.headers["WWW-Authenticate"]
                assert 'error="insufficient_scope"' in challenge
                assert f'scope="{needed}"' in challenge
            else:
                assert response.status_code not in (401, 403, 500), (method, path, response.text)
        seen += 1
    assert seen > 30


def test_without_a_token_every_call_answers_401(scenario: Scenario) -> None:
    for rule, method in calls(scenario):
        response = scenario.client.open(f"/api/v1{address(rule)}", method=method, json={})
        assert kind(response, 401) == "unauthorized", rule


def test_a_token_without_named_scopes_does_all_that_its_user_may(scenario: Scenario) -> None:
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    listed = scenario.api("GET", "/tokens")[1]["tokens"]
    assert listed[0]["scopes"] == ["read", "schedule", "contact"]
    assert listed[0]["court"] == "Pudong New Area People's Court"
    assert scenario.api("GET", "/tokens", email=ADMIN)[1]["tokens"][0]["scopes"][-1] == "admin"


def test_a_scope_goes_with_the_role_that_has_it(scenario: Scenario) -> None:
    token = make(scenario, TokenScope.READ, TokenScope.ADMIN)
    body = {"scopes": ["read"]}
    assert call(scenario, token, "/tokens", "POST", body).status_code == 201
    with scenario.app.app_context(), transaction() as session:
        people.find_user(session, ADMIN).role = "assistant"
    assert kind(call(scenario, token, "/tokens", "POST", body), 403) == "scope-missing"
    assert call(scenario, token, "/tokens").status_code == 200


def test_an_expired_a_revoked_and_an_unknown_token_open_nothing(scenario: Scenario) -> None:
    ends = scenario.clock.now() + dt.timedelta(hours=1)
    token = make(scenario, TokenScope.READ, expires_at=ends)
    assert call(scenario, token, "/cases").status_code == 200
    scenario.wait(minutes=59, seconds=59)
    assert call(scenario, token, "/cases").status_code == 200
    scenario.wait(seconds=1)
    response = call(scenario, token, "/cases")
    assert kind(response, 401) == "unauthorized"
    assert "expired" in json.loads(response.data)["detail"]
    assert "error=invalid_token" in response.headers["WWW-Authenticate"]
    other = make(scenario, TokenScope.READ)
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, ADMIN)
        tokens.revoke(session, user, tokens.of_user(session, user)[0].id, scenario.clock.now())
    assert "revoked" in json.loads(call(scenario, other, "/cases").data)["detail"]
    near = other[:-1] + ("A" if other[-1] != "A" else "B")
    unknown = json.loads(call(scenario, near, "/cases").data)["detail"]
    assert "revoked" not in unknown
    assert "expired" not in unknown


def test_the_last_use_is_shown_and_written_at_most_once_in_five_minutes(scenario: Scenario) -> None:
    token = make(scenario, TokenScope.READ)

    def used() -> Any:
        return call(scenario, token, "/tokens").get_json()["tokens"][0]["last_used_at"]

    assert used() == "2026-11-23T09:00:00+08:00"  # this call's own
    scenario.wait(minutes=4)
    assert used() == "2026-11-23T09:00:00+08:00"
    scenario.wait(minutes=2)
    assert used() == "2026-11-23T09:06:00+08:00"


def test_a_token_gives_no_more_than_it_has(scenario: Scenario) -> None:
    ends = scenario.clock.now() + dt.timedelta(days=3)
    token = make(scenario, TokenScope.READ, TokenScope.ADMIN, expires_at=ends)
    for body, field in (
        ({"scopes": ["read", "schedule"]}, "scopes"),
        ({"scopes": ["contact"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes.0"),
        ({"scopes": ["read"], "expires_at": at(4)}, "expires_at"),
        ({"scopes": ["read"], "expires_at": at(-1)}, "expires_at"),
        ({"scopes": ["read"], "user_id": 1}, "user_id"),
        ({"scopes": ["read"], "court": 2}, "court"),
    ):
        response = call(scenario, token, "/tokens", "POST", body)
        assert kind(response, 422) == "invalid", body
        assert [each["field"] for each in response.get_json(force=True)["errors"]] == [field]
    made = call(scenario, token, "/tokens", "POST", {"scopes": ["read"]}).get_json()
    assert dt.datetime.fromisoformat(made["expires_at"]) == ends  # no later than its maker
    assert kind(call(scenario, made["token"], "/tokens", "POST", {"scopes": ["read"]}), 403)
    assert call(scenario, made["token"], "/cases").status_code == 200
    # An assistant cannot have the scope with which a program makes tokens.
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    page = browser.post("/me/tokens", data={"name": "x", "scope": ["read", "admin"]})
    assert page.status_code == 422
    assert "not admin" in page.text


def test_a_token_that_is_made_twice_with_one_key_is_shown_once(scenario: Scenario) -> None:
    token, key = make(scenario, TokenScope.ADMIN), {"Idempotency-Key": "k"}
    first, again = (
        call(scenario, token, "/tokens", "POST", {"scopes": ["admin"]}, **key).get_json()
        for _ in range(2)
    )
    assert tokens.is_token(first["token"])
    assert {**again, "token": first["token"]} == first
    assert again["token"] == ""


def test_tokens_of_others_are_not_there(scenario: Scenario) -> None:
    own, admins = make(scenario, TokenScope.READ, email=WANG), make(scenario, TokenScope.ADMIN)
    assert call(scenario, own, "/cases").status_code == 200
    assert kind(call(scenario, admins, "/tokens/1", "DELETE"), 404) == "not-found"
    assert kind(call(scenario, admins, "/tokens/99", "DELETE"), 404) == "not-found"
    assert call(scenario, own, "/cases").status_code == 200
    assert call(scenario, admins, "/tokens/2", "DELETE").status_code == 204
    assert kind(call(scenario, admins, "/tokens/2", "DELETE"), 401)


def test_what_is_another_courts_answers_as_what_is_not_there(scenario: Scenario) -> None:
    case = scenario.api("POST", "/cases", CASE)[1]
    scenario.api("POST", "/hearings", proposal(case["id"]))
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(session, "Other Court", language="en")
        now = scenario.clock.now()
        people.add_user(session, court, "eve@other.example", role="admin", now=now)
    eve = make(scenario, *TokenScope, email="eve@other.example")
    for rule, method in calls(scenario):
        if "<" in rule.rule:
            there = call(scenario, eve, address(rule), method, {})
            nowhere = call(scenario, eve, address(rule).replace("/1", "/999"), method, {})
            assert there.status_code != 403, rule
            told = [each.get_data(as_text=True).replace("999", "1") for each in (there, nowhere)]
            assert (there.status_code, told[0]) == (nowhere.status_code, told[1]), rule
    assert call(scenario, eve, "/cases").get_json()["cases"] == []


@pytest.mark.parametrize("name", ["access_token", "token", "api_key", "lang", "number"])
def test_a_token_in_an_address_is_refused(scenario: Scenario, name: str) -> None:
    token = make(scenario, TokenScope.READ)
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        response = scenario.client.get(f"/api/v1/cases?{name}={token}", headers=headers)
        assert kind(response, 400) == "token-in-address"
        assert token not in response.text


def test_headers_that_are_no_token_are_refused(scenario: Scenario) -> None:
    token = make(scenario, TokenScope.READ)
    for header in (
        f"Bearer {token}, Bearer {token}",
        f"Bearer {token},{token}",
        f"Bearer {token} {token}",
        f"Bearer {token}=",
        f"Bearer\t{token}",
        f"Basic {token}",
        token,
        "Bearer " + "tq_" + "A" * 60_000,
        "Bearer tq_" + "é" * 43,
        f"Bearer {token.upper()}",
        f"Bearer {token[:-1]}",
    ):
        response = scenario.client.get("/api/v1/cases", headers={"Authorization": header})
        assert kind(response, 401) == "unauthorized", header[:80]
    for scheme in ("bearer", "BEARER", "BeArEr"):  # its case does not matter: RFC 9110, 11.1
        head = {"Authorization": f"{scheme} {token}"}
        assert scenario.client.get("/api/v1/cases", headers=head).status_code == 200


def test_two_headers_are_no_token(scenario: Scenario) -> None:
    token = make(scenario, TokenScope.READ)
    both = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert scenario.client.get("/api/v1/cases", headers=both).status_code == 401


def test_the_page_makes_a_token_with_scopes_and_a_last_day(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    none = browser.post("/me/tokens", data={"name": "diary", "until": "2026-12-01"})
    assert none.status_code == 422
    assert "at least one scope" in none.text
    assert 'value="diary"' in none.text
    assert 'value="2026-12-01"' in none.text
    for until in ("2026-11-22", "soon", "2026-13-01"):
        page = browser.post("/me/tokens", data={"scope": "read", "until": until})
        assert page.status_code == 422
        assert 'id="until-error"' in page.text
    made = browser.post("/me/tokens", data={"scope": "read", "until": "2026-11-23"})
    assert made.status_code == 200
    token = made.text.split('id="token">')[1].split("<")[0]
    assert call(scenario, token, "/cases").status_code == 200
    assert kind(call(scenario, token, "/courtrooms", "POST", {"name": "x"}), 403)
    scenario.wait(hours=15)  # midnight in Shanghai
    assert kind(call(scenario, token, "/cases"), 401)
    assert "expired" in browser.get("/me").text
