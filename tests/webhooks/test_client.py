"""Calling endpoints that mean harm: inside addresses, rebinding, redirects, drips, floods."""

import datetime as dt
import ipaddress
import time
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.web_client.guarded_http import GuardedConnector
from app.webhooks import rules
from app.webhooks.client import WebhookClient
from app.webhooks.rules import Call, CallMeaning
from tests.webhooks.conftest import LOOPBACK
from tests.webhooks.receiver import Received, Receiver, says

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
INSIDE = "not on the open internet"


def call(url: str, connector: GuardedConnector | None = None, seconds: float = 15.0) -> Call:
    """Call an address once."""
    client = WebhookClient(connector or GuardedConnector(inside=LOOPBACK), url, seconds)
    try:
        return client.post("{}", {}, NOW)
    finally:
        client.close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::7f00:1]",
        "0.0.0.0",
        "10.0.0.8",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00::1]",
        "[fe80::1]",
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_inside_address_is_not_called_however_it_is_written(host: str, scheme: str) -> None:
    with Receiver() as receiver:
        answer = call(f"{scheme}://{host}:{receiver.port}/", GuardedConnector())
        assert (answer.status, INSIDE in answer.fault) == (0, True)
        assert receiver.received == []


def test_only_the_networks_that_are_named_are_called_inside(receiver: Receiver) -> None:
    assert call(receiver.url).status == 200
    others = GuardedConnector(inside=[ipaddress.ip_network("10.0.0.0/8")])
    assert INSIDE in call(receiver.url, others).fault


def test_a_name_that_changes_its_mind_does_not_lead_inward(receiver: Receiver) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    connector = GuardedConnector(resolve=resolve)
    url = f"https://rebinding.example:{receiver.port}/"
    # The first answer is public: the connection goes to that very address, and to no other.
    assert call(url, connector, seconds=0.2).status == 0
    assert len(answers) == 1
    assert INSIDE in call(url, connector).fault
    assert receiver.received == []


def test_a_name_of_which_one_address_is_inside_is_not_called(receiver: Receiver) -> None:
    mixed = GuardedConnector(resolve=lambda *_: ["93.184.216.34", "127.0.0.1"])
    assert INSIDE in call("https://mixed.example/", mixed).fault


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver, status: int) -> None:
    with Receiver() as target:
        receiver.reply = says(status, Location=target.url)
        answer = call(receiver.url)
        assert (answer.status, answer.meaning) == (status, CallMeaning.AGAIN)
        assert target.received == []


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_slow_drip_is_cut_off_at_the_deadline(receiver: Receiver, part: str) -> None:
    def drip(to: BaseHTTPRequestHandler, _: Received) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
        to.wfile.write(head + (b"\r\n" if part == "body" else b""))
        for _n in range(100):
            to.wfile.write(b"X: y\r\n" if part == "headers" else b"x")
            to.wfile.flush()
            time.sleep(0.05)

    receiver.reply = drip
    began = time.monotonic()
    answer = call(receiver.url, seconds=0.5)
    assert time.monotonic() - began < 2
    assert (answer.status, answer.fault) == (0, "The address did not answer in time.")


def test_an_answer_of_10_mb_is_not_read(receiver: Receiver) -> None:
    receiver.reply = says(200, b"x" * 10_000_000)
    client = WebhookClient(GuardedConnector(inside=LOOPBACK), receiver.url)
    for _ in range(3):
        answer = client.post("{}", {}, NOW)
        assert (answer.status, len(answer.answer)) == (200, 500)
    client.close()


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\r\n\r\n", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 999999\r\n\r\n", b"\x00" * 100],
)
def test_what_is_no_answer_is_a_failure(receiver: Receiver, garbage: bytes) -> None:
    def reply(to: BaseHTTPRequestHandler, _: Received) -> None:
        to.wfile.write(garbage)
        to.close_connection = True

    receiver.reply = reply
    answer = call(receiver.url)
    assert answer.status == 0
    assert answer.fault == "The address gave no answer that can be read."


def test_a_connection_is_kept_and_made_anew_when_the_receiver_closed_it(
    receiver: Receiver,
) -> None:
    ports = []

    def reply(to: BaseHTTPRequestHandler, received: Received) -> None:
        ports.append(to.client_address[1])
        says(200)(to, received)
        to.close_connection = len(ports) == 2

    receiver.reply = reply
    client = WebhookClient(GuardedConnector(inside=LOOPBACK), receiver.url)
    for _ in range(3):
        assert client.post("{}", {}, NOW).status == 200
        time.sleep(0.05)
    client.close()
    assert ports[0] == ports[1] != ports[2]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", None),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        ("９", None),
        ("9" * 400, 86400),
        ("Mon, 23 Nov 2026 01:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 01:02:00 +0800", None),
        ("Mon, 23 Nov 2026 09:02:00 +0800", 120),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Mon, 23 Nov 1999 01:02:00 GMT", None),
    ],
)
def test_retry_after_is_heeded_and_silly_values_are_not(value: str, seconds: int | None) -> None:
    until = rules.asked_until(Call(NOW, 1, 429, retry_after=value))
    assert until == (NOW + dt.timedelta(seconds=seconds) if seconds else None)
    assert rules.asked_until(Call(NOW, 1, 500, retry_after=value)) is None


@given(st.text(), st.sampled_from([0, 302, 429, 500, 503]), st.lists(st.floats(0, 0.99)))
def test_a_delivery_is_tried_ten_times_by_plan_and_as_long_however_many_calls_are_early(
    retry_after: str, status: int, shares: list[float]
) -> None:
    early, at = iter(shares), NOW
    called: list[dt.datetime] = []
    while due := rules.next_due(called, Call(at, 1, status, retry_after=retry_after)):
        called.append(at)
        assert at < due <= at + dt.timedelta(days=1)
        sooner = at + next(early, 1.0) * (due - at)
        at = sooner if rules.may_be_early(called, sooner) else due
    assert at >= NOW + sum(rules.PAUSES, dt.timedelta())
    assert len(called) + 1 <= 10 + min(len(shares), 12 * 9)
    assert shares or len(called) + 1 == 10
