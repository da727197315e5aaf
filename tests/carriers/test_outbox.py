"""The local outbox: what a person finds in the folder."""

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from app.carriers import mime
from app.carriers.base import LookupResult, OutgoingMessage, SendStatus
from app.carriers.outbox.carrier import Outbox, content, entries
from app.carriers.registry import CarrierSettings, Installation, build
from app.carriers.smtp.plugin import SmtpSettings
from app.carriers.twilio.settings import TwilioSettings
from app.core.runtime.clock import SetClock

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def clock():
    return SetClock(AT)


@pytest.fixture
def mails(tmp_path, clock):
    return Outbox(tmp_path / "outbox", "email", clock, "hearings@court.example")


@pytest.fixture
def texts(tmp_path, clock):
    return Outbox(tmp_path / "outbox", "sms", clock)


def letter(reference="n1.1", **changes):
    facts = {"channel": "email", "to": "lin@firm.example", "text": "请答复\n", "subject": "庭审"}
    return OutgoingMessage(reference=reference, **(facts | changes))


def text(reference="n2.1", **changes):
    return OutgoingMessage(
        reference=reference,
        **({"channel": "sms", "to": "+8613800000000", "text": "请答复"} | changes),
    )


def test_a_mail_is_kept_as_the_very_bytes_that_smtp_would_send(mails, clock):
    message = letter(calendar=CALENDAR, method="REQUEST")
    [(_, outcome)] = mails.send([message])
    assert outcome.result is SendStatus.ACCEPTED
    [file] = mails.folder.iterdir()
    assert (file.name, file.suffix) == (outcome.carrier_id, ".eml")
    seen = message_from_bytes(file.read_bytes(), policy=policy.default)
    bare = [line for line in file.read_bytes().split(b"\r\n") if b"\n" in line]
    assert (seen["To"], seen["Subject"], bare) == ("lin@firm.example", "庭审", [])
    assert seen["Message-ID"] == mime.build(message, "hearings@court.example", AT).message_id


def test_a_text_is_kept_with_its_number_words_and_reference(texts):
    list(texts.send([text(good_for=600)]))
    [file] = texts.folder.iterdir()
    assert file.suffix == ".json"
    assert json.loads(file.read_bytes()) == {
        "to": "+8613800000000",
        "body": "请答复",
        "reference": "n2.1",
        "at": "2026-11-23T08:30:00+00:00",
        "good_for": 600,
    }


def test_the_same_reference_twice_is_seen_twice(texts):
    list(texts.send([text(text="one"), text(text="two")]))
    assert [e.body for e in entries(texts.folder)] == ["two", "one"]
    assert len(list(texts.folder.iterdir())) == 2


def test_entries_come_newest_first_with_what_a_page_shows(mails, texts, clock):
    list(mails.send([letter(calendar=CALENDAR, method="REQUEST", html="<p>x</p>")]))
    clock.advance(timedelta(minutes=5))
    list(texts.send([text("n2.1"), text("n3.1")]))
    newest, middle, oldest = entries(mails.folder)
    assert [e.reference for e in (newest, middle, oldest)] == ["n3.1", "n2.1", "n1.1"]
    assert (oldest.channel, oldest.subject, oldest.to) == ("email", "庭审", "lin@firm.example")
    assert oldest.body.strip() == "请答复"
    assert oldest.has_calendar
    assert oldest.at == AT
    assert (newest.channel, newest.body, newest.at) == ("sms", "请答复", AT + timedelta(minutes=5))
    assert not newest.has_calendar
    assert [e.reference for e in entries(mails.folder, limit=1)] == ["n3.1"]
    assert content(mails.folder, oldest.name).startswith(b"From: ")


def test_files_of_others_and_broken_ones_do_not_disturb(texts):
    list(texts.send([text()]))
    whole = next(texts.folder.iterdir()).name
    (texts.folder / whole.replace("n2.1", "n9.1")).write_text("{half")
    (texts.folder / "notes.json").write_text("{}")
    (texts.folder / f".{whole}.part").write_text("{half")
    assert [e.reference for e in entries(texts.folder)] == ["n2.1"]


def test_an_outbox_that_is_not_there_yet_is_empty(tmp_path):
    assert entries(tmp_path / "none") == []


@pytest.mark.parametrize("name", ["../secret", "notes.json", "/etc/passwd", ""])
def test_only_letters_can_be_read(mails, name):
    list(mails.send([letter()]))
    with pytest.raises(FileNotFoundError):
        content(mails.folder, name)


def test_after_a_crash_the_folder_says_whether_it_was_written(mails, texts):
    list(texts.send([text("n2.1")]))
    [found] = texts.find(text("n2.1"), AT).outcomes
    assert (found.result, found.carrier_id) == (
        SendStatus.ACCEPTED,
        next(texts.folder.iterdir()).name,
    )
    assert texts.find(text("n2.11"), AT) == LookupResult(sure=True)
    assert mails.find(letter("n2.1"), AT) == LookupResult(sure=True)


def test_what_is_no_address_is_refused_and_the_rest_is_written(mails):
    (_, first), (_, second) = mails.send([letter(to="nobody"), letter("n1.2")])
    assert (first.result, first.advice) == (SendStatus.PERMANENT, "next_channel")
    assert second.result is SendStatus.ACCEPTED


def test_a_folder_that_cannot_be_written_to_is_our_alarm(tmp_path, clock):
    (tmp_path / "file").write_text("")
    outbox = Outbox(tmp_path / "file", "sms", clock)
    [(_, outcome)] = outbox.send([text()])
    assert (outcome.result, outcome.advice) == (SendStatus.TEMPORARY, "alarm")
    assert "cannot be written to" in str(outbox.check())


def test_a_house_with_nothing_set_writes_to_its_outbox(tmp_path):
    external = build(CarrierSettings(), Installation(tmp_path / "outbox"))
    list(external.email.send([letter()]))
    list(external.sms.send([text()]))
    assert {e.channel for e in entries(tmp_path / "outbox")} == {"email", "sms"}
    assert (external.email.check(), external.sms.check()) == ("", "")
    assert external.clock.now().tzinfo is UTC
    external.close()


def test_a_house_with_lines_set_uses_them(tmp_path, clock):
    lines = CarrierSettings(
        {
            "smtp": SmtpSettings("smtp://u:secret@127.0.0.1:1", "c@court.example"),
            "twilio": TwilioSettings("AC1", "secret", "+15005550006"),
        }
    )
    external = build(lines, Installation(tmp_path), clock)
    assert (external.email.name, external.sms.name) == ("smtp", "twilio")
    assert external.clock is clock
    assert "secret" not in repr(lines)
    external.close()


def test_a_set_clock_wants_an_offset(clock):
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime.fromisoformat("2026-01-01T08:00:00"))
    clock.set(datetime.fromisoformat("2026-01-01T08:00:00+08:00"))
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
