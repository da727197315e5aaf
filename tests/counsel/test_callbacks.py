"""Callbacks: counsel asks the court to call them."""

from tests.conftest import Scenario, at
from tests.counsel.test_answers import words
from tests.flows.test_ladder import ZHAO, lines, nonce, settled


def test_counsel_asks_to_be_called_and_sees_that_the_court_has_it(scenario: Scenario) -> None:
    hearing = settled(scenario)
    browser, link = scenario.client, scenario.link(ZHAO)
    assert "Ask to be called" in words(browser.get(link))
    form = browser.get(f"{link}/call-me").text
    wrong = browser.post(
        f"{link}/call-me", data={"nonce": nonce(form), "phone": "12", "wish": "after 3 pm"}
    )
    assert wrong.status_code == 422
    assert "has too few digits" in words(wrong)
    assert "after 3 pm" in wrong.text
    for _ in range(2):
        done = browser.post(
            f"{link}/call-me",
            follow_redirects=True,
            data={"nonce": nonce(form), "phone": "", "wish": "after 3 pm"},
        )
        assert "The court has your request" in words(done)
    asked = lines(scenario, hearing["id"], "asked")
    assert [line["content"]["note"] for line in asked] == ["after 3 pm"]
    scenario.wait(hours=18)
    home = words(scenario.sign_in().get("/?lang=en"))
    assert "Call Zhao Lei back" in home
    assert "18 hours ago" in home
    assert "Suits them: after 3 pm" in home
    call = {
        "counsel_id": 2,
        "hearing_id": hearing["id"],
        "channel": "phone",
        "outcome": "spoke",
        "at": at(0, "10:00"),
    }
    assert scenario.api("POST", "/cases/1/contacts", call)[0] == 201
    assert "Call Zhao Lei back" not in words(scenario.sign_in().get("/?lang=en"))
    assert "Ask to be called" in words(browser.get(link))
