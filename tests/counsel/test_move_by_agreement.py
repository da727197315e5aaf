"""Another date by agreement: all sides are asked in the same second, and each says what it thinks."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases.models import Case
from app.cli import cli
from app.core.db import db
from app.hearings.models import MoveRequest
from app.retention import erasing
from tests.conftest import CASE, Scenario, confirmed, proposal
from tests.counsel.test_answers import LI, ZHAO, browser, do, nonce, words
from tests.counsel.test_move_requests import PDF, desk, link, post

__all__ = ["link"]  # a fixture: the respondent's link to a hearing that is fixed


def ask(client: FlaskClient, link: str, **typed: Any) -> Any:
    """Ask for another date, with all the times that are shown, as the page offers them."""
    page = client.get(f"{link}/move").get_data(as_text=True)
    slots = re.findall(r'name="slot" value="([^"]+)" checked', page)
    form = {"nonce": nonce(page_of(page)), "kind": "absent", "slot": slots, **typed}
    return client.post(f"{link}/move", data=form)


def page_of(text: str) -> Any:
    """A page that was read already, for ``nonce``."""
    return type("Page", (), {"get_data": lambda _self, **_: text})()


def say(client: FlaskClient, link: str, stance: str, **more: str) -> Any:
    """Answer the open request."""
    page = client.get(f"{link}/move")
    [number] = re.findall(r'name="request" value="(\d+)"', page.get_data(as_text=True))
    form = {"nonce": nonce(page), "request": number, "stance": stance, **more}
    return client.post(f"{link}/move/opinion", data=form)


def slot_ids(client: FlaskClient, link: str) -> list[str]:
    """The fields of the request's times."""
    page = client.get(f"{link}/move").get_data(as_text=True)
    return list(dict.fromkeys(re.findall(r'name="(slot-\d+)"', page)))


def test_all_agree_and_the_court_moves_the_hearing_by_one_press(
    scenario: Scenario, link: str
) -> None:
    zhao, li, to_li = browser(scenario), browser(scenario), scenario.link(LI)
    before = scenario.api("GET", "/hearings/1")[1]
    assert ask(zhao, link, reason="My witness is abroad.").status_code == 303
    # The other side is told in the same transaction, by page and by message.
    assert "Another date is asked for" in words(li.get(f"{to_li}/move"))
    assert "My witness is abroad." in words(li.get(f"{to_li}/move"))
    scenario.beat()
    [told] = scenario.letters(to=LI)[-1:]
    assert "asks to move" in told.body or "申请" in told.body
    fields = slot_ids(li, to_li)
    assert 1 <= len(fields) <= 5
    assert say(li, to_li, "all").status_code == 303
    court = desk(scenario)
    home = court.get("/").get_data(as_text=True)
    [path] = set(re.findall(r'action="(/requests/\d+/move)"', home))
    [slot] = set(re.findall(r'name="slot" value="(\d+)"', home))
    assert court.post(path, data={"slot": slot}).status_code == 303
    after = scenario.api("GET", "/hearings/1")[1]
    assert (after["state"], after["revision"]) == ("fixed", before["revision"] + 1)
    assert after["starts_at"] != before["starts_at"]
    scenario.beat()
    assert "All sides agreed to another date" in scenario.letters(to=ZHAO)[-1].body
    assert court.post(path, data={"slot": slot}).status_code == 422
    assert scenario.app.test_cli_runner().invoke(cli, ["record", "verify"]).exit_code == 0


def test_agreeing_to_some_times_leaves_those(scenario: Scenario, link: str) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link)
    fields = slot_ids(li, to_li)
    says = dict.fromkeys(fields, "no") | {fields[-1]: "if_needed"}
    assert say(li, to_li, "some", **says).status_code == 303
    home = desk(scenario).get("/").get_data(as_text=True)
    assert set(re.findall(r'name="slot" value="(\d+)"', home)) == {fields[-1].split("-")[1]}
    missing = say(li, to_li, "some", **{fields[0]: "yes"})
    assert missing.status_code == (422 if len(fields) > 1 else 303)


def test_silence_and_an_objection_are_no_consent(scenario: Scenario, link: str) -> None:
    li, to_li, court = browser(scenario), scenario.link(LI), desk(scenario)
    ask(browser(scenario), link)
    task = "/requests/1/move"
    with scenario.app.app_context():
        [slot] = [each.id for each in db.session.query(MoveRequest).one().slots[:1]]
        task = f"/requests/{db.session.query(MoveRequest).one().task_id}/move"
    assert court.post(task, data={"slot": slot}).status_code == 422
    assert "Not all sides agree" in words(court.post(task, data={"slot": slot}))
    assert "Say why you object" in words(say(li, to_li, "object"))
    assert say(li, to_li, "object", words="My client waits since May.").status_code == 303
    assert "My client waits since May." in words(browser(scenario).get(f"{link}/move"))
    scenario.beat()
    assert "My client waits since May." in scenario.letters(to=ZHAO)[-1].body
    assert court.post(task, data={"slot": slot}).status_code == 422
    ordered = {"slot": slot, "reason": "The witness is decisive."}
    assert confirmed(court, task, ordered).status_code == 303
    scenario.beat()
    assert "The witness is decisive." in scenario.letters(to=ZHAO)[-1].body


def test_each_new_objection_is_sent_to_the_others(scenario: Scenario, link: str) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link)
    for stance, reason in (("object", "First."), ("all", ""), ("object", "Second.")):
        assert say(li, to_li, stance, words=reason).status_code == 303
        scenario.beat()
    told = [each.body for each in scenario.letters(to=ZHAO)]
    assert [sum(reason in body for body in told) for reason in ("First.", "Second.")] == [1, 1]


def test_what_is_private_goes_to_the_court_alone(scenario: Scenario, link: str) -> None:
    zhao, li, to_li = browser(scenario), browser(scenario), scenario.link(LI)
    page = zhao.get(f"{link}/move")
    form = {"nonce": nonce(page), "kind": "illness", "reason": "An operation.", "private": "1"}
    assert post(zhao, f"{link}/move", form, PDF).status_code == 303
    for path in (f"{to_li}/move", f"{to_li}/record", to_li):
        assert "An operation." not in li.get(path).get_data(as_text=True)
    shown = words(li.get(f"{to_li}/move"))
    assert "illness or an emergency" in shown
    assert "A document went to the court alone." in shown
    assert li.get(f"{to_li}/move/document?id=1").status_code == 404
    assert zhao.get(f"{link}/move/document?id=1").data == PDF
    assert "An operation." in words(desk(scenario).get("/hearings/1"))
    scenario.beat()
    assert all("An operation." not in each.body for each in scenario.letters(to=LI))


def test_a_document_is_shown_to_all_sides(scenario: Scenario, link: str) -> None:
    zhao, li, to_li = browser(scenario), browser(scenario), scenario.link(LI)
    form = {"nonce": nonce(zhao.get(f"{link}/move")), "kind": "absent"}
    assert post(zhao, f"{link}/move", form, PDF).status_code == 303
    got = li.get(f"{to_li}/move/document?id=1")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    for wrong in ("2", "", "x", "-1", "9" * 30):
        assert li.get(f"{to_li}/move/document?id={wrong}").status_code == 404


def test_two_who_ask_join_into_one_request(scenario: Scenario, link: str) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link)
    page = li.get(f"{to_li}/move")
    joined = {"nonce": nonce(page), "kind": "settlement", "reason": "We talk."}
    assert li.post(f"{to_li}/move", data=joined).status_code == 303
    with scenario.app.app_context():
        assert db.session.query(MoveRequest).count() == 1
    assert "We talk." in words(browser(scenario).get(f"{link}/move"))
    # Who joins has yet to say which of the times suit: asking is no answer to them.
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert [each["stance"] for each in asked["opinions"]].count("agree") == 1
    assert say(li, to_li, "all").status_code == 303
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert asked["agreed_slot"] == asked["slots"][0]["id"]
    refused = {"why": "No."}
    [path] = set(re.findall(r'action="(/requests/\d+)"', desk(scenario).get("/hearings/1").text))
    assert confirmed(desk(scenario), path, refused).status_code == 303
    scenario.beat()
    for to in (LI, ZHAO):
        assert (
            "No." in scenario.letters(to=to)[-1].body or "不变" in scenario.letters(to=to)[-1].body
        )


def test_a_request_closes_a_day_before_and_says_so(scenario: Scenario, link: str) -> None:
    client = browser(scenario)
    page = client.get(f"{link}/move")
    starts = scenario.api("GET", "/hearings/1")[1]["starts_at"]
    ahead = dt.datetime.fromisoformat(starts) - scenario.clock.now()
    scenario.wait(seconds=ahead.total_seconds() - 23 * 3600)
    got = client.post(f"{link}/move", data={"nonce": nonce(page), "kind": "absent"})
    assert got.status_code == 422
    assert "Less than 24 hours before" in words(got)
    scenario.wait(days=2)
    got = client.post(f"{link}/move", data={"nonce": nonce(page), "kind": "absent"})
    assert "There is no date ahead that could be moved." in words(got)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": ""}, "Choose why the date should be moved."),
        ({"kind": "clash"}, "Name the other court"),
        (
            {
                "kind": "clash",
                "elsewhere_court": "X",
                "elsewhere_number": "1",
                "elsewhere_at": "soon",
            },
            "Give day and time",
        ),
        ({"kind": "other"}, "Say why the date should be moved."),
        ({"kind": "absent", "slot": ["2020-01-01T09:00:00+08:00"]}, "taken meanwhile"),
        ({"kind": "absent", "elsewhere_at": "x" * 10_000, "reason": "\u202e𝒳"}, ""),
    ],
)
def test_what_is_missing_is_named(
    scenario: Scenario, link: str, typed: dict[str, Any], said: str
) -> None:
    got = ask(browser(scenario), link, **typed)
    assert got.status_code == (422 if said else 303)
    assert said in words(got)


def test_an_answer_to_a_request_that_ended_is_told_so(scenario: Scenario, link: str) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link)
    page = li.get(f"{to_li}/move")
    scenario.api("POST", "/hearings/1/cancel", {"reason": "Settled."})
    form = {"nonce": nonce(page), "request": "1", "stance": "all"}
    got = li.post(f"{to_li}/move/opinion", data=form)
    assert got.status_code == 422
    assert "This request has ended" in words(got)


def test_no_link_no_key_and_no_choice_decide_nothing(scenario: Scenario, link: str) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link)
    key = nonce(li.get(f"{to_li}/move"))
    foreign = nonce(browser(scenario).get(f"{link}/call-me"))
    for form in (
        {},
        {"nonce": key},
        {"nonce": key, "request": "1"},
        {"nonce": foreign, "stance": "all"},
    ):
        li.post(f"{to_li}/move/opinion", data=form)
    assert li.post("/r/none/move/opinion", data={"nonce": key, "stance": "all"}).status_code == 404
    with scenario.app.app_context():
        stances = [each.stance for each in db.session.query(MoveRequest).one().opinions]
    assert sorted(stances) == ["", "agree"]


def test_a_program_reads_and_decides_as_the_page_does(scenario: Scenario, link: str) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    assert scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"] == []
    ask(browser(scenario), link)
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert (asked["number"], asked["state"], asked["agreed_slot"]) == (1, "open", None)
    path, slot = "/hearings/1/move-requests/1", asked["slots"][-1]["id"]
    status, told = scenario.api("POST", path, {"decision": "move", "slot": slot})
    assert (status, told["errors"][0]["field"]) == (422, "reason")
    assert scenario.api("POST", path, {"decision": "refuse"})[0] == 422
    assert scenario.api("POST", path, {"decision": "move", "slot": 999})[0] == 422
    assert scenario.api("POST", path, {"decision": "perhaps"})[0] == 422
    assert scenario.api("POST", "/hearings/1/move-requests/2", {"decision": "refuse"})[0] == 404
    assert say(li, to_li, "all").status_code == 303
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert asked["agreed_slot"] == asked["slots"][0]["id"]
    status, moved = scenario.api("POST", path, {"decision": "move", "slot": slot})
    assert (status, moved["starts_at"]) == (200, asked["slots"][-1]["starts_at"])
    assert scenario.api("POST", path, {"decision": "refuse", "reason": "x"})[0] == 422


def test_of_many_who_act_at_once_one_truth_is_left(scenario: Scenario, link: str) -> None:
    to_li = scenario.link(LI)
    ask(browser(scenario), link)
    page = browser(scenario).get(f"{to_li}/move")
    form = {"nonce": nonce(page), "request": "1"}
    acts = [
        lambda: browser(scenario).post(f"{to_li}/move/opinion", data=form | {"stance": "all"}),
        lambda: browser(scenario).post(
            f"{to_li}/move/opinion", data=form | {"stance": "object", "words": "No."}
        ),
        lambda: scenario.client.post(
            "/api/v1/hearings/1/move-requests/1",
            json={"decision": "refuse", "reason": "No."},
            headers={"Authorization": f"Bearer {scenario.token('wang@court.example')}"},
        ),
    ]
    with ThreadPoolExecutor(6) as pool:
        statuses = [each.status_code for each in pool.map(lambda n: acts[n % 3](), range(24))]
    assert set(statuses) <= {200, 303, 422, 429}
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    refusals = [each for each in scenario.record(1) if each["what"] == "skipped"]
    assert (asked["state"], len(refusals)) in (("open", 0), ("refused", 1))
    assert scenario.app.test_cli_runner().invoke(cli, ["record", "verify"]).exit_code == 0


def test_an_agreed_time_that_was_taken_meanwhile_is_said_and_the_request_stays(
    scenario: Scenario, link: str
) -> None:
    ask(browser(scenario), link)
    say(browser(scenario), scenario.link(LI), "all")
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    slot = next(each for each in asked["slots"] if each["id"] == asked["agreed_slot"])
    other = CASE | {"number": "（2026）沪0115民初99号"}
    case = scenario.api("POST", "/cases", other)[1]["id"]
    booked = proposal(case) | {
        "slots": [{"starts_at": slot["starts_at"], "courtroom": slot["courtroom"]}]
    }
    booked["answer_by"] = (scenario.clock.now() + dt.timedelta(minutes=30)).isoformat()
    status, made = scenario.api("POST", "/hearings", booked)
    assert status == 201, made
    decision = {"decision": "move", "slot": slot["id"]}
    status, told = scenario.api("POST", "/hearings/1/move-requests/1", decision)
    assert (status, told["type"].rsplit("/", 1)[-1].rsplit("#", 1)[-1]) == (409, "clash")
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert asked["state"] == "open"


def test_erasing_a_case_blanks_the_words_and_keeps_the_consent(
    scenario: Scenario, link: str
) -> None:
    ask(browser(scenario), link, reason="My witness is abroad.")
    say(browser(scenario), scenario.link(LI), "object", words="No.")
    scenario.api("POST", "/hearings/1/cancel", {"reason": "Settled."})
    scenario.beat()
    do(scenario, lambda s, at: erasing.erase(s, s.get_one(Case, 1), by="x", why="y", now=at.now))
    with scenario.app.app_context():
        request = db.session.query(MoveRequest).one()
        assert [each.words for each in request.opinions] == ["", ""]
        assert sorted(each.stance for each in request.opinions) == ["agree", "object"]
    assert scenario.app.test_cli_runner().invoke(cli, ["record", "verify"]).exit_code == 0
