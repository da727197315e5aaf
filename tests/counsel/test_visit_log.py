"""Visits to counsel's page on the record: what machines and persons leave there."""

from tests.conftest import Scenario
from tests.counsel.test_answers import (
    PHONE,
    ZHAO,
    answers,
    browser,
    hearing,
    lines,
    nonce,
    propose,
)

BOTS = [
    "Slackbot-LinkExpanding 1.0",
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1",
    "curl/8.5.0",
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (Windows NT 10.0) HeadlessChrome/130.0",
]


def test_machines_decide_nothing_and_are_written_down_as_machines(scenario: Scenario) -> None:
    made = propose(scenario)
    link = scenario.link(ZHAO)
    for agent in BOTS:
        for method in ("GET", "HEAD"):
            page = scenario.client.open(link, method=method, headers={"User-Agent": agent})
            assert page.status_code == 200
    scenario.client.get(link, headers={"User-Agent": PHONE, "Sec-Purpose": "prefetch;prerender"})
    found = lines(scenario, made, "fetched", "opened", "answered")
    assert [what for what, _ in found] == ["fetched"]
    assert found[0][1]["agent"] == "machine"
    assert answers(scenario) == 0
    assert hearing(scenario, made)[0] == "proposed"


def test_a_visit_is_one_line_in_ten_minutes_for_each_kind_of_visitor(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    for minutes in (0, 5, 6):
        scenario.wait(minutes=minutes)
        client.get(link)
        client.head(link)
    agents = [detail["agent"] for _, detail in lines(scenario, made, "fetched")]
    assert sorted(agents) == ["machine", "machine", "unseen", "unseen"]


def test_only_the_pages_script_can_say_that_a_person_opened_it(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    key = nonce(client.get(link))
    assert client.post(link + "/opened").status_code == 422
    assert client.post(link + "/opened", data={"nonce": "guess"}).status_code == 422
    assert not lines(scenario, made, "opened")
    assert client.post(link + "/opened", data={"nonce": key}).status_code == 204
    assert client.post(link + "/opened", data={"nonce": key}).status_code == 204
    assert len(lines(scenario, made, "opened")) == 1
    assert answers(scenario) == 0
