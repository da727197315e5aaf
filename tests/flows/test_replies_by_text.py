"""Texts that come back: digits answer, letters choose the question, anything else reaches a person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from twilio.request_validator import RequestValidator

from app.carriers.registry import CarrierSettings
from app.carriers.twilio.settings import TwilioSettings
from app.core.db import db
from app.notices.inbound import Inbound
from tests.conftest import CASE, Scenario, at, make_court, make_scenario, proposal

SID, TOKEN, URL = "AC" + "0" * 32, "an auth token", "https://court.example"
LI, ZHAO = "+8613800138001", "+8613800138002"


@pytest.fixture
def scenario(database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court that Twilio tells of texts; its own go to the outbox."""
    made = make_scenario(
        tmp_path,
        database,
        public_url=URL,
        carriers=CarrierSettings({"twilio": TwilioSettings(SID, TOKEN, "+15005550006")}),
    )
    make_court(made)
    yield made
    made.close()


def text(scenario: Scenario, sender: str, words: str, sid: str = "", **more: str) -> None:
    """Let a text come in, signed as Twilio signs it."""
    sid = sid or f"SM{abs(hash((sender, words, scenario.clock.now()))):032d}"
    form = {
        "MessageSid": sid,
        "From": sender,
        "To": "+15005550006",
        "Body": words,
        "AccountSid": SID,
        **more,
    }
    signature = RequestValidator(TOKEN).compute_signature(f"{URL}/twilio/inbound", form)
    answer = scenario.client.post(
        "/twilio/inbound", data=form, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 200
    scenario.wait(minutes=1)
    scenario.beat()


def ask(scenario: Scenario, number: str = CASE["number"], **more: Any) -> int:
    """Propose two slots to both counsel."""
    case_id = scenario.api("POST", "/cases", {**CASE, "number": number})[1]["id"]
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, **more))
    assert status == 201, hearing
    scenario.beat()
    return hearing["id"]


def answers(scenario: Scenario, hearing_id: int) -> dict[str, list[str]]:
    """What each counsel said to the slots, in order."""
    slots = scenario.api("GET", f"/hearings/{hearing_id}")[1]["slots"]
    found: dict[str, list[str]] = {}
    for slot in slots:
        for answer in slot["answers"]:
            found.setdefault(answer["counsel"], []).append(answer["says"])
    return found


def waiting(scenario: Scenario) -> list[str]:
    """The words of what waits for a person."""
    with scenario.app.app_context():
        db.session.remove()
        return list(db.session.scalars(sa.select(Inbound.words).where(Inbound.done_at.is_(None))))


@pytest.mark.parametrize(
    ("words", "says"),
    [("1", ["yes", "no"]), ("２", ["no", "yes"]), ("1 2", ["yes", "yes"]), ("０", ["no", "no"])],
)
def test_a_digit_answers_the_only_open_question(
    scenario: Scenario, words: str, says: list[str]
) -> None:
    hearing = ask(scenario)
    text(scenario, LI, words)
    assert answers(scenario, hearing) == {"李敏": says}
    assert waiting(scenario) == []
    [line] = [x for x in scenario.record(hearing) if x["what"] == "answered"]
    assert line["channel"] == "sms"
    [letter] = [x for x in scenario.letters(to=LI, channel="sms") if "已收到您" in x.body]
    assert "12345号" in letter.body


def test_digits_of_all_sides_fix_the_date_and_can_be_changed_until_then(scenario: Scenario) -> None:
    hearing = ask(scenario)
    text(scenario, LI, "0")
    text(scenario, LI, "2")
    text(scenario, ZHAO, "2")
    shown = scenario.api("GET", f"/hearings/{hearing}")[1]
    assert shown["state"] == "fixed"
    assert shown["starts_at"] == at(15, "14:00")
    told = [each["type"] for each in scenario.api("GET", "/events")[1]["events"]]
    assert told == ["hearing.proposed", *["answer.given"] * 3, "hearing.fixed"]


def test_the_same_text_told_twice_is_one(scenario: Scenario) -> None:
    hearing = ask(scenario)
    for _ in range(2):
        text(scenario, LI, "1", sid="SM" + "7" * 32)
        text(scenario, LI, "what?", sid="SM" + "8" * 32)
    assert len([x for x in scenario.record(hearing) if x["kind"] == "text"]) == 2
    assert waiting(scenario) == ["what?"]


def test_with_two_open_questions_the_person_is_asked_which(scenario: Scenario) -> None:
    first = ask(scenario)
    slots = ((at(20), "第三法庭"), (at(21), "第五法庭"))
    second = ask(
        scenario,
        number="（2026）沪0115民初678号",
        slots=[{"starts_at": when, "courtroom": room} for when, room in slots],
    )
    text(scenario, LI, "1")
    assert answers(scenario, first) == answers(scenario, second) == {}
    [letter] = scenario.letters(to=LI, containing="字母加编号")
    assert "A 沪0115民初12345号" in letter.body
    text(scenario, LI, "Ｂ2")
    assert (answers(scenario, first), answers(scenario, second)) == ({}, {"李敏": ["no", "yes"]})
    text(scenario, LI, "a1")
    assert answers(scenario, first) == {"李敏": ["yes", "no"]}


def test_a_letter_that_nobody_was_told_is_not_guessed(scenario: Scenario) -> None:
    hearing = ask(scenario)
    text(scenario, LI, "C1")
    assert answers(scenario, hearing) == {}
    assert waiting(scenario) == ["C1"]


@pytest.mark.parametrize("words", ["可以吗", "3", "1 0", "100"])
def test_what_is_not_understood_reaches_the_assistant_with_one_polite_answer(
    scenario: Scenario, words: str
) -> None:
    hearing = ask(scenario)
    text(scenario, LI, words)
    text(scenario, LI, words)
    assert answers(scenario, hearing) == {}
    assert waiting(scenario) == [words, words]
    [letter] = scenario.letters(to=LI, containing="已转交书记员")
    assert "/r/" in letter.body
    page = scenario.sign_in().get("/inbox").text
    assert "李敏" in page
    assert words in page


def test_after_the_date_to_answer_by_a_digit_reaches_the_assistant(scenario: Scenario) -> None:
    hearing = ask(scenario)
    scenario.wait(days=8)
    text(scenario, LI, "1")
    assert answers(scenario, hearing) == {}
    assert waiting(scenario) == ["1"]


def test_stop_and_start_are_obeyed_shown_and_never_answered(scenario: Scenario) -> None:
    hearing = ask(scenario)
    before = len(scenario.letters(to=LI))
    text(scenario, LI, "STOP", OptOutType="STOP")
    text(scenario, LI, "STOP")
    text(scenario, LI, "1", OptOutType="STOP")
    assert answers(scenario, hearing) == {}
    assert len(scenario.letters(to=LI)) == before
    assert waiting(scenario) == []
    text(scenario, LI, "hello")
    assert len(scenario.letters(to=LI)) == before
    assert waiting(scenario) == ["hello"]
    text(scenario, LI, "START")
    text(scenario, LI, "1")
    assert answers(scenario, hearing) == {"李敏": ["yes", "no"]}
    kinds = [x["detail"] for x in scenario.record(hearing) if x["kind"] == "text"]
    assert [each["opt_out"] for each in kinds] == [True, True, True, False, False, False]
    assert [each["opt_in"] for each in kinds] == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    "words", ["1)", "#1", "(1)", "1\ufe0f\u20e3", "1\u200b", "No. 1", "选1", "第一个"]
)
def test_a_digit_counts_as_hands_type_it(scenario: Scenario, words: str) -> None:
    hearing = ask(scenario)
    text(scenario, LI, words)
    assert answers(scenario, hearing) == {"李敏": ["yes", "no"]}
    assert waiting(scenario) == []
    [line] = [x for x in scenario.record(hearing) if x["kind"] == "text" and x["direction"] == "in"]
    assert line["content"]["text"] == words


@pytest.mark.parametrize("more", [{}, {"OptOutType": "START"}])
@pytest.mark.parametrize("words", ["Yes", "YES", "start", "Unstop"])
def test_a_yes_of_somebody_who_never_opted_out_is_a_text_like_any_other(
    scenario: Scenario, words: str, more: dict[str, str]
) -> None:
    hearing = ask(scenario)
    text(scenario, LI, words, **more)
    assert answers(scenario, hearing) == {}
    assert waiting(scenario) == [words]
    assert len(scenario.letters(to=LI, containing="已转交书记员")) == 1
    [line] = [x for x in scenario.record(hearing) if x["kind"] == "text" and x["direction"] == "in"]
    assert (line["detail"]["opt_in"], line["detail"]["opt_out"]) == (False, False)


@pytest.mark.parametrize("more", [{}, {"OptOutType": "STOP"}])
@pytest.mark.parametrize("words", ["Cancel", "end", "QUIT", "revoke", "cancel\u200b"])
def test_an_opt_out_by_a_word_of_another_meaning_is_obeyed_and_shown(
    scenario: Scenario, words: str, more: dict[str, str]
) -> None:
    hearing = ask(scenario)
    before = len(scenario.letters(to=LI))
    text(scenario, LI, words, **more)
    text(scenario, LI, words, **more)  # by then it is no news
    assert waiting(scenario) == [words]
    page = scenario.sign_in().get(f"/hearings/{hearing}?lang=en").text
    assert "it stops further texts to this number" in page
    assert len(scenario.letters(to=LI)) == before  # no text is sent any more
    lines = [x["detail"] for x in scenario.record(hearing) if x["kind"] == "text"]
    assert [each["opt_out"] for each in lines] == [True, True]


def test_cancel_of_somebody_who_was_opted_out_before_is_shown(scenario: Scenario) -> None:
    ask(scenario)
    text(scenario, LI, "STOP")
    assert waiting(scenario) == []
    text(scenario, LI, "Cancel")
    text(scenario, LI, "CANCEL ")
    assert waiting(scenario) == ["Cancel"]


def test_an_opt_out_is_shown_while_a_fixed_date_is_ahead_and_not_after_it(
    scenario: Scenario,
) -> None:
    hearing = ask(scenario)
    slot = scenario.api("GET", f"/hearings/{hearing}")[1]["slots"][0]["id"]
    order = {"slot_id": slot, "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing}/fix", order)[0] == 200
    scenario.beat()
    text(scenario, LI, "cancel")
    assert waiting(scenario) == ["cancel"]
    text(scenario, LI, "yes")
    assert waiting(scenario) == ["cancel", "yes"]
    scenario.wait(days=20)
    text(scenario, LI, "END")
    assert waiting(scenario) == ["cancel", "yes"]


def test_a_yes_after_an_opt_out_allows_texts_again_and_is_shown(scenario: Scenario) -> None:
    hearing = ask(scenario)
    text(scenario, LI, "STOP")
    text(scenario, LI, "yes")
    assert waiting(scenario) == ["yes"]
    text(scenario, LI, "2")
    assert answers(scenario, hearing) == {"李敏": ["no", "yes"]}
    assert [x for x in scenario.letters(to=LI, channel="sms") if "已收到您" in x.body]


def test_a_picture_is_told_of_and_its_digit_counts(scenario: Scenario) -> None:
    hearing = ask(scenario)
    text(scenario, LI, "", NumMedia="1", MediaUrl0="https://api.twilio.com/x")
    text(scenario, ZHAO, "1", NumMedia="2")
    text(scenario, LI, "\u200b")
    assert answers(scenario, hearing) == {"Zhao Lei": ["yes", "no"]}
    assert waiting(scenario) == ["", "1", "\u200b"]
    page = scenario.sign_in().get("/inbox?lang=en").text
    assert page.count("it carries a picture or a file") == 2
    assert page.count("it has no words") == 1


def test_a_text_of_somebody_who_was_asked_by_mail_stands_with_their_hearing(
    scenario: Scenario,
) -> None:
    body = {
        **CASE,
        "number": "（2026）沪0115民初77号",
        "parties": [
            {
                **CASE["parties"][0],
                "counsel": [{**CASE["parties"][0]["counsel"][0], "channels": ["email"]}],
            },
            CASE["parties"][1],
        ],
    }
    case_id = scenario.api("POST", "/cases", body)[1]["id"]
    hearing = scenario.api("POST", "/hearings", proposal(case_id))[1]["id"]
    scenario.beat()
    text(scenario, LI, "在吗")
    assert "在吗" in scenario.sign_in().get(f"/hearings/{hearing}").text
    assert len([x for x in scenario.record(hearing) if x["kind"] == "text"]) == 1


def test_a_text_from_a_number_that_nobody_has_waits_too(scenario: Scenario) -> None:
    ask(scenario)
    text(scenario, "+8613900000000", "在吗")
    assert waiting(scenario) == ["在吗"]
    assert scenario.letters(to="+8613900000000") == []


def test_a_court_may_list_the_slots_in_its_texts(scenario: Scenario) -> None:
    from app.core.db import transaction
    from app.court.models import Court

    with scenario.app.app_context(), transaction() as session:
        session.scalars(sa.select(Court)).one().text_slots = True
    hearing = ask(scenario)
    [letter] = scenario.letters(to=LI, channel="sms")
    assert "1＝12月7日09:30，2＝12月8日14:00，0＝均不合适" in letter.body
    text(scenario, LI, "2")
    assert answers(scenario, hearing) == {"李敏": ["no", "yes"]}
