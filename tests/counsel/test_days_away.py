"""Days away: counsel says when they cannot come, and suggestions avoid those days."""

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Away
from app.core.db import db
from tests.conftest import ORDINARY, Scenario, proposal
from tests.counsel.test_answers import browser
from tests.flows.test_suggestions import days, enter, suggest


def press(scenario: Scenario, link: str, path: str = "", **given: Any) -> Any:
    """Post counsel's form from a page that was rendered for them."""
    client = browser(scenario)
    nonce = re.search(r'name="nonce" value="([^"]+)"', client.get(link + path).text)
    assert nonce
    return client.post(link + path, data={"nonce": nonce[1], **given})


def test_with_a_no_counsel_may_say_until_when_they_are_away_and_it_counts_for_all_their_cases(
    scenario: Scenario,
) -> None:
    case_id = enter(scenario)
    second = enter(scenario, {**ORDINARY, "number": "（2026）沪0115民初2号"})
    made = scenario.api("POST", "/hearings", proposal(case_id, override_reason="双方同意"))[1]["id"]
    scenario.beat()
    link = scenario.link("li@")
    slots = [f"slot-{slot['id']}" for slot in scenario.api("GET", f"/hearings/{made}")[1]["slots"]]
    answer = press(
        scenario,
        link,
        **{**dict.fromkeys(slots, "no"), "away-from": "2026-12-01", "away-until": "2026-12-11"},
    )
    assert answer.status_code == 303
    assert days(suggest(scenario, second, limit=1)) == ["2026-12-14T09:00"]
    [line] = [x for x in scenario.record(made) if x["kind"] == "away"]
    assert line["content"]["away"]["until"] == "2026-12-11"
    recorded = browser(scenario).get(link).text.partition("What happens next")[0]
    assert "1 Dec 2026 to 11 Dec 2026" in recorded
    for other in ("li@", "zhao@"):  # what they said is theirs alone to see
        seen = browser(scenario).get(scenario.link(other) + "/away").text
        assert ("Dec 2026" in seen or "2026年12月" in seen) == (other == "li@")
        assert "2026-12-11" not in browser(scenario).get(scenario.link(other) + "/record").text


def test_these_days_every_week_can_be_said_and_taken_back(scenario: Scenario) -> None:
    case_id = enter(scenario)
    assert (
        scenario.api("POST", "/hearings", proposal(case_id, override_reason="双方同意"))[0] == 201
    )
    scenario.beat()
    link = scenario.link("zhao@")
    assert (
        press(scenario, link, "/away", **{"away-weekday": ["0", "1", "2", "3"]}).status_code == 303
    )
    assert (
        press(scenario, link, "/away", **{"away-weekday": ["3", "2", "1", "0"]}).status_code == 303
    )
    with scenario.app.app_context():
        [number] = db.session.scalars(sa.select(Away.id)).all()
    fridays = {each["starts_at"][:10] for each in suggest(scenario, case_id, limit=5)}
    assert {dt.date.fromisoformat(day).weekday() for day in fridays} == {4}
    assert (
        press(scenario, scenario.link("li@"), "/away", back=str(number)).status_code == 303
    )  # another's stays
    assert {each["starts_at"][:10] for each in suggest(scenario, case_id, limit=5)} == fridays
    assert press(scenario, link, "/away", back=str(number)).status_code == 303
    assert days(suggest(scenario, case_id, limit=1)) == ["2026-12-09T09:00"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Enter the first day"),
        ({"away-from": "soon"}, "Enter a day such as"),
        ({"away-from": "2026-12-09", "away-until": "2026-12-01"}, "after the first"),
        ({"away-from": "2026-01-09", "away-until": "2026-01-10"}, "Choose a day that is not past"),
        ({"away-from": "2026-12-09", "away-until": "2999-01-01"}, "not so far ahead"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(
    scenario: Scenario, given: dict[str, str], words: str
) -> None:
    assert (
        scenario.api("POST", "/hearings", proposal(enter(scenario), override_reason="双方同意"))[0]
        == 201
    )
    scenario.beat()
    answer = press(scenario, scenario.link("zhao@"), "/away", **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert (
        scenario.client.post(
            scenario.link("zhao@") + "/away", data={"away-from": "2026-12-09"}
        ).status_code
        == 422
    )
    with scenario.app.app_context():
        assert db.session.scalars(sa.select(Away)).all() == []


def test_a_wrong_day_with_an_answer_records_neither_and_loses_nothing(scenario: Scenario) -> None:
    made = scenario.api("POST", "/hearings", proposal(enter(scenario), override_reason="双方同意"))[
        1
    ]["id"]
    scenario.beat()
    slots = [f"slot-{slot['id']}" for slot in scenario.api("GET", f"/hearings/{made}")[1]["slots"]]
    answer = press(
        scenario,
        scenario.link("zhao@"),
        **{**dict.fromkeys(slots, "no"), "away-from": "2026-12-09", "away-until": "2026-12-01"},
    )
    assert answer.status_code == 422
    assert answer.text.count("checked") == 2
    assert 'value="2026-12-01"' in answer.text
    assert not [s for s in scenario.api("GET", f"/hearings/{made}")[1]["slots"] if s["answers"]]


def test_all_that_is_wrong_with_an_answer_is_named_at_once(scenario: Scenario) -> None:
    made = scenario.api("POST", "/hearings", proposal(enter(scenario), override_reason="双方同意"))[
        1
    ]["id"]
    scenario.beat()
    slots = [f"slot-{slot['id']}" for slot in scenario.api("GET", f"/hearings/{made}")[1]["slots"]]
    answer = press(
        scenario, scenario.link("zhao@"), **{slots[0]: "yes", "away-until": "2026-12-12"}
    )
    assert answer.status_code == 422
    assert "Choose yes, if needed or no." in answer.text
    assert '<a href="#away-from">Days away</a>' in answer.text
    assert "Enter the first day on which you are away." in answer.text
    whole = {**dict.fromkeys(slots, "yes"), "away-until": "2026-12-12"}
    answer = press(scenario, scenario.link("zhao@"), **whole)
    assert answer.status_code == 422  # an end without a beginning is not passed over in silence
    assert not [s for s in scenario.api("GET", f"/hearings/{made}")[1]["slots"] if s["answers"]]
