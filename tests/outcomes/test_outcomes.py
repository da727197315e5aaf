"""Outcomes of hearings, by the API and by the court's pages."""

import datetime as dt
import html
import re
import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.db import db
from app.hearings.models import Hearing
from app.notices.models import Notice
from tests.conftest import Scenario, at, case_with, proposal

LI = {"name": "李敏", "phone": "+8613800138001", "email": "li@firm.example"}
ZHAO = {"name": "Zhao Lei", "email": "zhao@firm.example", "language": "en"}
ROOM = "第三法庭"


def fixed(
    scenario: Scenario, number: str = "（2026）沪0115民初9001号", clock: str = "09:30"
) -> Any:
    """A hearing that is fixed by order, in two weeks; its case has one counsel on each side."""
    status, case = scenario.api("POST", "/cases", case_with(number, LI, ZHAO))
    assert status == 201, case
    body = proposal(case["id"], (at(14, clock), ROOM), minutes=30)
    status, hearing = scenario.api("POST", "/hearings", body)
    assert status == 201, hearing
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "期限将至"}
    status, hearing = scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)
    assert status == 200, hearing
    scenario.beat()
    return hearing


def over(scenario: Scenario) -> None:
    """Wait until the hearings of `fixed` are over."""
    scenario.wait(days=14, hours=12)


def counsel_id(hearing: Any, name: str) -> int:
    """The id of an invited counsel."""
    [found] = [each["counsel_id"] for each in hearing["invitations"] if each["counsel"] == name]
    return int(found)


def enter(scenario: Scenario, hearing: Any, **body: Any) -> tuple[int, Any]:
    """Enter an outcome by the API."""
    return scenario.api("POST", f"/hearings/{hearing['id']}/outcome", body)


def test_held_is_one_press_on_the_page_of_the_hearing(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    page = browser.get(f"/hearings/{hearing['id']}").text
    form = re.search(r'<form method="post" action="(/hearings/\d+/outcome)">(.*?)</form>', page)
    assert form
    data = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', form[2]))
    response = browser.post(form[1], data=data)
    assert response.status_code == 303
    shown = browser.get(response.location).text
    assert "Held" in shown
    assert 'id="move"' not in shown
    [entry] = [each for each in scenario.record(hearing["id"]) if each["what"] == "outcome"]
    assert entry["detail"]["outcome"] == "held"
    found = scenario.api("GET", f"/hearings/{hearing['id']}")[1]["outcome"]
    assert (found["outcome"], found["number"], found["absent"]) == ("held", 1, [])


def test_absence_is_an_entry_with_the_evidence_when_the_hearing_began(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    link = scenario.link("zhao@firm.example")
    over(scenario)
    # A visit after the hearing shows no notice before it.
    phone = scenario.app.test_client()
    phone.get(link)
    phone.post(link + "/seen")
    zhao = counsel_id(hearing, "Zhao Lei")
    status, answer = enter(scenario, hearing, outcome="not_held", absent=["respondent"])
    assert status == 200, answer
    [absence] = answer["outcome"]["absent"]
    assert absence["counsel_id"] == zhao
    assert (absence["evidence"], absence["side"]) == ("E1", "respondent")
    assert answer["outcome"]["cause"] == "absence"
    [entry] = [each for each in scenario.record(hearing["id"]) if each["what"] == "absent"]
    assert entry["counsel_id"] == zhao
    assert entry["detail"]["grade"] == 1
    assert entry["detail"]["proof"] == absence["proof"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "won"}, "outcome"),
        ({"outcome": "adjourned"}, "reason"),
        ({"outcome": "not_held"}, "reason"),
        ({"outcome": "not_held", "cause": "absence"}, "absent"),
        ({"outcome": "held", "cause": "recusal", "reason": "x"}, "cause"),
        ({"outcome": "held", "absent": [999_999]}, "absent"),
        ({"outcome": "held", "absent": ["other"]}, "absent.0"),
        ({"outcome": "held", "absent": ["nobody"]}, "absent.0"),
        ({"outcome": "held", "absent": "respondent"}, "absent"),
        ({"outcome": "held", "reason": "x" * 2001}, "reason"),
        ({"outcome": "held", "who": 1}, "who"),
    ],
)
def test_bad_input_is_named_by_its_field(
    scenario: Scenario, body: dict[str, Any], field: str
) -> None:
    hearing = fixed(scenario)
    over(scenario)
    status, problem = scenario.api("POST", f"/hearings/{hearing['id']}/outcome", body)
    assert status == 422, problem
    assert [each["field"] for each in problem["errors"]] == [field]
    assert scenario.api("GET", f"/hearings/{hearing['id']}")[1]["outcome"] is None


def test_what_has_no_outcome_is_refused_with_its_reason(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    status, problem = enter(scenario, hearing, outcome="held")
    assert (status, "still to come" in problem["detail"]) == (422, True)
    scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "撤诉"})
    status, problem = enter(scenario, hearing, outcome="held")
    assert (status, "cancelled" in problem["detail"]) == (422, True)
    case = scenario.api("POST", "/cases", case_with("（2026）沪0115民初9002号", LI, ZHAO))[1]
    asked = scenario.api("POST", "/hearings", proposal(case["id"], (at(20), "第五法庭")))[1]
    status, problem = enter(scenario, asked, outcome="held")
    assert (status, "no date yet" in problem["detail"]) == (422, True)


def test_a_change_is_a_further_entry_and_names_what_it_replaces(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="not_held", absent=["respondent"])[0] == 200
    status, problem = enter(scenario, hearing, outcome="held")
    assert status == 409
    assert "Not held" in problem["detail"]
    # The same again is the same.
    assert enter(scenario, hearing, outcome="not_held", absent=["respondent"])[0] == 200
    status, answer = enter(scenario, hearing, outcome="held", replaces=1)
    assert (status, answer["outcome"]["number"]) == (200, 2)
    assert enter(scenario, hearing, outcome="adjourned", reason="x", replaces=1)[0] == 409
    what = [each["what"] for each in scenario.record(hearing["id"])]
    assert [what.count(each) for each in ("outcome", "absent", "not_absent")] == [2, 1, 1]


def test_a_hearing_with_an_outcome_is_neither_moved_nor_cancelled(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="held_in_part")[0] == 200
    move = {"slots": [{"starts_at": at(30), "courtroom": ROOM}], "reason": "续庭"}
    for path, body in (("move", move), ("cancel", {"reason": "x"})):
        status, problem = scenario.api("POST", f"/hearings/{hearing['id']}/{path}", body)
        assert (status, "further hearing" in problem["detail"]) == (422, True)


def test_the_case_goes_on_with_a_form_that_is_filled_in(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    browser = scenario.sign_in()
    path, id = f"/hearings/{hearing['id']}/outcome", hearing["id"]
    data = {f"outcome-{id}": "held_in_part", f"version-{id}": "1.0", "do": "next"}
    response = browser.post(path, data=data)
    assert response.status_code == 303
    page = browser.get(response.location).text
    assert re.search(r'name="minutes"[^>]*value="30"', page)


def test_two_at_once_the_second_is_told_what_the_first_entered(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    answers: list[tuple[int, Any]] = []

    def press(body: dict[str, Any]) -> None:
        answers.append(enter(scenario, hearing, **body))

    bodies = [{"outcome": "held"}, {"outcome": "adjourned", "reason": "新证据"}]
    threads = [threading.Thread(target=press, args=(body,)) for body in bodies]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(status for status, _ in answers) == [200, 409]
    [entry] = [each for each in scenario.record(hearing["id"]) if each["what"] == "outcome"]
    [problem] = [body for status, body in answers if status == 409]
    label = {"held": "Held", "adjourned": "Adjourned"}[entry["detail"]["outcome"]]
    assert label in problem["detail"]


def test_a_hearing_that_was_moved_meanwhile_gets_no_outcome(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    move = {"slots": [{"starts_at": at(30), "courtroom": ROOM}], "reason": "法官生病"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", move)[0] == 200
    id = hearing["id"]
    data = {f"outcome-{id}": "held", f"version-{id}": "1.0"}
    response = browser.post(f"/hearings/{id}/outcome", data=data)
    assert response.status_code == 409
    assert "moved while you were typing" in response.text


def test_what_waits_for_a_hearing_ends_with_its_outcome(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    scenario.wait(days=14, minutes=45)  # it has begun
    scenario.beat()
    assert enter(scenario, hearing, outcome="held")[0] == 200
    with scenario.app.app_context():
        waiting = db.session.query(Notice).filter_by(about=f"hearing/{hearing['id']}")
        assert {each.state for each in waiting if each.state == "queued"} == set()
        assert db.session.get_one(Hearing, hearing["id"]).outcome == "held"


# --- the page of a day ---------------------------------------------------------------------------


def day_page(browser: FlaskClient) -> tuple[str, str]:
    """The address and the text of the page of the earliest day that waits."""
    browser.set_cookie("lang", "en")
    response = browser.get("/outcomes")
    assert response.status_code == 302
    return response.location, browser.get(response.location).text


def test_a_day_is_entered_with_one_save(scenario: Scenario) -> None:
    times = ("09:00", "10:00", "11:00")
    hearings = [
        fixed(scenario, f"（2026）沪0115民初91{n:02}号", clock) for n, clock in enumerate(times)
    ]
    over(scenario)
    browser = scenario.sign_in()
    path, page = day_page(browser)
    ids = [each["id"] for each in hearings]
    data = dict(re.findall(r'name="(version-\d+)" value="([^"]+)"', page))
    assert {f"version-{each}" for each in ids} == set(data)
    data[f"outcome-{ids[0]}"] = "adjourned"
    rest = browser.post(path, data={**data, "do": "rest"}).text
    assert [
        bool(re.search(rf'name="outcome-{each}" value="held" checked', rest)) for each in ids
    ] == [False, True, True]
    for each in ids[1:]:
        data[f"outcome-{each}"] = "held"
    response = browser.post(path, data=data)
    # Two are saved; the one without its reason stays, with the error beside it.
    assert response.status_code == 422
    text = html.unescape(response.text)
    assert "2 outcomes are saved" in text
    assert f'id="reason-{ids[0]}-error"' in text
    assert re.search(rf'name="outcome-{ids[0]}" value="adjourned" checked', text)
    data = dict(re.findall(r'name="(version-\d+)" value="([^"]+)"', response.text))
    assert set(data) == {f"version-{ids[0]}"}
    data |= {f"outcome-{ids[0]}": "adjourned", f"reason-{ids[0]}": "追加当事人"}
    assert browser.post(path, data=data).status_code == 303
    assert "No hearing of this day waits" in browser.get(path).text


def test_a_row_that_somebody_entered_meanwhile_shows_what_was_entered(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    browser = scenario.sign_in()
    path, page = day_page(browser)
    data = dict(re.findall(r'name="(version-\d+)" value="([^"]+)"', page))
    assert enter(scenario, hearing, outcome="not_held", absent=["claimant"])[0] == 200
    id = hearing["id"]
    response = browser.post(path, data={**data, f"outcome-{id}": "held"})
    assert response.status_code == 422
    text = html.unescape(response.text)
    assert "has entered an outcome: Not held" in text
    assert re.search(rf'name="outcome-{id}" value="held" checked', text)
    # Saved again, knowing that, it is a correction.
    data = dict(re.findall(r'name="(version-\d+)" value="([^"]+)"', response.text))
    assert browser.post(path, data={**data, f"outcome-{id}": "held"}).status_code == 303
    assert scenario.api("GET", f"/hearings/{id}")[1]["outcome"]["number"] == 2


def test_an_address_that_is_no_day_is_not_found(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    for text in ("yesterday", "2026-13-01", "0001-01-01"):
        assert browser.get(f"/outcomes/{text}").status_code == 404
    assert browser.get("/outcomes/2026-12-03").status_code == 200


def test_the_page_of_another_court_shows_nothing(scenario: Scenario) -> None:
    assert scenario.sign_in().get("/hearings/999/outcome").status_code == 404


# --- what others see -----------------------------------------------------------------------------


def test_both_sides_read_the_same_outcome_and_the_absent_side_reads_that_it_is_meant(
    scenario: Scenario,
) -> None:
    hearing = fixed(scenario)
    links = {name: scenario.link(f"{name}@firm.example") for name in ("li", "zhao")}
    over(scenario)
    reason = "被告未到庭，改期"
    body = {"outcome": "adjourned", "absent": ["respondent"], "reason": reason, "cause": "other"}
    assert enter(scenario, hearing, **body)[0] == 200
    pages = {}
    for name, link in links.items():
        phone = scenario.app.test_client()
        phone.set_cookie("lang", "en")
        pages[name] = html.unescape(phone.get(link).text)
        assert "The hearing was adjourned" in pages[name]
        assert reason in pages[name]
        record = html.unescape(phone.get(link + "/record").text)
        assert "outcome entered" in record
        assert "did not come" in record
        assert "Zhao Lei" in record
        assert "Adjourned: another reason" in record
        assert "when it began: E1 Sent" in record
    assert "recorded that you did not come" in pages["zhao"]
    assert re.search("recorded that (<bdi>)?Zhao Lei(</bdi>)? did not come", pages["li"])


def test_home_lists_and_calendar_show_what_waits_and_what_was_entered(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    home = browser.get("/?whose=all").text
    [path] = set(re.findall(r'href="(/outcomes/[\d-]+)\?whose=all"', home))
    number = hearing["number"]
    assert number in browser.get("/hearings?outcome=none").text
    assert number not in browser.get("/hearings?outcome=held").text
    assert enter(scenario, hearing, outcome="held")[0] == 200
    assert path not in browser.get("/?whose=all").text
    assert number not in browser.get("/hearings?outcome=none").text
    assert number in browser.get("/hearings?outcome=held").text
    on = path.removeprefix("/outcomes/")
    day = browser.get(f"/calendar?view=day&on={on}").text
    assert re.search(r'<td><span class="tag ok">.*?Held</span>', day)
    events = browser.get(f"/calendar/events?view=day&on={on}").get_json()
    assert [each["extendedProps"]["state"] for each in events] == ["held"]
    certificate = html.unescape(browser.get(f"/cases/{hearing['case_id']}/certificate").text)
    assert "Outcome of the hearing" in certificate


def test_what_was_over_before_outcomes_were_entered_does_not_wait(scenario: Scenario) -> None:
    fixed(scenario)
    over(scenario)
    admin = scenario.sign_in("admin@court.example")
    form = admin.get("/settings").text
    data = dict(
        re.findall(r'<input class="control" id="\w+" name="(\w+)"[^>]*value="([^"]*)"', form)
    )
    for name in ("language", "subdivision", "country"):
        data.setdefault(name, {"language": "zh", "country": "CN"}.get(name, ""))
    tomorrow = (scenario.clock.now() + dt.timedelta(days=1)).date().isoformat()
    for odd in ("soon", "0001-01-01", "2026-02-30"):
        assert admin.post("/settings", data={**data, "outcomes_from": odd}).status_code == 422
    assert "/outcomes/" in admin.get("/?whose=all").text
    assert admin.post("/settings", data={**data, "outcomes_from": tomorrow}).status_code == 303
    assert "/outcomes/" not in admin.get("/?whose=all").text
