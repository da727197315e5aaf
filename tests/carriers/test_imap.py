"""The mailbox as servers of many kinds give it, over a real IMAP server; and settings in words."""

import subprocess
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from app.carriers.imap.mailbox import ImapMailbox, MailboxPosition, MailboxUnreachable
from app.carriers.smtp.carrier import SmtpCarrier
from app.carriers.smtp.standin import SmtpStandIn
from app.core.runtime.clock import SetClock
from tests.commands import tingqi_command
from tests.conftest import NOW
from tests.imap import ImapServer, UnsafeLogin

LETTER = b"From: li@huacheng.example\nSubject: x\n\nhello\n"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


def found(box: ImapMailbox) -> list[bytes]:
    """What lies there, unseen."""
    try:
        return [each.raw for each in box.arrived(MailboxPosition())]
    finally:
        box.close()


def test_a_server_that_wants_to_know_its_client_is_told() -> None:
    with ImapServer(state=UnsafeLogin) as server:
        server.deliver(LETTER)
        box = ImapMailbox(server.url)
        assert box.check() == ""
        assert len(found(box)) == 1


# "开庭回复" and "&" as RFC 3501, 5.1.3 writes them.
@pytest.mark.parametrize(
    ("folder", "wire"),
    [
        ("开庭回复", "&XwBerVbeWQ0-"),
        ("Cases & replies", "Cases &- replies"),
        ("Entwürfe", "Entw&APw-rfe"),
        ('a"b', 'a"b'),
    ],
)
def test_a_folder_of_any_name_is_opened(imap: ImapServer, folder: str, wire: str) -> None:
    quoted = '"' + wire.replace('"', '\\"') + '"'
    with imap.client() as client:
        assert client.create(quoted)[0] == "OK"
    imap.deliver(LETTER, folder=quoted)
    base = imap.url.removesuffix("INBOX")
    written = {quote(folder), folder} if '"' not in folder else {quote(folder)}
    for each in (*written, quote(wire)):
        box = ImapMailbox(base + each)
        assert box.check() == "", each
        assert len(found(box)) == 1


def test_a_user_and_a_password_beyond_ascii_sign_in() -> None:
    with ImapServer(user="书记员", password="密码 pä$$") as server:
        server.deliver(LETTER)
        assert len(found(ImapMailbox(server.url))) == 1
    with SmtpStandIn(user="书记员", password="密码 pä$$") as post:
        login = f"{quote('书记员')}:{quote('密码 pä$$')}"
        carrier = SmtpCarrier(
            f"smtp://{login}@127.0.0.1:{post.port}?starttls=no", "a@court.example", SetClock(NOW)
        )
        assert carrier.check() == ""
        wrong = SmtpCarrier(
            f"smtp://{login}x@127.0.0.1:{post.port}?starttls=no", "a@court.example", SetClock(NOW)
        )
        assert "refused the sign-in" in str(wrong.check())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda url: url.replace("court:", "clerk:"), "Invalid authentication"),
        (lambda url: url.replace("/INBOX", "/" + quote("没有")), "没有"),
        (lambda url: url.replace("127.0.0.1", "x" * 70 + ".example"), "cannot be read"),
    ],
)
def test_a_fault_of_the_settings_is_said_in_words(imap, change, said) -> None:
    box = ImapMailbox(change(imap.url))
    fault = str(box.check())
    assert fault.startswith("The mailbox cannot be read: ")
    assert "Check TINGQI_IMAP_URL" in fault
    assert said in fault
    assert "b'" not in fault
    with pytest.raises(MailboxUnreachable):
        found(box)


@pytest.mark.parametrize("bad", ["imaps://u:p@h/%BF%AA%CD%A5", "imaps://u%0Ax:p@h/INBOX"])
def test_an_address_that_no_protocol_carries_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="In TINGQI_IMAP_URL the"):
        ImapMailbox(bad)


def doctor(environment: dict[str, str], **more: str) -> str:
    """What `tingqi doctor` prints."""
    done = subprocess.run(
        tingqi_command("doctor"),
        env={**environment, **more},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_doctor_names_what_stands_in_the_way(imap: ImapServer, environment) -> None:
    url = imap.url.replace("/INBOX", "/开庭回复")
    said = doctor(environment, TINGQI_IMAP_URL=url)
    assert "the folder 开庭回复 cannot be opened" in said
    with imap.client() as client:
        client.create('"&XwBerVbeWQ0-"')
    assert "开庭回复 is read" in doctor(environment, TINGQI_IMAP_URL=url)


TWILIO = {
    "TINGQI_TWILIO_ACCOUNT_SID": "AC1",
    "TINGQI_TWILIO_AUTH_TOKEN": "t",
    "TINGQI_TWILIO_FROM": "+15005550006",
}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {**TWILIO, "TINGQI_TWILIO_AUTH_TOKEN": "to\u200bken"},
            "TINGQI_TWILIO_AUTH_TOKEN contains an invisible character (U+200B)",
        ),
        (
            {**TWILIO, "TINGQI_TWILIO_ACCOUNT_SID": "ＡC1"},
            "TINGQI_TWILIO_ACCOUNT_SID contains 'Ａ'",
        ),
        (
            {"TINGQI_MAIL_AUTHSERV": "mx.court.example dkim=pass"},
            "TINGQI_MAIL_AUTHSERV must be the name of one server",
        ),
        ({"TINGQI_IMAP_URL": "imaps://u:p@-.例/INBOX"}, "TINGQI_IMAP_URL must be an address"),
        (
            {"TINGQI_IMAP_URL": "imaps://u:p@mx..court.example/开"},
            "TINGQI_IMAP_URL must be an address",
        ),
        ({"TINGQI_PUBLIC_URL": "https://court example/"}, "TINGQI_PUBLIC_URL must be an address"),
        (
            {"TINGQI_SMTP_URL": "smtp://u:%ff@127.0.0.1:1", "TINGQI_MAIL_FROM": "a@court.example"},
            "In TINGQI_SMTP_URL the password is not percent-encoded as UTF-8",
        ),
        (
            {"TINGQI_SMTP_URL": "smtp://127.0.0.1:1", "TINGQI_MAIL_FROM": "a@court..example"},
            "TINGQI_MAIL_FROM has a domain that cannot exist",
        ),
    ],
)
def test_settings_with_letters_that_nobody_sees_are_named(environment, settings, said) -> None:
    assert said in doctor(environment, **settings)


def test_blanks_and_invisible_letters_around_a_setting_do_no_harm(environment) -> None:
    said = doctor(environment, TINGQI_MAIL_AUTHSERV="\ufeff mx.court.example;\u200b")
    assert "settings: complete" in said
