"""Counsel's page in each state of a hearing: asked, fixed, late, asked anew, moved, cancelled."""

import html
import re

import pytest
from sqlalchemy import event

from app.core.db import db
from app.core.forms import load
from app.hearings import forms, queries, service
from tests.conftest import CASE, Scenario, at, case_with
from tests.counsel.test_answers import (
    LI,
    PHONE,
    ZHAO,
    answer,
    answers,
    browser,
    do,
    hearing,
    nonce,
    propose,
    slots,
    words,
)


@pytest.fixture
def fixed(scenario: Scenario) -> str:
    """The respondent's link to a hearing that is fixed."""
    propose(scenario)
    for to in (LI, ZHAO):
        answer(browser(scenario), scenario.link(to), "yes", "no")
    scenario.beat()
    return scenario.link(ZHAO)


def test_counsel_sees_who_asks_what_and_until_when(scenario: Scenario) -> None:
    propose(scenario)
    page = browser(scenario).get(scenario.link(ZHAO))
    seen = words(page)
    assert page.status_code == 200
    for part in (
        "Zhao Lei",
        "（2026）沪0115民初12345号",
        "买卖合同纠纷",
        "Haitong Trading Ltd",
        "Respondent",
        "about 90 minutes",
        "王书记员",
        "Mon 30 Nov 2026, 17:00",
        "Mon 7 Dec, 09:30–11:00",
        "第五法庭",
        "Shanghai time (Asia/Shanghai, UTC+8)",
        "Still to answer",
    ):
        assert part in seen
    assert page.get_data(as_text=True).count("<button") == 1


def test_the_page_speaks_counsels_language_unless_they_choose_another(scenario: Scenario) -> None:
    propose(scenario)
    link, client = scenario.link(LI), scenario.app.test_client()
    assert 'lang="zh' in client.get(link).get_data(as_text=True)
    assert 'lang="en' in client.get(link + "?lang=en").get_data(as_text=True)


def test_the_page_costs_no_more_than_seven_statements(scenario: Scenario) -> None:
    """It is what every recipient opens: what a hearing of two counsel needs, read once."""
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    assert client.get(link).status_code == 200  # which records the visit
    asked: list[str] = []
    with scenario.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    page = client.get(link)
    assert page.status_code == 200
    assert len(_but_begin(asked)) == 7, asked
    answer(client, link, "yes", "no")
    asked.clear()
    assert "Your answer is recorded" in words(client.get(link))
    assert len(_but_begin(asked)) == 8, asked  # with the half-days offered, which are none


def _but_begin(statements: list[str]) -> list[str]:
    return [each for each in statements if not each.startswith("BEGIN")]


def test_counsel_elsewhere_also_sees_their_own_clock(scenario: Scenario) -> None:
    case = case_with(
        "（2026）沪0115民初2号", {**CASE["parties"][0]["counsel"][0], "zone": "Europe/Berlin"}
    )
    propose(scenario, case)
    seen = words(browser(scenario).get(scenario.link(LI)))
    assert "Berlin time (Europe/Berlin, UTC+1)" in seen
    assert "Mon 7 Dec 2026, 02:30–04:00" in seen


def test_counsel_is_told_of_another_hearing_that_day(scenario: Scenario) -> None:
    first = propose(scenario, CASE, (at(14, "14:00"), "第三法庭"))
    answer(browser(scenario), scenario.link(LI), "yes")
    answer(browser(scenario), scenario.link(ZHAO), "yes")
    assert hearing(scenario, first)[0] == "fixed"
    scenario.beat()
    scenario.wait(minutes=1)
    propose(scenario, {**CASE, "number": "（2026）沪0115民初3号"}, (at(14), "第五法庭"))
    scenario.wait(minutes=1)
    assert "you have another hearing that day at 14:00" in words(
        browser(scenario).get(scenario.link(LI))
    )


def test_answering_after_the_fixing_is_refused_kindly(scenario: Scenario) -> None:
    made = propose(scenario)
    late = browser(scenario)
    link = scenario.link(ZHAO)
    page = late.get(link)
    do(
        scenario,
        lambda session, here: service.fix(
            session,
            here,
            made,
            queries.last_proposal(session, queries.lock_hearing(session, made)).slots[0].id,
            "按时审结",
        ),
    )
    refused = late.post(link, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "no")})
    assert refused.status_code == 410
    assert "your answer changes nothing now" in words(refused)
    assert "Mon 7 Dec 2026, 09:30–11:00" in words(refused)
    assert "按时审结" in words(refused)
    assert answers(scenario) == 0


def test_after_the_date_to_answer_by_the_page_says_so_and_how_to_go_on(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    scenario.wait(days=8)
    for _ in range(2):  # before and after the worker has seen it
        refused = client.post(
            link, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
        )
        assert refused.status_code == 410
        seen = client.get(link)
        assert seen.status_code == 410
        assert "The time to answer is over" in words(seen)
        assert "please ask to be called" in words(seen)
        scenario.beat()
    assert answers(scenario) == 0


def test_a_link_leads_to_the_new_proposal(scenario: Scenario) -> None:
    made = propose(scenario)
    client, old = browser(scenario), scenario.link(ZHAO)
    page = client.get(old)
    again = {
        "slots": [{"starts_at": at(20), "courtroom": "第三法庭"}],
        "answer_by": at(9),
        "fix": "auto",
    }
    do(
        scenario,
        lambda session, here: service.open_proposal(
            session,
            here,
            queries.find_hearing(session, here.court.id, made),
            load(forms.ProposalIn, again),
        ),
    )
    scenario.wait(minutes=1)
    scenario.beat()
    assert scenario.link(ZHAO) == old  # the key is of the representation
    stale = client.post(old, data={"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")})
    assert stale.status_code == 422
    assert "Sun 13 Dec, 09:30" in words(stale)
    assert answer(client, old, "yes").status_code == 303
    assert answer(browser(scenario), scenario.link(LI), "yes").status_code == 303
    assert hearing(scenario, made)[0] == "fixed"


def test_a_moved_and_then_cancelled_hearing_is_shown_as_it_is(scenario: Scenario) -> None:
    made = propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    moved = {"starts_at": at(21, "10:00"), "reason": "Judge is ill"}
    do(
        scenario,
        lambda session, here: service.move(session, here, made, load(forms.MoveIn, moved)),
    )
    client, link = browser(scenario), scenario.link(ZHAO)
    seen = words(client.get(link))
    for part in (
        "The hearing has a new date",
        "Mon 14 Dec 2026, 10:00–11:30",
        "no longer on Mon 7 Dec 2026, 09:30",
        "Judge is ill",
    ):
        assert part in seen
    do(scenario, lambda session, here: service.cancel(session, here, made, "Settled out of court"))
    page = client.get(link)
    assert page.status_code == 200
    assert "The hearing is cancelled" in words(page)
    assert "Settled out of court" in words(page)
    assert b"STATUS:CANCELLED" in client.get(link + "/hearing.ics").data


def test_a_question_that_was_cancelled_needs_no_answer(scenario: Scenario) -> None:
    made = propose(scenario)
    do(scenario, lambda session, here: service.cancel(session, here, made, "Settled"))
    client, link = browser(scenario), scenario.link(ZHAO)
    assert "You need not answer, and no date was fixed." in words(client.get(link))
    assert client.get(link + "/hearing.ics").status_code == 404


def test_a_move_with_slots_says_why_and_which_date_stands_meanwhile(scenario: Scenario) -> None:
    made = propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    asked = {
        "slots": [{"starts_at": at(n, "10:00"), "courtroom": "第三法庭"} for n in (21, 22)],
        "answer_by": at(6),
        "reason": "Judge is ill",
    }
    do(
        scenario,
        lambda session, here: service.move(session, here, made, load(forms.MoveIn, asked)),
    )
    seen = words(browser(scenario).get(scenario.link(ZHAO)))
    for part in (
        "Until one is agreed, the present date remains: Mon 7 Dec 2026, 09:30–11:00",
        "The court gives this reason: Judge is ill",
        "Still to answer",
    ):
        assert part in seen


def test_slots_on_both_sides_of_a_switch_of_clocks_each_say_their_offset(
    scenario: Scenario,
) -> None:
    do(scenario, lambda session, here: setattr(here.court, "zone", "Europe/Berlin"))
    winter, summer = (at(n, "15:30") for n in (124, 126))  # 27 and 29 March 2027
    propose(scenario, CASE, (winter, "第三法庭"), (summer, "第五法庭"))
    seen = words(browser(scenario).get(scenario.link(ZHAO)))
    assert "All times are Berlin time (Europe/Berlin)." in seen
    for part in ("Sat 27 Mar 2027, 08:30–10:00", "UTC+1", "Mon 29 Mar 2027, 09:30–11:00", "UTC+2"):
        assert part in seen


def test_counsel_see_their_other_hearings_here_and_nobody_elses(
    scenario: Scenario, fixed: str
) -> None:
    zhao = {"name": "Zhao Lei", "email": ZHAO, "phone": "13800138002", "language": "en"}
    other = case_with("（2026）沪0115民初7号", {"name": "Eve", "email": "eve@x.example"}, zhao)
    strange = case_with(
        "（2026）沪0115民初8号",
        {"name": "Eve", "email": "eve@x.example"},
        {"name": "Max", "email": "max@x.example"},
    )
    propose(scenario, other, (at(20), "第五法庭"))
    propose(scenario, strange, (at(21), "第五法庭"))
    said = words(browser(scenario).get(fixed))
    assert "Your other hearings in this court Trial, （2026）沪0115民初7号" in said
    assert "民初8号" not in said
    assert "Your other hearings" not in words(
        browser(scenario).get(scenario.link("+8613800138001"))
    )


def test_a_calendar_on_the_web_is_given_the_date_and_no_key(scenario: Scenario, fixed: str) -> None:
    page = browser(scenario).get(fixed).get_data(as_text=True)
    [google] = [each for each in page.split('"') if "calendar.google.com" in each]
    assert "dates=20261207T013000Z%2F20261207T030000Z" in google
    assert "outlook.office.com" in page
    assert "outlook.live.com" in page
    assert fixed.split("/")[-1] not in google


def test_a_chats_card_names_neither_parties_nor_the_case(scenario: Scenario, fixed: str) -> None:
    site = "Pudong New Area People's Court"
    propose(scenario, {**CASE, "number": "（2026）沪0115民初2号"}, (at(20), "第五法庭"))
    scenario.wait(minutes=1)
    paths = ("", "/record", "/feed", "/away", "/move", "/call-me")
    pages = [scenario.link(LI), *(fixed + path for path in paths), "/r", "/r/" + "x" * 22]
    for path in pages:
        head = html.unescape(browser(scenario).get(f"{path}?lang=en").text.split("</head>")[0])
        for secret in ("远洋", "Haitong", "民初", "Zhao", "李敏", "买卖", fixed.split("/")[-1]):
            assert secret not in head, path
        card = dict(re.findall(r'property="og:(\w+)" content="([^"]*)"', head))
        assert card["title"] == re.search("<title>(.*)</title>", head)[1]
        assert card["description"] == re.search('name="description" content="(.*)"', head)[1]
        image = card["image"].removeprefix("http://127.0.0.1:8000")
        assert scenario.client.get(image).content_type == "image/png"
    asked = browser(scenario).get(scenario.link(LI) + "?lang=en").text
    asked = html.unescape(asked)
    assert f'og:title" content="Which dates suit you? · {site}"' in asked
    assert 'og:description" content="Please answer by Mon 30 Nov 2026, 17:00."' in asked


@pytest.mark.parametrize(("country", "last"), [("CN", "Google"), ("GB", "computer")])
def test_one_button_opens_the_calendars_that_are_usual_in_the_country(
    scenario: Scenario, fixed: str, country: str, last: str
) -> None:
    do(scenario, lambda session, here: setattr(here.court, "country", country))
    page = browser(scenario).get(fixed).text
    assert page.count("Add to my calendar") == 1
    choices = page.split("Add to my calendar")[1].split("</details>")[0]
    assert re.findall("Google|Outlook, work|Outlook.com|phone or computer", choices)[-1].endswith(
        last
    )
    assert f"{fixed}/hearing.ics" in choices


def test_in_wechat_the_way_out_of_it_is_said(scenario: Scenario, fixed: str) -> None:
    client = browser(scenario)
    for path in (fixed, f"{fixed}/feed"):
        assert "Open in browser" not in client.get(f"{path}?lang=en").text
        agent = {"User-Agent": f"{PHONE} MicroMessenger/8.0.54(0x18003630) NetType/WIFI"}
        assert "Open in browser" in client.get(f"{path}?lang=en", headers=agent).text
        assert "在浏览器打开" in client.get(f"{path}?lang=zh", headers=agent).text


def test_each_thing_that_counsel_can_do_says_its_state_in_a_line(
    scenario: Scenario, fixed: str
) -> None:
    client = browser(scenario)
    seen = words(client.get(fixed))
    for part in (
        "Another date The date stays until the court decides",
        "Days away No days away yet",
        "Ask to be called Say when, and what it is about",
    ):
        assert part in seen
    for path, data in (
        ("/move", {"kind": "absent", "reason": "A trial elsewhere"}),
        ("/away", {"away-from": "2026-12-09"}),
        ("/call-me", {"wish": "after 3 pm"}),
    ):
        key = nonce(client.get(fixed + path))
        assert client.post(fixed + path, data={"nonce": key, **data}).status_code == 303
    seen = words(client.get(fixed))
    for part in (
        "Another date Asked on Mon 23 Nov 2026, 09:00; the court has not decided yet",
        "Days away 1 entry",
        "Ask to be called You asked on Mon 23 Nov 2026, 09:00; the court will call you",
    ):
        assert part in seen
