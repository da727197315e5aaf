"""What a hostile provider, browser or stranger tries at the sign-in; nobody gets a session."""

import socket
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from app.core.db import transaction
from app.people import service as people
from app.people.single_sign_on import service
from app.people.single_sign_on.provider import SignOnProvider
from app.people.single_sign_on.settings import OidcSettings
from tests.conftest import Scenario
from tests.flows.test_pages import ADMIN, WANG, words
from tests.flows.test_sessions import copy_of, is_signed_in
from tests.single_sign_on.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    COURT,
    Person,
    TestProvider,
    begin,
    path_of,
)


@pytest.fixture
def linked(scenario: Scenario, provider: TestProvider) -> Person:
    """The account of an assistant, linked."""
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, WANG)
        now = scenario.clock.now()
        service.link(session, user, provider.issuer, {"sub": "wang", "name": "Wang"}, now)
    return Person("wang")


def answered(browser: FlaskClient, person: Person, **fields: str) -> str:
    """Return path and query of the provider's answer to a sign-in of this browser."""
    return path_of(person.sign_in_at(begin(browser, **fields)))


def changed(path: str, **values: str | None) -> str:
    """Return an answer with other values in its query; None leaves one out."""
    parts = urlsplit(path)
    query = {name: value[0] for name, value in parse_qs(parts.query).items()} | values
    return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value})}"


FAULTS: list[tuple[dict[str, Any], int]] = [
    ({"claims": {"nonce": "of another sign-in"}}, 400),
    ({"without": ["nonce"]}, 400),
    ({"claims": {"aud": "another client"}}, 400),
    ({"claims": {"aud": [CLIENT_ID, "another"], "azp": "another"}}, 400),
    ({"claims": {"iss": "https://sso.evil.example"}}, 400),
    ({"key": "second"}, 400),
    ({"key": "withdrawn"}, 400),
    ({"alg": "none"}, 400),
    ({"alg": "HS256", "with": "secret"}, 400),
    ({"alg": "HS256", "with": "public key"}, 400),
    ({"seconds": -7200}, 400),
    ({"seconds": 7200}, 400),
    ({"route": "/token", "status": 500}, 503),
    ({"route": "/token", "status": 200, "body": "<html>"}, 503),
    ({"route": "/token", "status": 200, "body": {"access_token": "x"}}, 400),
    ({"route": "/token", "status": 302, "location": "http://127.0.0.1:1/"}, 503),
    ({"route": "/token", "status": 400, "body": {"error": "invalid_grant"}}, 400),
    ({"route": "/jwks", "status": 200, "body": "[" * 100_000}, 503),
    ({"route": "/jwks", "status": 200, "body": "x" * 600_000}, 503),
    ({"route": "/jwks", "status": 200, "body": {"keys": []}}, 400),
]


def test_an_answer_that_is_wrong_in_any_way_signs_nobody_in(
    scenario: Scenario, provider: TestProvider, linked: Person
) -> None:
    for fault, status in FAULTS:
        browser = scenario.client
        path = answered(browser, linked)
        provider.fault(**fault)
        refused = browser.get(f"{path}&lang=en")
        assert (refused.status_code, is_signed_in(browser)) == (status, False), fault
        provider.fault()
        again = browser.get(path)  # with all put right: the answer was used
        assert (again.status_code, is_signed_in(browser)) == (400, False), fault
    browser = scenario.client
    provider.fault(key="rotated")  # a new key, which the provider publishes
    assert browser.get(answered(browser, linked)).status_code == 303


def test_an_answer_is_good_once_in_the_browser_that_began(
    scenario: Scenario, linked: Person
) -> None:
    browser, other = scenario.client, scenario.client
    path = answered(browser, linked)
    begin(other)  # which has begun another sign-in itself
    for stranger in (scenario.client, other):
        refused = stranger.get(f"{path}&lang=en")
        assert refused.status_code == 400
        assert "in another browser" in words(refused)
        assert not is_signed_in(stranger)
    # A stranger does not use it up: the browser that began goes on.
    assert browser.get(path).status_code == 303
    thief = copy_of(scenario, browser)
    assert browser.post("/sign-out").status_code == 200
    replay = browser.get(path)
    assert (replay.status_code, is_signed_in(browser), is_signed_in(thief)) == (400, False, False)


@pytest.mark.extended
def test_an_answer_put_together_from_two_sign_ins_is_refused(
    scenario: Scenario, linked: Person
) -> None:
    mine, hers = scenario.client, scenario.client
    attacker = parse_qs(urlsplit(answered(mine, Person("mallory"))).query)
    path = answered(hers, linked)
    for values in (
        {"code": attacker["code"][0]},  # login CSRF: her browser, the attacker's account
        {"iss": "https://sso.evil.example"},
        {"iss": None},
        {"code": None},
        {"code": "x" * 5000},
        {"code": "\x00"},
        {"state": None},
        {"state": "\x00"},
        {"state": "x" * 5000},
        {"error": "access_denied", "iss": None},
        {"error": "<script>alert(1)</script>", "code": None},
    ):
        refused = hers.get(changed(path, **values))
        assert (refused.status_code, is_signed_in(hers)) == (400, False), values
        assert "<script>alert" not in refused.text
        path = answered(hers, linked)
    assert hers.get(path).status_code == 303


@pytest.mark.extended
def test_no_address_leads_to_another_site(scenario: Scenario, linked: Person) -> None:
    for target in (
        *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("/\t/evil.example", "javascript:alert(1)", "https:evil.example", "http://[", "evil"),
    ):
        browser = scenario.client
        assert browser.get(answered(browser, linked, next=target)).location == "/", target
    browser = scenario.client
    assert browser.get(answered(browser, linked, next="/cases?q=1")).location == "/cases?q=1"


@pytest.mark.extended
def test_another_site_begins_nothing(scenario: Scenario) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in ("/sign-in/oidc", "/me/single-sign-on", "/sign-out"):
        browser = scenario.sign_in(WANG)
        assert browser.post(path, data={"act": "link"}, headers=foreign).status_code == 403
    assert scenario.client.get("/sign-in/oidc").location == "/sign-in"  # a GET begins nothing


@pytest.mark.extended
def test_an_account_is_not_linked_to_who_signs_in_meanwhile(
    scenario: Scenario, provider: TestProvider
) -> None:
    browser = scenario.sign_in(WANG)
    path = answered(browser, Person("wang"), path="/me/single-sign-on", act="link")
    browser.post("/sign-in", data={"email": ADMIN, "password": "correct horse battery"})
    refused = browser.get(f"{path}&lang=en")
    assert refused.status_code == 403
    assert "your session ended meanwhile" in words(refused)
    # Nor once it has ended.
    ended = scenario.sign_in(WANG)
    path = answered(ended, Person("wang"), path="/me/single-sign-on", act="link")
    ended.post("/sign-out")
    assert ended.get(path).status_code == 403
    with scenario.app.app_context(), transaction() as session:
        assert service.find(session, provider.issuer, "wang") is None


@pytest.mark.extended
def test_a_sign_in_that_waited_too_long_is_over(scenario: Scenario, linked: Person) -> None:
    browser = scenario.client
    path = answered(browser, linked)
    scenario.wait(minutes=16)
    assert browser.get(path).status_code == 400


@pytest.mark.extended
def test_a_changed_issuer_links_nobody(
    scenario: Scenario, provider: TestProvider, linked: Person
) -> None:
    browser, services = scenario.client, scenario.app.extensions["tingqi"]
    path = answered(browser, linked)
    with scenario.app.app_context(), transaction() as session:
        found = service.find(session, provider.issuer, "wang")
        assert found
        found.issuer = "https://sso.before.example"
    assert browser.get(path).status_code == 403
    # One that publishes another name than the settings say is not asked for anything.
    provider.fault(metadata={"issuer": "https://sso.evil.example"})
    services.sign_on._known = None
    assert browser.post("/sign-in/oidc").status_code == 503
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        provider.fault(metadata={name: "http://sso.evil.example/x"})
        services.sign_on._known = None
        assert browser.post("/sign-in/oidc").status_code == 503


@pytest.mark.extended
def test_a_provider_that_says_nothing_holds_nobody_up() -> None:
    """A server that accepts connections and never answers; a third request is refused at once."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = OidcSettings(issuer, CLIENT_ID, CLIENT_SECRET)
        provider = SignOnProvider(settings, COURT, seconds=0.5)
        began, faults = time.monotonic(), []

        def ask() -> None:
            try:
                provider.check()
            except Exception as fault:
                faults.append(type(fault).__name__)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == ["ProviderUnavailable"] * 4
    assert time.monotonic() - began < 5
