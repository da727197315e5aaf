"""The clock jumps, sleeps through an hour, or lives it twice: nothing is doubled, lost or early."""

import dataclasses
import datetime as dt
import threading
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app.carriers.base import OutgoingMessage, SendOutcome
from app.core.db import db, transaction
from app.core.runtime.clock import SystemClock
from app.court.models import Court
from app.notices.models import Notice
from app.record import ledger
from app.record.models import Entry
from app.sending import recovery
from app.worker import beat
from app.worker import jobs as running
from tests.conftest import CASE, Scenario, proposal
from tests.flows.test_sending import Spoken, queue, replace_services, send, states

pytestmark = pytest.mark.database

HOUR = dt.timedelta(hours=1)
# A hearing, in its court's zone, whose reminders' days hold something that days seldom hold.
NIGHTS = {
    "Berlin goes forward": ("Europe/Berlin", "2027-03-29T09:30", "02:30"),
    "New York goes back": ("America/New_York", "2027-11-08T09:30", "01:30"),
    "Lord Howe goes forward": ("Australia/Lord_Howe", "2027-10-04T09:30", "02:15"),
    "a leap day": ("Europe/Berlin", "2028-03-01T09:30", "09:00"),
}


@pytest.fixture
def texts(scenario: Scenario) -> Spoken:
    """The house's texts."""
    spoken = Spoken()
    replace_services(scenario, sms=spoken)
    return spoken


def in_order(scenario: Scenario) -> None:
    """Every chain is whole, and no line is earlier than the one before it."""
    with scenario.app.app_context():
        db.session.remove()
        lines = db.session.scalars(sa.select(Entry).order_by(Entry.case_id, Entry.seq)).all()
        for first, second in pairwise(lines):
            assert first.case_id != second.case_id or first.at <= second.at
        for case_id in {line.case_id for line in lines}:
            assert ledger.verify(db.session(), case_id).intact


def own_up(scenario: Scenario) -> int:
    """Let another worker look for those that fell silent."""
    with scenario.app.app_context():
        try:
            return recovery.settle_lost_attempts(beat.sender_of(scenario.app))
        finally:
            db.session.remove()


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
def test_a_jump_while_texts_are_under_way_sends_none_twice(
    scenario: Scenario, texts: Spoken, jump: dt.timedelta
) -> None:
    ids = queue(scenario, "off_channel", people=5, about="")

    def jumping(message: OutgoingMessage) -> SendOutcome:
        texts.say = texts.accept
        scenario.clock.advance(jump)
        own_up(scenario)  # another worker sees leases that seem to be over, or to last for ever
        return texts.accept(message)

    texts.say = jumping
    for _ in range(3):
        send(scenario)
        scenario.wait(minutes=1)
    assert sorted(int(each[1:].partition(".")[0]) for each in texts.given) == ids
    assert set(states(scenario, ids)) == {"sent"}
    in_order(scenario)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
def test_what_is_due_goes_after_a_jump_and_what_a_dead_worker_held_is_owned_up_to(
    scenario: Scenario, texts: Spoken, jump: dt.timedelta
) -> None:
    ids = queue(scenario, "off_channel", people=3, about="")
    with scenario.app.app_context(), transaction() as session:
        held = session.get_one(Notice, ids[0])
        held.state, held.tries, held.claimed_by = "sending", 1, "a worker that died"
        held.tried_at, held.lease_until = scenario.clock.now(), scenario.clock.now() + HOUR / 20
        held.carrier = "twilio"
    scenario.clock.advance(jump)
    if jump < -HOUR / 2:
        scenario.wait(minutes=1)
    own_up(scenario)
    send(scenario)
    scenario.wait(minutes=64)  # the hour that was lived twice, and the lease
    own_up(scenario)
    send(scenario)
    scenario.wait(minutes=30)
    own_up(scenario)
    assert states(scenario, ids)[0] == "unknown"
    scenario.clock.advance(abs(jump))
    send(scenario)
    assert states(scenario, ids)[1:] == ["sent", "sent"]
    assert sorted(texts.given) == [f"n{each}.1" for each in ids[1:]]
    in_order(scenario)


def hearing_at(scenario: Scenario, zone: str, local: str, reminder_at: str) -> dt.datetime:
    """Fix a hearing of a court that lives in a zone; return when it begins."""
    starts_at = dt.datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    scenario.clock.set(starts_at - dt.timedelta(days=12))
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        court.zone, court.reminder_at = zone, reminder_at
        court.quiet_from = court.quiet_until = "00:00"
    _, case = scenario.api("POST", "/cases", CASE)
    offset = (starts_at.isoformat(), "第三法庭")
    until = (starts_at - dt.timedelta(days=9)).isoformat()
    status, made = scenario.api("POST", "/hearings", proposal(case["id"], offset, answer_by=until))
    assert status == 201, made
    status, fixed = scenario.api(
        "POST",
        f"/hearings/{made['id']}/fix",
        {"slot_id": made["slots"][0]["id"], "reason": "so ordered"},
    )
    assert status in (200, 201), fixed
    return starts_at


def reminded(scenario: Scenario) -> list[Any]:
    """The reminders that there are."""
    with scenario.app.app_context():
        db.session.remove()
        wanted = sa.select(Notice).where(Notice.kind.startswith("reminder")).order_by(Notice.id)
        return list(db.session.scalars(wanted))


@pytest.mark.parametrize("night", NIGHTS)
def test_each_reminder_goes_once_on_the_day_that_it_names(scenario: Scenario, night: str) -> None:
    starts_at = hearing_at(scenario, *NIGHTS[night])
    zone, went = starts_at.tzinfo, dict[int, list[dt.date]]()
    scenario.beat()
    for _ in range(12 * 2):  # a look every twelve hours of real time
        scenario.wait(hours=12)
        scenario.beat()
    each = reminded(scenario)
    assert each
    for notice in each:
        went.setdefault(notice.facts["days"], []).append(notice.tried_at.astimezone(zone).date())
        assert (notice.state, notice.tries) == ("sent", 1)
    assert {
        days: {(starts_at.date() - on).days for on in dates} for days, dates in went.items()
    } == {
        7: {7},
        3: {3},
        1: {1},
    }
    in_order(scenario)


def test_reminders_that_a_jump_passes_over_are_missed_on_the_record(scenario: Scenario) -> None:
    starts_at = hearing_at(scenario, *NIGHTS["a leap day"])
    scenario.beat()
    scenario.clock.set(starts_at - HOUR)
    scenario.beat()
    scenario.clock.set(starts_at - dt.timedelta(days=8))
    scenario.beat()
    each = reminded(scenario)
    assert each
    assert {notice.state for notice in each} == {"missed"}
    in_order(scenario)


class Wall(SystemClock):
    """The machine's clock, which somebody sets back."""

    behind = dt.timedelta()

    def now(self) -> dt.datetime:
        """What it shows."""
        return super().now() - self.behind


def test_a_workers_jobs_take_their_turns_although_the_clock_goes_back(
    scenario: Scenario, texts: Spoken
) -> None:
    made = scenario.app.extensions["tingqi"]
    quick = dataclasses.replace(made.settings, beat_seconds=0.02)
    scenario.app.extensions["tingqi"] = dataclasses.replace(made, settings=quick)
    sent = threading.Semaphore(0)

    def told(message: OutgoingMessage) -> SendOutcome:
        scenario.clock.advance(-HOUR)
        sent.release()
        return texts.accept(message)

    texts.say = told
    ids = queue(scenario, "off_channel", people=2, about="")
    with scenario.app.app_context(), transaction() as session:
        session.get_one(Notice, ids[1]).due_at += HOUR / 2
    wall = Wall()
    jobs = running.WorkerJobs(scenario.app, wall)
    try:
        assert sent.acquire(timeout=30)
        for job in jobs.scheduler.get_jobs():  # as far away as they are once the clock is back
            job.modify(next_run_time=wall.now() + HOUR)
        wall.behind = HOUR
        scenario.wait(hours=2)
        assert sent.acquire(timeout=30)
    finally:
        jobs.stop()
    assert texts.given == [f"n{each}.1" for each in ids]
    in_order(scenario)


def test_turns_that_a_jump_passes_over_are_one(scenario: Scenario) -> None:
    jobs = running.WorkerJobs(scenario.app)
    try:
        triggers = [job.trigger for job in jobs.scheduler.get_jobs()]
    finally:
        jobs.stop()
    due = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    for trigger in triggers:
        every = trigger.interval
        assert trigger.get_next_fire_time(due, due) == due + every
        assert trigger.get_next_fire_time(due, due + every / 2) == due + every
        for now in (due + every, due + HOUR, scenario.clock.now()):
            # APScheduler asks for turns until one is yet to come.
            assert trigger.get_next_fire_time(due, now) == now + every
