"""Texts that stay unfinished are asked after; refused callbacks are counted; the promise."""

import itertools
import json
import re

import pytest

from app.carriers.twilio.standin import TwilioStandIn
from app.cli import cli
from app.core.db import db, transaction
from app.record import ledger, queries, timeline
from app.record.models import Entry, Receipt
from app.sending import claiming, dispatch
from app.sending.outcomes import settle
from app.worker import beat
from tests.conftest import CASE, Scenario, at, proposal
from tests.flows import test_receipts
from tests.flows.test_receipts import ask, notices, tell, twilio, whats, wired

pytestmark = pytest.mark.database

__all__ = ["twilio", "wired"]  # fixtures


def figure(scenario: Scenario, name: str) -> float:
    """A figure of the house."""
    said = scenario.client.get("/metrics").get_data(as_text=True)
    found = re.search(rf"^{name} (\S+)$", said, re.M)
    assert found, (name, said)
    return float(found[1])


def test_a_lost_callback_is_asked_for_from_the_fourth_minute(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    case_id, _ = ask(wired)
    wired.beat()
    text, other = notices(wired, kind="proposal", channel="sms")
    twilio.set_status(text.carrier_id, "delivered")
    wired.wait(minutes=3, seconds=59)
    wired.beat()
    assert notices(wired, id=text.id)[0].state == "sent"
    wired.wait(seconds=2)
    wired.beat()
    assert notices(wired, id=text.id)[0].state == "delivered"
    assert notices(wired, id=other.id)[0].state == "sent"
    assert whats(wired, case_id, text)[-1] == "delivered"
    twilio.set_status(other.carrier_id, "undelivered", 30003)
    wired.wait(minutes=6)
    wired.beat()
    assert "failed" in whats(wired, case_id, other)


def test_a_text_known_by_its_first_callback_alone_is_asked_after_too(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    ask(wired)
    twilio.drop(take=True)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", state="sending")
    [taken] = [each for each in twilio.messages if each["to"] == text.address]
    text.carrier_id = taken["sid"]
    tell(wired, twilio, text, "sent")
    assert notices(wired, id=text.id)[0].state == "sent"
    twilio.set_status(taken, "delivered")
    wired.wait(minutes=4)
    wired.beat()
    assert notices(wired, id=text.id)[0].state == "delivered"


def test_who_is_asked_after_for_three_days_is_asked_no_more(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    ask(wired)
    wired.beat()
    for _ in range(60):
        wired.wait(hours=2)
        wired.beat()
    assert [each.ask_at for each in notices(wired, kind="proposal", channel="sms")] == [None, None]


def test_what_a_dead_worker_had_handed_over_is_found_again_and_not_sent_again(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    case_id, _ = ask(wired)
    with wired.app.app_context():
        sender = beat.sender_of(wired.app)
        with transaction() as session:
            messages = claiming.claim(session, sender, "sms", sender.now).messages["twilio"]
        assert len(list(sender.external.sms.send(messages))) == 2  # and here it dies
    wired.wait(minutes=3, seconds=30)
    wired.beat()
    assert len([each for each in twilio.messages if "13800138001" in each["to"]]) == 1
    for text in notices(wired, kind="proposal", channel="sms"):
        assert whats(wired, case_id, text) == ["queued", "started", "unknown", "accepted"]
        assert (text.state, bool(text.carrier_id)) == ("sent", True)


def test_a_word_to_a_try_that_was_overtaken_is_written_and_moves_nothing(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    """The receipt overtakes our own note, and so does the next try."""
    case_id, _ = ask(wired)
    with wired.app.app_context():
        sender = beat.sender_of(wired.app)
        with transaction() as session:
            messages = claiming.claim(session, sender, "sms", sender.now).messages["twilio"]
        outcomes = {told.reference: word for told, word in sender.external.sms.send(messages)}
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    text.carrier_id = outcomes[text.attempt].carrier_id
    assert tell(wired, twilio, text, "failed", "30008") == 204
    wired.wait(minutes=7)
    wired.beat()
    with wired.app.app_context(), transaction() as session:
        settle(session, {text.attempt: outcomes[text.attempt]}, sender.now)
    assert whats(wired, case_id, text) == [
        "queued",
        "started",
        "failed",
        "queued",
        "started",
        "accepted",
        "status",
    ]
    [now] = notices(wired, id=text.id)
    assert (now.state, now.tries) == ("sent", 2)


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "delivered"])))
def test_receipts_in_any_order_and_twice_end_alike(
    wired: Scenario, twilio: TwilioStandIn, order: tuple[str, ...]
) -> None:
    case_id, _ = ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    for status in order:
        assert tell(wired, twilio, text, status) == 204
    [text] = notices(wired, id=text.id)
    assert (text.state, text.ask_at) == ("delivered", None)
    assert whats(wired, case_id, text).count("delivered") == 1
    assert figure(wired, "tingqi_callback_repeated") == 1


def test_refused_callbacks_are_counted(wired: Scenario, twilio: TwilioStandIn) -> None:
    ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    tell(wired, twilio, text, "delivered", **{"X-Twilio-Signature": "AAAA"})
    tell(wired, twilio, text, "delivered", **{"X-Twilio-Signature": "AAAA"})
    wired.client.post("/twilio/status", data={"MessageSid": "SM1"})
    form = {"AccountSid": test_receipts.SID}
    path = "/twilio/status"
    head = {"X-Twilio-Signature": twilio.sign(f"{test_receipts.URL}{path}", form)}
    assert wired.client.post(path, data=form, headers=head).status_code == 400
    for name, count in (("forged", 2), ("unsigned", 1), ("malformed", 1), ("repeated", 0)):
        assert figure(wired, f"tingqi_callback_{name}") == count, name


def test_an_unknown_message_is_kept_for_review(wired: Scenario, twilio: TwilioStandIn) -> None:
    ask(wired)  # a court sees what went to a number of its counsel
    form = {
        "MessageSid": "SM" + "9" * 32,
        "MessageStatus": "delivered",
        "To": "+8613800138001",
        "AccountSid": test_receipts.SID,
    }
    path = "/twilio/status"
    head = {"X-Twilio-Signature": twilio.sign(f"{test_receipts.URL}{path}", form)}
    assert wired.client.post(path, data=form, headers=head).status_code == 204
    assert figure(wired, "tingqi_receipts_unmatched") == 1
    page = wired.sign_in("admin@court.example").get("/receipts").get_data(as_text=True)
    assert "SM" + "9" * 32 in page
    assert wired.sign_in().get("/receipts").status_code == 403


def test_the_promise_is_measured(wired: Scenario, twilio: TwilioStandIn) -> None:
    ask(wired)
    wired.wait(seconds=30)
    wired.beat()  # thirty seconds late: nothing was prompt
    for text in notices(wired, kind="proposal", channel="sms")[:1]:
        tell(wired, twilio, text, "delivered")
    assert figure(wired, "tingqi_promise_handed_over_within_10s_share") == 0
    assert figure(wired, "tingqi_promise_texts_delivered_share") == 0.5
    assert figure(wired, "tingqi_promise_hearings_uneven") == 0
    page = wired.sign_in().get("/?lang=en").get_data(as_text=True)
    assert "Last 30 days" in page
    assert "50.0 %" in page


def test_a_dead_number_leaves_a_proposal_unoffered_until_the_mail_is_taken(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    """Both sides by text alone; the one side's number is dead."""
    twilio.refuse("+8613800138002", 21211)
    case = json.loads(json.dumps(CASE))
    for party in case["parties"]:
        party["counsel"][0]["channels"] = ["sms"]
    case_id = wired.api("POST", "/cases", case)[1]["id"]
    hearing = wired.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[1]
    path = f"/hearings/{hearing['id']}?lang=en"
    with wired.app.app_context():
        sender = beat.sender_of(wired.app)
        dispatch.send_due(sender)  # texts alone: the mail that takes over waits for the next turn
    page = wired.sign_in().get(path).get_data(as_text=True)
    assert ("Going out now" in page, "Offered to all sides" in page) == (True, False)
    assert "failed" in page
    wired.beat()
    assert [letter.to for letter in wired.letters(to="zhao@")] != []
    page = wired.sign_in().get(path).get_data(as_text=True)
    assert "Offered to all sides" in page


def test_what_failed_counts_as_told_to_nobody(wired: Scenario, twilio: TwilioStandIn) -> None:
    """Every text to one side is taken and then lost: the picture must not say that it was told."""
    case_id, _ = ask(wired)
    wired.beat()
    [text] = notices(wired, kind="proposal", channel="sms", side="claimant")
    tell(wired, twilio, text, "undelivered", "30006")
    with wired.app.app_context():
        drawn = queries.contacts(db.session(), case_id)
    mine = [each for each in drawn if (each.side, each.channel) == ("claimant", "sms")]
    assert [each.did.value for each in mine] == ["vain"]
    other = [each for each in drawn if (each.side, each.channel) == ("respondent", "sms")]
    assert [each.did.value for each in other] == ["to"]
    [unlike] = [
        each
        for each in timeline.differences(drawn, ["claimant", "respondent"])
        if each.what == "channel"
    ]
    assert unlike.each == {"claimant": ("email",), "respondent": ("email", "sms")}


def test_after_erasing_no_word_of_a_carrier_holds_an_address(
    wired: Scenario, twilio: TwilioStandIn
) -> None:
    twilio.refuse("+8613800138002", 21211)
    case_id, hearing = ask(wired)
    wired.beat()
    texts = notices(wired, kind="proposal", channel="sms")
    for text in texts:
        if text.carrier_id:
            tell(wired, twilio, text, "delivered")
    wired.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})
    wired.beat()
    for text in notices(wired, channel="sms"):
        if text.carrier_id:
            tell(wired, twilio, text, "delivered")
    run = wired.app.test_cli_runner().invoke
    done = run(cli, ["record", "erase", "--case", CASE["number"], "--why", "x", "--yes"])
    assert done.exit_code == 0, done.output
    tell(wired, twilio, next(each for each in texts if each.carrier_id), "delivered")
    with wired.app.app_context():
        kept = [line.detail for line in db.session.query(Entry)]
        kept += [each.raw for each in db.session.query(Receipt)]
    assert "1380013800" not in json.dumps(kept)
    assert record_is_whole(wired, case_id)


def record_is_whole(scenario: Scenario, case_id: int) -> bool:
    """Whether the chain holds."""
    with scenario.app.app_context():
        return ledger.verify(db.session(), case_id).intact
