"""The time limit of the trial: a hint for slots after it, and no such time is offered for a move."""

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.cases.models import Case
from app.core.db import db
from app.law.day_counting import months_later
from tests.conftest import ORDINARY, Scenario, at, proposal
from tests.counsel.test_answers import browser
from tests.counsel.test_move_by_agreement import ask
from tests.counsel.test_move_requests import link

__all__ = ["link"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-23", 6, "2027-05-23"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-10-31", 3, "2027-01-31"),
    ],
)
def test_months_are_counted_by_the_calendar(day: str, months: int, later: str) -> None:
    assert months_later(dt.date.fromisoformat(day), months).isoformat() == later


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 60))
def test_months_later_is_in_that_month_on_that_day_or_its_last(day: dt.date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + dt.timedelta(days=1)).day == 1


def entered(scenario: Scenario, days: int) -> None:
    """Let the case have been entered so many days ago."""
    with scenario.app.app_context():
        created_at = scenario.clock.now() - dt.timedelta(days=days)
        values = {"created_at": created_at, "procedure": "ordinary"}
        db.session.execute(sa.update(Case).values(values))
        db.session.commit()


def test_a_slot_after_the_limit_is_warned_of_and_can_be_proposed(scenario: Scenario) -> None:
    case_id = scenario.api("POST", "/cases", ORDINARY)[1]["id"]
    entered(scenario, 178)
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, (at(21), "第三法庭")))
    assert status == 201
    assert any("152" in each for each in hearing["warnings"]), hearing["warnings"]


def test_a_request_to_move_offers_no_time_after_the_limit(scenario: Scenario, link: str) -> None:
    entered(scenario, 170)
    limit = months_later((scenario.clock.now() - dt.timedelta(days=170)).date(), 6)
    ask(browser(scenario), link)
    [asked] = scenario.api("GET", "/hearings/1/move-requests")[1]["move_requests"]
    starts = [dt.datetime.fromisoformat(each["starts_at"]).date() for each in asked["slots"]]
    assert starts
    assert max(starts) <= limit
