"""Record of contact as counsel reads it."""

from tests.conftest import Scenario
from tests.counsel.test_answers import LI, ZHAO, answer, browser, nonce, propose, words


def test_the_record_shows_all_sides_with_the_others_addresses_masked(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    answer(browser(scenario), scenario.link(LI), "yes", "no", comment="上午更好")
    seen = words(client.get(link + "/record"))
    for part in (
        "李敏",
        "Zhao Lei (you)",
        "上午更好",
        "zhao@jinmao.example",
        "l•••@huacheng.example",
        "•••01",
        "Answered",
        "Sent",
    ):
        assert part in seen
    assert "li@huacheng.example" not in seen
    assert "13800138001" not in seen


def test_the_record_tells_machines_from_persons_and_plans_from_messages(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    scenario.client.get(link, headers={"User-Agent": "WhatsApp/2.23.20.0"})
    key = nonce(client.get(link))
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    client.post(link + "/opened", data={"nonce": key})
    scenario.beat()
    seen = words(client.get(link + "/record"))
    happened, _, planned = seen.partition("Planned and not sent (")
    for part in ("Fetched by a machine", "Fetched, no person seen", "Opened", "Answered"):
        assert part in happened
    assert "Reminder" not in happened
    assert "Reminder" in planned
    for court_only in ("entry 1", "outbox"):
        assert court_only not in seen
