"""A mail's bytes, as another program reads them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from app.gateways import Message
from app.gateways.mail import Unsendable, build

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FROM = "hearings@court.example"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:庭审\r\nEND:VCALENDAR\r\n".encode()


def letter(**changes: object) -> Message:
    facts: dict = {
        "reference": "n123.1", "channel": "email", "to": "lin@firm.example",
        "text": "Please answer.\n", "subject": "A hearing",
    }  # fmt: skip
    return Message(**(facts | changes))


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, _class=EmailMessage, policy=policy.default)


def test_a_mail_says_who_writes_to_whom_and_that_a_machine_wrote_it():
    message = letter(to_name="Lin, Mei", from_name="上海市浦东新区人民法院", language="zh-Hans")
    mail = build(message, FROM, AT)
    seen = read(mail.data)
    assert seen["From"].addresses[0].display_name == "上海市浦东新区人民法院"
    assert seen["From"].addresses[0].addr_spec == FROM
    assert seen["To"].addresses[0].display_name == "Lin, Mei"
    assert seen["To"].addresses[0].addr_spec == "lin@firm.example"
    assert seen["Date"].datetime == AT
    assert seen["Auto-Submitted"] == "auto-generated"
    assert seen["Content-Language"] == "zh-Hans"
    assert seen["X-Tingqi-Reference"] == "n123.1"
    assert seen["Message-ID"] == mail.message_id
    assert (mail.sender, mail.recipient) == (FROM, "lin@firm.example")


def test_the_message_id_is_the_same_for_the_same_attempt_and_another_for_the_next():
    first = build(letter(), FROM, AT).message_id
    assert first.startswith("<n123.1.")
    assert first.endswith("@court.example>")
    assert build(letter(), FROM, AT.replace(hour=9)).message_id == first
    assert build(letter(reference="n123.2"), FROM, AT).message_id != first
    assert build(letter(to="wu@firm.example"), FROM, AT).message_id != first


def test_a_long_host_name_leaves_the_message_id_in_one_piece():
    mail = build(letter(), f"court@{'a' * 60}.{'b' * 60}.example", AT)
    assert f"Message-ID: {mail.message_id}\r\n".encode() in mail.data.replace(b"\r\n <", b" <")


def test_an_invite_has_text_html_and_calendar_side_by_side_and_the_file_attached():
    message = letter(html="<p>请答复</p>", calendar=CALENDAR, method="REQUEST")
    seen = read(build(message, FROM, AT).data)
    assert seen.get_content_type() == "multipart/mixed"
    choices, attached = list(seen.iter_parts())
    assert choices.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in choices.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    calendar = list(choices.iter_parts())[2]
    assert dict(calendar["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_payload(decode=True) == CALENDAR
    assert attached.get_filename() == "invite.ics"
    assert attached.get_payload(decode=True) == CALENDAR


def test_every_line_ends_in_crlf_and_none_is_too_long_for_smtp():
    message = letter(text="长" * 3000, html="<p>" + "x" * 3000 + "</p>", calendar=CALENDAR)
    data = build(message, FROM, AT).data
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert data.isascii()


def test_a_plain_text_stays_readable_in_the_file():
    link = "https://court.example/r/AbCdEfGhIjKlMnOpQrStUv?from=mail&x=1"
    assert link.encode() in build(letter(text=f"Answer here:\n{link}\n"), FROM, AT).data


def test_line_breaks_and_nul_in_names_and_subjects_cannot_add_a_header():
    message = letter(
        subject="Hearing\r\nBcc: thief@evil.example\0\u2028x", to_name="Lin\nX-Evil: 1",
        from_name="Court\r\nX-Evil: 1", language="en\r\nX-Evil: 1",
    )  # fmt: skip
    seen = read(build(message, FROM, AT).data)
    assert seen["Bcc"] is None
    assert seen["X-Evil"] is None
    assert seen["Subject"] == "Hearing Bcc: thief@evil.example x"
    assert seen["To"].addresses[0].display_name == "Lin X-Evil: 1"


def test_half_a_character_and_nul_in_the_text_do_not_stop_a_mail():
    mail = read(build(letter(text="a\0b\ud83d c"), FROM, AT).data)
    assert mail.get_content().strip() == "a\ufffdb? c"


@pytest.mark.parametrize(
    "address",
    ["", "lin", "lin@", "@firm.example", "a b@firm.example", "lin@firm.example\nRCPT", "a@b@c.d",
     "lin@firm_example", "<lin@firm.example>", "lin@" + "x" * 300, "lin\0@firm.example", "l\ud800@x.y"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Unsendable, match="not a mail address"):
        build(letter(to=address), FROM, AT)


def test_a_chinese_domain_is_written_as_the_network_knows_it():
    mail = build(letter(to="lin@例子.example"), FROM, AT)
    assert mail.recipient == "lin@xn--fsqu00a.example"
    assert not mail.utf8


def test_a_chinese_mailbox_needs_smtputf8():
    mail = build(letter(to="林@firm.example"), FROM, AT)
    assert mail.utf8
    assert "To: 林@firm.example\r\n".encode() in mail.data


@pytest.mark.parametrize("reference", ["", "a b", "n1\n", "号"])
def test_a_reference_that_no_carrier_could_take_is_a_mistake_of_ours(reference):
    with pytest.raises(ValueError, match="not a reference"):
        letter(reference=reference)
