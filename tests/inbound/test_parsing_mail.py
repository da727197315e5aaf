"""Mails that anybody may have written: read as what they are, in bounded time, or refused in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.inbound.parsing import digits, itip
from app.inbound.parsing.authentication import authenticated
from app.inbound.parsing.mail import UnreadableMail, read


def nested(depth: int) -> bytes:
    """Parts within parts within parts."""
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return b"From: x@evil.example\n" + parts + b"Content-Type: text/plain\n\nx\n"


# More than a mail server takes, and more than a reader can stand.
BOMBS: dict[str, bytes] = {
    "parts within parts": nested(3000),
    "a few hundred messages within messages": b"From: x@evil.example\n"
    + b"Content-Type: message/rfc822\n\n" * 900,
    "more parts than anybody sends": b'From: x@evil.example\nContent-Type: multipart/mixed; boundary="b"\n\n'
    + b"--b\n\nx\n" * 500,
    "nothing at all": b"",
}
POISON: dict[str, bytes] = {
    "no header": b"\n\nhello",
    "nothing at all": b"\n",
    "broken MIME": b'From: x@evil.example\nContent-Type: multipart/mixed; boundary="=?"\n\n--x\nContent-Type: \xff\xfe; charset=\x00\n\n\xff\xff',
    "unknown charsets": b"From: =?no-such?Q?x?= <x@evil.example>\nSubject: =?utf-8?B?!!!!?=\nContent-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: base64\n\n!!!\n",
    "broken calendar": b"From: x@evil.example\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nDTSTAMP:yesterday\nSEQUENCE:many\n",
    "a calendar of a thousand parts": b"From: x@evil.example\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"
    + b"BEGIN:VEVENT\n" * 1000,
    "NUL and halves of characters": b"From: x@evil.example\nSubject: =?utf-16?B?2AAAAA==?=\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n2AAAAA==\n",
    "endless addresses": b"From: " + b"a@b.example, " * 20000 + b"\n\nx\n",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_words(bomb: str) -> None:
    with pytest.raises(UnreadableMail, match=r"^it "):
        read(BOMBS[bomb], "")


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", *(each[:200].decode("latin-1") for each in POISON.values())]),
)
def test_any_bytes_are_a_mail_or_refused(tail: bytes, head: str) -> None:
    raw = b"From: a@b.example\nContent-Type: text/calendar\n" + head.encode("latin-1") + tail
    try:
        mail = read(raw, "mx.court.example")
    except UnreadableMail:
        return
    assert len(mail.sender) <= 254
    assert "\x00" not in mail.text + mail.subject + mail.name
    assert not mail.proven
    (mail.text + mail.subject + mail.name).encode()
    itip.first_replies(mail.calendars, mail.sender)


def test_headers_in_raw_utf8_and_in_chinese_encodings_are_read() -> None:
    for charset in ("utf-8", "gb18030"):
        raw = "From: 李敏 <li@b.example>\nSubject: 证据清单\n\nx\n".encode(charset)
        mail = read(raw, "")
        assert (mail.subject, mail.name, mail.sender) == ("证据清单", "李敏", "li@b.example")


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("mx.c.example; dmarc=pass header.from=firm.example", True),
        ("MX.C.EXAMPLE 1; DMARC=PASS header.from=firm.example", True),
        ("mx.c.example; dkim=pass header.d=firm.example", True),
        ("mx.c.example; dkim=pass header.i=@firm.example", True),
        ("mx.c.example; dkim=pass header.d=mail.firm.example", False),
        ("mx.c.example; dkim=pass header.d=example", False),
        ("mx.c.example; dkim=fail header.d=firm.example", False),
        ("mx.c.example; spf=pass smtp.mailfrom=firm.example", False),
        ("mx.c.example; dmarc=pass header.from=other.example", False),
        ("mx.other.example; dmarc=pass header.from=firm.example", False),
        ("mx.c.example (; dmarc=pass header.from=firm.example)", False),
        ('mx.c.example; x=fail reason="; dmarc=pass header.from=firm.example"', False),
        ("mx.c.example; none", False),
        ("", False),
    ],
)
def test_only_the_trusted_servers_word_on_the_senders_own_domain_counts(
    said: str, counts: bool
) -> None:
    assert authenticated([said], "mx.c.example", "li@firm.example") is counts
    assert not authenticated([said], "", "li@firm.example")


@pytest.mark.parametrize(
    ("words", "picks"),
    [
        ("1", (1,)),
        ("１", (1,)),
        (" 2 。", (2,)),
        ("1 3", (1, 3)),
        ("1、3", (1, 3)),
        ("1，2", (1, 2)),
        ("0", ()),
        ("０", ()),
        ("10", (10,)),
        ("2 2", (2,)),
        ("1)", (1,)),
        ("#1", (1,)),
        ("(1)", (1,)),
        ("１）", (1,)),
        ("[1].", (1,)),
        ("“1”", (1,)),
        ("①", (1,)),
        ("①③", (1, 3)),
        ("⑫", (12,)),
        ("❷", (2,)),
        ("㈠", (1,)),
        ("⒈", (1,)),
        ("1\ufe0f\u20e3", (1,)),
        ("1\u20e3", (1,)),
        ("0\ufe0f\u20e3", ()),
        ("🔟", (10,)),
        ("1\ufe0f\u20e32\ufe0f\u20e3", (1, 2)),
        ("2\ufe0e", (2,)),
        ("٢", (2,)),
        ("𝟏", (1,)),
        ("1\u200b", (1,)),
        ("\u200e1\u200f", (1,)),
        ("\ufeff1", (1,)),
        ("\u20681\u2069", (1,)),
        ("1\u00a0", (1,)),
        ("\u3000１\u3000", (1,)),
        ("1\u2060,\u20602", (1, 2)),
        ("1\u00ad", (1,)),
        ("1 and 3", (1, 3)),
        ("1, 2 and 3", (1, 2, 3)),
        ("1 & 2", (1, 2)),
        ("1 or 3", (1, 3)),
        ("1)\r\n3)", (1, 3)),
        ("1.\n2.", (1, 2)),
        ("1；2", (1, 2)),
        ("1和3", (1, 3)),
        ("1或2", (1, 2)),
        ("no. 1", (1,)),
        ("No.2", (2,)),
        ("№1", (1,)),
        ("N°1", (1,)),
        ("Nº 1", (1,)),
        ("Option 1", (1,)),
        ("slots 1, 3", (1, 3)),
        ("#1, #3", (1, 3)),
        ("选1", (1,)),
        ("选择1、3", (1, 3)),
        ("第1个", (1,)),
        ("第一个", (1,)),
        ("选第二个", (2,)),
        ("第1、第3", (1, 3)),
        ("一", (1,)),
        ("一和三", (1, 3)),
        ("零", ()),
    ],
)
def test_digits_of_any_width_pick_slots(words: str, picks: tuple[int, ...]) -> None:
    assert digits.read(words) == digits.SlotChoice(picks)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "one",
        "1 0",
        "收到",
        "STOP",
        "1 please",
        "-1",
        "1/12 14:00",
        "123",
        "13800138001",
        "No 1",
        "no, 1",
        "No1",
        "not 1",
        "Yes 1",
        "1?",
        "1？",
        "①?",
        "1 or",
        "or 1",
        "1 and",
        "+1",
        "1-3",
        "1~3",
        "½",
        "1²",
        "1\u0336",
        "1\u20e0",
        "1 ❌",
        "👍",
        "一二",
        "十一",
        "1号",
        "周一",
        "12月1日",
        "选1个",
        "1个",
        "不选1",
        "除了1",
        "1 if needed",
        "1 but not before 10",
        "9:30",
        "1st",
        "1 ok",
        "A1 B2",
        "()",
        ".",
        "1 " * 40,
        "1\u200b" * 500,
    ],
)
def test_what_is_no_plain_choice_is_not_guessed(words: str) -> None:
    assert digits.read(words) is None
    choice = digits.read("12")
    assert choice is not None
    assert digits.answers(choice, [71, 72]) is None


def test_a_letter_names_the_question_and_a_pick_says_no_to_the_others() -> None:
    choice = digits.read("Ｂ２")
    assert choice == digits.SlotChoice((2,), "B")
    assert digits.answers(choice, [71, 72, 73]) == {71: "no", 72: "yes", 73: "no"}
    assert digits.answers(digits.SlotChoice(()), [71]) == {71: "no"}
