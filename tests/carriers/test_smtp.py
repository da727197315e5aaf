"""Mail over real SMTP: to a server on this machine that takes, refuses and hangs up."""

import socket
import ssl
from datetime import UTC, datetime

import pytest
import trustme

from app.carriers.base import OutgoingMessage, SendStatus
from app.carriers.smtp.carrier import SmtpCarrier
from app.carriers.smtp.connection import read_url
from app.carriers.smtp.standin import SmtpStandIn
from app.core.runtime.clock import SetClock

CLOCK = SetClock(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
FROM = "hearings@court.example"


@pytest.fixture
def server():
    with SmtpStandIn() as standin:
        yield standin


@pytest.fixture
def carrier(server):
    carrier = SmtpCarrier(server.url, FROM, CLOCK, seconds=5)
    yield carrier
    carrier.close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def server_tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def letter(number: int = 1, **changes: object) -> OutgoingMessage:
    facts: dict = {
        "reference": f"n{number}.1",
        "channel": "email",
        "to": f"counsel{number}@firm.example",
        "text": "Please answer.\n.\n..dots\n",
        "subject": "A hearing",
    }
    return OutgoingMessage(**(facts | changes))


def send(carrier, *letters):
    return [outcome for _, outcome in carrier.send(letters or (letter(),))]


def test_a_mail_arrives_whole_and_is_accepted_under_our_message_id(server, carrier):
    [outcome] = send(carrier)
    [received] = server.messages
    assert outcome.result is SendStatus.ACCEPTED
    assert outcome.carrier_id == received.mail["Message-ID"]
    assert "Kept as 1" in outcome.detail
    assert (received.sender, received.recipients) == (FROM, ("counsel1@firm.example",))
    assert received.mail.get_content() == "Please answer.\r\n.\r\n..dots\r\n"


def test_one_connection_carries_many_mails(server, carrier):
    outcomes = send(carrier, *(letter(n) for n in range(50)))
    outcomes += send(carrier, letter(50))
    assert [o.result for o in outcomes] == [SendStatus.ACCEPTED] * 51
    assert len(server.messages) == 51
    assert server.connections == 1


def test_each_outcome_is_known_before_the_next_mail_goes(server, carrier):
    sending = carrier.send([letter(1), letter(2)])
    next(sending)
    assert len(server.messages) == 1
    sending.close()
    assert len(server.messages) == 1


def test_a_refused_recipient_does_not_stop_the_others(server, carrier):
    server.refuse("counsel2@firm.example")
    first, second, third = send(carrier, letter(1), letter(2), letter(3))
    assert (first.result, third.result) == (SendStatus.ACCEPTED, SendStatus.ACCEPTED)
    assert (second.result, second.advice) == (SendStatus.PERMANENT, "next_channel")
    assert (second.code, second.status) == ("550", "5.1.1")
    assert "No such user" in second.detail
    assert server.connections == 1


def test_greylisting_passes(server, carrier):
    server.say("451 4.7.1 Greylisted, come back later")
    first, second = send(carrier, letter(1), letter(2))
    assert (first.result, first.code, first.advice) == (SendStatus.TEMPORARY, "451", "")
    assert second.result is SendStatus.ACCEPTED


@pytest.mark.parametrize(
    ("step", "reply", "expected"),
    [
        ("MAIL", "550 5.7.1 Sender not allowed", (SendStatus.TEMPORARY, "alarm")),
        ("MAIL", "452 4.3.1 Out of space", (SendStatus.TEMPORARY, "")),
        ("MAIL", "552 5.3.4 Too big", (SendStatus.PERMANENT, "next_channel")),
        ("RCPT", "530 5.7.0 Sign in first", (SendStatus.TEMPORARY, "alarm")),
        ("RCPT", "554 5.7.1 Relay access denied", (SendStatus.TEMPORARY, "alarm")),
        ("RCPT", "552 5.2.2 Mailbox full", (SendStatus.PERMANENT, "next_channel")),
        ("DATA", "451 4.3.0 Try later", (SendStatus.TEMPORARY, "")),
        ("DATA", "554 5.6.0 Not wanted", (SendStatus.PERMANENT, "next_channel")),
    ],
)
def test_a_refusal_is_the_recipients_fault_or_ours_or_passes(
    server, carrier, step, reply, expected
):
    server.say(reply, step=step)
    first, second = send(carrier, letter(1), letter(2))
    assert (first.result, first.advice) == expected
    assert second.result is SendStatus.ACCEPTED
    assert len(server.messages) == 1


@pytest.mark.parametrize("keep", [True, False])
def test_a_connection_lost_after_the_mail_was_handed_over_is_unknown(server, carrier, keep):
    server.hang_up_after_data(keep=keep)
    first, second = send(carrier, letter(1), letter(2))
    assert first.result is SendStatus.UNKNOWN
    assert first.carrier_id.startswith("<n1.1.")
    assert second.result is SendStatus.ACCEPTED
    assert len(server.messages) == 1 + keep
    assert server.connections == 2


def test_a_server_that_hung_up_between_two_mails_is_called_again(server, carrier):
    sending = carrier.send([letter(1), letter(2)])
    next(sending)
    server.drop_connections()
    [(_, second)] = sending
    assert second.result is SendStatus.ACCEPTED
    assert len(server.messages) == 2
    assert server.connections == 2


def test_a_server_that_says_that_it_closes_is_called_again_once(server, carrier):
    send(carrier, letter(1))
    server.say("421 4.4.2 Idle too long", step="MAIL")
    assert [o.result for o in send(carrier, letter(2))] == [SendStatus.ACCEPTED]
    server.say("421 4.3.2 Shutting down", times=2, step="MAIL")
    [outcome] = send(carrier, letter(3))
    assert (outcome.result, outcome.status) == (SendStatus.TEMPORARY, "closed")


def test_a_server_that_is_down_leaves_every_mail_for_later():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    carrier = SmtpCarrier(f"smtp://127.0.0.1:{port}", FROM, CLOCK)
    outcomes = send(carrier, letter(1), letter(2))
    assert [(o.result, o.status) for o in outcomes] == [(SendStatus.TEMPORARY, "line_down")] * 2
    assert f"127.0.0.1:{port} cannot be reached" in outcomes[0].detail
    assert "TINGQI_SMTP_URL" in str(carrier.check())


def test_a_server_that_never_speaks_is_not_waited_for_by_every_mail():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        carrier = SmtpCarrier(url, FROM, CLOCK, connect_seconds=0.1)
        outcomes = send(carrier, *(letter(n) for n in range(20)))
    assert {(o.result, o.status) for o in outcomes} == {(SendStatus.TEMPORARY, "line_down")}


def test_what_is_no_address_is_said_so_and_the_rest_goes(server, carrier):
    first, second = send(carrier, letter(1, to="nobody"), letter(2))
    assert (first.result, first.advice, first.status) == (
        SendStatus.PERMANENT,
        "next_channel",
        "address",
    )
    assert second.result is SendStatus.ACCEPTED


def test_a_chinese_mailbox_goes_where_the_server_can_carry_it(server, carrier):
    assert send(carrier, letter(to="林@firm.example"))[0].result is SendStatus.ACCEPTED
    assert server.messages[0].recipients == ("林@firm.example",)
    with SmtpStandIn(smtputf8=False) as old:
        carrier = SmtpCarrier(old.url, FROM, CLOCK)
        first, second = send(carrier, letter(to="林@firm.example"), letter(2))
        carrier.close()
    assert (first.result, first.advice) == (SendStatus.PERMANENT, "next_channel")
    assert "outside ASCII" in first.detail
    assert second.result is SendStatus.ACCEPTED


def test_starttls_and_sign_in_happen_before_anything_is_said(server_tls, trusting):
    with SmtpStandIn(tls=server_tls, user="court", password="p@ss:/?") as server:
        url = f"smtp://court:p%40ss%3A%2F%3F@127.0.0.1:{server.port}?starttls=required"
        carrier = SmtpCarrier(url, FROM, CLOCK, context=trusting)
        assert carrier.check() == ""
        outcomes = send(carrier, letter(1), letter(2))
        carrier.close()
        assert [o.result for o in outcomes] == [SendStatus.ACCEPTED] * 2
        assert [(m.encrypted, m.user) for m in server.messages] == [(True, "court")] * 2
        assert server.connections == 2  # one of them was the check's


def test_tls_from_the_first_byte(server_tls, trusting):
    with SmtpStandIn(tls=server_tls, implicit=True) as server:
        carrier = SmtpCarrier(f"smtps://127.0.0.1:{server.port}", FROM, CLOCK, context=trusting)
        assert send(carrier)[0].result is SendStatus.ACCEPTED
        carrier.close()
        assert server.messages[0].encrypted


def test_a_certificate_that_nobody_vouches_for_is_refused_aloud(server_tls):
    with SmtpStandIn(tls=server_tls) as server:
        carrier = SmtpCarrier(f"{server.url}?starttls=required", FROM, CLOCK)
        [outcome] = send(carrier)
        assert (outcome.result, outcome.advice) == (SendStatus.TEMPORARY, "alarm")
        assert "certificate" in str(carrier.check())
        assert server.messages == []


def test_starttls_that_is_required_and_not_offered_stops_everything(server):
    carrier = SmtpCarrier(f"{server.url}?starttls=required", FROM, CLOCK)
    outcomes = send(carrier, letter(1), letter(2))
    assert [(o.result, o.advice) for o in outcomes] == [(SendStatus.TEMPORARY, "alarm")] * 2
    assert "STARTTLS" in str(carrier.check())
    assert server.messages == []


def test_a_wrong_password_is_our_fault_and_not_the_recipients():
    with SmtpStandIn(user="court", password="right") as server:
        url = f"smtp://court:wrong@127.0.0.1:{server.port}?starttls=no"
        carrier = SmtpCarrier(url, FROM, CLOCK)
        outcomes = send(carrier, letter(1), letter(2))
        assert [(o.result, o.advice, o.code) for o in outcomes] == [
            (SendStatus.TEMPORARY, "alarm", "535")
        ] * 2
        assert "refused the sign-in" in str(carrier.check())
        assert "wrong" not in str(carrier.check())
        assert server.messages == []


def test_a_mail_server_cannot_be_asked_afterwards(carrier):
    assert carrier.find(letter(), CLOCK.now()) is None
    assert carrier.ask("<n1.1@court.example>") is None


def test_a_url_says_where_and_how():
    line = read_url("smtp://u%40c:p%25@mail.court.example?starttls=required")
    assert (line.host, line.port, line.tls) == ("mail.court.example", 587, "required")
    assert (line.user, line.password) == ("u@c", "p%")
    assert "p%" not in repr(line)
    assert read_url("smtps://[::1]").port == 465
    assert read_url("smtp://localhost:25").tls == "yes"


@pytest.mark.parametrize(
    "url",
    ["mail.court.example", "http://x", "smtp://", "smtp://x:99999", "smtp://x?starttls=maybe"],
)
def test_a_url_that_is_none_is_refused_in_a_sentence(url):
    with pytest.raises(ValueError, match="mail server's URL"):
        SmtpCarrier(url, FROM, CLOCK)
