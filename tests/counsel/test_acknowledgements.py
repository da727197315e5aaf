"""Acknowledgements: counsel confirms that they know the date."""

from tests.conftest import Scenario, at
from tests.counsel.test_answers import words
from tests.flows.test_ladder import ZHAO, knows, lines, nonce, settled


def test_knowing_is_written_down_once_and_only_for_the_date_that_was_shown(
    scenario: Scenario,
) -> None:
    hearing = settled(scenario)
    browser, link = scenario.client, scenario.link(ZHAO)
    page = browser.get(link).text
    pressed = browser.post(f"{link}/knows", data={"nonce": nonce(page), "revision": "1"})
    assert pressed.status_code == 422  # by a machine: nothing was ticked
    assert "Tick that you have seen the date" in words(pressed)
    assert lines(scenario, hearing["id"], "confirmed") == []
    said = {"nonce": nonce(page), "revision": "1", "seen": "1"}
    assert [browser.post(f"{link}/knows", data=said).status_code for _ in range(3)] == [303] * 3
    assert len(lines(scenario, hearing["id"], "confirmed")) == 1
    move = {"starts_at": at(23), "courtroom": "第五法庭", "reason": "The judge sits elsewhere."}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", move)[0] == 200
    late = browser.post(f"{link}/knows", data=said)
    assert late.status_code == 422
    assert "The date has changed since this page was shown." in words(late)
    forged = browser.post(f"{link}/knows", data={"nonce": "x", "revision": "2"})
    assert forged.status_code == 422
    assert len(lines(scenario, hearing["id"], "confirmed")) == 1
    scenario.beat()
    assert knows(scenario, ZHAO).status_code == 200
    assert len(lines(scenario, hearing["id"], "confirmed")) == 2


def test_reading_the_page_of_a_fixed_date_confirms_nothing(scenario: Scenario) -> None:
    hearing = settled(scenario)
    for method in ("GET", "HEAD"):
        scenario.client.open(scenario.link(ZHAO), method=method)
        assert (
            scenario.client.open(f"{scenario.link(ZHAO)}/knows", method=method).status_code == 405
        )
    assert lines(scenario, hearing["id"], "confirmed") == []
