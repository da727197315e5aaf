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
from app.notices import service
from app.notices.models import Notice
from app.record import ledger
from app.record.rules import NoticeState
from app.sending import claiming, dispatch, heartbeat, recovery
from app.sending.models import Worker
from app.worker import beat
from tests.conftest import CASE, House, at, proposal


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
def texts(house: House) -> Spoken:
    """The house's texts, four calls at once."""
    spoken = Spoken()
    furnish(house, sms=spoken, limits={"twilio": CarrierLimit(4), "twilio2": CarrierLimit(4)})
    return spoken


def furnish(house: House, **gateways: Any) -> None:
    """Give the house other gateways."""
    made = house.app.extensions["tingqi"]
    changed = dataclasses.replace(made.gateways, **gateways)
    house.app.extensions["tingqi"] = dataclasses.replace(made, gateways=changed)


def queue(house: House, *kinds: str, people: int = 1, about: str = "hearing/1") -> list[int]:
    """Queue texts, of each kind one to each of so many people; return their numbers."""
    made = []
    case_id = house.api("POST", "/cases", {**CASE, "number": f"Q-{about}"})[1]["id"]
    slot = (at(14 + case_id), "第三法庭")
    status, hearing = house.api("POST", "/hearings", proposal(case_id, slot))
    assert status == 201, hearing
    with house.app.app_context(), transaction() as session:
        seats = session.scalars(
            sa.select(Notice).where(Notice.case_id == case_id, Notice.kind == "proposal")
        ).all()
        seat = seats[0]
        for each in seats:
            each.state = NoticeState.DELIVERED.value
        for turn, kind in enumerate(kinds):
            for n in range(people):
                person = service.Recipient(
                    "李敏",
                    "zh",
                    [("sms", f"+861380013{n:04}")],
                    side="claimant",
                    counsel_id=seat.counsel_id,
                )
                matter = service.Matter(seat.court_id, case_id, about, f"{case_id}.{n}.{turn}")
                now = house.clock.now()
                made += service.queue(
                    session,
                    matter,
                    kind,
                    person,
                    seat.facts,
                    due_at=now,
                    stale_at=now + dt.timedelta(days=3),
                    now=now,
                )
        return [notice.id for notice in made]


def states(house: House, ids: list[int]) -> list[str]:
    """Where notices stand."""
    with house.app.app_context():
        db.session.remove()
        found = {row.id: row.state for row in db.session.query(Notice).where(Notice.id.in_(ids))}
    return [found[each] for each in ids]


def send(house: House, **changed: Any) -> int:
    """Send the texts that are due."""
    with house.app.app_context():
        sender = dataclasses.replace(beat.sender_of(house.app), **changed)
        try:
            return dispatch.send_due(sender, ("sms",))
        finally:
            db.session.remove()


def test_what_one_person_is_told_about_one_hearing_keeps_its_order(
    house: House, texts: Spoken
) -> None:
    ids = queue(house, "released", "reminder", "off_channel")

    def once_refused(message: OutgoingMessage) -> SendOutcome:
        texts.say = texts.accept
        return SendOutcome(SendStatus.TEMPORARY, "twilio")

    texts.say = once_refused
    assert send(house) == 1
    assert states(house, ids) == ["queued"] * 3
    house.wait(minutes=1)
    assert send(house) == 3
    assert texts.given == [f"n{ids[0]}.1", f"n{ids[0]}.2", f"n{ids[1]}.1", f"n{ids[2]}.1"]


def test_news_of_a_date_waits_for_nothing_that_it_makes_untrue(house: House, texts: Spoken) -> None:
    ids = queue(house, "reminder", "cancelled")
    texts.say = lambda message: SendOutcome(SendStatus.TEMPORARY, "twilio")
    with house.app.app_context(), transaction() as session:
        # It was refused before the hearing was cancelled, and waits for its next try.
        session.get_one(Notice, ids[0]).due_at += dt.timedelta(hours=1)
    texts.say = texts.accept
    send(house)
    assert states(house, ids) == ["queued", "sent"]
    house.wait(hours=1)
    send(house)
    assert states(house, ids) == ["withdrawn", "sent"]


def test_nobody_is_sent_more_than_a_few_messages_within_minutes(
    house: House, texts: Spoken
) -> None:
    ids = queue(house, "off_channel", people=claiming.MOST_PER_PERSON + 3, about="")
    send(house)
    assert sorted(states(house, ids)) == ["queued"] * 3 + ["sent"] * claiming.MOST_PER_PERSON
    house.wait(minutes=11)
    send(house)
    assert set(states(house, ids)) == {"sent"}


def test_a_worker_that_is_to_end_finishes_calls_and_gives_back_what_it_did_not_begin(
    house: House, texts: Spoken
) -> None:
    ids = queue(house, "off_channel", people=8, about="")
    furnish(house, limits={"twilio": CarrierLimit(1)})
    stopping = threading.Event()

    def then_stop(message: OutgoingMessage) -> SendOutcome:
        stopping.set()
        return texts.accept(message)

    texts.say = then_stop
    send(house, stopping=stopping)
    done = len(texts.given)
    assert 0 < done < 8
    assert sorted(states(house, ids)) == ["queued"] * (8 - done) + ["sent"] * done
    texts.say = texts.accept
    send(house)
    assert len({each.partition(".")[0] for each in texts.given}) == len(texts.given) == 8
    with house.app.app_context():
        assert ledger.verify(db.session(), 1).whole
        said = [line.detail.get("why") for line in ledger.lines_of(db.session(), case_id=1)]
    assert said.count("the worker was stopped before it began with it") == 8 - done


def test_a_worker_that_stood_still_past_its_lease_sends_nothing_that_waited_in_it(
    house: House, texts: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = queue(house, "off_channel", people=3, about="")
    furnish(house, limits={"twilio": CarrierLimit(1)})
    awake, renew = threading.Event(), dispatch.DispatchBatch._renew

    def once_awake(round_: dispatch.DispatchBatch) -> None:
        assert awake.wait(120)  # no thread of a process that stands still goes on
        renew(round_)

    monkeypatch.setattr(dispatch.DispatchBatch, "_renew", once_awake)

    def frozen_meanwhile(message: OutgoingMessage) -> SendOutcome:
        texts.say = texts.accept
        house.wait(minutes=10)
        with house.app.app_context():
            other = dataclasses.replace(beat.sender_of(house.app), name="another worker")
            assert recovery.settle_lost_attempts(other) == 3
            db.session.remove()
        awake.set()
        return texts.accept(message)

    texts.say = frozen_meanwhile
    send(house)
    assert texts.given == [f"n{ids[0]}.1"]
    assert states(house, ids) == ["sent", "queued", "queued"]
    house.wait(minutes=1)
    send(house)
    assert texts.given[1:] == [f"n{ids[1]}.2", f"n{ids[2]}.2"]


def test_of_two_workers_who_see_the_same_silence_one_asks_the_carrier(
    house: House, texts: Spoken
) -> None:
    ids = queue(house, "off_channel", people=2, about="")
    now = house.clock.now()
    with house.app.app_context(), transaction() as session:
        of_dead = {
            "state": "sending",
            "tries": 1,
            "claimed_by": "a worker that died",
            "carrier": "twilio",
            "tried_at": now,
            "lease_until": now,
        }
        session.execute(sa.update(Notice).where(Notice.id.in_(ids)).values(of_dead))
    house.wait(minutes=1)
    asked: list[str] = []

    def while_another_looks(message: OutgoingMessage, _since: dt.datetime) -> None:
        asked.append(message.reference)
        with house.app.app_context():
            other = dataclasses.replace(beat.sender_of(house.app), name="another worker")
            assert recovery.settle_lost_attempts(other) == 0
            db.session.remove()

    texts.find = while_another_looks  # type: ignore[attr-defined]
    with house.app.app_context():
        assert recovery.settle_lost_attempts(beat.sender_of(house.app)) == 2
        db.session.remove()
    assert sorted(asked) == [f"n{each}.1" for each in ids]
    assert states(house, ids) == ["sending"] * 2  # a carrier that did not answer is asked again


def test_trouble_with_one_carrier_moves_weight_to_the_other_and_doubt_is_never_sent_twice(
    house: House, texts: Spoken
) -> None:
    second = Spoken("twilio2")
    furnish(house, second_sms=second)
    ids = queue(house, "off_channel", people=20, about="") + queue(
        house, "off_channel", people=20, about="case/2"
    )
    with house.app.app_context(), transaction() as session:
        for n, notice in enumerate(session.scalars(sa.select(Notice).where(Notice.id.in_(ids)))):
            notice.counsel_id = None if n % 2 else notice.counsel_id
            notice.about = ""
    texts.say = lambda message: SendOutcome(SendStatus.UNKNOWN, "twilio")
    send(house)
    assert len(texts.given) + len(second.given) == 40
    assert not {each.split(".")[0] for each in texts.given} & {
        each.split(".")[0] for each in second.given
    }
    with house.app.app_context():
        shares = {each.name: each.weight for each in traffic_split.told(db.session())}
    assert shares == {"twilio": 40, "twilio2": 60}
    metrics = house.client.get("/metrics").get_data(as_text=True)
    assert 'tingqi_carrier_weight{carrier="twilio"} 40' in metrics
    assert "40 %" in house.sign_in().get("/?lang=en").get_data(as_text=True)
    house.wait(hours=1)
    house.beat()
    with house.app.app_context():
        assert {each.weight for each in traffic_split.told(db.session())} == {50}


def test_two_workers_that_see_the_same_trouble_move_one_step(house: House) -> None:
    tries = {"twilio": RecentTries(20, failed=20), "twilio2": RecentTries(20)}
    with house.app.app_context():
        for _ in range(2):
            with transaction() as session:
                traffic_split.move_away(session, list(tries), tries, house.clock.now())
        assert [each.weight for each in traffic_split.told(db.session())] == [40, 60]


def test_workers_have_names_of_their_own_and_are_forgotten_after_a_day(house: House) -> None:
    house.beat()
    with house.app.app_context(), transaction() as session:
        heartbeat.beat(session, "another:1:aa", house.clock.now())
    house.wait(hours=25)
    house.beat()
    with house.app.app_context():
        [name] = db.session.scalars(sa.select(Worker.name)).all()
        assert name == beat.sender_of(house.app).name
