"""Telling, over real SMTP and Twilio's SDK: refused for now, for ever, in doubt; nothing lost or doubled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.carriers.registry import CarrierSettings, Installation, build
from app.carriers.smtp.plugin import SmtpSettings
from app.carriers.smtp.standin import SmtpStandIn
from app.carriers.twilio.standin import TwilioStandIn
from app.cases import service as cases
from app.cases.forms import CaseIn
from app.core.db import db, transaction
from app.core.forms import load
from app.core.runtime.clock import SetClock
from app.hearings import queries
from app.hearings import service as hearings
from app.hearings.forms import HearingIn
from app.notices.models import Notice
from app.people import service as people
from app.record import ledger
from app.sending.models import Worker
from tests.conftest import CASE, NOW, SECRET, Scenario, make_court, make_scenario, proposal

SID, TOKEN, URL = "AC" + "0" * 32, "an auth token", "https://court.example"
LI, ZHAO = "+8613800138001", "+8613800138002"


@pytest.fixture
def mail() -> Iterator[SmtpStandIn]:
    """The court's mail server."""
    with SmtpStandIn() as standin:
        yield standin


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    """Twilio's side of the wire."""
    with TwilioStandIn(SID, TOKEN) as standin:
        yield standin


@pytest.fixture
def wired(
    database: str, tmp_path: Path, mail: SmtpStandIn, twilio: TwilioStandIn
) -> Iterator[Scenario]:
    """A court whose messages go over real wires."""
    clock = SetClock(NOW)
    smtp = SmtpSettings(mail.url, "court@court.example")
    built = build(
        CarrierSettings({"smtp": smtp, "twilio": twilio.settings}),
        Installation(tmp_path / "outbox", URL),
        clock,
    )
    made = make_scenario(
        tmp_path,
        database,
        external=built,
        public_url=URL,
        carriers=CarrierSettings({"smtp": smtp}),
    )
    make_court(made)
    yield made
    built.close()
    made.close()


def ask(scenario: Scenario, case: dict[str, Any] = CASE) -> tuple[int, int]:
    """Propose a hearing to two counsel; return the case and the hearing."""
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        desk = hearings.CourtContext(user.court, user, scenario.clock.now(), SECRET)
        made = cases.enter(session, user.court, user, load(CaseIn, case), desk.now)
        return made.id, hearings.propose(session, desk, load(HearingIn, {**proposal(made.id)})).id


def states(scenario: Scenario, kind: str = "proposal") -> dict[tuple[str, str], str]:
    """The state of each notice of a kind, by side and channel."""
    with scenario.app.app_context():
        db.session.remove()
        rows = db.session.execute(
            sa.select(Notice.side, Notice.channel, Notice.state).where(Notice.kind == kind)
        )
        return {(row[0], row[1]): row[2] for row in rows}


def offered(scenario: Scenario, hearing_id: int) -> bool:
    """Whether the round counts as offered."""
    with scenario.app.app_context():
        round_ = queries.last_proposal(
            db.session(), db.session.get_one(queries.Hearing, hearing_id)
        )
        assert round_
        return queries.is_offered(db.session(), round_)


def whats(scenario: Scenario, case_id: int, channel: str, side: str) -> list[str]:
    """What the record says happened to one side's proposal over one channel."""
    with scenario.app.app_context():
        return [
            line.what
            for line in ledger.entries_of(db.session, case_id=case_id)
            if (line.kind, line.channel, line.side) == ("proposal", channel, side)
        ]


def test_both_sides_are_told_in_their_language_over_real_wires(
    wired: Scenario, mail: SmtpStandIn, twilio: TwilioStandIn
) -> None:
    _, hearing_id = ask(wired)
    assert not offered(wired, hearing_id)
    wired.beat()
    assert offered(wired, hearing_id)
    assert sorted(to for m in mail.messages for to in m.recipients) == [
        "li@huacheng.example",
        "zhao@jinmao.example",
    ]
    assert mail.connections == 1
    texts = {m["to"]: m for m in twilio.messages}
    assert set(texts) == {LI, ZHAO}
    assert "12345" in texts[LI]["body"]
    assert f"{URL}/r/" in texts[LI]["body"]
    with wired.app.app_context():
        started = [
            line for line in ledger.entries_of(db.session, case_id=1) if line.what == "started"
        ]
        assert all("/r/…" in line.content.body["text"] for line in started)


def test_a_dead_number_is_not_offered_until_mail_takes_over(
    wired: Scenario, mail: SmtpStandIn, twilio: TwilioStandIn
) -> None:
    twilio.refuse(LI, 21614)
    only_text = {
        **CASE["parties"][0],
        "counsel": [{**CASE["parties"][0]["counsel"][0], "channels": ["sms"]}],
    }
    mail.say("451 4.3.0 try later", times=2)
    case_id, hearing_id = ask(wired, {**CASE, "parties": [only_text, CASE["parties"][1]]})
    wired.beat()
    assert states(wired)["claimant", "sms"] == "failed"
    assert states(wired)["claimant", "email"] in ("queued", "sent")
    wired.wait(minutes=1)
    wired.beat()
    assert states(wired)["claimant", "email"] == "sent"
    assert offered(wired, hearing_id)
    assert whats(wired, case_id, "sms", "claimant") == ["queued", "started", "failed"]
    assert "wang@court.example" in [to for m in mail.messages for to in m.recipients]


def test_a_mail_server_that_says_later_is_asked_again_with_growing_pauses(
    wired: Scenario, mail: SmtpStandIn
) -> None:
    mail.refuse("li@huacheng.example", "451 4.7.1 greylisted")
    case_id, _ = ask(wired)
    for _ in range(5):
        wired.beat()
    assert whats(wired, case_id, "email", "claimant") == ["queued", "started", "refused"]
    wired.wait(seconds=25)
    wired.beat()
    assert whats(wired, case_id, "email", "claimant") == [
        "queued",
        "started",
        "refused",
        "started",
        "refused",
    ]
    wired.wait(hours=5)
    wired.beat()
    assert whats(wired, case_id, "email", "claimant")[-1] == "failed"
    assert states(wired)["claimant", "sms"] == "sent"


def test_a_mail_server_that_is_down_loses_nothing(
    wired: Scenario, database: str, tmp_path: Path
) -> None:
    with SmtpStandIn() as gone:
        url = gone.url
    clock = SetClock(NOW)
    built = build(
        CarrierSettings({"smtp": SmtpSettings(url, "court@court.example")}),
        Installation(tmp_path / "outbox"),
        clock,
    )
    scenario = make_scenario(tmp_path, database, external=built)
    ask(scenario)
    scenario.beat()
    assert states(scenario)["claimant", "email"] == "queued"
    assert states(scenario)["claimant", "sms"] == "sent"
    built.close()
    scenario.close()
    wired.clock.set(clock.now())
    wired.wait(minutes=2)
    wired.beat()
    assert states(wired)["claimant", "email"] == "sent"


@pytest.mark.parametrize("fault", ["too_many", "broken"])
def test_twilio_that_is_busy_or_broken_sends_each_text_once(
    wired: Scenario, twilio: TwilioStandIn, fault: str
) -> None:
    getattr(twilio, fault)(2)
    ask(wired)
    wired.beat()
    for _ in range(6):
        wired.wait(minutes=6)
        wired.beat()
    sent = [m["to"] for m in twilio.messages]
    state = states(wired)
    for side, number in (("claimant", LI), ("respondent", ZHAO)):
        assert sent.count(number) == (1 if state[side, "sms"] == "sent" else 0)
        assert state[side, "sms"] == "sent" or fault == "broken"


def test_a_text_that_may_have_gone_is_never_sent_again_by_guess(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    twilio.broken(2, take=True)
    case_id, _ = ask(wired)
    for _ in range(6):
        wired.beat()
        wired.wait(minutes=6)
    assert sorted(m["to"] for m in twilio.messages) == [LI, ZHAO]
    assert whats(wired, case_id, "sms", "claimant") == ["queued", "started", "status", "accepted"]


def test_a_mail_whose_line_broke_after_the_words_is_unknown_and_said_so(
    wired: Scenario, mail: SmtpStandIn
) -> None:
    mail.hang_up_after_data(1)
    ask(wired)
    for _ in range(4):
        wired.beat()
        wired.wait(minutes=6)
    assert sorted(set(states(wired).values())) == ["sent", "unknown"]
    told = [m for m in mail.messages if "wang@court.example" in m.recipients]
    assert len(told) == 1


def test_what_would_come_too_late_is_written_down_as_missed_and_not_sent(
    wired: Scenario, mail: SmtpStandIn, twilio: TwilioStandIn
) -> None:
    case_id, _ = ask(wired)
    wired.wait(days=8)
    wired.beat()
    assert not twilio.messages
    assert whats(wired, case_id, "sms", "claimant") == ["queued", "withdrawn"]


def test_the_worker_says_that_it_is_alive(wired: Scenario) -> None:
    wired.beat()
    wired.wait(seconds=30)
    wired.beat()
    with wired.app.app_context():
        [row] = db.session.scalars(sa.select(Worker)).all()
        assert (row.beat_at - row.started_at).total_seconds() == 30


def test_a_beat_of_a_quiet_house_complains_of_nothing(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    scenario.beat()
    assert [said.message for said in caplog.records if said.levelname != "INFO"] == []
