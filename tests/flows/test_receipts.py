"""Receipts and texts from Twilio: signed or refused, in any order, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from app.carriers.outbox import carrier
from app.carriers.registry import CarrierSettings, ExternalServices, Installation, build
from app.carriers.twilio.standin import TwilioStandIn
from app.cases import service as cases
from app.cases.forms import CaseIn
from app.cli import cli
from app.core.db import db, transaction
from app.core.forms import load
from app.core.runtime.clock import SetClock
from app.hearings import service as hearings
from app.hearings.forms import HearingIn
from app.notices.inbound import Inbound
from app.notices.models import Notice
from app.people import service as people
from app.record import ledger
from app.record.models import Receipt
from tests.conftest import CASE, NOW, SECRET, Scenario, make_court, make_scenario, proposal

pytestmark = pytest.mark.database

SID, TOKEN, URL = "AC" + "0" * 32, "an auth token", "https://court.example"


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    """Twilio's side of the wire."""
    with TwilioStandIn(SID, TOKEN) as standin:
        yield standin


@pytest.fixture
def wired(database: str, tmp_path: Path, twilio: TwilioStandIn) -> Iterator[Scenario]:
    """A court whose texts go through Twilio and whose mail goes to the outbox."""
    clock = SetClock(NOW)
    built = build(
        CarrierSettings({"twilio": twilio.settings}),
        Installation(tmp_path / "outbox", URL),
        clock,
    )
    external = ExternalServices(
        clock=clock, email=carrier.Outbox(tmp_path / "outbox", "email", clock), sms=built.sms
    )
    made = make_scenario(
        tmp_path,
        database,
        external=external,
        carriers=CarrierSettings({"twilio": twilio.settings}),
        public_url=URL,
    )
    made.clock = clock
    make_court(made)
    yield made
    built.close()
    made.close()


def ask(scenario: Scenario) -> tuple[int, int]:
    """Propose a hearing to two counsel; return the case and the hearing."""
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        desk = hearings.CourtContext(user.court, user, scenario.clock.now(), SECRET)
        case = cases.enter(session, user.court, user, load(CaseIn, CASE), desk.now)
        return case.id, hearings.propose(session, desk, load(HearingIn, proposal(case.id))).id


def notices(scenario: Scenario, **wanted: Any) -> list[Notice]:
    """The notices of some kind, as they stand."""
    with scenario.app.app_context():
        db.session.expire_all()
        found = db.session.query(Notice).filter_by(**wanted).order_by(Notice.id).all()
        db.session.expunge_all()
        return found


def tell(
    scenario: Scenario,
    twilio: TwilioStandIn,
    notice: Notice,
    status: str,
    code: str = "",
    **head: str,
) -> int:
    """Post a receipt as Twilio does; return the HTTP status."""
    form = {
        "MessageSid": notice.carrier_id,
        "MessageStatus": status,
        "AccountSid": SID,
        "ErrorCode": code,
    }
    path = f"/twilio/status?ref={notice.attempt}"
    head = head or {"X-Twilio-Signature": twilio.sign(f"{URL}{path}", form)}
    return scenario.client.post(path, data=form, headers=head).status_code


def whats(scenario: Scenario, case_id: int, notice: Notice) -> list[str]:
    """What the record says of one notice."""
    with scenario.app.app_context():
        return [
            line.what
            for line in ledger.entries_of(db.session, case_id=case_id, notice_ids=[notice.id])
        ]


def test_a_receipt_is_a_new_line_and_late_or_repeated_ones_move_nothing_backwards(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    case_id, _ = ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    for status in ("delivered", "sent", "delivered", "failed"):
        assert tell(wired, twilio, text, status) == 204
    [text] = notices(wired, id=text.id)
    assert text.state == "delivered"
    assert whats(wired, case_id, text) == [
        "queued",
        "started",
        "accepted",
        "delivered",
        "accepted",
        "failed",
    ]


def test_a_receipt_costs_no_more_than_six_statements(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    """A thousand come in a second of a nation's hour."""
    ask(wired)
    wired.beat()
    first, second = notices(wired, kind="proposal", channel="sms")
    assert tell(wired, twilio, first, "delivered") == 204
    told: list[str] = []
    with wired.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *said: told.append(said[2]))
        needed = {"sqlite": 6, "postgresql": 5}[db.engine.dialect.name]
    assert tell(wired, twilio, second, "delivered") == 204
    assert len([words for words in told if not words.startswith("BEGIN")]) == needed, told
    told.clear()
    assert tell(wired, twilio, second, "delivered") == 204
    assert len([words for words in told if not words.startswith("BEGIN")]) == 4, told


@pytest.mark.parametrize("signature", ["", "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_an_unsigned_or_forged_receipt_is_refused_and_writes_nothing(
    wired: Scenario, twilio: TwilioStandIn, signature: str
) -> None:
    case_id, _ = ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    before = whats(wired, case_id, text)
    assert tell(wired, twilio, text, "delivered", **{"X-Twilio-Signature": signature}) == 403
    assert whats(wired, case_id, text) == before


def test_a_dead_number_moves_the_duty_to_mail_and_tells_the_assistant(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    case = {
        **CASE,
        "parties": [
            {
                **CASE["parties"][0],
                "counsel": [{**CASE["parties"][0]["counsel"][0], "channels": ["sms"]}],
            },
            CASE["parties"][1],
        ],
    }
    with wired.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        desk = hearings.CourtContext(user.court, user, wired.clock.now(), SECRET)
        made = cases.enter(session, user.court, user, load(CaseIn, case), desk.now)
        hearings.propose(session, desk, load(HearingIn, proposal(made.id)))
    wired.beat()
    assert not wired.letters(to="li@huacheng.example")
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    assert tell(wired, twilio, text, "undelivered", "30006") == 204
    wired.beat()
    [letter] = wired.letters(to="li@huacheng.example")
    assert "/r/" in letter.body
    assert wired.letters(to="wang@court.example", containing="李敏")


def test_an_unreachable_handset_is_tried_again_half_an_hour_later(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    assert tell(wired, twilio, text, "undelivered", "30003") == 204
    wired.beat()
    assert len([m for m in twilio.messages if m["to"] == text.address]) == 1
    wired.wait(minutes=46)
    wired.beat()
    assert len([m for m in twilio.messages if m["to"] == text.address]) == 2


def test_stop_is_obeyed_and_start_undoes_it(wired: Scenario, twilio: TwilioStandIn) -> None:
    case_id, hearing_id = ask(wired)
    wired.beat()
    for word, texts in (("STOP", 0), ("START", 1)):
        form = {
            "MessageSid": f"SM{word}",
            "From": "+8613800138001",
            "Body": word,
            "AccountSid": SID,
        }
        head = {"X-Twilio-Signature": twilio.sign(f"{URL}/twilio/inbound", form)}
        answer = wired.client.post("/twilio/inbound", data=form, headers=head)
        assert answer.status_code == 200
        assert "<Response>" in answer.get_data(as_text=True)
        twilio.messages.clear()
        with wired.app.app_context(), transaction() as session:
            user = people.find_user(session, "wang@court.example")
            desk = hearings.CourtContext(user.court, user, wired.clock.now(), SECRET)
            given = load(HearingIn, {**proposal(case_id), "override_reason": "", "fix": "auto"})
            hearings.open_proposal(
                session,
                desk,
                hearings.queries.find_hearing(session, user.court.id, hearing_id),
                given,
            )
        wired.beat()
        assert len([m for m in twilio.messages if m["to"] == "+8613800138001"]) == texts


def test_a_receipt_for_nothing_known_is_kept_apart(wired: Scenario, twilio: TwilioStandIn) -> None:
    ask(wired)
    form = {"MessageSid": "SMunknown", "MessageStatus": "delivered", "AccountSid": SID}
    head = {"X-Twilio-Signature": twilio.sign(f"{URL}/twilio/status", form)}
    assert wired.client.post("/twilio/status", data=form, headers=head).status_code == 204
    figures = wired.client.get("/metrics").get_data(as_text=True)
    assert "tingqi_receipts_unmatched 1" in figures


def signed(twilio: TwilioStandIn, path: str, form: list[tuple[str, str]]) -> dict[str, str]:
    """The header that Twilio sends with a form, each value of a repeated field signed."""
    return {"X-Twilio-Signature": twilio.sign(f"{URL}{path}", MultiDict(form))}


def test_every_value_of_a_repeated_field_is_signed(wired: Scenario, twilio: TwilioStandIn) -> None:
    ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    path = f"/twilio/status?ref={text.attempt}"
    form = [
        ("MessageSid", text.carrier_id),
        ("MessageStatus", "sent"),
        ("AccountSid", SID),
        ("Tag", "b"),
        ("Tag", "a"),
    ]
    head = signed(twilio, path, form)

    def post(some: list[tuple[str, str]], to: str = path) -> int:
        return wired.client.post(to, data=MultiDict(some), headers=head).status_code

    assert post(form) == 204
    assert post(form[::-1]) == 204  # the order on the wire is not signed
    forged = [
        [*form, ("Tag", "c")],
        [*form, ("MessageStatus", "delivered")],
        form[:-1],
        form[:-2],
        [*form[:-1], ("Tag", "c")],
        [*form, ("New", "")],
        [*form, ("Tag", "")],
        [("MessageStatus", "delivered"), *form],
    ]
    assert [post(some) for some in forged] == [403] * len(forged)
    assert post(form, f"{path}&ref=n1.2") == post(form, f"{path}&x=1") == 403
    assert wired.client.post(path, json=dict(form), headers=head).status_code == 403
    assert states_of(wired, text.id) == "sent"


def states_of(scenario: Scenario, number: int) -> str:
    """Where a notice stands."""
    return notices(scenario, id=number)[0].state


def test_a_nul_in_a_callback_is_no_fault_of_ours(wired: Scenario, twilio: TwilioStandIn) -> None:
    ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    path = f"/twilio/status?ref={text.attempt}%00"
    form = [
        ("MessageSid", f"{text.carrier_id}\0"),
        ("MessageStatus", "delivered\0"),
        ("AccountSid", SID),
        ("N\0", "\0"),
    ]
    answer = wired.client.post(path, data=MultiDict(form), headers=signed(twilio, path, form))
    assert answer.status_code == 204
    assert states_of(wired, text.id) == "delivered"


def unmatched(scenario: Scenario, twilio: TwilioStandIn, sid: str, to: str) -> None:
    """Let Twilio tell of a message that is none of ours."""
    form = {"MessageSid": sid, "MessageStatus": "sent", "AccountSid": SID, "To": to}
    head = {"X-Twilio-Signature": twilio.sign(f"{URL}/twilio/status", form)}
    assert scenario.client.post("/twilio/status", data=form, headers=head).status_code == 204


def test_an_unmatched_receipt_is_shown_to_the_court_that_it_can_be_of_for_a_month(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    ask(wired)
    unmatched(wired, twilio, "SMours", "+8613800138001")
    unmatched(wired, twilio, "SMnobodys", "+8613911112222")
    runner = wired.app.test_cli_runner()
    assert runner.invoke(cli, ["court", "add", "Another Court"]).exit_code == 0
    with wired.app.app_context(), transaction() as session:
        court = people.find_court(session, "Another Court")
        user = people.add_user(
            session, court, "far@court.example", name="远", role="admin", now=wired.clock.now()
        )
        user.password_hash = people.find_user(session, "admin@court.example").password_hash
        # A text from nobody known, on a machine with two courts, waits in no court's inbox.
    form = {"MessageSid": "SMin", "From": "+8613911113333", "Body": "请回电", "AccountSid": SID}
    head = {"X-Twilio-Signature": twilio.sign(f"{URL}/twilio/inbound", form)}
    assert wired.client.post("/twilio/inbound", data=form, headers=head).status_code == 200
    own = wired.sign_in("admin@court.example").get("/receipts").get_data(as_text=True)
    assert ("SMours" in own, "+8613800138001" in own, "SMnobodys" in own) == (True, True, False)
    far = wired.sign_in("far@court.example").get("/receipts").get_data(as_text=True)
    assert ("SMours" in far, "SMnobodys" in far) == (False, False)
    wired.wait(days=29)
    wired.beat()
    assert len(kept(wired)) == 3
    wired.wait(days=2)
    wired.beat()
    assert kept(wired) == []
    own = wired.sign_in("admin@court.example").get("/receipts").get_data(as_text=True)
    assert "SMours" not in own
    assert runner.invoke(cli, ["record", "verify"]).exit_code == 0


def kept(scenario: Scenario) -> list[str]:
    """What unmatched receipts, and messages that no court has, still say."""
    with scenario.app.app_context():
        session = db.session()
        raw = [each.raw for each in session.query(Receipt).filter_by(notice_id=None)]
        words = [each.words + each.sender for each in session.query(Inbound)]
        return [str(each) for each in (*raw, *words) if each]
