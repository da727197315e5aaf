"""Sets of sittings that cannot be: each is refused at its field, and nothing is stored."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import transaction
from app.court.models import Court
from tests.conftest import CASE, Scenario, at
from tests.sittings.conftest import THREE_DAYS, propose, sittings

ROOM = "第三法庭"


def refused(court: Scenario, *slots: dict[str, Any], **more: Any) -> dict[str, str]:
    """Return the errors by field of a proposal that is refused."""
    status, problem = propose(court, *slots, **more)
    assert status == 422, problem
    assert court.api("GET", "/hearings")[1]["hearings"] == []
    return {each["field"]: each["detail"] for each in problem.get("errors", [])} or {
        "": problem["detail"]
    }


@pytest.mark.parametrize(
    ("slot", "field", "said"),
    [
        (
            sittings((14, "09:00", 120, ROOM), (14, "10:30", 60, ROOM)),
            "slots.0.sittings.1.starts_at",
            "7 Dec 2026, 09:00–11:00",
        ),
        (
            sittings((14, "09:00", 60, ROOM), (15, "22:00", 150, ROOM)),
            "slots.0.sittings.1.starts_at",
            "midnight",
        ),
        (
            sittings((14, "09:00", 60, ROOM), (15, "09:00", 60, "第九法庭")),
            "slots.0.sittings.1.courtroom",
            "第九法庭",
        ),
        (
            sittings((14, "09:00", 60, ROOM), (15, "09:00", 601, ROOM)),
            "slots.0.sittings.1.minutes",
            "600",
        ),
        (
            sittings((14, "09:00", 60, ROOM), (14 + 367, "09:00", 60, ROOM)),
            "slots.0.sittings.1.starts_at",
            "first sitting",
        ),
        (sittings(*[(14 + n, "09:00", 60, ROOM) for n in range(21)]), "slots.0.sittings", "20"),
        ({"sittings": []}, "slots.0.sittings", "at least one"),
        ({"sittings": None}, "slots.0.sittings", ""),
        ({**sittings(), "starts_at": at(14)}, "slots.0.starts_at", "their own"),
        ({"courtroom": ROOM}, "slots.0.starts_at", "day and the time"),
        (
            {"sittings": [{"starts_at": at(14), "minutes": 60}]},
            "slots.0.sittings.0.courtroom",
            "courtroom",
        ),
        (
            {"sittings": [{"starts_at": "2026-12-07T09:00:00", "minutes": 60, "courtroom": ROOM}]},
            "slots.0.sittings.0.starts_at",
            "",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    court: Scenario, slot: dict[str, Any], field: str, said: str
) -> None:
    errors = refused(court, slot, minutes=60)
    assert said in errors[field], errors


def test_the_length_may_be_left_out_only_where_each_sitting_has_one(court: Scenario) -> None:
    slot = sittings()
    del slot["sittings"][1]["minutes"]
    assert list(refused(court, slot)) == ["minutes"]
    assert list(refused(court, sittings(), {"starts_at": at(20), "courtroom": ROOM})) == ["minutes"]
    status, hearing = propose(court, slot, minutes=90)
    assert status == 201, hearing
    lengths = [each["minutes"] for each in hearing["slots"][0]["sittings"]]
    assert lengths == [480, 90, 180]


def test_a_closed_day_among_the_days_needs_a_reason(court: Scenario) -> None:
    saturday = sittings((18, "09:00", 60, ROOM), (19, "09:00", 60, ROOM))
    assert "2026-12-12" in str(refused(court, saturday))
    status, hearing = propose(court, saturday, override_reason="当事人一致同意周末开庭")
    assert status == 201, hearing


def test_twenty_sittings_that_touch_are_one_hearing(court: Scenario) -> None:
    begin = dt.datetime.fromisoformat(at(14, "09:00"))
    twenty = {
        "sittings": [
            {
                "starts_at": (begin + n * dt.timedelta(minutes=30)).isoformat(),
                "minutes": 30,
                "courtroom": ROOM,
            }
            for n in reversed(range(20))
        ]
    }
    status, hearing = propose(court, twenty)
    assert status == 201, hearing
    [slot] = hearing["slots"]
    assert len(slot["sittings"]) == 20
    assert (slot["starts_at"], slot["ends_at"]) == (at(14, "09:00"), at(14, "19:00"))


def test_the_same_set_twice_is_refused_in_any_order(court: Scenario) -> None:
    backwards = sittings(*reversed(THREE_DAYS))
    assert "slots.1.starts_at" in refused(court, sittings(), backwards)


def test_a_night_of_clock_change_is_refused_for_each_sitting(scenario: Scenario) -> None:
    with scenario.app.app_context(), transaction() as session:
        session.scalars(sa.select(Court)).one().zone = "Europe/London"
    scenario.api("POST", "/cases", CASE)
    zone = {"starts_at": "2027-03-27T09:00:00+00:00", "minutes": 60, "courtroom": ROOM}
    twice = {"starts_at": "2027-10-31T01:30:00+01:00", "minutes": 60, "courtroom": ROOM}
    never = {"starts_at": "2027-03-28T01:30:00+00:00", "minutes": 60, "courtroom": ROOM}
    ends = {"starts_at": "2027-10-31T00:30:00+01:00", "minutes": 60, "courtroom": ROOM}
    for other in (twice, never, ends):
        errors = refused(scenario, {"sittings": [zone, other]}, override_reason="x")
        assert "slots.0.sittings.1.starts_at" in errors
    across = {"starts_at": "2027-03-28T09:00:00+01:00", "minutes": 60, "courtroom": ROOM}
    status, hearing = propose(scenario, {"sittings": [zone, across]}, override_reason="x")
    assert status == 201, hearing
    assert [each["starts_at"] for each in hearing["slots"][0]["sittings"]] == [
        "2027-03-27T09:00:00+00:00",
        "2027-03-28T09:00:00+01:00",
    ]
