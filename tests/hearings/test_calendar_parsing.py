"""When a calendar of another house says busy."""

import datetime as dt
import textwrap
from zoneinfo import ZoneInfo

import pytest

from app.hearings.availability.calculation.calendar_parsing import UnreadableCalendar, busy_spans

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


def calendar(*events: str) -> bytes:
    inner = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20261101T000000Z\nSUMMARY:secret\n{textwrap.dedent(e).strip()}\nEND:VEVENT\n"
        for n, e in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inner}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def said(raw: bytes) -> list[str]:
    return [
        f"{s.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}-{s.ends_at.astimezone(SHANGHAI):%m-%d %H:%M}"
        for s in busy_spans(raw, SHANGHAI, NOW)
    ]


@pytest.mark.parametrize(
    ("event", "spans"),
    [
        ("DTSTART:20261201T010000Z\nDTEND:20261201T020000Z", ["12-01 09:00-12-01 10:00"]),
        ("DTSTART;TZID=Asia/Shanghai:20261201T090000\nDURATION:PT2H", ["12-01 09:00-12-01 11:00"]),
        (
            "DTSTART;TZID=China Standard Time:20261201T090000\nDTEND;TZID=China Standard Time:20261201T100000",
            ["12-01 09:00-12-01 10:00"],
        ),
        ("DTSTART:20261201T090000\nDTEND:20261201T100000", ["12-01 09:00-12-01 10:00"]),
        ("DTSTART;VALUE=DATE:20261201", ["12-01 00:00-12-02 00:00"]),
        ("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203", ["12-01 00:00-12-03 00:00"]),
        ("DTSTART:20261201T010000Z", []),
        ("DTSTART:20261201T010000Z\nDTEND:20261201T020000Z\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261201T010000Z\nDTEND:20261201T020000Z\nSTATUS:CANCELLED", []),
        ("DTSTART:20261201T020000Z\nDTEND:20261201T010000Z", ["12-01 09:00-12-01 10:00"]),
        ("DTSTART:20200101T010000Z\nDTEND:20200101T020000Z", []),
        ("DTSTART:20280101T010000Z\nDTEND:20280101T020000Z", []),
        (
            "DTSTART:20261201T010000Z\nDTEND:20261201T020000Z\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20261208T010000Z",
            ["12-01 09:00-12-01 10:00"],
        ),
        (
            "DTSTART:20200101T010000Z\nDTEND:20200101T020000Z\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            ["12-24 09:00-12-24 10:00"],
        ),
    ],
)
def test_an_event_takes_the_time_that_it_says(event: str, spans: list[str]) -> None:
    assert said(calendar(event)) == spans


LUNCH = "DTSTART:20261201T010000Z\nDTEND:20261201T020000Z\n"
TAKEN = ["12-01 09:00-12-01 10:00"]
ATTENDEES = [
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:zhao@jinmao.example", []),
    ("ATTENDEE;CN=Zhao Lei;PARTSTAT=declined;ROLE=REQ-PARTICIPANT:MAILTO:ZHAO@Jinmao.Example", []),
    ("ATTENDEE;PARTSTAT=DECLINED:zhao@jinmao.example", []),
    (
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:li@x.example":mailto:zhao@jinmao.example',
        [],
    ),
    ("ATTENDEE;PARTSTAT=DECLINED;EMAIL=zhao@jinmao.example:/aMTAyNj/principal/", []),
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:zhao%40jinmao.example", []),
    ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:zhao@jinmao.example", TAKEN),
    ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:zhao@jinmao.example", TAKEN),
    ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:zhao@jinmao.example", TAKEN),
    ("ATTENDEE:mailto:zhao@jinmao.example", TAKEN),
    # What somebody else declined takes the owner's time as before.
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:li@huacheng.example", TAKEN),
    ("ATTENDEE;PARTSTAT=DECLINED:mailto:zhao@jinmao.example.evil.example", TAKEN),
    ("ATTENDEE;PARTSTAT=DECLINED;CN=zhao@jinmao.example:mailto:x@x.example", TAKEN),
    (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:li@x.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:zhao@jinmao.example",
        TAKEN,
    ),
    (
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:li@x.example\nATTENDEE;PARTSTAT=DECLINED:mailto:zhao@jinmao.example",
        [],
    ),
    # Asked under two addresses of theirs, and gone to under one.
    (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:zhao@jinmao.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:z.lei@mail.example",
        TAKEN,
    ),
    (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:zhao@jinmao.example\nATTENDEE;PARTSTAT=DECLINED:mailto:z.lei@mail.example",
        [],
    ),
    ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
    ("X-MICROSOFT-CDO-BUSYSTATUS:OOF\nTRANSP:OPAQUE", TAKEN),
    ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", TAKEN),
    ("TRANSP:transparent", []),
    ("STATUS:Cancelled", []),
    ("STATUS:TENTATIVE", TAKEN),
]


@pytest.mark.parametrize(("lines", "spans"), ATTENDEES)
def test_what_the_owner_declined_takes_none_of_their_time(lines: str, spans: list[str]) -> None:
    raw = calendar(LUNCH + lines)
    found = busy_spans(raw, SHANGHAI, NOW, ["Zhao@jinmao.example", "z.lei@mail.example", "", "x"])
    assert [
        f"{s.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}-{s.ends_at.astimezone(SHANGHAI):%m-%d %H:%M}"
        for s in found
    ] == spans


def test_a_calendar_that_is_named_by_its_address_is_its_owners() -> None:
    event = LUNCH + "ATTENDEE;PARTSTAT=DECLINED:mailto:z.lei@mail.example"
    assert said(calendar(event)) == TAKEN
    named = calendar(event).replace(b"PRODID:x", b"PRODID:x\r\nX-WR-CALNAME:z.lei@mail.example")
    assert said(named) == []


def test_one_day_of_a_series_is_declined_and_another_moved_and_taken() -> None:
    series = b"\r\n".join(
        [
            b"BEGIN:VCALENDAR",
            b"VERSION:2.0",
            b"PRODID:x",
            b"X-WR-CALNAME:zhao@jinmao.example",
            b"BEGIN:VEVENT",
            b"UID:s",
            b"DTSTAMP:20261101T000000Z",
            b"DTSTART:20261201T010000Z",
            b"DTEND:20261201T020000Z",
            b"RRULE:FREQ=WEEKLY;COUNT=4",
            b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:zhao@jinmao.example",
            b"END:VEVENT",
            b"BEGIN:VEVENT",
            b"UID:s",
            b"DTSTAMP:20261101T000000Z",
            b"RECURRENCE-ID:20261208T010000Z",
            b"DTSTART:20261208T010000Z",
            b"DTEND:20261208T020000Z",
            b"ATTENDEE;PARTSTAT=DECLINED:mailto:zhao@jinmao.example",
            b"END:VEVENT",
            b"BEGIN:VEVENT",
            b"UID:s",
            b"DTSTAMP:20261101T000000Z",
            b"RECURRENCE-ID:20261215T010000Z",
            b"DTSTART:20261215T010000Z",
            b"DTEND:20261215T020000Z",
            b"STATUS:CANCELLED",
            b"END:VEVENT",
            b"END:VCALENDAR",
            b"",
        ]
    )
    assert said(series) == ["12-01 09:00-12-01 10:00", "12-22 09:00-12-22 10:00"]
    other = (
        series.replace(b"ACCEPTED", b"X")
        .replace(b"DECLINED", b"ACCEPTED")
        .replace(b"=X", b"=DECLINED")
    )
    assert said(other) == ["12-08 09:00-12-08 10:00"]


def test_events_that_touch_are_one_span_and_nothing_else_is_kept() -> None:
    raw = calendar(
        "DTSTART:20261201T010000Z\nDTEND:20261201T020000Z",
        "DTSTART:20261201T020000Z\nDTEND:20261201T030000Z",
    )
    assert said(raw) == ["12-01 09:00-12-01 11:00"]
    assert "secret" not in repr(busy_spans(raw, SHANGHAI, NOW))


def test_a_free_busy_list_is_read_too() -> None:
    raw = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
        b"FREEBUSY;FBTYPE=BUSY:20261201T010000Z/20261201T020000Z,20261202T010000Z/PT1H\r\n"
        b"FREEBUSY;FBTYPE=FREE:20261203T010000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    assert said(raw) == ["12-01 09:00-12-01 10:00", "12-02 09:00-12-02 10:00"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<!doctype html><title>Sign in</title>", "no calendar"),
        (b"", "no calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:yesterday\r\n", "cannot be read"),
        (
            calendar("DTSTART:20261201T010000Z\nDTEND:20261201T010001Z\nRRULE:FREQ=SECONDLY"),
            "more often than daily",
        ),
        (calendar("DTSTART:20261201T010000Z\nRRULE:FREQ=MINUTELY"), "more often than daily"),
        (
            calendar("DTSTART:20261201T010000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,1,2"),
            "more often than daily",
        ),
        (
            calendar(*["DTSTART:19000101T010000Z\nDTEND:19000101T020000Z\nRRULE:FREQ=DAILY"] * 600),
            "repeat themselves",
        ),
    ],
)
def test_what_is_no_calendar_or_would_never_end_is_refused_in_words(raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableCalendar, match=words):
        busy_spans(raw, SHANGHAI, NOW)


def test_a_clock_change_keeps_the_hour_of_a_weekly_event() -> None:
    london = ZoneInfo("Europe/London")
    raw = calendar(
        "DTSTART;TZID=Europe/London:20270322T090000\nDTEND;TZID=Europe/London:20270322T100000\nRRULE:FREQ=WEEKLY;COUNT=2"
    )
    assert [
        s.starts_at.astimezone(london).strftime("%d %H:%M") for s in busy_spans(raw, london, NOW)
    ] == ["22 09:00", "29 09:00"]


def test_a_domain_beyond_ascii_is_its_owners_in_either_spelling_and_nobody_elses() -> None:
    at = "DTSTART:20261207T013000Z\nDTEND:20261207T023000Z"
    for written, free in (("xn--fa-hia", True), ("faß", True), ("fass", False)):
        who = f"ATTENDEE;PARTSTAT=DECLINED:mailto:anna@{written}.example"
        raw = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n{at}\n{who}\nEND:VEVENT\nEND:VCALENDAR\n"
        found = busy_spans(raw.encode(), SHANGHAI, NOW, ["Anna@faß.example"])
        assert (found == []) is free, written
