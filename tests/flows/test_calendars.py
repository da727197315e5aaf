"""Calendars of the court's people, made and ended by page."""

import re

from tests.conftest import CASE, Scenario, at, proposal


def test_the_desk_makes_and_ends_calendars_by_page(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    case_id = scenario.api("GET", "/cases")[1]["cases"][0]["id"]
    scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))
    browser = scenario.sign_in()
    page = browser.get("/calendars").get_data(as_text=True)
    assert [name in page for name in ("王书记员", "陈法官", "第三法庭", "第五法庭")] == [True] * 4
    assert "/feeds/" not in page
    for scope, whose in (("assistant", "1"), ("judge", "1"), ("courtroom", "1")):
        answer = browser.post("/calendars", data={"scope": scope, "whose": whose})
        assert answer.status_code == 303
    page = browser.get("/calendars").get_data(as_text=True)
    paths = re.findall(r'value="http://127\.0\.0\.1:8000(/feeds/[\w-]{22}\.ics)"', page)
    assert len(paths) == 3
    for path in paths:
        assert "STATUS:TENTATIVE" in scenario.client.get(path).get_data(as_text=True)
    browser.post("/calendars", data={"scope": "judge", "whose": "1", "stop": "1"})
    assert [scenario.client.get(path).status_code for path in paths] == [200, 404, 200]
    for scope, whose in (("judge", "99"), ("planet", "1"), ("judge", "x" * 30)):
        answer = browser.post("/calendars", data={"scope": scope, "whose": whose})
        assert answer.status_code in (404, 422)
