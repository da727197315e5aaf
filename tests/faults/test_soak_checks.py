"""The checks of the soak find what they are there for: each corrupted fact is reported."""

import copy
import datetime as dt
import types
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import pytest

from app.core.db import db
from app.core.runtime.clock import SetClock
from tests.conftest import Scenario, at, case_with, proposal
from tests.soak import facts
from tests.soak.carriers import Asked
from tests.soak.checks import CHECKS, wrong
from tests.soak.checks_sent import said_otherwise
from tests.soak.facts import Facts
from tests.soak.people import ClientLog, ClientResponse
from tests.soak.plan import plan

LATER = dt.timedelta(hours=1)


def _counsel(n: int) -> dict[str, Any]:
    return {"name": f"代理人{n}", "email": f"c{n}@firm.example", "channels": ["email"]}


def _life(scenario: Scenario) -> Facts:
    """One hearing that is fixed, one that is cancelled, one that is asked; all told."""
    client_log, made = ClientLog(), []
    for n, day in enumerate((14, 15, 16)):
        body = case_with(f"（2026）沪0115民初{n}号", _counsel(2 * n), _counsel(2 * n + 1))
        _, case = scenario.api("POST", "/cases", body)
        status, hearing = scenario.api(
            "POST", "/hearings", proposal(case["id"], (at(day), "第三法庭"))
        )
        assert status == 201, hearing
        client_log.proposed[n] = hearing["id"]
        made.append(hearing)
    scenario.beat()
    for n in (0, 1):
        _answer(scenario, f"c{n}@firm.example")
    scenario.api("POST", f"/hearings/{made[1]['id']}/cancel", {"reason": "撤诉"})
    client_log.cancelled.add(made[1]["id"])
    client_log.revisions.append((made[0]["id"], 0, 1))
    client_log.answers.append(ClientResponse("POST /r/…", 200))
    scenario.wait(minutes=1)
    scenario.beat()
    asked = [
        Asked(letter.reference, letter.channel, parseaddr(letter.to)[1], "well", True)
        for letter in scenario.letters()
    ]
    with scenario.app.app_context():
        db.session.remove()
        return facts.read(db.session(), 1, asked, client_log)


def _answer(scenario: Scenario, email: str) -> None:
    import re

    path, browser = scenario.link(email), scenario.client
    page = browser.get(path).get_data(as_text=True)
    form = dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), "yes")
    nonce = re.search(r'name="nonce"[^>]*value="([^"]+)"', page)
    assert nonce
    assert browser.post(path, data={**form, "comment": "", "nonce": nonce[1]}).status_code == 303


def _hearing(found: Facts, state: str) -> dict[str, Any]:
    return next(each for each in found.hearings if each["state"] == state)


def _line(found: Facts, what: str) -> dict[str, Any]:
    return next(each for each in found.lines if each["what"] == what)


def _notice(found: Facts, **wanted: str) -> dict[str, Any]:
    return next(
        each for each in found.notices if all(each[name] == wanted[name] for name in wanted)
    )


def _set(row: dict[str, Any], **values: Any) -> None:
    row.update(values)


Corruption = Callable[[Facts], Any]
CORRUPTIONS: list[tuple[str, Corruption]] = [
    ("overlapping", lambda f: f.bookings.append({**f.bookings[0], "id": 99, "hearing_id": 3})),
    ("bookings_beside_the_state", lambda f: f.bookings.pop()),
    (
        "bookings_beside_the_state",
        lambda f: f.bookings.append(
            {**f.bookings[0], "hearing_id": _hearing(f, "cancelled")["id"], "resource": 999}
        ),
    ),
    ("in_two_states", lambda f: _set(_hearing(f, "fixed"), state="proposed")),
    ("in_two_states", lambda f: _set(_hearing(f, "fixed"), starts_at=None)),
    ("in_two_states", lambda f: _set(_hearing(f, "fixed"), planned_revision=0)),
    ("answers_to_nothing", lambda f: f.answers.pop()),
    ("answers_to_nothing", lambda f: f.lines.remove(_line(f, "answered"))),
    ("out_of_order", lambda f: f.lines.pop(1)),
    ("out_of_order", lambda f: _set(f.lines[1], at=f.lines[0]["at"] - LATER)),
    ("unverified", lambda f: setattr(f, "verified", (1, "NOT WHOLE"))),
    ("promises_broken", lambda f: f.client_log.proposed.update({7: 77})),
    ("promises_broken", lambda f: f.client_log.proposed.pop(0)),
    ("promises_broken", lambda f: f.client_log.cancelled.add(_hearing(f, "fixed")["id"])),
    ("promises_broken", lambda f: f.client_log.revisions.append((1, 5, 2))),
    ("answered_badly", lambda f: f.client_log.answers.append(ClientResponse("GET /", 500))),
    ("answered_badly", lambda f: f.client_log.answers.append(ClientResponse("GET /", 503))),
    (
        "answered_badly",
        lambda f: f.client_log.answers.append(ClientResponse("GET /", 422, "", False)),
    ),
    (
        "answered_badly",
        lambda f: f.client_log.answers.append(ClientResponse("POST /x forged", 204)),
    ),
    ("complained", lambda f: f.logs.update(worker="Traceback (most recent call last)")),
    ("received_twice", lambda f: f.asked.append(f.asked[0])),
    ("received_without_a_line", lambda f: f.lines.remove(_line(f, "started"))),
    (
        "received_without_a_line",
        lambda f: f.asked.append(Asked("n1.1", "email", "x@x.example", "well", True)),
    ),
    ("said_otherwise", lambda f: f.asked.pop()),
    ("said_otherwise", lambda f: _set(_line(f, "accepted"), what="failed")),
    ("said_otherwise", lambda f: _set(_line(f, "accepted"), what="unknown")),
    ("left_hanging", lambda f: f.lines.remove(_line(f, "accepted"))),
    ("left_hanging", lambda f: _set(_notice(f, state="sent"), state="sending")),
    ("state_beside_the_lines", lambda f: _set(_notice(f, state="sent"), state="failed")),
    ("sent_and_never_received", lambda f: f.asked.clear()),
    ("sent_and_never_received", lambda f: _set(_notice(f, state="sent"), channel="sms")),
    ("sent_twice", lambda f: _set(_notice(f, state="sent", kind="proposal"), tries=2)),
    ("lost_in_silence", lambda f: f.notices.remove(_notice(f, kind="fixed"))),
    ("lost_in_silence", lambda f: f.notices.remove(_notice(f, kind="withdrawn"))),
    ("untrue_in_the_queue", lambda f: f.notices.append(dict(f.notices[0]))),
    ("untrue_in_the_queue", lambda f: _set(_hearing(f, "fixed"), revision=9)),
    (
        "receipts_without_a_notice",
        lambda f: f.receipts.append({"id": 1, "carrier_id": "SM1", "notice_id": None}),
    ),
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whole_facts_are_well_and_each_corruption_is_found(scenario: Scenario) -> None:
    assert isinstance(scenario.clock, SetClock)
    whole = _life(scenario)
    assert wrong(whole) == []
    for check, corrupt in CORRUPTIONS:
        found = copy.copy(whole)
        for name in ("hearings", "answers", "bookings", "notices", "lines", "receipts"):
            setattr(found, name, copy.deepcopy(getattr(whole, name)))
        found.asked, found.logs = list(whole.asked), {}
        found.client_log = ClientLog(
            answers=list(whole.client_log.answers),
            proposed=dict(whole.client_log.proposed),
            cancelled=set(whole.client_log.cancelled),
            revisions=list(whole.client_log.revisions),
        )
        corrupt(found)
        assert any(said.startswith(f"{check}:") for said in wrong(found)), check
    assert {check for check, _ in CORRUPTIONS} == {check.__name__ for check in CHECKS}


def test_a_refusal_of_what_was_taken_stands_only_where_a_frozen_worker_woke_after_it() -> None:
    def line(seq: int, what: str, **detail: str) -> dict[str, Any]:
        return {
            "seq": seq,
            "what": what,
            "attempt": "n5.1",
            "notice_id": 5,
            "direction": "out",
            "channel": "sms",
            "detail": detail,
        }

    silent, none = line(2, "unknown", worker="vm:7:x"), line(3, "refused", status="not_found")
    woke = line(4, "accepted")

    def said(*lines: dict[str, Any], frozen: int = 7) -> list[str]:
        taken = [Asked("n5.1", "sms", "+8613800138002", "well", True, "SM1")]
        facts = types.SimpleNamespace(
            lines=[line(1, "started"), *lines], asked=taken, killed={frozen}, troubled=True
        )
        return list(said_otherwise(facts))  # type: ignore[arg-type]

    assert said(silent, none, woke) == []
    assert said(silent, none) != []
    assert said(none, woke) != []
    assert said(silent, line(3, "refused", status="failed"), woke) != []
    assert said(silent, none, woke, frozen=8) != []


def test_a_seed_is_always_the_same_plan_and_another_seed_another() -> None:
    first, again, other = (plan(seed, 20, "sqlite", (1, 2)) for seed in (1, 1, 2))
    assert first == again
    assert first.rounds != other.rounds
