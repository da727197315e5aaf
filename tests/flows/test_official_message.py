"""The official message, copied by hand: the court's own words, on the record, proving nothing."""

import html
import re
from typing import Any

from flask.testing import FlaskClient

from app.core.db import transaction
from app.court.models import Court
from tests.conftest import CASE, Scenario, at, proposal
from tests.flows.test_hearing_page import text_of
from tests.flows.test_propose_page import HtmlPage

COPY = "/cases/1/message?counsel_id={}&hearing_id=1"
LI, ZHAO = 1, 2


def copied(browser: FlaskClient, counsel: int, form: str = "short") -> str:
    """The words that can be copied."""
    page = browser.get(COPY.format(counsel) + f"&form={form}")
    assert page.status_code == 200, text_of(page.text)
    [words] = re.findall(r"<textarea[^>]* readonly[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    return str(words)


def hand_on(browser: FlaskClient, counsel: int, **given: str) -> Any:
    """Press *I handed it on*."""
    page = browser.get(COPY.format(counsel))
    form = next(form for form in HtmlPage(page.text).forms if "message" in form.action)
    return browser.post(form.action, data=form.filled(**{"channel": "chat", **given}))


def by_hand(scenario: Scenario) -> list[dict[str, Any]]:
    """The record's entries of messages that were handed on."""
    return [each for each in scenario.record(1) if each["kind"] == "handed_on"]


def test_the_words_are_those_that_were_sent_with_the_persons_own_link(
    asked: Scenario, browser: FlaskClient
) -> None:
    before = asked.record(1)
    [text] = asked.letters(to="+8613800138001")
    assert copied(browser, LI) == text.body
    [mail] = asked.letters(to="zhao@jinmao.example", channel="email")
    assert mail.body.replace("\r\n", "\n").strip() in html.unescape(copied(browser, ZHAO, "full"))
    assert asked.link("li@") in copied(browser, LI)
    assert asked.link("zhao@") in copied(browser, ZHAO)
    assert asked.record(1) == before


def test_a_message_that_was_handed_on_is_an_attempt_until_counsel_opens_or_answers(
    asked: Scenario, browser: FlaskClient
) -> None:
    letters = len(asked.letters())
    done = hand_on(browser, ZHAO, note="He asked me to send it here.")
    assert (done.status_code, done.location) == (303, "/hearings/1")
    [entry] = by_hand(asked)
    assert (entry["what"], entry["channel"]) == ("told", "chat")
    assert entry["detail"]["outcome"] == "handed_on"
    assert entry["detail"]["message"] == "proposal"
    content = entry["content"]
    assert (content["by"], content["note"]) == ("王书记员", "He asked me to send it here.")
    assert "…" in content["text"]
    assert asked.link("zhao@") not in str(content)
    asked.beat()
    assert len(asked.letters()) == letters  # all sides were sent the same words: nobody is told
    words = text_of(browser.get("/hearings/1").text)
    assert "E0 Attempted" in words
    assert "message handed on" in words
    assert "by 王书记员" in words
    counsel = asked.client
    page = counsel.get(asked.link("zhao@") + "?lang=en")
    form = next(form for form in HtmlPage(page.text).forms if "nonce" in form.fields)
    slots = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page.text), "yes")
    assert slots
    got = counsel.post(form.action, data={**form.fields, **slots})
    assert got.status_code in (200, 303), text_of(got.text)
    words = text_of(browser.get("/hearings/1").text)
    assert "E0 Attempted" not in words


def test_all_sides_read_on_the_record_that_and_what_was_handed_on(
    asked: Scenario, browser: FlaskClient
) -> None:
    hand_on(browser, ZHAO, channel="in_person", form="full", note="A remark of the court.")
    record = asked.client.get(asked.link("li@") + "/record?lang=en").text
    assert "Official message, copied" in text_of(record)
    assert "asks when you can attend in the case below" in text_of(record)
    assert asked.link("zhao@") not in record
    assert "A remark of the court." not in record


def test_pressing_twice_is_one_contact(asked: Scenario, browser: FlaskClient) -> None:
    page = browser.get(COPY.format(LI))
    form = next(form for form in HtmlPage(page.text).forms if "message" in form.action)
    for _ in range(2):
        got = browser.post(form.action, data=form.filled(channel="chat"))
        assert got.status_code == 303
        asked.wait(seconds=2)
    assert len(by_hand(asked)) == 1


def test_words_follow_the_hearing(asked: Scenario, browser: FlaskClient) -> None:
    slot = asked.api("GET", "/hearings/1")[1]["slots"][0]["id"]
    assert asked.api("POST", "/hearings/1/fix", {"slot_id": slot, "reason": "No answer."})[0] == 200
    asked.beat()
    assert copied(browser, LI) == asked.letters(to="+8613800138001")[-1].body
    full = copied(browser, ZHAO, "full")
    assert "The court has fixed the date in the case below by order. Reason: No answer." in full
    assert "enclosed" not in full  # a copy has no attachment
    moved = {"slots": [{"starts_at": at(20), "courtroom": "第五法庭"}], "reason": "Ill."}
    assert asked.api("POST", "/hearings/1/move", moved)[0] == 200
    asked.beat()
    assert "Before: Mon 7 Dec 2026" in copied(browser, ZHAO, "full")
    assert asked.api("POST", "/hearings/1/cancel", {"reason": "Settled."})[0] == 200
    asked.beat()
    assert "Settled." in copied(browser, ZHAO, "full")


def test_digits_that_only_a_text_can_be_answered_by_are_not_copied(
    asked: Scenario, browser: FlaskClient
) -> None:
    with asked.app.app_context(), transaction() as session:
        session.get_one(Court, 1).text_slots = True
    assert asked.api("POST", "/hearings", proposal(1, (at(16), "第三法庭")))[0] == 201
    words = browser.get("/cases/1/message?counsel_id=2&hearing_id=2").text
    assert "Reply 1" not in words


def test_what_cannot_be_handed_on_is_refused_with_the_reason(
    asked: Scenario, browser: FlaskClient
) -> None:
    stranger = browser.get("/cases/1/message?counsel_id=99&hearing_id=1")
    assert "This person does not act in this case now." in text_of(stranger.text)
    assert browser.get("/cases/1/message?counsel_id=1&hearing_id=99").status_code == 404
    assert browser.get("/cases/9/message").status_code == 404
    choose = text_of(browser.get("/cases/1/message").text)
    assert "李敏" in choose
    assert "Zhao Lei" in choose
    for bad in ({"channel": "email"}, {"channel": ""}, {"note": "x" * 2001}, {"form": "long"}):
        got = hand_on(browser, LI, **bad)
        assert got.status_code == 422, bad
    asked.wait(days=8)
    asked.beat()
    over = text_of(browser.get(COPY.format(LI)).text)
    assert "There is no news to pass on" in over
    assert by_hand(asked) == []


def test_a_call_page_says_what_to_read_out_and_what_to_ask(
    asked: Scenario, browser: FlaskClient
) -> None:
    call = "/cases/1/call?counsel_id={}&hearing_id=1"
    english = text_of(browser.get(call.format(ZHAO)).text)
    assert "This is 王书记员, Pudong New Area People's Court. I am calling Zhao Lei" in english
    assert "1. Mon 7 Dec 2026, 09:30–11:00, 第三法庭, 主楼三层" in english
    assert "Which of these suit you?" in english
    # The court's language stands beside counsel's; counsel of the same language needs only one.
    assert "以上哪些时段您可以出庭？" in english
    chinese = text_of(browser.get(call.format(LI)).text)
    assert "以上哪些时段您可以出庭？" in chinese
    assert "Which of these suit you?" not in chinese
    slot = asked.api("GET", "/hearings/1")[1]["slots"][1]["id"]
    asked.api("POST", "/hearings/1/fix", {"slot_id": slot, "reason": "No answer."})
    asked.beat()
    fixed = text_of(browser.get(call.format(ZHAO)).text)
    assert "The date of the hearing is fixed by order: Tue 8 Dec 2026, 14:00–15:30" in fixed
    assert "Please confirm that you have understood the date" in fixed
    asked.wait(days=8)
    asked.beat()
    reminded = text_of(browser.get(call.format(ZHAO)).text)
    assert "I remind you of the hearing: Tue 8 Dec 2026" in reminded
    assert "days from now" not in reminded


def test_a_call_without_news_is_logged_all_the_same(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    page = scenario.sign_in().get("/cases/1/call?counsel_id=1&lang=en")
    assert page.status_code == 200
    assert "What to say" not in text_of(page.text)
    assert "Outcome" in text_of(page.text)
