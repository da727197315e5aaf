"""Short codes, typed where a message could carry no link."""

from app.cases import keys
from app.core.db import transaction
from app.hearings.answers import counsel_keys
from tests.conftest import SECRET, Scenario
from tests.counsel.test_answers import ZHAO, browser, propose, words


def test_a_short_code_leads_to_the_page(scenario: Scenario) -> None:
    propose(scenario)
    with scenario.app.app_context(), transaction() as session:
        opened = counsel_keys.resolve(session, scenario.link(ZHAO)[3:], scenario.clock.now())
        code = keys.of_representation(SECRET, opened.representation_id, 1).code
    client = browser(scenario)
    assert "Type the code" in words(client.get("/r"))
    led = client.post("/r", data={"code": f" {code[:5].lower()}-{code[5:]} "})
    assert (led.status_code, led.location) == (303, scenario.link(ZHAO))


def test_wrong_codes_are_told_kindly_and_soon_slowed_down(scenario: Scenario) -> None:
    client = browser(scenario)
    wrong = client.post("/r", data={"code": "K7QM2-XHPRT"})
    assert wrong.status_code == 422
    assert "No page has this code." in words(wrong)
    assert "K7QM2-XHPRT" in wrong.get_data(as_text=True)
    codes = [client.post("/r", data={"code": "\x00é" * n}).status_code for n in range(12)]
    assert codes[-1] == 429
