"""Delivery of events to endpoints: signed, in order, tried again, given up."""

import base64
import hashlib
import hmac
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from tests.conftest import Scenario
from tests.webhooks.conftest import ADMIN, add_webhook, cancel, deliveries, propose
from tests.webhooks.receiver import Received, Receiver, says

pytestmark = pytest.mark.database


def test_an_event_is_posted_signed_and_thin(scenario: Scenario, receiver: Receiver) -> None:
    webhook = add_webhook(scenario, receiver.url)
    hearing = propose(scenario)
    scenario.beat()
    [call] = receiver.received
    _, listed = scenario.api("GET", "/events")
    [event] = listed["events"]
    assert call.headers["webhook-id"] == event["id"]
    assert call.event == {name: value for name, value in event.items() if name != "id"}
    assert call.event["data"]["hearing_id"] == hearing["id"]
    assert call.headers["content-type"] == "application/json"
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.{call.body}"
    key = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    assert call.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert "远洋" not in call.body
    assert "李敏" not in call.body
    [delivery] = deliveries(scenario, webhook)
    assert delivery["state"] == "delivered"
    assert delivery["calls"][0]["status"] == 200
    assert delivery["calls"][0]["answer"] == "ok"


def test_a_failed_call_is_tried_at_the_times_of_the_standard(
    scenario: Scenario, receiver: Receiver
) -> None:
    receiver.reply = says(500, b"no")
    webhook = add_webhook(scenario, receiver.url)
    propose(scenario)
    scenario.beat()
    hours = [2, 5, 10, 14, 20, 24]
    pauses = [5, 5 * 60, 30 * 60, *(each * 3600 for each in hours)]
    for n, pause in enumerate(pauses, 1):
        assert len(receiver.received) == n
        scenario.wait(seconds=pause - 1)
        scenario.beat()
        assert len(receiver.received) == n, "too early"
        scenario.wait(seconds=1)
        scenario.beat()
    assert len(receiver.received) == 10
    assert len({call.headers["webhook-id"] for call in receiver.received}) == 1
    [delivery] = [each for each in deliveries(scenario, webhook) if each["event"] == 1]
    assert (delivery["state"], len(delivery["calls"])) == ("given_up", 10)


def test_the_next_event_of_a_case_waits_and_other_cases_do_not(
    scenario: Scenario, receiver: Receiver
) -> None:
    webhook = add_webhook(scenario, receiver.url)
    hearing = propose(scenario, "A 1")
    receiver.reply = says(500)
    scenario.beat()
    cancel(scenario, hearing)
    other = propose(scenario, "B 2")
    scenario.wait(seconds=3)
    scenario.beat()  # the first one waits still, and the second behind it
    cases = [call.event["data"]["case_id"] for call in receiver.received]
    assert cases == [hearing["case_id"], other["case_id"]]
    receiver.reply = says(204)
    scenario.wait(seconds=10)
    scenario.beat()
    own = [c.type for c in receiver.received if c.event["data"]["case_id"] == cases[0]]
    assert own == ["hearing.proposed", "hearing.proposed", "hearing.cancelled"]
    assert {each["state"] for each in deliveries(scenario, webhook)} == {"delivered"}


def test_410_ends_an_endpoint_and_the_admins_are_told(
    scenario: Scenario, receiver: Receiver
) -> None:
    receiver.reply = says(410)
    webhook = add_webhook(scenario, receiver.url)
    hearing = propose(scenario)
    scenario.beat()
    cancel(scenario, hearing)
    scenario.wait(days=1)
    scenario.beat()
    assert len(receiver.received) == 1
    _, listed = scenario.api("GET", "/webhooks", email=ADMIN)
    assert listed["webhooks"][0]["state"] == "gone"
    assert deliveries(scenario, webhook)[-1]["state"] == "stopped"


def test_429_pauses_the_endpoint_for_as_long_as_it_asks(
    scenario: Scenario, receiver: Receiver
) -> None:
    receiver.reply = says(429, Retry_After="600")
    add_webhook(scenario, receiver.url)
    hearing = propose(scenario, "A 1")
    scenario.beat()
    cancel(scenario, hearing)
    propose(scenario, "B 1")
    receiver.reply = says(200)
    scenario.wait(seconds=599)
    scenario.beat()
    assert len(receiver.received) == 1
    scenario.wait(seconds=2)
    scenario.beat()
    scenario.beat()
    assert sorted(receiver.types[1:]) == ["hearing.cancelled", *["hearing.proposed"] * 2]


def test_both_secrets_sign_for_a_day_after_a_new_one_is_made(
    scenario: Scenario, receiver: Receiver
) -> None:
    webhook = add_webhook(scenario, receiver.url)
    path = f"/webhooks/{webhook['id']}"
    _, renewed = scenario.api("POST", f"{path}/secret", email=ADMIN)
    assert renewed["secret"] != webhook["secret"]
    for hours in (1, 24):
        scenario.wait(hours=hours)
        scenario.api("POST", f"{path}/test", email=ADMIN)
        scenario.beat()
    both, new = (call.headers["webhook-signature"].split(" ") for call in receiver.received)
    assert (len(both), len(new)) == (2, 1)


def test_only_chosen_types_are_sent_and_a_delivery_can_be_sent_again(
    scenario: Scenario, receiver: Receiver
) -> None:
    webhook = add_webhook(scenario, receiver.url, types=["hearing.cancelled"])
    cancel(scenario, propose(scenario))
    scenario.beat()
    assert receiver.types == ["hearing.cancelled"]
    [delivery] = deliveries(scenario, webhook)
    path = f"/webhooks/{webhook['id']}/deliveries/{delivery['number']}/again"
    status, again = scenario.api("POST", path, email=ADMIN)
    assert (status, again["id"]) == (202, delivery["id"])
    scenario.beat()
    assert receiver.types == ["hearing.cancelled"] * 2
    assert scenario.api("POST", path.replace("/again", "9/again"), email=ADMIN)[0] == 404
    assert scenario.api("DELETE", f"/webhooks/{webhook['id']}", email=ADMIN)[0] == 204
    assert scenario.api("POST", path, email=ADMIN)[0] == 404


def test_a_repeated_post_makes_one_webhook_and_shows_its_secret_again(
    scenario: Scenario, receiver: Receiver
) -> None:
    key = {"Idempotency-Key": "7d1f"}
    made = [
        scenario.api("POST", "/webhooks", {"url": receiver.url}, email=ADMIN, **key)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert made[0][1]["secret"].startswith("whsec_")
    _, listed = scenario.api("GET", "/webhooks", email=ADMIN)
    assert len(listed["webhooks"]) == 1
    assert "whsec_" not in str(listed)


@pytest.mark.extended
def test_an_endpoint_that_hangs_delays_no_other(scenario: Scenario, receiver: Receiver) -> None:
    over = threading.Event()

    def hang(to: BaseHTTPRequestHandler, received: Received) -> None:
        over.wait(30)
        says(200)(to, received)

    with Receiver(reply=hang) as hanging:
        add_webhook(scenario, hanging.url)
        add_webhook(scenario, receiver.url)
        cancel(scenario, propose(scenario))
        beat = threading.Thread(target=scenario.beat)
        beat.start()
        until = time.monotonic() + 10
        while len(receiver.received) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert receiver.types == ["hearing.proposed", "hearing.cancelled"]
        assert len(hanging.received) == 1
        over.set()
        beat.join()
        assert hanging.types == ["hearing.proposed", "hearing.cancelled"]


def test_what_an_endpoint_refuses_is_tried_for_three_days_while_it_takes_all_else(
    scenario: Scenario, receiver: Receiver
) -> None:
    def refuse_the_first_case(to: BaseHTTPRequestHandler, received: Received) -> None:
        says(500 if received.event["data"]["case_id"] == 1 else 200)(to, received)

    receiver.reply = refuse_the_first_case
    add_webhook(scenario, receiver.url)
    hearing = propose(scenario, "A 1")
    scenario.beat()
    cancel(scenario, hearing)
    for n in range(6):
        other = propose(scenario, f"B {n}")
        scenario.wait(seconds=10)
        scenario.beat()
        cancel(scenario, other)
        scenario.wait(seconds=10)
        scenario.beat()
    refused = [each for each in receiver.received if each.event["data"]["case_id"] == 1]
    assert 2 <= len(refused) < 8, "120 seconds: two tries, and few calls between"
    receiver.reply = says(200)
    scenario.wait(hours=1)
    scenario.beat()
    own = [each.type for each in receiver.received if each.event["data"]["case_id"] == 1]
    assert own[-2:] == ["hearing.proposed", "hearing.cancelled"]
