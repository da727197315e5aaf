"""The admins' pages of webhooks, and what admins are told."""

import pytest

from tests.conftest import Scenario
from tests.webhooks.conftest import ADMIN, add_webhook, cancel, propose
from tests.webhooks.receiver import Receiver, says


def test_an_admin_adds_tests_and_deletes_a_webhook(scenario: Scenario, receiver: Receiver) -> None:
    browser = scenario.sign_in(ADMIN)
    typed = {"url": receiver.url, "description": "Files", "types": ["hearing.fixed"]}
    added = browser.post("/settings/webhooks?lang=en", data=typed)
    assert added.status_code == 303, added.text
    page = added.headers["Location"]
    assert "whsec_" in browser.get(page).text
    assert browser.post(page, data={"act": "test"}).status_code == 303
    scenario.beat()
    assert receiver.types == ["test"]
    shown = browser.get(page).text
    assert "200" in shown
    assert '<code lang="en">ok</code>' in shown
    assert browser.post(page, data={"act": "delete"}).status_code == 303
    assert browser.get(page).status_code == 404
    log = browser.get("/settings/changes").text
    assert receiver.url in log


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Enter the address"),
        ("ftp://files.example/", "begins with https"),
        ("https://me:secret@files.example/", "user&#39;s name"),
        ("https://10.0.0.1/", "open internet"),
        ("https://2130706433/", None),  # loopback is allowed in these tests
        ("https://0xA9FEA9FE/", "open internet"),
        ("https://[::ffff:10.0.0.1]/", "open internet"),
        ("http://93.184.216.34/", "begins with https"),
        ("https://files.example:99999/", "not an address"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused_beside_its_field(
    scenario: Scenario, url: str, words: str | None
) -> None:
    browser = scenario.sign_in(ADMIN)
    page = browser.post("/settings/webhooks?lang=en", data={"url": url, "types": ["paper.filed"]})
    assert page.status_code == (422 if words else 303)
    if words:
        assert words in page.text
        assert 'value="paper.filed" checked' in page.text  # nothing typed is lost


@pytest.mark.parametrize("path", ["/settings/webhooks", "/settings/webhooks/1"])
def test_only_admins_see_webhooks(scenario: Scenario, receiver: Receiver, path: str) -> None:
    add_webhook(scenario, receiver.url)
    assert scenario.sign_in().get(path).status_code == 403
    assert scenario.api("GET", "/webhooks")[0] == 403
    assert scenario.api("POST", "/webhooks", {"url": receiver.url})[0] == 403
    assert scenario.api("GET", "/webhooks/1/deliveries")[0] == 403
    assert scenario.api("DELETE", "/webhooks/1")[0] == 403


def test_five_days_of_failure_turn_a_webhook_off_and_the_admins_are_told(
    scenario: Scenario, receiver: Receiver
) -> None:
    receiver.reply = says(500)
    add_webhook(scenario, receiver.url)
    for n in range(6):
        cancel(scenario, propose(scenario, f"A {n}"))
        scenario.beat()
        scenario.wait(days=1)
    scenario.beat()
    _, listed = scenario.api("GET", "/webhooks", email=ADMIN)
    assert listed["webhooks"][0]["state"] == "failed"
    scenario.beat()
    scenario.beat()
    [letter] = scenario.letters(to=ADMIN, containing=receiver.url)
    assert "/settings/webhooks/1" in letter.body
    assert receiver.url in scenario.sign_in(ADMIN).get("/?lang=en").text
    assert receiver.url not in scenario.sign_in().get("/?lang=en").text
    calls = len(receiver.received)
    cancel(scenario, propose(scenario, "B 1"))
    scenario.wait(days=1)
    scenario.beat()
    assert len(receiver.received) == calls
    receiver.reply = says(200)
    browser = scenario.sign_in(ADMIN)
    browser.post("/settings/webhooks/1", data={"act": "turn_on"})
    cancel(scenario, propose(scenario, "B 2"))
    scenario.beat()
    scenario.wait(seconds=1)
    scenario.beat()
    assert receiver.types[calls:] == ["hearing.proposed", "hearing.cancelled"]
