"""The court's calendar: the week as a table and as events, a span that becomes a proposal, lists."""

import datetime as dt
import html
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.court import service as court_service
from app.court.models import ClosedDay, Court, Courtroom
from app.desk.calendar.views import ROWS_PER_DAY
from app.hearings.models import Hearing
from tests.conftest import CASE, Scenario, at, case_with, proposal

WEEK = "on=2026-12-07"  # two weeks after the tests' today


def booked(scenario: Scenario, number: str, *slots: tuple[str, str], fix: bool = False) -> Any:
    """A hearing that is asked about, or fixed by order; as the API shows it."""
    people = [
        {
            "name": f"{name} {number[-4:-1]}",
            "firm": "",
            "email": f"{name}{number[-4:-1]}@firm.example",
        }
        for name in ("li", "zhao")
    ]
    status, case = scenario.api("POST", "/cases", case_with(number, *people))
    assert status == 201, case
    status, made = scenario.api("POST", "/hearings", proposal(case["id"], *slots))
    assert status == 201, made
    if fix:
        order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
        status, made = scenario.api("POST", f"/hearings/{made['id']}/fix", order)
        assert status == 200, made
    return made


def events(
    scenario: Scenario, query: str, email: str = "wang@court.example"
) -> list[dict[str, Any]]:
    """What the calendar draws."""
    answer = scenario.sign_in(email).get(f"/calendar/events?{query}")
    assert answer.status_code == 200
    return answer.get_json()


def test_what_is_fixed_asked_and_moving_is_told_apart_by_word(scenario: Scenario) -> None:
    booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)
    booked(scenario, "（2026）沪0115民初002号", (at(15), "第三法庭"), (at(16), "第五法庭"))
    moving = booked(scenario, "（2026）沪0115民初003号", (at(17), "第三法庭"), fix=True)
    again = {
        "slots": [{"starts_at": at(18), "courtroom": "第三法庭"}],
        "answer_by": at(7, "17:00"),
        "reason": "The judge is ill",
    }
    assert scenario.api("POST", f"/hearings/{moving['id']}/move", again)[0] == 200
    seen = [
        (e["start"], e["extendedProps"]["state"], e["startEditable"])
        for e in events(scenario, WEEK)
    ]
    assert seen == [
        ("2026-12-07T09:30:00", "fixed", True),
        ("2026-12-08T09:30:00", "asked", False),
        ("2026-12-09T09:30:00", "asked", False),
        ("2026-12-10T09:30:00", "moving", False),
        ("2026-12-11T09:30:00", "asked", False),
    ]
    page = scenario.sign_in().get(f"/calendar?{WEEK}&lang=en").get_data(as_text=True)
    table = page.split('id="as-list"')[1]
    assert [table.count(f"</svg> {word}</span>") for word in ("Fixed", "Asked", "Moving")] == [
        1,
        3,
        1,
    ]


def test_the_calendar_is_filtered_by_judge_courtroom_and_state(scenario: Scenario) -> None:
    booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)
    booked(scenario, "（2026）沪0115民初002号", (at(15), "第三法庭"), (at(16), "第五法庭"))
    [judge] = {e["resourceIds"][0] for e in events(scenario, f"{WEEK}&by=judge")}
    rooms = [e["resourceIds"][0] for e in events(scenario, WEEK)]
    assert len(events(scenario, f"{WEEK}&judge={judge}")) == 3
    assert events(scenario, f"{WEEK}&judge={int(judge) + 1}") == []
    assert len(events(scenario, f"{WEEK}&room={rooms[0]}")) == 2
    assert len(events(scenario, f"{WEEK}&room={rooms[0]}&room={rooms[2]}")) == 3
    assert len(events(scenario, f"{WEEK}&state=asked&room={rooms[0]}")) == 1
    assert len(events(scenario, f"{WEEK}&state=fixed&state=asked&state=moving")) == 3
    # A bookmark from before several could be chosen.
    assert len(events(scenario, f"on=2026-12-08&view=day&whose={judge}&by=judge")) == 1
    page = scenario.sign_in().get(f"/calendar?{WEEK}&state=asked&lang=en").get_data(as_text=True)
    assert "Filtered: some hearings may be left out." in page
    assert "001号" not in page.split('id="as-list"')[1]


def test_a_week_draws_the_six_busiest_of_many_courtrooms_and_says_so(scenario: Scenario) -> None:
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        for n in range(6):
            court_service.add_courtroom(session, court, f"第{n + 10}法庭", "")
    booked(scenario, "（2026）沪0115民初001号", (at(14), "第15法庭"), fix=True)
    booked(scenario, "（2026）沪0115民初002号", (at(15), "第三法庭"), (at(16), "第14法庭"))
    browser = scenario.sign_in()

    def lanes(query: str) -> list[str]:
        page = html.unescape(browser.get(f"/calendar?{WEEK}&lang=en&{query}").text)
        [options] = re.findall(r'data-options="(\{.*\})"', page)
        return [name for _, name in json.loads(options)["lanes"]]

    shown = lanes("")
    assert len(shown) == 6
    assert {"第三法庭", "第14法庭", "第15法庭"} <= set(shown)
    assert "Not drawn: 2, with hearings: 0." in browser.get(f"/calendar?{WEEK}&lang=en").text
    assert len(lanes("view=day")) == 8
    assert len(lanes("room=1&room=2")) == 2
    assert len(events(scenario, WEEK)) == 3


def test_hearings_without_a_courtroom_or_in_a_retired_one_have_a_lane(scenario: Scenario) -> None:
    first = booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)
    booked(scenario, "（2026）沪0115民初002号", (at(15), "第五法庭"), fix=True)
    with scenario.app.app_context(), transaction() as session:
        session.get_one(Hearing, first["id"]).courtroom_id = None
        rooms = session.scalars(sa.select(Courtroom).where(Courtroom.name == "第五法庭"))
        rooms.one().retired_at = scenario.clock.now()
    assert events(scenario, WEEK)[0]["resourceIds"] == ["0"]
    assert len(events(scenario, WEEK)) == 2
    page = scenario.sign_in().get(f"/calendar?{WEEK}&lang=en").text
    assert "No courtroom" in page
    assert len(events(scenario, f"{WEEK}&room=0")) == 1


def test_a_proposal_is_offered_on_days_and_hours_that_are_not_over(scenario: Scenario) -> None:
    browser = scenario.sign_in()

    def offered() -> list[str]:
        """The times that the list's links propose, the panel's first."""
        return re.findall(r'href="/hearings/new\?starts_at=([^"]+)"', browser.get("/calendar").text)

    scenario.wait(days=(dt.date(2026, 12, 9) - scenario.clock.now().date()).days)
    local = scenario.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    scenario.wait(hours=11 - local.hour, minutes=20 - local.minute)
    assert offered() == [
        "2026-12-09T12:00",
        "2026-12-09T12:00",
        "2026-12-10T09:00",
        "2026-12-11T09:00",
    ]
    for link in offered():
        assert browser.get(f"/hearings/new?lang=en&starts_at={link}").status_code == 200
        assert "past" not in browser.get(f"/hearings/new?lang=en&starts_at={link}").text
    scenario.wait(hours=6)  # the court has closed
    assert offered()[:2] == ["2026-12-10T09:00", "2026-12-10T09:00"]
    scenario.wait(days=3)  # Saturday
    assert offered() == ["2026-12-14T09:00"]


def test_closed_days_and_hours_are_given_to_the_grid(scenario: Scenario) -> None:
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        session.add(ClosedDay(court_id=court.id, on=dt.date(2026, 12, 11), why="staff training"))
    page = html.unescape(scenario.sign_in().get(f"/calendar?{WEEK}&lang=en").text)
    [options] = re.findall(r'data-options="(\{.*\})"', page)
    shown = json.loads(options)
    assert [day["closed"] for day in shown["days"]] == ["", "", "", "", "closed: staff training"]
    assert (shown["opens"], shown["lunch"], shown["closes"]) == (
        "09:00",
        ["12:00", "13:30"],
        "17:00",
    )
    assert shown["hidden"] == [6, 0]
    assert "closed: staff training" in page.split('id="as-list"')[1]
    notice = scenario.sign_in().get("/calendar/list?on=2026-12-11&lang=en").text
    assert "The court is closed on this day: staff training" in notice


def test_another_courts_calendar_shows_nothing_of_it(scenario: Scenario) -> None:
    from app.people import service as people
    from tests.conftest import password_hash

    made = booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)
    with scenario.app.app_context():
        court = people.add_court(
            db.session(),
            "Dongwan District Court",
            short="东湾",
            zone="Asia/Shanghai",
            country="CN",
            language="en",
        )
        user = people.add_user(
            db.session(),
            court,
            "lu@dongwan.example",
            name="Lu",
            role="assistant",
            now=scenario.clock.now(),
        )
        user.password_hash = password_hash()
        db.session.commit()
    assert events(scenario, WEEK, "lu@dongwan.example") == []
    other = scenario.sign_in("lu@dongwan.example")
    assert other.get(f"/hearings/{made['id']}/round?panel=1").status_code == 404
    found = other.get("/calendar/cases?q=001&starts_at=2026-12-08T10:00&minutes=60").text
    assert "001号" not in found
    assert "001号" not in other.get("/calendar/list?on=2026-12-07").get_data(as_text=True)


def test_a_span_that_was_drawn_stands_in_the_form_and_survives_the_choice_of_a_case(
    scenario: Scenario,
) -> None:
    made = booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"), fix=True)
    browser = scenario.sign_in()
    drawn = "starts_at=2026-12-08T10:15&courtroom=第五法庭&minutes=45"
    page = browser.get(f"/hearings/new?{drawn}").get_data(as_text=True)
    [way] = re.findall(r'href="(/hearings/new\?case_id=[^"]+)"', page)
    form = browser.get(way.replace("&amp;", "&")).get_data(as_text=True)
    assert re.findall(r'name="slots\.\d+\.starts_at"[^>]* value="([^"]*)"', form) == [
        "2026-12-08T10:15"
    ]
    assert 'value="45"' in form
    assert re.search(r'value="第五法庭" selected', form)
    move = browser.get(f"/hearings/{made['id']}/round?{drawn}&how=order").get_data(as_text=True)
    assert re.search(r'value="order" checked', move)
    assert re.findall(r'name="slots\.\d+\.starts_at"[^>]* value="([^"]*)"', move) == [
        "2026-12-08T10:15"
    ]


def test_a_time_that_is_past_is_refused_before_a_case_is_chosen_and_after(
    scenario: Scenario,
) -> None:
    booked(scenario, "（2026）沪0115民初001号", (at(14), "第三法庭"))
    browser = scenario.sign_in()
    past = "lang=en&starts_at=2026-11-20T10:00&courtroom=第五法庭&minutes=60"
    which = browser.get(f"/hearings/new?{past}")
    assert "Choose a time that is not past." in which.text
    form = browser.get(f"/hearings/new?case_id=1&{past}")
    assert form.status_code == 422
    assert (
        form.text.count("Choose a time that is not past.") == 2
    )  # in the summary, and beside its field
    assert 'value="2026-11-20T10:00"' in form.text
    for wrong in ("starts_at=soon", "starts_at=2026-02-30T10:00"):
        page = browser.get(f"/hearings/new?case_id=1&lang=en&{wrong}")
        assert (page.status_code, "Enter the day and the time." in page.text) == (422, True)


def test_the_list_for_the_door_names_people_as_the_court_wishes(scenario: Scenario) -> None:
    named = {**CASE, "title": "王小明诉远洋", "number": "（2026）沪0115民初001号"}
    named["parties"] = [{**CASE["parties"][0], "name": "王小明"}, CASE["parties"][1]]
    case = scenario.api("POST", "/cases", named)[1]
    made = scenario.api("POST", "/hearings", proposal(case["id"], (at(14), "第三法庭")))[1]
    scenario.api(
        "POST", f"/hearings/{made['id']}/fix", {"slot_id": made["slots"][0]["id"], "reason": "-"}
    )
    admin, address = scenario.sign_in("admin@court.example"), "/calendar/list?on=2026-12-07"

    def door() -> str:
        return admin.get(f"{address}&public=1").get_data(as_text=True).split("<table")[1]

    assert "王小明" in admin.get(address).get_data(as_text=True)
    assert "王某" in door()
    assert "王小明" not in door()
    assert "Haitong Trading Ltd" in door()
    admin.post(f"{address}", data={"names": "number"})
    assert "001号" in door()
    assert "王" not in door()
    admin.post(f"{address}", data={"names": "full"})
    assert "王小明" in door()
    assert scenario.sign_in().post(address, data={"names": "full"}).status_code == 403
    admin.post(address, data={"names": "nonsense"})
    assert "王小明" in door()


def test_a_full_day_is_listed_by_its_beginning_and_whole_by_itself(scenario: Scenario) -> None:
    times = [f"{9 + n // 4:02}:{n % 4 * 15:02}" for n in range(ROWS_PER_DAY["week"] + 2)]
    for n in range(4):
        people = [
            {"name": f"{who} {n}", "email": f"{who}{n}@firm.example"} for who in ("li", "zhao")
        ]
        case = scenario.api("POST", "/cases", case_with(f"（2026）沪0115民初{n:03}号", *people))[1]
        slots = [(at(14, clock), "第三法庭") for clock in times[8 * n : 8 * n + 8]]
        assert scenario.api("POST", "/hearings", proposal(case["id"], *slots, minutes=15))[0] == 201
    browser = scenario.sign_in()

    def listed(address: str) -> tuple[int, str]:
        page = browser.get(f"{address}&lang=en").get_data(as_text=True).split('id="as-list"')[1]
        return len(re.findall(r'class="row-link[^"]*" href="/hearings/', page)), page

    rows, page = listed(f"/calendar?{WEEK}")
    assert (rows, "More on this day: 2" in page) == (30, True)
    [way] = re.findall(r'href="(/calendar\?view=day[^"]+)#as-list"', page)
    address = way.replace("&amp;", "&")
    assert listed(address)[0] == 32
    rows, page = listed(f"{address}&page=2")
    assert (rows, "No more hearings on this day." in page, "Page 2" in page) == (0, True, True)


def test_an_address_that_nobody_can_mean_shows_the_usual(scenario: Scenario) -> None:
    browser = scenario.sign_in()
    for query in (
        "on=yesterday",
        "on=9999-12-31",
        "view=year&by=moon",
        "whose=x",
        "whose=9" * 30,
        "room=x&room=-1&judge=&state=sure",
        "room=999999999999999999",
    ):
        assert browser.get(f"/calendar?{query}").status_code == 200, query
        assert browser.get(f"/calendar/events?{query}").status_code == 200, query


@pytest.mark.parametrize(
    "address",
    [
        "/",
        f"/calendar?{WEEK}",
        f"/calendar/events?{WEEK}",
        "/calendar/list?on=2026-12-07",
        "/calendar/cases?q=沪&starts_at=2026-12-07T09:00&minutes=60&courtroom=第三法庭",
    ],
)
def test_more_hearings_ask_no_more_of_the_database(scenario: Scenario, address: str) -> None:
    browser = scenario.sign_in()
    asked: list[str] = []
    with scenario.app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    def count() -> int:
        browser.get(address)
        asked.clear()
        assert browser.get(address).status_code == 200
        return len(asked)

    def court_of(first: int, last: int) -> None:
        for n in range(first, last):
            clock = dt.time(9 + n // 2, 30 * (n % 2)).isoformat("minutes")
            short = {"minutes": 15, "answer_by": at(0.5, "18:00")}
            number = f"（2026）沪0115民初{n:03}号"
            people = [
                {"name": f"li {n}", "email": f"li{n}@firm.example"},
                {"name": f"zhao {n}", "email": f"zhao{n}@firm.example"},
            ]
            case = scenario.api("POST", "/cases", case_with(number, *people))[1]
            made = scenario.api(
                "POST", "/hearings", {**proposal(case["id"], (at(14, clock), "第三法庭")), **short}
            )[1]
            if n % 2:
                order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
                assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
        scenario.beat()

    court_of(0, 2)
    few = count()
    court_of(2, 6)
    assert count() == few
