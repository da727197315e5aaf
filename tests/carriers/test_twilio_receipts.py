"""What Twilio posts back: receipts, inbound texts, and whether it was Twilio that posted."""

from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import pytest

from app.carriers.base import OutgoingMessage
from app.carriers.twilio.carrier import TwilioCarrier
from app.carriers.twilio.codes import verdict
from app.carriers.twilio.receipts import read_form
from app.carriers.twilio.standin import TwilioStandIn
from app.carriers.twilio.webhooks import signature_ok


@pytest.fixture
def twilio():
    with TwilioStandIn() as standin:
        yield standin


def send_one(twilio, public_url):
    with closing(TwilioCarrier(twilio.settings, public_url)) as carrier:
        list(carrier.send([OutgoingMessage("n1.1", "sms", "+8613800000001", "请答复")]))


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("queued", "", ("", "")),
        ("sending", "", ("", "")),
        ("sent", "", ("accepted", "")),
        ("delivered", "", ("delivered", "")),
        ("read", "", ("read", "")),
        ("undelivered", "30006", ("failed", "next_channel")),
        ("undelivered", "30003", ("failed", "")),
        ("failed", "30007", ("failed", "alarm")),
        ("failed", "", ("failed", "")),
        ("canceled", "", ("failed", "")),
        ("something_new", "", ("", "")),
    ],
)
def test_a_receipt_says_what_became_of_a_text(status, code, expected):
    form = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code}
    receipt = read_form("twilio", form, "n1.1")
    assert (receipt.state, receipt.advice) == expected
    assert (receipt.carrier_id, receipt.reference, receipt.code) == ("SM1", "n1.1", code)


def test_some_codes_deserve_another_try_but_not_for_ever():
    assert (verdict("30003").again_after, verdict("30003").at_most) == (1800, 3)
    assert verdict("30005").at_most == 2
    assert verdict("30008").at_most == 2
    assert verdict("30036").again_after == 0
    assert verdict("").at_most == 2


class Webhook(BaseHTTPRequestHandler):
    """A house that keeps what was posted to it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        self.server.posts.append((self.path, form, self.headers["X-Twilio-Signature"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *said):
        pass


@pytest.fixture
def scenario():
    with HTTPServer(("127.0.0.1", 0), Webhook) as server:
        server.posts = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_callback_comes_signed_with_our_reference(twilio, scenario):
    send_one(twilio, scenario.url)
    assert twilio.callback(twilio.messages[0], "undelivered", 30003) == 204
    [(path, form, signature)] = scenario.posts
    assert path == "/twilio/status?ref=n1.1"
    assert (form["MessageStatus"], form["ErrorCode"]) == ("undelivered", "30003")
    assert form["MessageSid"] == twilio.messages[0]["sid"]
    assert signature_ok(twilio.auth_token, scenario.url + path, form, signature)
    assert twilio.messages[0]["status"] == "undelivered"


def test_a_signature_is_good_for_one_url_one_form_and_one_token(twilio, scenario):
    twilio.reply("+8613800000001", "1", f"{scenario.url}/twilio/inbound")
    [(path, form, signature)] = scenario.posts
    url = scenario.url + path
    assert (form["From"], form["Body"]) == ("+8613800000001", "1")
    assert signature_ok(twilio.auth_token, url, form, signature)
    assert not signature_ok("other", url, form, signature)
    assert not signature_ok(twilio.auth_token, url + "?x=1", form, signature)
    assert not signature_ok(twilio.auth_token, url, form | {"Body": "2"}, signature)
    assert not signature_ok(twilio.auth_token, url, form | {"New": ""}, signature)
    assert not signature_ok(twilio.auth_token, url, form, "")
    assert not signature_ok("", url, form, signature)


def test_behind_a_proxy_the_public_url_is_signed(twilio, scenario):
    send_one(twilio, "https://court.example")
    twilio.callback(twilio.messages[0], "sent", url=scenario.url + "/twilio/status?ref=n1.1")
    [(_, form, signature)] = scenario.posts
    public = "https://court.example/twilio/status?ref=n1.1"
    assert signature_ok(twilio.auth_token, public, form, signature)
