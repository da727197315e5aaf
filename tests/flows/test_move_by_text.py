"""Requests for another date that are answered without the page: by digit, and by a calendar."""

from typing import Any

import pytest

from app.cli import cli
from app.hearings.models import MoveRequest
from tests.conftest import CASE, Scenario, proposal
from tests.counsel.test_answers import browser, do
from tests.counsel.test_move_by_agreement import ask as ask_to_move
from tests.counsel.test_move_by_agreement import say
from tests.flows import test_replies_by_mail, test_replies_by_text
from tests.flows.test_replies_by_mail import come, imap, open_scenario
from tests.flows.test_replies_by_text import LI, ZHAO, text, waiting
from tests.imap import ImapServer
from tests.replied import apple, gmail, invited

__all__ = ["imap", "open_scenario"]

scenario = test_replies_by_text.scenario
reading = test_replies_by_mail.scenario


@pytest.fixture
def link(scenario: Scenario) -> str:
    """Zhao's link to a hearing whose date is fixed and told."""
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    hearing = scenario.api("POST", "/hearings", proposal(case_id))[1]
    scenario.beat()
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.wait(minutes=1)
    scenario.beat()
    return scenario.link(ZHAO)


def requested(scenario: Scenario, hearing_id: int = 1) -> dict[str, Any]:
    """The newest request to move a hearing."""
    return scenario.api("GET", f"/hearings/{hearing_id}/move-requests")[1]["move_requests"][0]


def opinion(scenario: Scenario, name: str = "李敏") -> tuple[str, list[str]]:
    """What one counsel says to the newest request: the stance, and the answers in order."""
    asked = requested(scenario)
    own = next(each for each in asked["opinions"] if each["counsel"] == name)
    return own["stance"], [own["says"].get(str(slot["id"]), "") for slot in asked["slots"]]


@pytest.mark.parametrize("words", ["1", "①", " 1 。"])
def test_a_digit_agrees_to_that_time_and_is_confirmed_and_told(
    scenario: Scenario, link: str, words: str
) -> None:
    ask_to_move(browser(scenario), link)
    scenario.beat()
    text(scenario, LI, words)
    stance, says = opinion(scenario)
    assert (stance, says[0], set(says[1:])) == ("agree", "yes", {"no"})
    assert waiting(scenario) == []
    [line] = [x for x in scenario.record(1) if x["what"] == "agreed"]
    assert (line["channel"], line["kind"]) == ("sms", "move")
    [own] = scenario.letters(to=LI, channel="sms", containing="已记录")
    assert "同意变更" in own.body
    assert scenario.letters(to="zhao@", containing="agrees to moving")
    # Who asked agreed to the same time: the court presses once.
    asked = requested(scenario)
    assert asked["agreed_slot"] == asked["slots"][0]["id"]
    decision = {"decision": "move", "slot": asked["agreed_slot"]}
    assert scenario.api("POST", "/hearings/1/move-requests/1", decision)[0] == 200
    assert scenario.app.test_cli_runner().invoke(cli, ["record", "verify"]).exit_code == 0


def test_several_digits_agree_and_0_objects_until_the_court_decides(
    scenario: Scenario, link: str
) -> None:
    ask_to_move(browser(scenario), link)
    scenario.beat()
    text(scenario, LI, "1 3")
    assert opinion(scenario)[1][:4] == ["yes", "no", "yes", "no"]
    text(scenario, LI, "0")
    assert opinion(scenario) == ("object", ["no"] * 5)
    assert requested(scenario)["agreed_slot"] is None
    assert scenario.letters(to="zhao@", containing="gave no reason")
    text(scenario, LI, "2")
    assert opinion(scenario)[1][:2] == ["no", "yes"]
    text(scenario, LI, "7")
    assert (opinion(scenario)[1][:2], waiting(scenario)) == (["no", "yes"], ["7"])
    scenario.api("POST", "/hearings/1/move-requests/1", {"decision": "refuse", "reason": "No."})
    text(scenario, LI, "1")
    assert (requested(scenario)["state"], waiting(scenario)) == ("refused", ["7", "1"])


def test_a_digit_that_may_answer_something_else_is_no_consent(
    scenario: Scenario, link: str
) -> None:
    """The last text that asked for digits is the proposal's: the request is still in the queue."""
    ask_to_move(browser(scenario), link)
    text(scenario, LI, "1")
    assert opinion(scenario)[0] == ""
    [letter] = scenario.letters(to=LI, containing="字母加编号")
    assert "A 沪0115民初12345号改期" in letter.body
    text(scenario, LI, "A1")
    assert opinion(scenario)[0] == "agree"


def test_a_proposal_and_a_request_that_are_open_at_once_have_letters(
    scenario: Scenario, link: str
) -> None:
    ask_to_move(browser(scenario), link)
    case_id = scenario.api("POST", "/cases", CASE | {"number": "（2026）沪0115民初678号"})[1]["id"]
    made = proposal(case_id)
    made["slots"] = made["slots"][1:]
    status, second = scenario.api("POST", "/hearings", made)
    assert status == 201, second
    scenario.beat()
    text(scenario, LI, "1")
    assert opinion(scenario)[0] == ""
    [letter] = scenario.letters(to=LI, containing="字母加编号")
    assert "A 民初678号；B 民初12345号改期" in letter.body
    text(scenario, LI, "b0")
    assert opinion(scenario)[0] == "object"
    assert scenario.api("GET", f"/hearings/{second['id']}")[1]["slots"][0]["answers"] == []
    text(scenario, LI, "A1")
    shown = scenario.api("GET", f"/hearings/{second['id']}")[1]
    assert [each["says"] for each in shown["slots"][0]["answers"]] == ["yes"]


def test_who_asked_answers_by_digit_only_what_they_joined(scenario: Scenario, link: str) -> None:
    ask_to_move(browser(scenario), link)
    scenario.beat()
    text(scenario, ZHAO, "0")
    assert (opinion(scenario, "Zhao Lei")[0], waiting(scenario)) == ("agree", ["0"])


def test_the_day_of_the_hearing_has_come(scenario: Scenario, link: str) -> None:
    ask_to_move(browser(scenario), link)
    scenario.wait(days=60)
    text(scenario, LI, "1")
    assert (opinion(scenario)[0], waiting(scenario)) == ("", ["1"])


def test_a_calendar_agrees_only_by_naming_the_time(reading: Scenario, imap: ImapServer) -> None:
    hearing = test_replies_by_mail.fixed(reading)
    ask_to_move(browser(reading), reading.link(ZHAO))
    reading.beat()
    to = invited(reading, test_replies_by_mail.LI)
    # The invite is of the date that holds: accepting it is no consent to another.
    come(reading, imap, gmail(to, "ACCEPTED"), apple(to, "DECLINED"))
    assert opinion(reading)[0] == ""
    [first, second, *_] = do(
        reading,
        lambda session, _: [slot.starts_at for slot in session.query(MoveRequest).one().slots],
    )
    named = gmail(to, "TENTATIVE", method="COUNTER", starts_at=second)
    forged = gmail(to, "TENTATIVE", method="COUNTER", starts_at=first, above="")
    said = come(reading, imap, forged)[-1]
    assert (said["waits"], opinion(reading)[0]) == (True, "")
    said = come(reading, imap, named)[-1]
    assert (said["kind"], said["waits"], said["counted"]) == ("counter", False, True)
    assert opinion(reading)[1][:2] == ["no", "yes"]
    [line] = [x for x in reading.record(hearing) if x["what"] == "agreed"]
    assert line["channel"] == "email"
    # A time that nobody asked about waits for the assistant, as ever.
    other = second.replace(minute=45)
    said = come(reading, imap, gmail(to, "TENTATIVE", method="COUNTER", starts_at=other))[-1]
    assert (said["waits"], opinion(reading)[1][:2]) == (True, ["no", "yes"])
    # What was answered on the page since is not undone by an older mail.
    say(browser(reading), reading.link(LI), "object", words="No.")
    earlier = "20261123T003000Z"
    come(reading, imap, gmail(to, "TENTATIVE", method="COUNTER", starts_at=first, at=earlier))
    assert opinion(reading)[0] == "object"
