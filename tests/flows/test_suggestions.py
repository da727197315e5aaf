"""Suggestions over the API and by page: what they heed, whom they cost, who is away when."""

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import CASE, ORDINARY, Scenario, at, case_with, proposal

pytestmark = pytest.mark.database

ADMIN = "admin@court.example"


def suggest(scenario: Scenario, case_id: int, **more: Any) -> list[dict[str, Any]]:
    """What the API suggests for a case."""
    query = urlencode({"case_id": case_id, "minutes": 90, **more}, doseq=True)
    status, said = scenario.api("GET", f"/suggestions?{query}")
    assert status == 200, said
    return said["suggestions"]


def enter(scenario: Scenario, case: dict[str, Any] = ORDINARY) -> int:
    """A case."""
    status, said = scenario.api("POST", "/cases", case)
    assert status == 201, said
    return int(said["id"])


def days(found: list[dict[str, Any]]) -> list[str]:
    """When slots begin, by the court's clock."""
    return [each["starts_at"][:16] for each in found]


def test_suggestions_break_no_rule_and_say_why_they_are_good(scenario: Scenario) -> None:
    found = suggest(scenario, enter(scenario), limit=5)
    assert days(found) == [
        "2026-12-09T09:00",
        "2026-12-10T09:00",
        "2026-12-11T09:00",
        "2026-12-14T13:30",
        "2026-12-15T13:30",
    ]
    assert found[0]["reasons"] == [
        "evidence period (at least 15 days, SPC Interpretation art. 99) ends on Tue 8 Dec 2026, "
        "counted from Mon 23 Nov 2026, when the case was entered",
        "the first day after that on which all are free",
    ]
    assert {each["courtroom"] for each in found} == {"第三法庭"}
    assert [each["score"] for each in found] == sorted(
        (each["score"] for each in found), reverse=True
    )
    summary = {**CASE, "number": "（2026）沪0115民初2号", "procedure": "summary"}
    assert days(suggest(scenario, enter(scenario, summary), limit=1)) == [
        "2026-11-30T09:00"
    ]  # no evidence period binds


def test_what_others_have_is_heeded_held_or_fixed(scenario: Scenario) -> None:
    mine = enter(scenario)
    other = enter(
        scenario,
        case_with(
            "（2026）沪0115民初2号",
            CASE["parties"][0]["counsel"][0],
            {"name": "B", "email": "b@x.example"},
            judge="别的法官",
        ),
    )
    assert (
        scenario.api(
            "POST",
            "/hearings",
            proposal(other, (at(16, "09:00"), "第五法庭"), (at(16, "13:30"), "第五法庭")),
        )[0]
        == 201
    )
    found = suggest(scenario, mine, limit=2)
    assert "2026-12-09T09:00" not in days(found)
    third = enter(
        scenario,
        case_with(
            "（2026）沪0115民初3号",
            {"name": "A", "email": "a@x.example"},
            {"name": "B", "email": "b@x.example"},
            judge="别的法官二",
        ),
    )
    assert (
        scenario.api("POST", "/hearings", proposal(third, (at(17, "09:00"), "第三法庭")))[0] == 201
    )
    rooms = {each["starts_at"][:16]: each["courtroom"] for each in suggest(scenario, mine, limit=3)}
    assert rooms["2026-12-10T09:00"] == "第五法庭"
    assert days(
        suggest(
            scenario,
            mine,
            limit=3,
            courtroom="第三法庭",
            **{"from": at(17, "00:00"), "to": at(17, "23:00")},
        )
    ) == ["2026-12-10T10:30", "2026-12-10T13:30", "2026-12-10T15:00"]


def test_a_hearing_that_is_to_be_moved_is_not_in_its_own_way(scenario: Scenario) -> None:
    case_id = enter(scenario)
    hearing = scenario.api("POST", "/hearings", proposal(case_id, (at(16, "09:00"), "第三法庭")))[
        1
    ]["id"]
    assert "2026-12-09T09:00" not in days(suggest(scenario, case_id))
    assert days(suggest(scenario, case_id, hearing_id=hearing))[0] == "2026-12-09T09:00"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"case_id": 99}, ""),
        ({"minutes": 4}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"limit": 51}, "limit"),
        ({"from": "2026-12-01"}, "from"),
        ({"courtroom": "No such room"}, "courtroom"),
        ({"hearing_id": 99}, ""),
    ],
)
def test_what_cannot_be_asked_is_said(
    scenario: Scenario, wrong: dict[str, Any], field: str
) -> None:
    case_id = enter(scenario)
    status, said = scenario.api("GET", f"/suggestions?{urlencode({'case_id': case_id, **wrong})}")
    assert status in (404, 422), said
    assert [each["field"] for each in said.get("errors", [])] == ([field] if field else [])


def settings(scenario: Scenario, **given: str) -> Any:
    """Change the court's settings as an admin does, in the browser."""
    desk = scenario.sign_in(ADMIN)
    page = desk.get("/settings").text
    fields = re.findall(r'name="([a-z_]+)"[^>]*? value="([^"]*)"', page)
    # Boxes that are not ticked: which roles need a second factor.
    form = {name: value for name, value in fields if not name.startswith("factor_")}
    form |= {"language": "zh", "text_links": "1", **given}
    return desk.post("/settings", data=form)


def test_a_courts_hours_lunch_buffer_and_closed_days_are_set_by_page_and_heeded(
    scenario: Scenario,
) -> None:
    case_id = enter(scenario)
    assert (
        settings(
            scenario,
            opens="10:00",
            lunch_from="12:30",
            lunch_until="14:00",
            closes="16:00",
            buffer_minutes="30",
        ).status_code
        == 303
    )
    assert days(suggest(scenario, case_id, limit=1)) == ["2026-12-09T10:00"]
    assert days(
        suggest(scenario, case_id, limit=9, **{"from": at(16, "00:00"), "to": at(16, "23:00")})
    ) == ["2026-12-09T10:00", "2026-12-09T14:00"]
    desk = scenario.sign_in(ADMIN)
    assert (
        desk.post(
            "/settings/closed-days",
            data={"from": "2026-12-09", "until": "2026-12-10", "why": "全院会议"},
        ).status_code
        == 303
    )
    assert "全院会议" in desk.get("/settings/closed-days").text
    assert days(suggest(scenario, case_id, limit=1)) == ["2026-12-11T10:00"]
    number = re.search(r'name="open" value="(\d+)"', desk.get("/settings/closed-days").text)
    assert number
    assert desk.post("/settings/closed-days", data={"open": number[1]}).status_code == 303
    assert days(suggest(scenario, case_id, limit=1)) == ["2026-12-09T10:00"]
    assert scenario.sign_in().get("/settings/closed-days").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "17:00"},
        {"lunch_from": "08:00"},
        {"lunch_until": "18:00"},
        {"buffer_minutes": "-1"},
        {"buffer_minutes": "241"},
        {"closes": "5pm"},
    ],
)
def test_hours_that_cannot_be_are_refused_and_nothing_is_changed(
    scenario: Scenario, wrong: dict[str, str]
) -> None:
    case_id = enter(scenario)
    assert settings(scenario, **wrong).status_code == 422
    assert days(suggest(scenario, case_id, limit=1)) == ["2026-12-09T09:00"]


@pytest.mark.parametrize(
    "given",
    [
        {"from": "soon"},
        {"from": "2026-12-09", "until": "2026-12-01"},
        {"from": "2026-01-01", "until": "2027-01-01"},
    ],
)
def test_closed_days_that_cannot_be_are_refused(scenario: Scenario, given: dict[str, str]) -> None:
    assert scenario.sign_in(ADMIN).post("/settings/closed-days", data=given).status_code == 422


def test_the_countrys_holidays_and_moved_working_days_are_heeded(scenario: Scenario) -> None:
    case_id = enter(scenario)
    found = suggest(
        scenario,
        case_id,
        limit=50,
        **{"from": "2027-01-30T00:00:00+08:00", "to": "2027-02-20T00:00:00+08:00"},
    )
    from app.law.working_days import is_working_day

    seen = {dt.date.fromisoformat(each["starts_at"][:10]) for each in found}
    first = dt.date(2027, 1, 30)
    assert seen == {d for n in range(22) if is_working_day("CN", d := first + dt.timedelta(days=n))}


def test_counsel_from_elsewhere_cost_a_journey_that_is_said(scenario: Scenario) -> None:
    case = {
        **ORDINARY,
        "parties": [
            {
                **CASE["parties"][0],
                "counsel": [{**CASE["parties"][0]["counsel"][0], "travel_minutes": 150}],
            },
            CASE["parties"][1],
        ],
    }
    case_id = enter(scenario, case)
    found = suggest(scenario, case_id, limit=50, **{"from": at(16, "00:00"), "to": at(16, "23:00")})
    assert days(found)[0] == "2026-12-09T13:30"
    early = next(each for each in found if each["starts_at"][11:16] == "09:00")
    assert early["costs"] == [{"counsel": "李敏", "why": "must set out before the court opens"}]
    page = scenario.sign_in().get(f"/hearings/new?case_id={case_id}").text
    assert "2026-12-09T13:30" in page
