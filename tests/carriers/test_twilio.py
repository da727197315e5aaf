"""Text messages: the real SDK against a Twilio on this machine."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest

from app.carriers.base import OutgoingMessage, SendStatus
from app.carriers.twilio.carrier import TwilioCarrier
from app.carriers.twilio.settings import TwilioSettings
from app.carriers.twilio.standin import TwilioStandIn

FROM = "+15005550006"


@pytest.fixture
def twilio():
    with TwilioStandIn() as standin:
        yield standin


def account(twilio, **changes):
    facts = {
        "account_sid": twilio.account_sid,
        "auth_token": twilio.auth_token,
        "from_": FROM,
        "api_url": twilio.url,
    }
    return TwilioSettings(**(facts | changes))


def client(account, **options):
    return closing(TwilioCarrier(account, "https://court.example/", **options))


@pytest.fixture
def carrier(twilio):
    with client(account(twilio)) as carrier:
        yield carrier


def text(number=1, **changes):
    facts = {"channel": "sms", "to": f"+8613800000{number:03}", "text": f"请答复 {number}"}
    return OutgoingMessage(reference=f"n{number}.1", **(facts | changes))


def send(carrier, *texts):
    return [outcome for _, outcome in carrier.send(texts or (text(),))]


def an_hour_ago():
    return datetime.now(UTC) - timedelta(hours=1)


def test_a_text_goes_out_with_our_reference_and_a_time_by_which_it_is_stale(twilio, carrier):
    [outcome] = send(carrier, text(good_for=600))
    [message] = twilio.messages
    assert (outcome.result, outcome.status) == (SendStatus.ACCEPTED, "queued")
    assert outcome.carrier_id == message["sid"]
    assert (message["to"], message["from"], message["body"]) == ("+8613800000001", FROM, "请答复 1")
    assert message["status_callback"] == "https://court.example/twilio/status?ref=n1.1"
    assert message["validity_period"] == 600


@pytest.mark.parametrize(("good_for", "asked"), [(-5, 1), (0, 1), (99_999, 36_000)])
def test_the_validity_stays_within_what_twilio_takes(twilio, carrier, good_for, asked):
    send(carrier, text(good_for=good_for))
    assert twilio.messages[0]["validity_period"] == asked


def test_a_messaging_service_takes_the_place_of_the_number(twilio):
    service = "MG" + "1" * 32
    with client(account(twilio, messaging_service_sid=service)) as carrier:
        [outcome] = send(carrier)
    assert outcome.status == "accepted"
    assert (twilio.messages[0]["messaging_service_sid"], twilio.messages[0]["from"]) == (
        service,
        None,
    )


def test_many_texts_go_side_by_side_over_few_connections(twilio):
    with client(account(twilio), concurrency=4) as carrier:
        results = list(carrier.send([text(n) for n in range(60)]))
        results += carrier.send([text(60)])
    assert {outcome.result for _, outcome in results} == {SendStatus.ACCEPTED}
    sids = {m["body"]: m["sid"] for m in twilio.messages}
    assert {m.text: o.carrier_id for m, o in results} == sids
    assert len(sids) == 61
    assert twilio.connections <= 4


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (21211, (SendStatus.PERMANENT, "next_channel", None)),
        (21610, (SendStatus.PERMANENT, "next_channel", None)),
        (21408, (SendStatus.TEMPORARY, "alarm", None)),
        (21612, (SendStatus.TEMPORARY, "alarm", None)),
        (21611, (SendStatus.TEMPORARY, "back_off", 300)),
        (29999, (SendStatus.PERMANENT, "next_channel", None)),
        (39999, (SendStatus.TEMPORARY, "", 1800)),
        (12345, (SendStatus.TEMPORARY, "alarm", None)),
    ],
)
def test_a_refused_number_is_weighed_by_its_code(twilio, carrier, code, expected):
    twilio.refuse("+8613800000001", code)
    results = dict(carrier.send([text(1), text(2)]))
    refused, other = results[text(1)], results[text(2)]
    assert (refused.result, refused.advice, refused.retry_after) == expected
    assert (refused.code, refused.carrier_id) == (str(code), "")
    assert "told to refuse" in refused.detail
    assert other.result is SendStatus.ACCEPTED


def test_too_many_requests_mean_a_pause_and_no_hidden_second_try(twilio, carrier):
    twilio.too_many()
    first, second = send(carrier, text(1)), send(carrier, text(1))
    assert (first[0].result, first[0].advice, first[0].code) == (
        SendStatus.TEMPORARY,
        "back_off",
        "20429",
    )
    assert first[0].retry_after == 60
    assert second[0].result is SendStatus.ACCEPTED
    assert len(twilio.messages) == 1


@pytest.mark.parametrize(
    ("code", "retry_after", "expected"),
    [
        (20429, "7", ("20429", 7)),
        (20429, "", ("20429", 60)),
        (21611, "", ("21611", 300)),
        (21611, "7", ("21611", 300)),
        (21611, "900", ("21611", 900)),
        (99999, "7", ("20429", 7)),
        (20429, "soon", ("20429", 60)),
        (20429, "Wed, 21 Oct 2015 07:28:00 GMT", ("20429", 0)),
        (20429, "9" * 5000, ("20429", 60)),
    ],
)
def test_a_429_is_weighed_by_its_code_and_its_retry_after(
    twilio, carrier, code, retry_after, expected
):
    twilio.too_many(code=code, retry_after=retry_after)
    [outcome] = send(carrier)
    assert (outcome.result, outcome.advice) == (SendStatus.TEMPORARY, "back_off")
    assert (outcome.code, outcome.retry_after) == expected


def test_a_429_with_a_code_that_is_final_is_final(twilio, carrier):
    twilio.too_many(code=21610)
    [outcome] = send(carrier)
    assert (outcome.result, outcome.advice, outcome.code) == (
        SendStatus.PERMANENT,
        "next_channel",
        "21610",
    )


@pytest.mark.parametrize("take", [True, False])
@pytest.mark.parametrize("mishap", ["broken", "drop"])
def test_an_answer_that_is_lost_is_unknown_until_twilio_is_asked(twilio, carrier, mishap, take):
    getattr(twilio, mishap)(take=take)
    [outcome] = send(carrier)
    assert (outcome.result, outcome.carrier_id) == (SendStatus.UNKNOWN, "")
    found = carrier.find(text(), an_hour_ago())
    assert not found.sure
    assert [(each.result, each.carrier_id, each.status) for each in found.outcomes] == [
        (SendStatus.ACCEPTED, message["sid"], "queued") for message in twilio.messages
    ]
    assert len(twilio.messages) == take


def test_an_answer_that_does_not_come_is_unknown(twilio, carrier):
    twilio.stall()
    with client(account(twilio), timeout=0.2) as hasty:
        [outcome] = send(hasty)
        assert outcome.result is SendStatus.UNKNOWN
    # The stand-in may come to the text later than the hasty one went: it is waited for.
    for _ in range(6000):
        if twilio.messages:
            break
        Event().wait(0.01)
    [found] = carrier.find(text(), an_hour_ago()).outcomes
    assert found.result is SendStatus.ACCEPTED


def test_an_answer_that_is_no_message_is_unknown():
    class Portal(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.send_header("Content-Length", "13")
            self.end_headers()
            self.wfile.write(b"<html></html>")

        def log_message(self, *said):
            pass

    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with client(TwilioSettings("AC1", "t", FROM, api_url=url)) as carrier:
            [outcome] = send(carrier)
        server.shutdown()
        thread.join()
    assert outcome.result is SendStatus.UNKNOWN


def test_a_twilio_that_is_down_leaves_every_text_for_later():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with client(TwilioSettings("AC1", "t", FROM, api_url=url)) as carrier:
        outcomes = send(carrier, *(text(n) for n in range(20)))
        assert carrier.find(text(), an_hour_ago()) is None
        assert carrier.ask("SM1") is None
        assert "cannot be reached" in str(carrier.check())
    assert {(o.result, o.status) for o in outcomes} == {(SendStatus.TEMPORARY, "line_down")}


def test_a_wrong_token_is_our_fault_and_not_the_recipients(twilio):
    with client(account(twilio, auth_token="wrong")) as carrier:
        [outcome] = send(carrier)
        assert "TINGQI_TWILIO_AUTH_TOKEN" in str(carrier.check())
        assert carrier.find(text(), an_hour_ago()) is None
    assert (outcome.result, outcome.advice, outcome.code) == (
        SendStatus.TEMPORARY,
        "alarm",
        "20003",
    )
    assert twilio.messages == []


def test_a_right_account_is_well(carrier):
    assert carrier.check() == ""


def looked_up(carrier, wanted, since=None):
    return [each.carrier_id for each in carrier.find(wanted, since or an_hour_ago()).outcomes]


def test_a_look_up_wants_the_same_number_words_and_time(twilio, carrier):
    send(carrier, text(1))
    first = twilio.messages[0]["sid"]
    assert looked_up(carrier, text(1)) == [first]
    assert looked_up(carrier, text(1, text="请答复")) == []
    assert looked_up(carrier, text(2, text="请答复 1")) == []
    assert looked_up(carrier, text(1), datetime.now(UTC) + timedelta(hours=1)) == []
    send(carrier, text(1))
    assert looked_up(carrier, text(1)) == [first, twilio.messages[1]["sid"]]


def test_a_look_up_reads_page_after_page(twilio, carrier):
    send(carrier, text(1, text="the oldest"))
    send(carrier, *(text(1, text=f"newer {n}") for n in range(120)))
    assert looked_up(carrier, text(1, text="the oldest")) == [twilio.messages[0]["sid"]]


def test_a_text_whose_callback_was_lost_can_be_asked_after(twilio, carrier):
    [outcome] = send(carrier)
    twilio.messages[0] |= {"status": "undelivered", "error_code": 30003}
    now = carrier.ask(outcome.carrier_id)
    assert (now.status, now.code) == ("undelivered", "30003")
    assert carrier.ask("SM" + "9" * 32) is None


def test_half_a_character_is_never_sent(twilio, carrier):
    [outcome] = send(carrier, text(text="\ud83d"))
    assert outcome.result is SendStatus.PERMANENT
    assert twilio.messages == []


def test_two_beats_may_send_at_once(twilio, carrier):
    with ThreadPoolExecutor(2) as pool:
        batches = [[text(n) for n in range(20)], [text(n) for n in range(20, 40)]]
        outcomes = list(pool.map(lambda batch: send(carrier, *batch), batches))
    assert {o.result for batch in outcomes for o in batch} == {SendStatus.ACCEPTED}
    assert len({m["sid"] for m in twilio.messages}) == 40


def test_an_api_url_that_is_none_is_refused_in_a_sentence(twilio):
    with pytest.raises(ValueError, match="TINGQI_TWILIO_API_URL"):
        client(account(twilio, api_url="api.twilio.example"))
