"""A mail's bytes, as another program reads them."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.carriers.base import OutgoingMessage
from app.carriers.mime import Unsendable, build, one_line

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FROM = "hearings@court.example"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:庭审\r\nEND:VCALENDAR\r\n".encode()


def letter(**changes: object) -> OutgoingMessage:
    facts: dict = {
        "reference": "n123.1",
        "channel": "email",
        "to": "lin@firm.example",
        "text": "Please answer.\n",
        "subject": "A hearing",
    }
    return OutgoingMessage(**(facts | changes))


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
        subject="Hearing\r\nBcc: thief@evil.example\0\u2028x",
        to_name="Lin\nX-Evil: 1",
        from_name="Court\r\nX-Evil: 1",
        language="en\r\nX-Evil: 1",
    )
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
    [
        "",
        "lin",
        "lin@",
        "@firm.example",
        "a b@firm.example",
        "lin@firm.example\nRCPT",
        "a@b@c.d",
        "lin@firm_example",
        "<lin@firm.example>",
        "lin@" + "x" * 300,
        "lin\0@firm.example",
        "l\ud800@x.y",
    ],
)
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


LONG = "Supreme Court of the State of New York, County of Westchester, Commercial Division"
CHARACTERS = st.one_of(
    st.sampled_from(" ,<>\"\\()@;:.=?_'法院é😀\u202e\u200b\r\n\t\0xyz-"),
    st.characters(codec="utf-8"),
)


def said_by(value: str) -> str:
    """Words of a header, unfolded and decoded (RFC 5322, 2.2.3; RFC 2047)."""
    return str(make_header(decode_header(unfolded(value))))


def unfolded(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value)


@settings(max_examples=300, deadline=None)
@given(st.text(CHARACTERS, max_size=260), st.text(CHARACTERS, max_size=260))
@example(LONG, LONG)
@example("Tribunal judiciaire de Paris, première chambre civile, section des référés", "é" * 200)
@example("x" * 200 + ' "quoted, <and> long\\"', "上海市浦东新区人民法院" * 18)
@example("=?utf-8?q?thief?= <thief@evil.example>", "a" * 999)
def test_every_name_parses_back_to_one_address_and_that_very_name(name: str, court: str) -> None:
    mail = build(
        letter(to_name=name, from_name=court, subject=name, to="anna@faß.example"), FROM, AT
    )
    legacy, modern = message_from_bytes(mail.data), read(mail.data)
    for header, words, address in (
        ("To", name, "anna@xn--fa-hia.example"),
        ("From", court, FROM),
    ):
        words = re.sub(" +", " ", one_line(words))
        [(shown, found)] = getaddresses([unfolded(legacy[header])])
        assert (said_by(shown), found) == (words, address)
        [parsed] = modern[header].addresses  # which parts adjacent encoded words of a name
        assert parsed.addr_spec == address
    assert said_by(legacy["Subject"]) == modern["Subject"] == re.sub(" +", " ", one_line(name))
    head = mail.data.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("length", range(1, len(LONG) + 1))
def test_a_name_with_commas_is_read_by_any_parser_at_every_length(length: int) -> None:
    name = LONG[:length].strip()
    [parsed] = read(build(letter(from_name=name), FROM, AT).data)["From"].addresses
    assert (parsed.display_name, parsed.addr_spec) == (name, FROM)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("anna@faß.example", "anna@xn--fa-hia.example"),
        ("anna@FASS.example", "anna@fass.example"),
        ("anna@σς.example", "anna@xn--3xab.example"),  # the final sigma is a letter of its own
        ("anna@例子。example", "anna@xn--fsqu00a.example"),
        ("anna@xn--fa-hia.example", "anna@xn--fa-hia.example"),
        ("anna@x_y.court.example", None),
        ("anna@☃.example", None),
        ("anna@１０.0.0.1", None),
    ],
)
def test_a_domain_is_the_one_that_browsers_look_up(address: str, sent: str | None) -> None:
    if sent is None:
        with pytest.raises(Unsendable):
            build(letter(to=address), FROM, AT)
        return
    mail = build(letter(to=address), address, AT)
    assert (mail.recipient, mail.sender) == (sent, sent)
    assert read(mail.data)["To"].addresses[0].addr_spec == sent
