"""Half-days: counsel whom no slot suits says when they could come, and the court asks for that."""

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Case
from app.core.db import db, transaction
from app.court.models import ClosedDay, Court
from app.hearings.models import OfferedHalfDay
from app.retention.erasing import erase
from tests.conftest import CASE, Scenario, at, proposal
from tests.counsel.test_answers import LI, ZHAO, answer, answers, browser, words
from tests.flows.test_suggestions import days, enter, suggest

WEDNESDAY, THURSDAY = "2026-12-09-pm", "2026-12-17-am"


def ask(scenario: Scenario, case: dict[str, Any] = CASE, **more: Any) -> tuple[int, int]:
    """Enter a case and propose two slots; return the case and the hearing."""
    case_id = enter(scenario, case)
    status, made = scenario.api("POST", "/hearings", proposal(case_id, **more))
    assert status == 201, made
    scenario.beat()
    return case_id, made["id"]


def none_suits(scenario: Scenario, *half_days: str, to: str = ZHAO, **more: str) -> Any:
    """Answer that none of the slots suits, with some half-days."""
    return answer(
        browser(scenario), scenario.link(to), none="1", **{"half-day": [*half_days]}, **more
    )


def offered(scenario: Scenario) -> list[str]:
    """The half-days that are stored."""
    with scenario.app.app_context():
        return [str(each.half_day) for each in db.session.scalars(sa.select(OfferedHalfDay))]


@pytest.mark.database
def test_the_next_suggestions_offer_what_counsel_offered_and_say_why(scenario: Scenario) -> None:
    case_id, made = ask(scenario)
    before = days(suggest(scenario, case_id, limit=3))
    assert not any(each.startswith(("2026-12-09T1", "2026-12-17")) for each in before)
    assert none_suits(scenario, THURSDAY, WEDNESDAY).status_code == 303
    found = suggest(scenario, case_id, limit=3)
    assert days(found)[:2] == ["2026-12-09T13:30", "2026-12-17T09:00"]
    assert "Zhao Lei said that they could come on this half-day" in found[0]["reasons"]
    assert "could come" not in " ".join(found[2]["reasons"])
    page = scenario.sign_in().get(f"/hearings/{made}/round?lang=en").get_data(as_text=True)
    assert "2026-12-09T13:30" in page


@pytest.mark.database
def test_what_counsel_offered_in_one_case_does_not_draw_another_to_it(scenario: Scenario) -> None:
    ask(scenario)
    other = enter(scenario, {**CASE, "number": "（2026）沪0115民初2号"})
    before = suggest(scenario, other, limit=5)
    assert none_suits(scenario, THURSDAY).status_code == 303
    assert days(suggest(scenario, other, limit=5)) == days(before)


def test_a_half_day_on_which_counsel_is_taken_meanwhile_is_not_suggested(
    scenario: Scenario,
) -> None:
    case_id, _ = ask(scenario)
    assert none_suits(scenario, THURSDAY, **{"away-from": "2026-12-17"}).status_code == 303
    assert not [each for each in days(suggest(scenario, case_id, limit=5)) if "12-17" in each]


def test_the_court_sees_them_with_the_answer_by_page_api_and_record(scenario: Scenario) -> None:
    case_id, made = ask(scenario)
    assert none_suits(scenario, "2026-12-17-pm", THURSDAY, WEDNESDAY).status_code == 303
    said = "Wed 9 Dec, afternoon; Thu 17 Dec, all day"
    desk = scenario.sign_in()
    assert f"Zhao Lei could come: {said}" in words(desk.get(f"/hearings/{made}?lang=en"))
    assert f"could come: {said}" in words(desk.get(f"/cases/{case_id}/record?lang=en"))
    assert "12月9日 周三下午；12月17日 周四全天" in words(desk.get(f"/hearings/{made}?lang=zh"))
    invitations = scenario.api("GET", f"/hearings/{made}")[1]["invitations"]
    assert [each["half_days"] for each in invitations if each["counsel"] == "Zhao Lei"] == [
        [
            {"on": "2026-12-09", "half": "pm"},
            {"on": "2026-12-17", "half": "am"},
            {"on": "2026-12-17", "half": "pm"},
        ]
    ]
    [entry] = [each for each in scenario.record(made) if each["what"] == "answered"]
    assert entry["content"]["half_days"] == [WEDNESDAY, THURSDAY, "2026-12-17-pm"]
    key = {"Idempotency-Key": "kept with them"}
    path = f"/hearings/{made}/cancel"
    first, again = (scenario.api("POST", path, {"reason": "撤诉"}, **key) for _ in range(2))
    assert first == again
    assert first[0] == 200


def test_like_an_answer_they_are_on_the_record_that_all_sides_read(scenario: Scenario) -> None:
    ask(scenario)
    assert none_suits(scenario, THURSDAY).status_code == 303
    own = browser(scenario).get(scenario.link(ZHAO))
    assert "You could come: Thu 17 Dec, morning" in words(own)
    other = browser(scenario).get(scenario.link(LI))
    assert "Thu 17 Dec" not in words(other).split("When could you come?")[0]
    assert f'value="{THURSDAY}" aria-label="Thu 17 Dec, morning" checked' not in other.text
    assert "could come: Thu 17 Dec, morning" in words(
        browser(scenario).get(scenario.link(LI) + "/record")
    )


@pytest.mark.database
def test_they_are_replaced_with_the_answer(scenario: Scenario) -> None:
    ask(scenario)
    assert none_suits(scenario, THURSDAY, WEDNESDAY).status_code == 303
    page = browser(scenario).get(scenario.link(ZHAO)).text
    assert re.search(rf'value="{THURSDAY}"[^>]* checked', page)
    assert none_suits(scenario, WEDNESDAY).status_code == 303
    assert offered(scenario) == [WEDNESDAY]
    said = answer(browser(scenario), scenario.link(ZHAO), "yes", "no", **{"half-day": [THURSDAY]})
    assert said.status_code == 303  # left over from a choice that was taken back
    assert offered(scenario) == []


def test_the_same_answer_again_changes_nothing(scenario: Scenario) -> None:
    _, made = ask(scenario)
    for chosen in ([THURSDAY], [THURSDAY, THURSDAY], [THURSDAY]):
        assert none_suits(scenario, *chosen).status_code == 303
    assert [each["what"] for each in scenario.record(made)].count("answered") == 1
    assert none_suits(scenario, THURSDAY, WEDNESDAY).status_code == 303
    assert [each["what"] for each in scenario.record(made)].count("answered") == 2


@pytest.mark.parametrize(
    ("half_day", "why"),
    [
        ("2026-11-20-am", "is past, or too soon for the court: Fri 20 Nov, morning"),
        ("0001-01-01-pm", "is past, or too soon"),
        ("2026-11-24-am", "is past, or too soon for the court: Tue 24 Nov, morning"),
        ("2026-12-12-am", "holds no hearings on this half-day: Sat 12 Dec, morning"),
        ("2026-12-16-pm", "holds no hearings on this half-day: Wed 16 Dec, afternoon"),
        ("2026-12-07-am", "asked about this half-day already: Mon 7 Dec, morning"),
        ("2027-06-01-am", "too far ahead: Tue 1 Jun, morning"),
        ("9999-12-31-pm", "too far ahead"),
        ("2026-12-32-am", "Choose half-days from those that are shown."),
        ("2026-12-17", "Choose half-days from those that are shown."),
        ("2026-12-17-night", "Choose half-days from those that are shown."),
        ("<script>", "Choose half-days from those that are shown."),
    ],
)
def test_a_half_day_that_cannot_be_is_refused_in_words_and_the_rest_is_kept(
    scenario: Scenario, half_day: str, why: str
) -> None:
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        session.add(ClosedDay(court_id=court.id, on=dt.date(2026, 12, 16)))
    ask(scenario)
    refused = none_suits(scenario, THURSDAY, half_day, comment="please")
    assert refused.status_code == 422
    assert why in words(refused)
    assert 'id="half-days-error" tabindex="-1" autofocus' in refused.text
    assert re.search(rf'value="{THURSDAY}"[^>]* checked', refused.text)
    assert ">please</textarea>" in refused.text
    assert answers(scenario) == 0
    assert offered(scenario) == []


def test_too_many_are_refused(scenario: Scenario) -> None:
    ask(scenario)
    many = [f"2027-{month:02}-{day:02}-am" for month in (1, 2) for day in range(1, 25)]
    refused = none_suits(scenario, *many)
    assert refused.status_code == 422
    assert "At most 30 half-days." in words(refused)


def test_closed_days_weekends_and_half_days_asked_about_cannot_be_tapped(
    scenario: Scenario,
) -> None:
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        session.add(ClosedDay(court_id=court.id, on=dt.date(2026, 12, 10)))
    ask(scenario, CASE)
    page = browser(scenario).get(scenario.link(ZHAO)).text
    offered = re.findall(r'name="half-day" value="([^"]+)" aria-label="([^"]+)"', page)
    assert ("2026-12-08-am", "Tue 8 Dec, morning") in offered
    values = [value for value, _ in offered]
    assert "2026-12-07-am" not in values  # asked: Monday 09:30
    assert "2026-12-08-pm" not in values  # asked: Tuesday 14:00
    assert not {"2026-12-10-am", "2026-12-10-pm", "2026-12-12-am"} & set(values)
    assert max(values) <= "2026-12-18-pm"
    assert page.count('class="shut"') == 3 * 10 - len(values)


@pytest.mark.database
def test_they_are_erased_with_the_case(scenario: Scenario) -> None:
    _, made = ask(scenario)
    assert none_suits(scenario, THURSDAY).status_code == 303
    assert scenario.api("POST", f"/hearings/{made}/cancel", {"reason": "撤诉"})[0] == 200
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        erase(session, session.get_one(Case, 1), by="admin", why="test", now=scenario.clock.now())
    assert offered(scenario) == []
    assert "half_days" not in str(scenario.record(made))


def test_a_next_round_hatches_what_was_asked_before(scenario: Scenario) -> None:
    _, made = ask(scenario, fix="assistant")
    assert none_suits(scenario, THURSDAY).status_code == 303
    again = {"slots": [{"starts_at": at(24), "courtroom": "第三法庭"}], "answer_by": at(9)}
    status, said = scenario.api("POST", f"/hearings/{made}/move", {**again, "reason": "none"})
    assert status == 200, said
    scenario.wait(minutes=1)
    scenario.beat()
    page = browser(scenario).get(scenario.link(ZHAO)).text
    for asked in ("2026-12-07-am", "2026-12-17-am"):
        assert f'value="{asked}"' not in page
    assert 'value="2026-12-17-pm"' in page
