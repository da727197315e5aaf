"""Events of a court: one for each act, in order, and none that is skipped."""

import random
import threading
import time
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.db import db
from app.events.rules import EventType
from app.record.ledger import publish_event
from app.record.rules import Event
from tests.conftest import CASE, Scenario, at, proposal
from tests.counsel.test_answers import LI, ZHAO, answer, browser

pytestmark = pytest.mark.database


@pytest.fixture
def asked(scenario: Scenario) -> Scenario:
    """A case whose counsel were asked about two slots."""
    scenario.api("POST", "/cases", CASE)
    status, made = scenario.api("POST", "/hearings", proposal(1))
    assert status == 201, made
    scenario.beat()
    return scenario


def events(scenario: Scenario, after: int = 0, **more: Any) -> list[dict[str, Any]]:
    """Return the court's events behind a number."""
    query = "&".join(f"{name}={value}" for name, value in {"after": after, **more}.items())
    status, body = scenario.api("GET", f"/events?{query}")
    assert status == 200, body
    return body["events"]


def types(scenario: Scenario, after: int = 0) -> list[str]:
    """Return the types of the court's events behind a number."""
    return [each["type"] for each in events(scenario, after)]


def test_each_act_about_a_hearing_leaves_its_event(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    _, hearing = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert types(scenario) == ["hearing.proposed"]
    [proposed] = events(scenario)
    assert proposed["data"]["case_id"] == case["id"]
    assert proposed["data"]["hearing_id"] == hearing["id"]
    slot = hearing["slots"][0]["id"]
    scenario.api("POST", f"/hearings/{hearing['id']}/fix", {"slot_id": slot, "reason": "x"})
    move = {"starts_at": at(20), "courtroom": "第三法庭", "reason": "y"}
    status, moved = scenario.api("POST", f"/hearings/{hearing['id']}/move", move)
    assert status == 200, moved
    scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "z"})
    assert types(scenario, proposed["data"]["event"]) == [
        "hearing.fixed",
        "hearing.moved",
        "hearing.cancelled",
    ]
    _, contacts = scenario.api("GET", f"/cases/{case['id']}/contacts")
    last = events(scenario)[-1]["data"]["chain"]
    assert (last["number"], last["hash"]) == (contacts["lines"], contacts["chain"]["head"])


# Entries that no other system is told of, and why.
OF_MESSAGES = "a step of one message: the record of contact has it"
NOT_PUBLISHED = {
    Event.QUEUED: OF_MESSAGES,
    Event.STARTED: OF_MESSAGES,
    Event.ACCEPTED: OF_MESSAGES,
    Event.REFUSED: OF_MESSAGES,
    Event.DELIVERED: OF_MESSAGES,
    Event.FAILED: "another channel may follow: counsel.not_reached once none is left",
    Event.UNKNOWN: OF_MESSAGES,
    Event.WITHDRAWN: OF_MESSAGES,
    Event.MISSED: "as for failed",
    Event.STATUS: OF_MESSAGES,
    Event.CONTINUED: "a change of device is no act",
    Event.FETCHED: "a machine's visit",
    Event.CONFIRMED: "receipt of one message",
    Event.OBJECTED: "the request stays open, as without an answer",
    Event.ADDRESS_CONFIRMED: "nothing changed",
    Event.CONSENTED: "for the court alone",
    Event.CONSENT_WITHDRAWN: "for the court alone",
    Event.ADDRESS_REFUSED: "nothing changed",
    Event.SET_ASIDE: "for the court alone",
    Event.DISCLOSED: "the papers were filed before",
    Event.DECLARED: "within an exchange of evidence",
    Event.OPINION: "within an exchange of evidence",
    Event.DELEGATED: "between counsel and the court",
    Event.DELEGATION_ENDED: "between counsel and the court",
    Event.DELEGATION_REFUSED: "between counsel and the court",
    Event.RENEWED: "a key",
    Event.NOTED: "confidential",
    Event.REGISTERED: "a note by the court",
    Event.ABSENT: "part of hearing.outcome",
    Event.NOT_ABSENT: "part of hearing.outcome",
    Event.CALLED: "a contact by hand: the record of contact has it",
    Event.TOLD: "a contact by hand: the record of contact has it",
    Event.TASK: "work of the court's own people",
    Event.SKIPPED: "work of the court's own people",
    Event.ERASED: "retention",
    Event.CLOCK: "the wall-clock time stays",
    Event.RELEASED: "as for set aside: the papers were filed before",
    Event.BENCH_CHANGED: "the date stays: the hearing itself says who sits",
    Event.CANNOT_COME: "of somebody needed: the date stays until the court changes it",
}


def test_every_event_of_the_record_is_published_or_is_not_for_a_reason() -> None:
    published = {event for event in Event if event.traits.published}
    assert published.isdisjoint(NOT_PUBLISHED)
    assert published | set(NOT_PUBLISHED) == set(Event)


def test_every_type_of_event_has_a_source() -> None:
    by_entry = {each for event in Event for each in event.traits.published.values()}
    others = {each for each in EventType if each.startswith(("hearing.", "counsel."))}
    assert by_entry | others == set(EventType)


def test_answers_that_agree_are_told_before_the_date_that_they_fix(asked: Scenario) -> None:
    for to in (LI, ZHAO):
        assert answer(browser(asked), asked.link(to), "yes", "yes").status_code == 303
    assert types(asked) == ["hearing.proposed", "answer.given", "answer.given", "hearing.fixed"]
    given = events(asked, type="answer.given")
    assert len({each["data"]["counsel_id"] for each in given}) == 2
    assert [each["data"]["event"] for each in events(asked)] == [1, 2, 3, 4]


def test_pages_of_events_follow_each_other(asked: Scenario) -> None:
    asked.api("POST", "/hearings/1/cancel", {"reason": "z"})
    _, first = asked.api("GET", "/events?limit=1")
    assert (first["next"], first["last"], len(first["events"])) == (1, 1, 1)
    _, second = asked.api("GET", "/events?limit=1&after=1")
    assert (second["next"], second["last"], len(second["events"])) == (None, 2, 1)
    _, none = asked.api("GET", "/events?after=2")
    assert none == {"events": [], "next": None, "last": 2}


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=2147483648", "type=x", "limit=0"])
def test_a_query_that_makes_no_sense_is_refused(scenario: Scenario, query: str) -> None:
    assert scenario.api("GET", f"/events?{query}")[0] == 422


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_event_that_commits_late_comes_behind_those_that_were_read(scenario: Scenario) -> None:
    """Two transactions write; the one that wrote first commits last."""
    cases = [scenario.api("POST", "/cases", {**CASE, "number": n})[1]["id"] for n in ("A", "B")]

    def publish(session: Session, case_id: int) -> None:
        type_, now = EventType.HEARING_FIXED, scenario.clock.now()
        ids = {"hearing_id": 1}
        publish_event(session, type_, now, court_id=1, case_id=case_id, ids=ids)

    with scenario.app.app_context(), Session(db.engine) as late, Session(db.engine) as early:
        publish(late, cases[0])
        publish(early, cases[1])
        early.commit()
        assert [each["data"]["case_id"] for each in events(scenario)] == [cases[1]]
        late.commit()
    assert [each["data"]["case_id"] for each in events(scenario, after=1)] == [cases[0]]
    assert [each["data"]["event"] for each in events(scenario)] == [1, 2]


@pytest.mark.extended
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_reader_in_a_crowd_of_writers_misses_nothing(scenario: Scenario) -> None:
    cases = [scenario.api("POST", "/cases", {**CASE, "number": f"{n}"})[1]["id"] for n in range(8)]
    type_, now, each_writes = EventType.HEARING_FIXED, scenario.clock.now(), 40

    def write(case_id: int) -> None:
        with scenario.app.app_context(), Session(db.engine) as session:
            for n in range(each_writes):
                ids = {"hearing_id": n + 1}
                publish_event(session, type_, now, court_id=1, case_id=case_id, ids=ids)
                time.sleep(random.random() / 100)
                session.commit()

    writers = [threading.Thread(target=write, args=[case_id]) for case_id in cases]
    for writer in writers:
        writer.start()
    read: list[dict[str, Any]] = []
    while any(writer.is_alive() for writer in writers):
        read += events(scenario, after=read[-1]["data"]["event"] if read else 0, limit=50)
    while more := events(scenario, after=read[-1]["data"]["event"]):
        read += more
    assert [each["data"]["event"] for each in read] == list(range(1, len(read) + 1))
    for case_id in cases:
        own = [x["data"]["hearing_id"] for x in read if x["data"]["case_id"] == case_id]
        assert own == list(range(1, each_writes + 1))


def test_counsel_whom_nothing_reaches_are_told_of_once_and_again_when_reached(
    scenario: Scenario,
) -> None:
    case = {**CASE, "parties": [dict(party) for party in CASE["parties"]]}
    case["parties"][0]["counsel"] = [{"name": "李敏", "phone": "021-58880002"}]
    status, entered = scenario.api("POST", "/cases", case)
    assert status == 201, entered
    counsel = entered["parties"][0]["counsel"][0]["id"]
    for _ in range(2):
        status, hearing = scenario.api("POST", "/hearings", proposal(entered["id"]))
        assert status == 201, hearing
        scenario.beat()
        scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "z"})
    unreached = events(scenario, type="counsel.not_reached")
    assert [each["data"]["counsel_id"] for each in unreached] == [counsel]
    call = {
        "channel": "phone",
        "direction": "out",
        "at": at(0, "08:00"),
        "outcome": "spoke",
        "counsel_id": counsel,
        "note": "x",
    }
    status, logged = scenario.api("POST", f"/cases/{entered['id']}/contacts", call)
    assert status == 201, logged
    [again] = events(scenario, type="counsel.reached_again")
    assert again["data"]["counsel_id"] == counsel
