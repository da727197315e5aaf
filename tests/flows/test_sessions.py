"""Sessions: where a user is signed in, what ends each, and what a copied cookie is worth then."""

import re

import pytest
from flask.testing import FlaskClient

from app.core.db import transaction
from app.people import service as people
from app.people import sessions
from tests.conftest import PASSWORD, Scenario
from tests.flows.test_pages import ADMIN, WANG, words

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 15) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


def signed_in(scenario: Scenario, email: str = WANG, agent: str = CHROME) -> FlaskClient:
    """Return a browser of this kind in which the user is signed in."""
    browser = scenario.client
    browser.environ_base["HTTP_USER_AGENT"] = agent
    data = {"email": email, "password": PASSWORD}
    assert browser.post("/sign-in", data=data).status_code == 303
    return browser


def is_signed_in(browser: FlaskClient) -> bool:
    """Tell whether a page of the court is shown to this browser."""
    return browser.get("/me").status_code == 200


def copy_of(scenario: Scenario, browser: FlaskClient) -> FlaskClient:
    """Return another browser with a copy of the first one's cookie."""
    cookie = browser.get_cookie("tingqi")
    assert cookie
    thief = scenario.client
    thief.set_cookie("tingqi", cookie.value)
    return thief


def buttons(browser: FlaskClient) -> list[str]:
    """Return the values of the buttons that end a session."""
    return re.findall(r'name="session" value="(\w+)"', browser.get("/me?lang=en").text)


def test_a_copied_cookie_is_of_no_use_after_the_sign_out(scenario: Scenario) -> None:
    browser = signed_in(scenario)
    thief = copy_of(scenario, browser)
    assert is_signed_in(thief)
    browser.post("/sign-out")
    assert not is_signed_in(thief)
    assert thief.post("/me", data={"language": "zh"}).status_code in (302, 401)


def test_another_sign_in_in_the_same_browser_ends_the_session_before(scenario: Scenario) -> None:
    browser = signed_in(scenario)
    thief = copy_of(scenario, browser)
    key = browser.get_cookie("tingqi")
    data = {"email": ADMIN, "password": PASSWORD}
    assert browser.post("/sign-in", data=data).status_code == 303
    assert browser.get_cookie("tingqi") != key
    assert (is_signed_in(browser), is_signed_in(thief)) == (True, False)


def test_each_session_is_listed_with_its_device_and_ended_alone(scenario: Scenario) -> None:
    desk, phone = signed_in(scenario), signed_in(scenario, agent=WECHAT)
    page = words(desk.get("/me?lang=en"))
    assert "Chrome · Windows" in page
    assert "WeChat · Android" in page
    assert "127.0.0.1" in page
    [one, others] = buttons(desk)
    assert others == "others"
    assert desk.post("/me/sessions", data={"session": one}).status_code == 303
    assert (is_signed_in(desk), is_signed_in(phone)) == (True, False)
    assert buttons(desk) == []


def test_all_other_sessions_end_at_once_and_nobody_elses(scenario: Scenario) -> None:
    desk, *rest = (signed_in(scenario) for _ in range(3))
    admin = signed_in(scenario, ADMIN)
    answer = desk.post("/me/sessions?lang=en", data={"session": "others"}, follow_redirects=True)
    assert "2 other sessions ended." in words(answer)
    assert [is_signed_in(each) for each in (desk, *rest, admin)] == [True, False, False, True]


@pytest.mark.parametrize("wanted", ["", "0", "x", "²", "-1", "9" * 30])
def test_a_session_that_is_not_there_is_refused(scenario: Scenario, wanted: str) -> None:
    assert signed_in(scenario).post("/me/sessions", data={"session": wanted}).status_code == 404


def test_nobody_ends_a_session_of_somebody_else(scenario: Scenario) -> None:
    first, second = signed_in(scenario, ADMIN), signed_in(scenario, ADMIN)
    [one, _] = buttons(first)
    assert signed_in(scenario).post("/me/sessions", data={"session": one}).status_code == 404
    assert is_signed_in(first)
    assert is_signed_in(second)


def test_a_new_password_ends_every_session(scenario: Scenario) -> None:
    browser = signed_in(scenario)
    with scenario.app.app_context(), transaction() as session:
        people.set_password(people.find_user(session, WANG), "another long password")
    assert not is_signed_in(browser)


def test_a_session_ends_after_thirty_days_even_if_it_is_used(scenario: Scenario) -> None:
    browser = signed_in(scenario)
    for _ in range(29):
        scenario.wait(days=1)
        assert browser.post("/me", data={"language": "en"}).status_code == 303
    scenario.wait(days=1)
    assert not is_signed_in(browser)


def test_a_key_without_its_user_and_a_user_without_a_key_are_nobody(scenario: Scenario) -> None:
    browser = signed_in(scenario)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "2"
    assert not is_signed_in(browser)
    other = signed_in(scenario)
    with other.session_transaction() as cookie:
        del cookie["session_key"]
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (CHROME, "Chrome", "Windows"),
        (WECHAT, "WeChat", "Android"),
        (CHROME + " Edg/140.0", "Edge", "Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari", "iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0", "Firefox", "Linux"),
        ("curl/8.5", "", ""),
    ],
)
def test_a_device_has_a_name_that_a_reader_knows(agent: str, browser: str, system: str) -> None:
    assert sessions.device_name(agent) == (browser, system)
