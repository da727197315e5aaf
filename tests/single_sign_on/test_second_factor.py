"""Single sign-on with a second factor: asked for here, or accepted from the provider."""

from app.core.db import transaction
from app.people import service as people
from tests.conftest import Scenario
from tests.flows.test_pages import WANG
from tests.flows.test_sessions import is_signed_in
from tests.people.authenticators import prove, require, set_up_app
from tests.single_sign_on.provider import Person, TestProvider, begin, leads_to, path_of
from tests.single_sign_on.test_sign_in import link_own


def test_a_factor_is_asked_for_after_the_provider_unless_the_court_accepts_its_own(
    scenario: Scenario, provider: TestProvider
) -> None:
    person, browser = Person("wang"), scenario.sign_in(WANG)
    link_own(browser, person)
    _, codes = set_up_app(scenario, browser)
    browser = scenario.client
    half = browser.get(path_of(person.sign_in_at(begin(browser, next="/cases"))))
    assert half.location == "/sign-in/factor?next=/cases"
    assert not is_signed_in(browser)
    assert prove(browser, "recovery", codes[0]).status_code == 303
    assert is_signed_in(browser)
    assert "id_token_hint" in leads_to(browser.post("/sign-out"))  # it is a session of the provider
    provider.fault(claims={"amr": ["pwd", "mfa"]})
    browser = scenario.client
    half = browser.get(path_of(person.sign_in_at(begin(browser))))
    assert half.location == "/sign-in/factor"
    require(scenario, WANG, "by_provider")
    browser = scenario.client
    assert browser.get(path_of(person.sign_in_at(begin(browser)))).location == "/"
    require(scenario, WANG, "assistant")
    assert is_signed_in(browser)
    provider.fault(claims={"amr": ["pwd"]})
    browser = scenario.client
    half = browser.get(path_of(person.sign_in_at(begin(browser))))
    assert half.location == "/sign-in/factor"


def test_who_has_no_password_confirms_at_the_provider(scenario: Scenario) -> None:
    person, browser = Person("wang"), scenario.sign_in(WANG)
    link_own(browser, person)
    with scenario.app.app_context(), transaction() as session:
        people.find_user(session, WANG).password_hash = ""
    scenario.wait(minutes=11)
    page = browser.get("/cases/1/papers.zip", follow_redirects=True)
    assert 'action="/sign-in/oidc"' in page.text
    assert 'type="password"' not in page.text
    address = begin(browser, next="/cases/1/papers.zip", other="1")
    assert browser.get(path_of(person.sign_in_at(address))).location == "/cases/1/papers.zip"
    assert browser.get("/cases/1/papers.zip").status_code == 404  # there is no case 1
