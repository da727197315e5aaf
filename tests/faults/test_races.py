"""Decisions about one hearing that meet: one after the other, none lost, no deadlock, one date."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.core.db import db
from app.hearings.models import Booking
from app.record import ledger
from tests.conftest import CASE, Scenario, at, case_with, proposal

pytestmark = pytest.mark.database

CHANGES = ("fixed", "moved", "cancelled", "withdrawn")


def all_at_once(*doings: Callable[[], Any]) -> list[Any]:
    """Do several things in threads that start together; return what each came to."""
    gate, came = threading.Barrier(len(doings)), [None] * len(doings)

    def run(n: int, doing: Callable[[], Any]) -> None:
        gate.wait()
        try:
            came[n] = doing()
        except Exception as fault:
            came[n] = fault  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=each) for each in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def answering(scenario: Scenario, to: str, word: str = "yes") -> Callable[[], int]:
    """A press on counsel's button, the page being open already."""
    link, browser = scenario.link(to), scenario.client
    page = browser.get(link).get_data(as_text=True)
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    form = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), word)
    return lambda: browser.post(link, data={**form, "nonce": nonce.group(1)}).status_code


def asking(
    scenario: Scenario, path: str, body: dict[str, Any], **headers: str
) -> Callable[[], Any]:
    """A call of the API."""
    scenario.token("wang@court.example")
    return lambda: scenario.api("POST", path, body, **headers)


def test_answers_orders_moves_and_cancels_that_meet_leave_one_truth(scenario: Scenario) -> None:
    for n in range(4):
        _, case = scenario.api("POST", "/cases", {**CASE, "number": f"（2026）沪0115民初{n}号"})
        day = 14 + 2 * n
        slots = ((at(day), "第三法庭"), (at(day + 1), "第五法庭"))
        _, made = scenario.api("POST", "/hearings", proposal(case["id"], *slots))
        scenario.beat()
        path = f"/hearings/{made['id']}"
        doings: list[Callable[[], Any]] = [
            answering(scenario, "+8613800138001"),
            answering(scenario, "zhao@jinmao.example"),
            asking(scenario, f"{path}/fix", {"slot_id": made["slots"][1]["id"], "reason": "order"}),
            asking(
                scenario,
                f"{path}/move",
                {"starts_at": at(day, "15:00"), "courtroom": "第五法庭", "reason": "move"},
            ),
            scenario.beat,
        ]
        if n % 2:
            doings.append(asking(scenario, f"{path}/cancel", {"reason": "ill"}))
        came = all_at_once(*doings)
        assert {came[0], came[1]} <= {303, 410}, came
        assert all(one[0] in (200, 422) for one in came[2:4] + came[5:]), came
        scenario.beat()
        said = scenario.api("GET", path)[1]
        assert said["state"] == ("cancelled" if n % 2 else "fixed")
        changes = [
            line["kind"]
            for line in scenario.record(made["id"])
            if line["what"] == "queued"
            and line["channel"] == "email"
            and line["side"] == "respondent"
            and line["kind"] in CHANGES
        ]
        assert len(changes) == said["revision"]
        with scenario.app.app_context():
            booked = db.session.query(Booking).filter_by(hearing_id=made["id"]).all()
            assert len(booked) == (0 if n % 2 else 4)
            assert ledger.verify(db.session(), case["id"]).intact


def test_a_repeated_key_that_meets_itself_makes_one_hearing(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    body = proposal(case["id"])
    twice = [asking(scenario, "/hearings", body, **{"Idempotency-Key": "k"}) for _ in range(4)]
    came = all_at_once(*twice)
    assert {status for status, _ in came} == {201}, came
    assert len({said["id"] for _, said in came}) == 1
    other = scenario.api("POST", "/hearings", {**body, "minutes": 60}, **{"Idempotency-Key": "k"})
    assert other[0] == 422
    admin = scenario.api(
        "POST", "/hearings", body, email="admin@court.example", **{"Idempotency-Key": "k"}
    )
    assert admin[0] == 409


def test_lapsing_and_the_last_answer_that_meet_end_in_one_of_both(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    _, made = scenario.api("POST", "/hearings", proposal(case["id"]))
    scenario.beat()
    assert answering(scenario, "+8613800138001")() == 303
    last = answering(scenario, "zhao@jinmao.example")
    scenario.wait(days=7, hours=7, minutes=59, seconds=59)
    came = all_at_once(last, lambda: (scenario.wait(seconds=2), scenario.beat()))
    assert came[0] in (303, 410)
    state = scenario.api("GET", f"/hearings/{made['id']}")[1]["state"]
    assert state == {303: "fixed", 410: "lapsed"}[came[0]]


def test_one_counsel_in_two_cases_is_held_by_one(scenario: Scenario) -> None:
    _, one = scenario.api("POST", "/cases", CASE)
    li = CASE["parties"][0]["counsel"][0]
    sun = {"name": "Sun Wei", "email": "sun@other.example", "language": "en"}
    _, two = scenario.api(
        "POST", "/cases", case_with("（2026）沪0115民初2号", li, sun, judge="另一法官")
    )
    came = all_at_once(
        asking(scenario, "/hearings", proposal(one["id"], (at(14), "第三法庭"))),
        asking(scenario, "/hearings", proposal(two["id"], (at(14, "10:00"), "第五法庭"))),
    )
    assert sorted(status for status, _ in came) == [201, 409], came
    refused = next(said for status, said in came if status == 409)
    assert "李敏" in refused["detail"]
