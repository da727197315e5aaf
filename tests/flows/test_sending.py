"""Sending, many at a time: in order, within bounds, over two carriers, and stopped in the middle."""

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.carriers import traffic_split
from app.carriers.base import CarrierLimit, OutgoingMessage, SendOutcome, SendStatus
from app.carriers.weights import RecentTries
from app.core.db import db, transaction
from app.notices import queue as notices
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Recipient, Subject
from app.record import ledger
from app.record.rules import NoticeState
from app.sending import claiming, dispatch, heartbeat, recovery
from app.sending.models import Worker
from app.worker import beat
from tests.conftest import CASE, Scenario, at, proposal

pytestmark = pytest.mark.database


class Spoken:
    """A carrier of texts that says what it is told to, and remembers what it was given."""

    channel = "sms"

    def __init__(self, name: str = "twilio") -> None:
        self.name, self.given = name, list[str]()
        self.say: Callable[[OutgoingMessage], SendOutcome] = self.accept

    def accept(self, message: OutgoingMessage) -> SendOutcome:
        """Take it."""
        return SendOutcome(SendStatus.ACCEPTED, self.name, f"SM{message.reference}", "queued")

    def send(
        self, messages: Sequence[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, SendOutcome]]:
        """Answer each."""
        for message in messages:
            self.given.append(message.reference)
            yield message, self.say(message)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


@pytest.fixture
def texts(scenario: Scenario) -> Spoken:
    """The house's texts, four calls at once."""
    spoken = Spoken()
    replace_services(
        scenario, sms=spoken, limits={"twilio": CarrierLimit(4), "twilio2": CarrierLimit(4)}
    )
    return spoken


def replace_services(scenario: Scenario, **external: Any) -> None:
    """Replace some external services of the app."""
    made = scenario.app.extensions["tingqi"]
    changed = dataclasses.replace(made.external, **external)
    scenario.app.extensions["tingqi"] = dataclasses.replace(made, external=changed)


def queue(scenario: Scenario, *kinds: str, people: int = 1, about: str = "hearing/1") -> list[int]:
    """Queue texts, of each kind one to each of so many people; return their numbers."""
    requests, now = [], scenario.clock.now()
    case_id = scenario.api("POST", "/cases", {**CASE, "number": f"Q-{about}"})[1]["id"]
    slot = (at(14 + case_id), "第三法庭")
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id, slot))
    assert status == 201, hearing
    with scenario.app.app_context(), transaction() as session:
        seats = session.scalars(
            sa.select(Notice).where(Notice.case_id == case_id, Notice.kind == "proposal")
        ).all()
        seat = seats[0]
        for each in seats:
            each.state = NoticeState.DELIVERED.value
        for turn, kind in enumerate(kinds):
            for n in range(people):
                person = Recipient(
                    "李敏",
                    "zh",
                    [("sms", f"+861380013{n:04}")],
                    side="claimant",
                    counsel_id=seat.counsel_id,
                )
                subject = Subject(seat.court_id, case_id, about, f"{case_id}.{n}.{turn}")
                stale_at = now + dt.timedelta(days=3)
                requests.append(
                    NoticeRequest(subject, NoticeKind(kind), person, seat.facts, now, stale_at)
                )
        return notices.queue(session, requests, now)


def states(scenario: Scenario, ids: list[int]) -> list[str]:
    """Where notices stand."""
    with scenario.app.app_context():
        db.session.remove()
        found = {row.id: row.state for row in db.session.query(Notice).where(Notice.id.in_(ids))}
    return [found[each] for each in ids]


def send(scenario: Scenario, **changed: Any) -> int:
    """Send the texts that are due."""
    with scenario.app.app_context():
        sender = dataclasses.replace(beat.sender_of(scenario.app), **changed)
        try:
            return dispatch.send_due(sender, ("sms",))
        finally:
            db.session.remove()


def test_what_one_person_is_told_about_one_hearing_keeps_its_order(
    scenario: Scenario, texts: Spoken
) -> None:
    ids = queue(scenario, "released", "reminder", "off_channel")

    def once_refused(message: OutgoingMessage) -> SendOutcome:
        texts.say = texts.accept
        return SendOutcome(SendStatus.TEMPORARY, "twilio")

    texts.say = once_refused
    assert send(scenario) == 1
    assert states(scenario, ids) == ["queued"] * 3
    scenario.wait(minutes=1)
    assert send(scenario) == 3
    assert texts.given == [f"n{ids[0]}.1", f"n{ids[0]}.2", f"n{ids[1]}.1", f"n{ids[2]}.1"]


def test_news_of_a_date_waits_for_nothing_that_it_makes_untrue(
    scenario: Scenario, texts: Spoken
) -> None:
    ids = queue(scenario, "reminder", "cancelled")
    texts.say = lambda message: SendOutcome(SendStatus.TEMPORARY, "twilio")
    with scenario.app.app_context(), transaction() as session:
        # It was refused before the hearing was cancelled, and waits for its next try.
        session.get_one(Notice, ids[0]).due_at += dt.timedelta(hours=1)
    texts.say = texts.accept
    send(scenario)
    assert states(scenario, ids) == ["queued", "sent"]
    scenario.wait(hours=1)
    send(scenario)
    assert states(scenario, ids) == ["withdrawn", "sent"]


def test_nobody_is_sent_more_than_a_few_messages_within_minutes(
    scenario: Scenario, texts: Spoken
) -> None:
    ids = queue(scenario, "off_channel", people=claiming.MOST_PER_PERSON + 3, about="")
    send(scenario)
    assert sorted(states(scenario, ids)) == ["queued"] * 3 + ["sent"] * claiming.MOST_PER_PERSON
    scenario.wait(minutes=11)
    send(scenario)
    assert set(states(scenario, ids)) == {"sent"}


def test_a_worker_that_is_to_end_finishes_calls_and_gives_back_what_it_did_not_begin(
    scenario: Scenario, texts: Spoken
) -> None:
    ids = queue(scenario, "off_channel", people=8, about="")
    replace_services(scenario, limits={"twilio": CarrierLimit(1)})
    stopping = threading.Event()

    def then_stop(message: OutgoingMessage) -> SendOutcome:
        stopping.set()
        return texts.accept(message)

    texts.say = then_stop
    send(scenario, stopping=stopping)
    done = len(texts.given)
    assert 0 < done < 8
    assert sorted(states(scenario, ids)) == ["queued"] * (8 - done) + ["sent"] * done
    texts.say = texts.accept
    send(scenario)
    assert len({each.partition(".")[0] for each in texts.given}) == len(texts.given) == 8
    with scenario.app.app_context():
        assert ledger.verify(db.session(), 1).intact
        said = [line.detail.get("why") for line in ledger.entries_of(db.session(), case_id=1)]
    assert said.count("the worker was stopped before it began with it") == 8 - done


def test_a_worker_that_stood_still_past_its_lease_sends_nothing_that_waited_in_it(
    scenario: Scenario, texts: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = queue(scenario, "off_channel", people=3, about="")
    replace_services(scenario, limits={"twilio": CarrierLimit(1)})
    awake, renewed, renew = threading.Event(), threading.Event(), dispatch.DispatchBatch._renew

    def once_awake(round_: dispatch.DispatchBatch) -> None:
        assert awake.wait(120)  # no thread of a process that stands still goes on
        renew(round_)
        renewed.set()

    monkeypatch.setattr(dispatch.DispatchBatch, "_renew", once_awake)

    def frozen_meanwhile(message: OutgoingMessage) -> SendOutcome:
        texts.say = texts.accept
        scenario.wait(minutes=10)
        with scenario.app.app_context():
            other = dataclasses.replace(beat.sender_of(scenario.app), name="another worker")
            assert recovery.settle_lost_attempts(other) == 3
            db.session.remove()
        awake.set()
        assert renewed.wait(120)  # the thread that renews leases is the first to go on
        return texts.accept(message)

    texts.say = frozen_meanwhile
    send(scenario)
    assert texts.given == [f"n{ids[0]}.1"]
    assert states(scenario, ids) == ["sent", "queued", "queued"]
    scenario.wait(minutes=1)
    send(scenario)
    assert texts.given[1:] == [f"n{ids[1]}.2", f"n{ids[2]}.2"]


def test_of_two_workers_who_see_the_same_silence_one_asks_the_carrier(
    scenario: Scenario, texts: Spoken
) -> None:
    ids = queue(scenario, "off_channel", people=2, about="")
    now = scenario.clock.now()
    with scenario.app.app_context(), transaction() as session:
        of_dead = {
            "state": "sending",
            "tries": 1,
            "claimed_by": "a worker that died",
            "carrier": "twilio",
            "tried_at": now,
            "lease_until": now,
        }
        session.execute(sa.update(Notice).where(Notice.id.in_(ids)).values(of_dead))
    scenario.wait(minutes=1)
    asked: list[str] = []

    def while_another_looks(message: OutgoingMessage, _since: dt.datetime) -> None:
        asked.append(message.reference)
        with scenario.app.app_context():
            other = dataclasses.replace(beat.sender_of(scenario.app), name="another worker")
            assert recovery.settle_lost_attempts(other) == 0
            db.session.remove()

    texts.find = while_another_looks  # type: ignore[attr-defined]
    with scenario.app.app_context():
        assert recovery.settle_lost_attempts(beat.sender_of(scenario.app)) == 2
        db.session.remove()
    assert sorted(asked) == [f"n{each}.1" for each in ids]
    assert states(scenario, ids) == ["sending"] * 2  # a carrier that did not answer is asked again


def test_trouble_with_one_carrier_moves_weight_to_the_other_and_doubt_is_never_sent_twice(
    scenario: Scenario, texts: Spoken
) -> None:
    second = Spoken("twilio2")
    replace_services(scenario, second_sms=second)
    ids = queue(scenario, "off_channel", people=20, about="") + queue(
        scenario, "off_channel", people=20, about="case/2"
    )
    with scenario.app.app_context(), transaction() as session:
        for n, notice in enumerate(session.scalars(sa.select(Notice).where(Notice.id.in_(ids)))):
            notice.counsel_id = None if n % 2 else notice.counsel_id
            notice.about = ""
    texts.say = lambda message: SendOutcome(SendStatus.UNKNOWN, "twilio")
    send(scenario)
    assert len(texts.given) + len(second.given) == 40
    assert not {each.split(".")[0] for each in texts.given} & {
        each.split(".")[0] for each in second.given
    }
    with scenario.app.app_context():
        shares = {each.name: each.weight for each in traffic_split.all_weights(db.session())}
    assert shares == {"twilio": 40, "twilio2": 60}
    metrics = scenario.client.get("/metrics").get_data(as_text=True)
    assert 'tingqi_carrier_weight{carrier="twilio"} 40' in metrics
    assert "40 %" in scenario.sign_in().get("/?lang=en").get_data(as_text=True)
    scenario.wait(hours=1)
    scenario.beat()
    with scenario.app.app_context():
        assert {each.weight for each in traffic_split.all_weights(db.session())} == {50}


def test_two_workers_that_see_the_same_trouble_move_one_step(scenario: Scenario) -> None:
    tries = {"twilio": RecentTries(20, failed=20), "twilio2": RecentTries(20)}
    with scenario.app.app_context():
        for _ in range(2):
            with transaction() as session:
                traffic_split.move_away(session, list(tries), tries, scenario.clock.now())
        assert [each.weight for each in traffic_split.all_weights(db.session())] == [40, 60]


def test_workers_have_names_of_their_own_and_are_forgotten_after_a_day(scenario: Scenario) -> None:
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        heartbeat.beat(session, "another:1:aa", scenario.clock.now())
    scenario.wait(hours=25)
    scenario.beat()
    with scenario.app.app_context():
        [name] = db.session.scalars(sa.select(Worker.name)).all()
        assert name == beat.sender_of(scenario.app).name
