"""Pages of the court's own people: signing in, passwords, settings, rules, tokens, cases."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.db import transaction
from app.people import service as people
from app.rehearsal.browser import HtmlPage
from tests.conftest import CASE, PASSWORD, Scenario, at, proposal

ADMIN, WANG = "admin@court.example", "wang@court.example"
COURT = {
    "opens": "09:00",
    "lunch_from": "12:00",
    "lunch_until": "13:30",
    "closes": "17:00",
    "buffer_minutes": "0",
    "name": "Pudong",
    "short": "浦东",
    "phone": "021 555",
    "zone": "Asia/Shanghai",
    "country": "CN",
    "postal": "Dingxiang Road 611\r\n200135 Shanghai",
    "language": "zh",
    "reminder_days": "5，1",
    "reminder_at": "10:00",
    "quiet_from": "20:00",
    "quiet_until": "08:30",
}


@pytest.fixture(autouse=True)
def english(scenario: Scenario) -> None:
    """Let everybody read English."""
    with scenario.app.app_context(), transaction() as session:
        for email in (ADMIN, WANG, "chen@court.example"):
            people.find_user(session, email).language = "en"


def words(answer: Any) -> str:
    """What a page says."""
    return HtmlPage(answer.get_data(as_text=True)).words


def try_in(browser: FlaskClient, email: str, password: str, **more: str) -> Any:
    """Try to sign in."""
    return browser.post("/sign-in", data={"email": email, "password": password, **more})


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(scenario: Scenario) -> None:
    wrong, unknown = (
        try_in(scenario.client, who, "x" * 12) for who in (WANG, "nobody@court.example")
    )
    for answer in (wrong, unknown):
        assert answer.status_code == 422
        assert "E-mail or password is wrong." in words(answer)


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/cases/1?x=1", "/cases/1?x=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
        ("/\tevil", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_on_within_the_site_only(
    scenario: Scenario, wanted: str, leads: str
) -> None:
    answer = try_in(scenario.client, WANG, PASSWORD, next=wanted)
    assert (answer.status_code, answer.location) == (303, leads)


def test_ten_failed_tries_bring_a_pause_for_the_account_but_good_ones_do_not(
    scenario: Scenario,
) -> None:
    for _ in range(12):
        assert try_in(scenario.client, ADMIN, PASSWORD).status_code == 303
    browser = scenario.client
    tries = [try_in(browser, WANG, "wrong password").status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]
    answer = try_in(browser, WANG, PASSWORD)
    assert answer.status_code == 429
    assert "Too many tries Wait a minute, then try again." in words(answer)
    assert answer.headers["Retry-After"]


def test_signing_out_ends_the_session(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    assert browser.get("/").status_code == 200
    assert browser.post("/sign-out").location == "/sign-in"
    assert browser.get("/").location == "/sign-in"


def add(browser: FlaskClient, email: str, role: str = "assistant") -> str:
    """Add somebody by the settings; return the path of the link for their password."""
    answer = browser.post("/settings/users", data={"email": email, "name": "Lin", "role": role})
    assert answer.status_code == 200, answer.text
    path = answer.text.split('id="link">')[1].split("<")[0]
    return path.removeprefix("http://127.0.0.1:8000")


def test_a_new_user_sets_a_password_once_by_the_link_that_an_admin_gave(scenario: Scenario) -> None:
    link = add(scenario.sign_in(ADMIN), "lin@court.example")
    browser = scenario.client
    assert "Lin, choose a password of at least ten characters." in words(browser.get(link))
    answer = browser.post(link, data={"password": "short"})
    assert answer.status_code == 422
    assert "Password" in words(answer)
    answer = browser.post(link, data={"password": "a long enough one"}, follow_redirects=True)
    assert "Password set. Sign in with it." in words(answer)
    assert try_in(browser, "lin@court.example", "a long enough one").status_code == 303
    spent = browser.get(f"{link}?lang=en")
    assert spent.status_code == 404
    assert "This link was used already, has expired, or is incomplete." in words(spent)
    assert browser.post(link, data={"password": "another long one"}).status_code == 404


def test_a_link_for_a_password_is_too_old_after_a_week(scenario: Scenario) -> None:
    link = add(scenario.sign_in(ADMIN), "lin@court.example")
    scenario.wait(days=7, minutes=1)
    assert scenario.client.get(link).status_code == 404
    assert scenario.client.get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 404
    assert scenario.client.get("/password/99/" + "A" * 22).status_code == 404


def test_who_is_shut_out_is_out_at_once(scenario: Scenario) -> None:
    wang, admin = scenario.sign_in(), scenario.sign_in(ADMIN)
    shut_out = {"act": "shut_out"}
    page = words(admin.post("/settings/users/1", data=shut_out, follow_redirects=True))
    assert "deactivated" in page
    assert wang.get("/").location == "/sign-in"
    assert try_in(scenario.client, WANG, PASSWORD).status_code == 422
    admin.post("/settings/users/1", data={"act": "let_in"})
    assert try_in(scenario.client, WANG, PASSWORD).status_code == 303
    admin.post("/settings/users/3", data={"act": "shut_out"})
    assert admin.get("/settings").status_code == 200


@pytest.mark.parametrize(
    ("email", "role", "said"),
    [
        ("no address", "assistant", "such as name@firm.example"),
        ("lin@court.example", "king", "Choose one of"),
        (WANG, "assistant", WANG),
    ],
)
def test_nobody_is_added_by_a_slip(scenario: Scenario, email: str, role: str, said: str) -> None:
    data = {"email": email, "name": "Lin", "role": role}
    answer = scenario.sign_in(ADMIN).post("/settings/users", data=data)
    assert answer.status_code == 422
    assert said in words(answer)
    assert f'value="{email}"' in answer.text


@pytest.mark.parametrize("path", ["/settings", "/settings/courtrooms", "/settings/rules"])
def test_only_an_admin_sets_the_court_up(scenario: Scenario, path: str) -> None:
    for email in (WANG, "chen@court.example"):
        browser = scenario.sign_in(email)
        assert browser.get(path).status_code == 403
        assert browser.post(path, data=COURT).status_code == 403
        assert f'href="{path}"' not in browser.get("/").text
    assert scenario.client.get(path).location == f"/sign-in?next={path}"


def test_what_an_admin_sets_is_kept_and_holds(scenario: Scenario) -> None:
    browser = scenario.sign_in(ADMIN)
    answer = browser.post("/settings", data=COURT, follow_redirects=True)
    assert "Settings saved." in words(answer)
    assert 'value="5, 1"' in answer.text
    scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(1))
    assert "021 555" in browser.get("/settings").text
    assert "Pudong" in words(browser.get("/"))


def test_settings_that_cannot_be_are_refused_together_and_nothing_is_changed(
    scenario: Scenario,
) -> None:
    browser = scenario.sign_in(ADMIN)
    wrong = {"name": "", "zone": "Mars/Phobos", "reminder_days": "0", "quiet_from": "25:00"}
    answer = browser.post("/settings", data={**COURT, **wrong, "short": "y" * 41})
    assert answer.status_code == 422
    for said in (
        "Name of the court: Enter the court's name.",
        "there is none called Mars/Phobos.",
        "Reminders (days before): Enter up to 6",
        "Quiet hours from: Enter a time such as 09:00.",
        "Shorten this to 40 characters or fewer.",
    ):
        assert said in words(answer), said
    assert 'value="Mars/Phobos"' in answer.text
    assert "Pudong New Area" in browser.get("/settings").text


def test_the_rules_are_shown_with_their_sources_and_another_set_can_be_chosen(
    scenario: Scenario,
) -> None:
    browser = scenario.sign_in(ADMIN)
    page = words(browser.get("/settings/rules"))
    assert "Civil Procedure Law of the PRC (2023), art. 139" in page
    assert "cn-civil 2026-11 in use" in page
    answer = browser.post("/settings/rules", data={"rule_set": "plain"}, follow_redirects=True)
    assert "The court uses plain 2 from the next round on." in words(answer)
    assert "plain 2 in use" in words(answer)
    refused = browser.post("/settings/rules", data={"rule_set": "../secret"})
    assert refused.status_code == 422
    scenario.api("POST", "/cases", CASE)
    status, said = scenario.api(
        "POST", "/hearings", proposal(1, (at(2), "第三法庭"), answer_by=at(1))
    )
    assert status == 422
    assert "people are told at least 3 days before" in str(said)


def test_a_courtroom_is_added_once(scenario: Scenario) -> None:
    browser = scenario.sign_in(ADMIN)
    room = {"name": "第七法庭", "location": "附楼"}
    answer = browser.post("/settings/courtrooms", data=room, follow_redirects=True)
    assert "Courtroom added." in words(answer)
    again = browser.post("/settings/courtrooms", data=room)
    assert again.status_code == 409
    assert 'value="附楼"' in again.text
    assert browser.post("/settings/courtrooms", data={"name": " "}).status_code == 422


def test_a_token_is_shown_once_and_ends_when_it_is_revoked(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    made = browser.post("/me/tokens", data={"name": "diary", "scope": "read"})
    token = made.text.split('id="token">')[1].split("<")[0]
    asked = {"Authorization": f"Bearer {token}"}
    assert scenario.client.get("/api/v1/cases/1", headers=asked).status_code == 404
    assert token not in browser.get("/me").text
    other = scenario.sign_in(ADMIN)
    assert other.post("/me/tokens/1/revoke").status_code == 404
    answer = browser.post("/me/tokens/1/revoke", follow_redirects=True)
    assert "No program can use it any more" in words(answer)
    assert scenario.client.get("/api/v1/cases/1", headers=asked).status_code == 401


def test_the_language_of_a_user_goes_with_them(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    browser.get("/?lang=zh")
    assert '<html lang="zh-Hans"' in browser.get("/me").text
    browser.post("/me", data={"language": "en"})
    assert '<html lang="en"' in browser.get("/me").text
    browser.post("/me", data={"language": ""})
    assert '<html lang="zh-Hans"' in scenario.sign_in().get("/me").text  # the court's


@pytest.mark.parametrize(
    ("path", "leads"),
    [("/me/tokens", "/me"), ("/cases/1/contacts", "/cases/1#log")],
)
def test_a_page_that_came_of_a_post_can_be_asked_for_again(
    scenario: Scenario, path: str, leads: str
) -> None:
    answer = scenario.sign_in(ADMIN).get(path + "?lang=en&_external=1")
    assert (answer.status_code, answer.location) == (302, leads)


def test_another_site_cannot_post_here(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    for head in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert browser.post("/me", data={"language": "en"}, headers=head).status_code == 403


FLAT = {
    "number": "（2026）沪0115民初8号",
    "title": "",
    "procedure": "summary",
    "judge": "陈法官",
    "parties.0.name": "甲公司",
    "parties.0.side": "claimant",
    "parties.0.counsel.0.name": "李敏",
    "parties.0.counsel.0.phone": "13800138001",
    "parties.0.counsel.0.required": "1",
    "parties.1.name": "乙",
    "parties.1.side": "respondent",
    "parties.1.phone": "13800138002",
}


def test_a_case_is_entered_changed_and_given_further_counsel(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    answer = browser.post("/cases/new", data={**FLAT, "do": "save"}, follow_redirects=True)
    page = words(answer)
    assert "The case is saved. Its hearing can be proposed now." in page
    assert "乙 in person" in page
    assert "summary procedure" in page
    again = browser.post("/cases/new", data={**FLAT, "number": "(2026)沪0115民初8号", "do": "save"})
    assert again.status_code == 409
    assert "甲公司" in again.text
    facts = {"title": "租赁合同纠纷", "procedure": "ordinary", "judge": "林法官"}
    page = words(browser.post("/cases/1/facts", data=facts, follow_redirects=True))
    assert "The case is changed." in page
    assert "租赁合同纠纷" in page
    assert "林法官" in page
    more = {"party": "1", "name": "Third", "email": "third@firm.example", "required": "0"}
    page = words(browser.post("/cases/1/counsel", data=more, follow_redirects=True))
    assert "Third answer not required" in page
    assert browser.post("/cases/1/counsel", data={**more, "party": "99"}).status_code in (404, 422)
    leave = browser.post(
        "/cases/1/counsel/1",
        data={
            "name": "李敏",
            "phone": "13800138001",
            "required": "1",
            "do": "leave",
        },
        follow_redirects=True,
    )
    assert "李敏 acts no longer" in words(leave)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": ""}, "Enter the case number."),
        ({"parties.0.counsel.0.phone": "138"}, "“138”: it has too few digits"),
        ({"parties.0.counsel.0.phone": ""}, "Enter an e-mail address or a telephone number."),
        ({"parties.0.name": "", "parties.0.counsel.0.name": ""}, "Enter the party's name."),
        ({"procedure": "trial by ordeal"}, "Procedure: Choose one of"),
        ({"judge": "x" * 201}, "Judge: Shorten this to 200 characters or fewer."),
    ],
)
def test_a_case_that_cannot_be_says_why_at_the_field_and_loses_nothing(
    scenario: Scenario, wrong: dict[str, str], said: str
) -> None:
    answer = scenario.sign_in().post("/cases/new", data={**FLAT, **wrong, "do": "save"})
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="乙"' in answer.text
    assert 'value="13800138002"' in answer.text


def test_several_words_are_found_each_somewhere(scenario: Scenario) -> None:
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    desk = scenario.sign_in()
    for asked in ("Lei Zhao", "Zhao  Lei", "12345 Haitong", "李敏 远洋"):
        assert CASE["number"] in words(desk.get("/cases", query_string={"q": asked})), asked
    assert CASE["number"] not in words(desk.get("/cases", query_string={"q": "Zhao Nobody"}))
