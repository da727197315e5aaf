"""Which words of a mail are read: labels that say less than they mean, parts that say nothing."""
# ruff: noqa: F811  (fixtures are imported)

import base64
from urllib.parse import quote

import pytest

from app.inbound.parsing.mail import read
from tests.conftest import Scenario
from tests.flows.test_replies_by_mail import LI, come, fixed, imap, scenario  # noqa: F401
from tests.imap import ImapServer
from tests.replied import gmail, invited, mail

NAMES = "王喆、李镕、张旻"


def b64(raw: bytes) -> str:
    return base64.encodebytes(raw).decode()


def word(text: str, charset: str, codec: str) -> str:
    """An encoded word (RFC 2047)."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(codec)).decode()}?="


def one(charset: str, codec: str, text: str = NAMES) -> str:
    """A mail whose subject, sender, words and files are labelled so, and encoded otherwise."""
    name = word(text, charset, codec)
    percent = quote(f"{text}.pdf".encode(codec))
    return (
        f'From: "{name}" <{LI}>\nSubject: {name}\nMIME-Version: 1.0\n'
        'Content-Type: multipart/mixed; boundary="B"\n\n'
        f"--B\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
        f"{b64(text.encode(codec))}\n--B\nContent-Type: application/pdf\n"
        f"Content-Disposition: attachment; filename*={charset}''{percent}\n\nx\n"
        f'--B\nContent-Type: application/pdf; name="{word(text + "2.pdf", charset, codec)}"\n\nx\n--B--\n'
    )


def test_chinese_that_is_labelled_as_the_old_standard_is_read_whole(
    scenario: Scenario, imap: ImapServer
) -> None:
    fixed(scenario)
    [said] = come(scenario, imap, one("gb2312", "gbk"))
    assert (said["words"], said["name"]) == (NAMES, NAMES)
    assert said["files"] == [f"{NAMES}.pdf", f"{NAMES}2.pdf"]
    whole = gmail(invited(scenario, LI), "DECLINED").replace("On my way", NAMES)
    event = whole[whole.index("BEGIN:VCALENDAR") : whole.index("END:VCALENDAR") + 13]
    reply = mail(
        LI,
        "Content-Type: text/calendar; method=REPLY; charset=GB2312\n"
        f"Content-Transfer-Encoding: base64\n\n{b64(event.encode('gbk'))}",
    )
    assert come(scenario, imap, reply)[-1]["counted"]
    [line] = [x for x in scenario.record(1) if x["kind"] == "calendar"]
    assert line["content"]["comment"] == NAMES


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gbk", NAMES),
        ("GBK", "gb18030", "㐀𠀀" + NAMES),
        ("x-gbk", "gbk", NAMES),
        ("utf8", "utf-8", NAMES),
        ("unicode-1-1-utf-8", "utf-8", NAMES),
        ("iso-8859-1", "cp1252", "“fee” – €5"),
        ("ISO_8859-1", "cp1252", "Müller…"),
        ("us-ascii", "cp1252", "Müller"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("euc-kr", "cp949", "똠"),
        ("shift_jis", "cp932", "①髙橋㈱"),
        ("big5", "big5hkscs", "喺嘅啲"),
        ("big5", "cp950", "€"),
        ("iso-2022-jp", "iso-2022-jp", "返信"),
        ("hz-gb-2312", "hz", "收到"),
        ("utf-7", "utf-7", "收到"),
        ("koi8-r", "koi8-r", "согласен"),
        ("cp936", "gbk", "旻"),
        # Labels that are wrong: UTF-8 is tried, then GB18030.
        ("iso-8859-1", "utf-8", "李敏收到"),
        ("utf-8", "gb18030", "李敏收到"),
        ("us-ascii", "gb18030", "李敏收到"),
        ("no-such", "utf-8", "李敏"),
        ("gb2312", "utf-8", "李敏收到了"),
    ],
)
def test_a_label_means_what_browsers_take_it_for(label: str, codec: str, text: str) -> None:
    found = read(one(label, codec, text).encode(), "")
    assert (found.text, found.subject, found.name) == (text, text, text)
    assert found.files == (f"{text}.pdf", f"{text}2.pdf")


def test_names_in_raw_bytes_and_in_pieces_are_read() -> None:
    head = f'From: {LI}\nContent-Type: application/pdf; name="'
    raw = head.encode() + "证据喆.pdf".encode("gbk") + b'"\n\nx\n'
    assert read(raw, "").files == ("证据喆.pdf",)
    pieces = quote("证据喆".encode("gbk"))
    cut = f"filename*0*=gb2312'zh'{pieces[:9]};\n filename*1*={pieces[9:]}.pdf"
    raw = f"From: {LI}\nContent-Disposition: attachment; {cut}\n\nx\n".encode()
    assert read(raw, "").files == ("证据喆.pdf",)


def test_an_encoded_name_cannot_pass_for_the_address() -> None:
    name = word(f"{LI}, x", "utf-8", "utf-8")
    found = read(f"From: {name} <thief@evil.example>\n\nx\n".encode(), "")
    assert (found.sender, found.name) == ("thief@evil.example", f"{LI}, x")


BLANKS = [
    "",
    " \n\t\n",
    "\u00a0\u00a0\n",
    "\u200b\u200c\ufeff",
    "\u2800\u3164",
    "\u3000",
    "\u034f\u180e",
    "&nbsp;\n-- \n",
    "[cid:image001.png]\n____",
]


@pytest.mark.parametrize("blank", BLANKS)
def test_the_first_part_that_says_something_is_taken(blank: str) -> None:
    html = (
        "<html><head><title>t</title><style>p{color:red}</style></head><body>"
        "<script>alert(1)</script><p>同意&nbsp;12 月 7 日</p></body></html>"
    )
    raw = (
        f"From: {LI}\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=B\n\n"
        f"--B\nContent-Type: text/plain; charset=utf-8\n\n{blank}\n"
        f"--B\nContent-Type: text/html; charset=utf-8\n\n{html}\n--B--\n"
    )
    assert read(raw.encode(), "").text == "同意 12 月 7 日"


def test_the_words_of_a_mail_within_are_not_the_writers() -> None:
    raw = (
        f"From: {LI}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
        f"--B\nContent-Type: message/rfc822\n\nFrom: x@y.example\n\nold words\n"
        "--B\nContent-Type: text/plain\n\nnew words\n--B--\n"
    )
    assert read(raw.encode(), "").text == "new words"
