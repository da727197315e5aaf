"""Another date: whose consent counts, who is told of what, and what the court is told it cannot do."""

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Counsel
from app.cli import cli
from app.core.db import db
from app.notices.models import Notice
from tests.conftest import Scenario, confirmed
from tests.counsel.test_answers import LI, ZHAO, browser, nonce, words
from tests.counsel.test_move_by_agreement import ask, say, slot_ids
from tests.counsel.test_move_requests import desk, link, post
from tests.flows.test_joining import SUN, join, leave

__all__ = ["link"]

ELSEWHERE = {
    "kind": "clash",
    "elsewhere_court": "上海市第一中级人民法院",
    "elsewhere_number": "（2026）沪01民终77号",
    "elsewhere_at": "2026-12-07T09:30",
}
OBJECTION = "My client waits since May."


def agreed(scenario: Scenario) -> int | None:
    """The slot of the newest request on which all agree."""
    requests = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    return requests[0]["agreed_slot"]


def told(scenario: Scenario) -> dict[str, list[str]]:
    """The kinds of messages that are in the queue, by counsel."""
    with scenario.app.app_context():
        db.session.remove()
        rows = db.session.execute(
            sa.select(Counsel.name, Notice.kind).join(Counsel, Counsel.id == Notice.counsel_id)
        ).all()
    by_name: dict[str, list[str]] = {}
    for name, kind in rows:
        by_name.setdefault(name, []).append(kind)
    return by_name


def new(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, set[str]]:
    """What came into the queue between two looks at it."""
    return {
        name: fresh
        for name, kinds in after.items()
        if (
            fresh := {
                each for each in kinds if kinds.count(each) > before.get(name, []).count(each)
            }
        )
    }


def test_each_act_of_a_side_is_told_to_the_other_in_the_same_commit(
    scenario: Scenario, link: str
) -> None:
    """No worker runs between an act and the look at the other's notices and page."""
    zhao, li, to_li = browser(scenario), browser(scenario), scenario.link(LI)
    court = desk(scenario)

    def joined() -> None:
        form = {"nonce": nonce(li.get(f"{to_li}/move")), "kind": "settlement", "reason": "We talk."}
        assert li.post(f"{to_li}/move", data=form).status_code == 303

    def refused() -> None:
        path = re.findall(r'action="(/requests/\d+)"', court.get("/hearings/1").text)[0]
        assert confirmed(court, path, {"why": "The court sits as planned."}).status_code == 303

    acts: list[tuple[Callable[[], Any], dict[str, set[str]], str, str]] = [
        (lambda: ask(zhao, link, reason="A trip."), {"李敏": {"move_asked"}}, to_li, "A trip."),
        (
            lambda: say(li, to_li, "object", words=OBJECTION),
            {"Zhao Lei": {"move_objected"}, "李敏": {"move_answered"}},
            link,
            OBJECTION,
        ),
        (
            lambda: say(li, to_li, "all"),
            {"Zhao Lei": {"move_agreed"}, "李敏": {"move_answered"}},
            link,
            "All agree on",
        ),
        (joined, {"Zhao Lei": {"move_asked"}}, link, "We talk."),
        (refused, {"Zhao Lei": {"stays"}, "李敏": {"stays"}}, link, "The court sits as planned."),
    ]
    for act, expected, other_page, shown in acts:
        before = told(scenario)
        act()
        assert new(before, told(scenario)) == expected
        assert shown in words(browser(scenario).get(f"{other_page}/move"))


def test_the_first_page_asks_and_takes_the_answer_in_two_presses(
    scenario: Scenario, link: str
) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link, reason="A trip.")
    page = li.get(to_li)
    assert "please agree or object by" in words(page)
    assert "A trip." in words(page)
    [number] = re.findall(r'name="request" value="(\d+)"', page.text)
    form = {"nonce": nonce(page), "request": number, "stance": "all"}
    assert li.post(f"{to_li}/move/opinion", data=form).status_code == 303
    assert agreed(scenario)
    assert "please agree or object by" not in words(li.get(to_li))


def test_who_came_since_is_asked_and_waited_for_and_who_left_is_not(
    scenario: Scenario, link: str
) -> None:
    ask(browser(scenario), link, reason="A trip.")
    say(browser(scenario), scenario.link(LI), "all")
    assert agreed(scenario)
    join(scenario)
    assert agreed(scenario) is None
    [letter] = scenario.letters(to=SUN, containing="改期")
    assert "A trip." in letter.body
    assert say(browser(scenario), scenario.link(SUN), "object", words="No.").status_code == 303
    assert agreed(scenario) is None
    leave(scenario)
    assert agreed(scenario)


def test_another_courts_hearing_is_named_with_the_rule_of_who_goes_first(
    scenario: Scenario, link: str
) -> None:
    assert ask(browser(scenario), link, **ELSEWHERE).status_code == 303
    scenario.beat()
    page = words(browser(scenario).get(scenario.link(LI)))
    shown = words(desk(scenario).get("/hearings/1"))
    for text in (page, shown):
        assert "上海市第一中级人民法院" in text
        assert "（2026）沪01民终77号" in text
        assert "fixed first" in text or "先排定" in text
    assert scenario.letters(to="li@", containing="（2026）沪01民终77号")
    assert "fixed first" in words(desk(scenario).get("/rules"))


def test_a_private_document_shows_its_kind_and_digest_to_the_other_side(
    scenario: Scenario, link: str
) -> None:
    zhao = browser(scenario)
    form = {"nonce": nonce(zhao.get(f"{link}/move")), "kind": "illness", "private": "1"}
    assert post(zhao, f"{link}/move", form, b"\x89PNG\r\n\x1a\n picture").status_code == 303
    shown = words(browser(scenario).get(f"{scenario.link(LI)}/move"))
    assert "A document went to the court alone. Picture" in shown
    assert "SHA-256" in shown
    assert "传票" not in shown


def path_of(scenario: Scenario) -> str:
    """The address to which the court's one press goes."""
    home = desk(scenario).get("/").text
    return re.findall(r'action="(/requests/\d+/move)"', home)[0]


def test_a_rule_that_warns_by_now_is_said_with_the_way_on(scenario: Scenario, link: str) -> None:
    ask(browser(scenario), link)
    say(browser(scenario), scenario.link(LI), "all")
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    slot = next(each for each in asked["slots"] if each["id"] == asked["agreed_slot"])
    starts = dt.datetime.fromisoformat(slot["starts_at"])
    scenario.wait(seconds=(starts - scenario.clock.now()).total_seconds() - 30 * 3600)
    court, form = desk(scenario), {"slot": str(slot["id"])}
    path = path_of(scenario)
    got = court.post(path, data=form)
    assert got.status_code == 422
    assert "A rule warns" in words(got)
    assert "Why the date is moved all the same" in words(got)
    assert (
        scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"][0]["state"] == "open"
    )
    moved = court.post(path, data=form | {"override": "All sides ask for it."})
    assert moved.status_code == 303
    scenario.beat()
    letter = scenario.letters(to=ZHAO)[-1].body
    assert "All sides agreed to another date" in letter
    assert "All sides ask for it." in letter
    again = court.post(path, data=form)
    assert (again.status_code, "answered already" in words(again)) == (422, True)


def test_what_the_court_typed_is_kept_where_it_is_refused(scenario: Scenario, link: str) -> None:
    ask(browser(scenario), link)
    court = desk(scenario)
    [path] = set(re.findall(r'action="(/requests/\d+)/move"', court.get("/hearings/1").text))
    long = "x" * 2001
    for address, form, said in (
        (f"{path}/move", {"reason": "Because <b>."}, "Choose one of the times."),
        (f"{path}/move", {"slot": "99", "reason": "Because <b>."}, "not of this request"),
        (path, {"why": long}, "2000 characters or fewer"),
        (path, {"why": ""}, "Give the reason"),
    ):
        got = court.post(address, data=form)
        assert (got.status_code, said in words(got)) == (422, True), words(got)
        assert form.get("why", "") in got.text
        if form.get("reason"):
            assert "Because &lt;b&gt;." in got.text
    assert court.post("/requests/999/move", data={"slot": "1"}).status_code == 404


@pytest.mark.parametrize(
    "words_", ["x" * 10_000, "\u202e反对\u2066", "𝒳" * 500, "<script>x</script>"]
)
def test_odd_words_are_refused_or_shown_as_words(
    scenario: Scenario, link: str, words_: str
) -> None:
    li, to_li = browser(scenario), scenario.link(LI)
    ask(browser(scenario), link)
    got = say(li, to_li, "object", words=words_)
    assert got.status_code == (422 if len(words_) > 2000 else 303)
    page = browser(scenario).get(f"{link}/move").text
    assert "<script>x" not in page
    assert "<script>x" not in desk(scenario).get("/hearings/1").text


def test_who_asks_cannot_object_to_it_and_joins_by_choosing_times(
    scenario: Scenario, link: str
) -> None:
    zhao = browser(scenario)
    ask(zhao, link)
    page = zhao.get(link)
    form = {"nonce": nonce(page), "request": "1", "stance": "object", "words": "No."}
    got = zhao.post(f"{link}/move/opinion", data=form)
    assert got.status_code == 422
    assert slot_ids(browser(scenario), scenario.link(LI))


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "decision"),
        ({"decision": ""}, 422, "decision"),
        ({"decision": "refuse"}, 422, "why"),
        ({"decision": "refuse", "reason": " "}, 422, "why"),
        ({"decision": "refuse", "reason": "x" * 2001}, 422, "reason"),
        ({"decision": "move"}, 422, "slot"),
        ({"decision": "move", "slot": 99}, 422, "slot"),
        ({"decision": "move", "slot": "1; DROP"}, 422, "slot"),
        ({"decision": "move", "slot": 10**30}, 422, "slot"),
        ({"decision": "move", "slot": 1}, 422, "reason"),
        ({"decision": "move", "slot": 1, "colour": "red"}, 422, "colour"),
        ([], 422, ""),
    ],
)
def test_a_programs_bad_decision_names_its_field_and_decides_nothing(
    scenario: Scenario, link: str, body: Any, status: int, field: str
) -> None:
    ask(browser(scenario), link)
    got, problem = scenario.api("POST", "/hearings/1/move-requests/1", body)
    fields = [each["field"] for each in problem.get("errors", [])]
    assert (got, field in fields or not field) == (status, True), problem
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert asked["state"] == "open"


def test_a_program_is_told_of_what_is_not_there(scenario: Scenario, link: str) -> None:
    ask(browser(scenario), link)
    refuse = {"decision": "refuse", "reason": "No."}
    for path in ("/hearings/1/move-requests/0", "/hearings/1/move-requests/2"):
        assert scenario.api("POST", path, refuse)[0] == 404
    for path in ("/hearings/9/move-requests/1", f"/hearings/{10**30}/move-requests/1"):
        assert scenario.api("POST", path, refuse)[0] == 404
    assert scenario.api("GET", "/hearings/9/move-requests")[0] == 404


def test_fifty_acts_at_once_leave_one_truth(scenario: Scenario, link: str) -> None:
    """Both sides ask, agree and object while the court moves, refuses and cancels."""
    to_li = scenario.link(LI)
    ask(browser(scenario), link)
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    key = nonce(browser(scenario).get(to_li))
    own_key = nonce(browser(scenario).get(link))
    token = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    opinion = {"nonce": key, "request": "1"}
    decide = "/api/v1/hearings/1/move-requests/1"
    posts: list[tuple[str, dict[str, Any]]] = [
        (f"{to_li}/move/opinion", {"data": opinion | {"stance": "all"}}),
        (f"{to_li}/move/opinion", {"data": opinion | {"stance": "object", "words": "No."}}),
        (f"{to_li}/move", {"data": {"nonce": key, "kind": "settlement"}}),
        (f"{link}/move", {"data": {"nonce": own_key, "kind": "absent"}}),
        (decide, {"json": {"decision": "move", "slot": asked["slots"][0]["id"]}, "headers": token}),
        (decide, {"json": {"decision": "refuse", "reason": "No."}, "headers": token}),
        ("/api/v1/hearings/1/cancel", {"json": {"reason": "Settled."}, "headers": token}),
    ]

    def press(n: int) -> int:
        path, more = posts[n % len(posts)]
        return browser(scenario).post(path, **more).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(press, range(50)))
    assert statuses <= {200, 303, 404, 409, 410, 422, 429}, statuses
    requests = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    state = scenario.api("GET", "/hearings/1")[1]["state"]
    assert sum(each["state"] == "open" for each in requests) <= (state != "cancelled")
    assert sum(each["state"] in ("moved", "refused") for each in requests) <= len(requests)
    scenario.beat()
    assert scenario.app.test_cli_runner().invoke(cli, ["record", "verify"]).exit_code == 0


def test_two_sides_who_ask_at_once_have_one_request(scenario: Scenario, link: str) -> None:
    to_li = scenario.link(LI)
    keys = [nonce(browser(scenario).get(each)) for each in (link, to_li)]

    def press(n: int) -> int:
        path, key = (link, to_li)[n % 2], keys[n % 2]
        form = {"nonce": key, "kind": "absent", "reason": f"Reason {n % 2}."}
        return browser(scenario).post(f"{path}/move", data=form).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(press, range(16)))
    assert statuses <= {303, 429}
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    assert sorted(each["words"] for each in asked["opinions"] if each["asks"]) == [
        "Reason 0.",
        "Reason 1.",
    ]
    # Who joined has yet to say which of the times suit.
    assert [each["stance"] for each in asked["opinions"]].count("agree") == 1
