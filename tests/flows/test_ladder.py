"""Who is not shown to know a date: what is tried, until when, who is to be called, and why."""

import datetime as dt
import re
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, at, case_with, confirmed, proposal
from tests.counsel.test_answers import words

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"


def settled(scenario: Scenario, case: dict[str, Any] = CASE, days: float = 21) -> dict[str, Any]:
    """A hearing on which both agreed; its news are out."""
    _, made = scenario.api("POST", "/cases", case)
    slot = (at(days), "第三法庭")
    status, hearing = scenario.api("POST", "/hearings", proposal(made["id"], slot, answer_by=at(2)))
    assert status == 201, hearing
    scenario.beat()
    for each in hearing["invitations"]:
        reply(
            scenario,
            next(
                c["email"]
                for p in case["parties"]
                for c in p["counsel"]
                if c["name"] == each["counsel"]
            ),
        )
    scenario.beat()
    return hearing


def nonce(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def reply(scenario: Scenario, email: str) -> None:
    """Say yes to every slot."""
    browser, link = scenario.client, scenario.link(email)
    page = browser.get(link).text
    says = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), "yes")
    assert browser.post(link, data={"nonce": nonce(page), **says}).status_code == 303


def knows(scenario: Scenario, email: str) -> Any:
    """Tick "I have seen this date" and confirm."""
    browser, link = scenario.client, scenario.link(email)
    page = browser.get(link).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision, page
    return browser.post(
        f"{link}/knows",
        data={"nonce": nonce(page), "revision": revision.group(1), "seen": "1"},
        follow_redirects=True,
    )


def lines(scenario: Scenario, hearing_id: int, *whats: str) -> list[dict[str, Any]]:
    return [line for line in scenario.record(hearing_id) if line["what"] in whats]


def shown(scenario: Scenario, hearing_id: int) -> str:
    return words(scenario.sign_in().get(f"/hearings/{hearing_id}?lang=en"))


def test_a_date_that_was_only_sent_bears_no_default_judgment_until_it_is_confirmed(
    scenario: Scenario,
) -> None:
    hearing = settled(scenario)
    page = shown(scenario, hearing["id"])
    assert page.count("Not enough for default judgment yet") == 2
    assert "SPC Interpretation art. 261, cn-civil 2026-11" in page
    assert "Enough for default judgment against 0 of 2 · until Fri 11 Dec, 17:00" in page
    answer = knows(scenario, ZHAO)
    assert "You confirmed on Mon 23 Nov 2026, 09:00 that you have seen this date." in words(answer)
    page = shown(scenario, hearing["id"])
    assert page.count("Not enough for default judgment yet") == 1
    assert "Enough for default judgment against 1 of 2" in page
    assert re.search(r"Enough entry \d+ ?, Mon 23 Nov, 09:00", page), page
    assert "E4 Confirmed" in page
    assert "Confirmed the date Mon 23 Nov, 09:00" in page


def test_who_is_silent_is_to_be_called_and_then_written_to_on_paper(scenario: Scenario) -> None:
    """Hearing on Mon 14 Dec; three days before, so the last moment is Fri 11 Dec, 17:00."""
    hearing = settled(scenario)
    knows(scenario, LI)
    scenario.wait(days=13)  # Sun 6 Dec: the house's own ways are spent, nobody is rung on a Sunday
    scenario.beat()
    assert lines(scenario, hearing["id"], "task") == []
    scenario.wait(days=1, hours=1)  # Mon 7 Dec, 10:00
    scenario.beat()
    task = lines(scenario, hearing["id"], "task")
    assert [(line["kind"], line["side"], line["detail"]["rule"]) for line in task] == [
        ("call", "respondent", "confirmed-or-proved")
    ]
    home = words(scenario.sign_in().get("/?lang=en"))
    assert "Call Zhao Lei by tomorrow, 09:00" in home
    assert "Nothing shows that they know the date" in home
    scenario.wait(days=1)  # Tue 8 Dec, 10:00: nobody rang
    scenario.beat()
    assert [line["kind"] for line in lines(scenario, hearing["id"], "task")] == ["call", "paper"]
    assert "Post a paper notice to Zhao Lei by today, 17:00" in words(
        scenario.sign_in().get("/?lang=en")
    )
    scenario.wait(days=4)  # the last moment has passed
    scenario.beat()
    missed = [line["kind"] for line in lines(scenario, hearing["id"], "missed")]
    assert missed == ["call", "paper"]
    page = shown(scenario, hearing["id"])
    assert "nothing shows receipt; the last time was Fri 11 Dec, 17:00" in page
    assert "The last time for notice was Fri 11 Dec, 17:00" in page
    # Of who confirmed, the record says why nobody rang.
    spared = [
        line for line in lines(scenario, hearing["id"], "withdrawn") if line["kind"] == "call"
    ]
    assert [line["side"] for line in spared] == ["claimant"]
    assert spared[0]["detail"]["why"] == "it is shown already that the person knows the date"


def test_a_call_in_which_the_person_answered_ends_the_task_and_is_evidence(
    scenario: Scenario,
) -> None:
    hearing = settled(scenario)
    knows(scenario, LI)
    scenario.wait(days=14, hours=1)
    scenario.beat()
    browser = scenario.sign_in()
    form = browser.get("/cases/1/call?counsel_id=2&hearing_id=1").text
    assert 'href="tel:+8613800138002"' in form
    said = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form))
    said = {
        name: said[name]
        for name in ("page", "direction", "hearing_id", "counsel_id", "address", "at")
    }
    for outcome in ("no_answer", "spoke", "spoke"):
        answer = browser.post("/cases/1/call", data={**said, "page": outcome, "outcome": outcome})
        assert answer.status_code == 303, words(answer)
    calls = lines(scenario, hearing["id"], "called")
    assert [line["detail"]["outcome"] for line in calls] == ["no_answer", "spoke"]
    assert calls[1]["content"]["address"] == "+8613800138002"
    assert calls[1]["content"]["by"] == "王书记员"
    assert "Call Zhao Lei by" not in words(browser.get("/?lang=en"))
    page = shown(scenario, hearing["id"])
    assert "Enough for default judgment against 2 of 2" in page
    assert "Spoke by telephone Mon 7 Dec, 10:00" in page
    scenario.wait(days=1)
    scenario.beat()
    assert lines(scenario, hearing["id"], "task")[-1]["kind"] == "call"  # no paper any more


def test_a_number_that_is_not_known_and_texts_that_are_stopped_are_skipped_with_a_reason(
    scenario: Scenario,
) -> None:
    """Whoever has mail alone is not rung; the paper notice follows in its time."""
    quiet = {
        "name": "Sun Yue",
        "email": "sun@office.example",
        "language": "en",
        "channels": ["email"],
    }
    hearing = settled(scenario, case_with("（2026）沪0115民初777号", quiet))
    scenario.wait(days=15, hours=1)
    scenario.beat()
    why = {
        (line["kind"], line["detail"]["why"])
        for line in lines(scenario, hearing["id"], "skipped")
        if line["content"]["name"] == "Sun Yue"
    }
    assert why == {
        ("by_text", "no address is known for this way"),
        ("call", "no telephone number is known"),
    }
    assert "Post a paper notice to Sun Yue" in words(scenario.sign_in().get("/?lang=en"))


def test_a_way_that_counsel_did_not_list_is_tried_before_anybody_rings(scenario: Scenario) -> None:
    case = case_with(
        "（2026）沪0115民初778号", {**CASE["parties"][0]["counsel"][0], "channels": ["email"]}
    )
    settled(scenario, case)
    assert [m for m in scenario.letters(to="+8613800138001") if "定于" in m.body] == []
    scenario.wait(days=10, hours=1)  # Thu 3 Dec: the turn of the text
    scenario.beat()
    scenario.beat()
    assert len([m for m in scenario.letters(to="+8613800138001") if "定于" in m.body]) == 1


def test_a_date_that_moved_takes_back_the_calls_about_the_old_one(scenario: Scenario) -> None:
    hearing = settled(scenario)
    scenario.wait(days=14, hours=1)
    scenario.beat()
    assert "Call Zhao Lei by" in words(scenario.sign_in().get("/?lang=en"))
    move = {"starts_at": at(60), "courtroom": "第五法庭", "reason": "The judge sits elsewhere."}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", move)[0] == 200
    scenario.beat()
    assert "Call Zhao Lei by" not in words(scenario.sign_in().get("/?lang=en"))
    taken = [line for line in lines(scenario, hearing["id"], "withdrawn") if line["kind"] == "call"]
    assert {line["detail"]["why"] for line in taken} == {"the date does not hold any more"}


def test_a_round_of_new_slots_leaves_the_calls_about_the_date_that_holds(
    scenario: Scenario,
) -> None:
    hearing = settled(scenario)
    scenario.wait(days=14, hours=1)
    scenario.beat()
    asked = {
        "slots": [{"starts_at": at(60), "courtroom": "第五法庭"}],
        "reason": "Two hearings.",
        "answer_by": at(16),
        "fix": "auto",
    }
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", asked)[0] in (200, 201)
    scenario.beat()
    page = shown(scenario, hearing["id"])
    assert "Next, by Tue 8 Dec, 09:00 Call 李敏" in page
    assert "Then call: Zhao Lei." in page
    assert "Nothing to do" not in page
    assert [
        each for each in lines(scenario, hearing["id"], "withdrawn") if each["kind"] == "call"
    ] == []


def test_a_notice_on_paper_is_printed_with_its_code_and_goes_on_the_record(
    scenario: Scenario,
) -> None:
    hearing = settled(scenario)
    browser = scenario.sign_in()
    page = browser.get(f"/hearings/{hearing['id']}/paper/2?lang=en")
    assert "Date fixed" in words(page)
    assert "<svg" in page.text
    key = re.search(r'name="page" value="([^"]+)"', page.text)
    assert key
    for _ in range(2):
        done = browser.post(f"/hearings/{hearing['id']}/paper/2", data={"page": key.group(1)})
        assert done.status_code == 303
    told = lines(scenario, hearing["id"], "told")
    assert [(line["channel"], line["detail"]["outcome"]) for line in told] == [("letter", "told")]
    assert browser.get("/hearings/1/paper/99").status_code == 404


@pytest.mark.parametrize("way", ["chat", "in_person"])
def test_the_other_sides_are_told_of_a_contact_outside_the_ways(
    scenario: Scenario, way: str
) -> None:
    hearing = settled(scenario)
    browser = scenario.sign_in()
    form = browser.get(f"/cases/1/off-channel?hearing_id={hearing['id']}").text
    key = re.search(r'name="page" value="([^"]+)"', form)
    assert key
    said = {
        "page": key.group(1),
        "counsel_id": "1",
        "hearing_id": "1",
        "channel": way,
        "direction": "in",
        "at": "2026-11-23T08:50",
        "note": "",
    }
    empty = browser.post("/cases/1/off-channel?lang=en", data=said)
    assert empty.status_code == 422
    assert "Enter what it was about: the other sides are told." in words(empty)
    said["note"] = "Asked how many copies to file; told three."
    for _ in range(2):
        assert confirmed(browser, "/cases/1/off-channel", said).status_code == 303
    scenario.beat()
    told = scenario.letters(containing="Asked how many copies to file; told three.")
    assert [letter.to for letter in told if letter.channel == "email"] == [f"Zhao Lei <{ZHAO}>"]
    # What is too long for one text leads to the record instead.
    [text] = scenario.letters(to="+8613800138002", containing="contact with")
    assert scenario.link("+8613800138002") in text.body
    assert not scenario.letters(to=LI, containing="contact")
    by_hand = [line for line in lines(scenario, hearing["id"], "told") if line["channel"] == way]
    assert [line["content"]["note"] for line in by_hand] == [said["note"]]


def test_a_contact_in_a_case_without_a_hearing_is_told_too(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    said = {
        "counsel_id": 1,
        "channel": "chat",
        "outcome": "told",
        "direction": "in",
        "at": at(0, "08:30"),
        "note": "Asked when the hearing may be.",
    }
    status, made = scenario.api("POST", "/cases/1/contacts", said)
    assert status == 201, made
    scenario.beat()
    told = scenario.letters(containing="Asked when the hearing may be.")
    assert sorted(letter.to for letter in told) == ["+8613800138002", f"Zhao Lei <{ZHAO}>"]
    assert scenario.api("POST", "/cases/1/contacts", {**said, "tell_others": False})[0] == 201
    scenario.beat()
    assert len(scenario.letters(containing="Asked when the hearing may be.")) == 2


def test_the_ladder_stops_when_the_clock_is_past_the_hearing(scenario: Scenario) -> None:
    hearing = settled(scenario)
    scenario.wait(days=40)
    assert scenario.clock.now() > dt.datetime(2026, 12, 14, tzinfo=dt.UTC)
    scenario.beat()
    assert lines(scenario, hearing["id"], "task") == []
    assert {line["kind"] for line in lines(scenario, hearing["id"], "missed")} >= {"call", "paper"}
