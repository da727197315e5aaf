"""Messages of outcomes: who gets one, when, and what a correction does to it."""

import html
from typing import Any

import pytest
from flask_babel import force_locale, gettext

from app.core import wording
from app.outcomes.rules import OutcomeCause
from tests.conftest import Scenario, at, case_with, proposal
from tests.outcomes.test_imports import HEAD, imported, rows
from tests.outcomes.test_outcomes import LI, ROOM, ZHAO, enter, fixed


def over(scenario: Scenario) -> None:
    """Wait until the hearings of `fixed` are over, in the court's hours."""
    scenario.wait(days=14, hours=5)


def news(scenario: Scenario) -> dict[str, list[str]]:
    """Send what is due ten minutes from now; return the subjects of outcomes by recipient."""
    scenario.wait(minutes=11)
    scenario.beat()
    found: dict[str, list[str]] = {"li": [], "zhao": []}
    for letter in scenario.letters(channel="email"):
        words = ("did not take place", "adjourned", "continued", "was held", "Hearing held")
        words += ("延期开庭", "未开庭", "部分开庭", "已开庭")
        if any(each in letter.subject for each in words):
            found["zhao" if "zhao@" in letter.to else "li"].append(letter.subject)
    return found


@pytest.mark.parametrize(
    ("body", "subject", "chinese"),
    [
        ({"outcome": "held_in_part"}, "Hearing to be continued", "部分开庭，择期继续"),
        ({"outcome": "adjourned", "cause": "settlement"}, "Hearing adjourned", "延期开庭"),
        ({"outcome": "not_held", "absent": ["claimant"]}, "Hearing did not take", "未开庭"),
        ({"outcome": "held", "absent": ["claimant"]}, "Hearing held", "已开庭"),
    ],
)
def test_both_sides_get_the_same_message_at_the_same_moment(
    scenario: Scenario, body: dict[str, Any], subject: str, chinese: str
) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, **body)[0] == 200
    scenario.beat()
    assert not scenario.letters(containing=subject)
    found = news(scenario)
    assert [len(each) for each in found.values()] == [1, 1]
    assert found["zhao"][0].startswith(subject)
    assert found["li"][0].startswith(chinese)
    # The text message is for those who have no e-mail.
    assert not scenario.letters(channel="sms", containing=chinese)


def test_who_was_absent_is_named_to_all_and_is_shown_how_to_object(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="not_held", absent=["respondent"])[0] == 200
    news(scenario)
    [mail] = scenario.letters(to="zhao@", containing="did not take place")
    assert "- Zhao Lei (Respondent)" in mail.body
    assert "If it is wrong that you did not come" in mail.body
    [mail] = scenario.letters(to="li@", containing="未开庭")
    assert "- Zhao Lei（被告）" in mail.body
    assert "如您并非未到庭" not in mail.body


def test_a_hearing_that_was_held_sends_nothing(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="held")[0] == 200
    assert news(scenario) == {"li": [], "zhao": []}


def test_a_correction_in_time_takes_the_place_of_the_message(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="not_held", absent=["respondent"])[0] == 200
    scenario.wait(minutes=3)
    assert enter(scenario, hearing, outcome="held", replaces=1)[0] == 200
    assert news(scenario) == {"li": [], "zhao": []}


def test_a_late_correction_is_told_as_one(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="not_held", absent=["respondent"])[0] == 200
    news(scenario)
    assert enter(scenario, hearing, outcome="held", replaces=1)[0] == 200
    found = news(scenario)
    assert [len(each) for each in found.values()] == [2, 2]
    assert sum(each.startswith("Correction: Hearing held") for each in found["zhao"]) == 1
    assert sum(each.startswith("更正：已开庭") for each in found["li"]) == 1


def test_the_message_names_the_next_date(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    body = proposal(hearing["case_id"], (at(30), ROOM), minutes=30)
    body["answer_by"] = at(20)
    status, following = scenario.api("POST", "/hearings", body)
    assert status == 201, following
    assert enter(scenario, hearing, outcome="held_in_part")[0] == 200
    news(scenario)
    [mail] = scenario.letters(to="zhao@", containing="Hearing to be continued")
    assert "please answer there" in mail.body


def test_the_page_says_until_when_a_change_replaces_the_message(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    id = hearing["id"]
    path = f"/hearings/{id}/outcome"
    data = {f"version-{id}": "1.0", f"outcome-{id}": "adjourned", f"cause-{id}": "evidence"}
    shown = html.unescape(browser.get(browser.post(path, data=data).location).text)
    assert "They get a message at" in shown
    assert "Counsel of all sides get a message of it at" in shown
    news(scenario)
    shown = html.unescape(browser.get(f"/hearings/{id}").text)
    assert "until then a change replaces it" not in shown


def test_a_hearing_of_months_ago_is_news_to_nobody(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    scenario.wait(days=60)
    assert enter(scenario, hearing, outcome="adjourned", cause="evidence")[0] == 200
    assert news(scenario) == {"li": [], "zhao": []}


def test_a_file_of_outcomes_sends_nothing(scenario: Scenario) -> None:
    number = "（2026）沪0115民初9001号"
    hearing = fixed(scenario, number)
    over(scenario)
    day = hearing["starts_at"][:10]
    imported(scenario, HEAD + rows(number, "延期开庭", reason="追加当事人", day=day))
    assert scenario.api("GET", f"/hearings/{hearing['id']}")[1]["outcome"]["outcome"] == "adjourned"
    assert news(scenario) == {"li": [], "zhao": []}


def test_without_an_e_mail_a_text_goes_out(scenario: Scenario) -> None:
    number = "（2026）沪0115民初9003号"
    wu = {"name": "吴二", "phone": "+8613800138002"}
    case = scenario.api("POST", "/cases", case_with(number, LI, wu))[1]
    body = proposal(case["id"], (at(14, "09:30"), ROOM), minutes=30)
    hearing = scenario.api("POST", "/hearings", body)[1]
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "期限将至"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.beat()
    over(scenario)
    assert enter(scenario, hearing, outcome="held_in_part")[0] == 200
    news(scenario)
    [text] = scenario.letters(to="+8613800138002", containing="部分开庭，择期继续")
    assert "/r/" in text.body


def test_letters_and_pages_name_a_cause_by_the_same_words(scenario: Scenario) -> None:
    assert ZHAO["language"] == "en"
    with scenario.app.test_request_context():
        for language in wording.LANGUAGES:
            with force_locale(language):
                for cause in OutcomeCause:
                    assert wording.outcome_cause_name(cause, language) == gettext(cause.label)
