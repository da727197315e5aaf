"""When a calendar of another house says busy."""

import datetime as dt
import textwrap
from zoneinfo import ZoneInfo

import pytest

from app.hearings.elsewhere import Unreadable, busy

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
        for s in busy(raw, SHANGHAI, NOW)
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


def test_events_that_touch_are_one_span_and_nothing_else_is_kept() -> None:
    raw = calendar(
        "DTSTART:20261201T010000Z\nDTEND:20261201T020000Z",
        "DTSTART:20261201T020000Z\nDTEND:20261201T030000Z",
    )
    assert said(raw) == ["12-01 09:00-12-01 11:00"]
    assert "secret" not in repr(busy(raw, SHANGHAI, NOW))


def test_a_free_busy_list_is_read_too() -> None:
    raw = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
           b"FREEBUSY;FBTYPE=BUSY:20261201T010000Z/20261201T020000Z,20261202T010000Z/PT1H\r\n"
           b"FREEBUSY;FBTYPE=FREE:20261203T010000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n")  # fmt: skip
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
    with pytest.raises(Unreadable, match=words):
        busy(raw, SHANGHAI, NOW)


def test_a_clock_change_keeps_the_hour_of_a_weekly_event() -> None:
    london = ZoneInfo("Europe/London")
    raw = calendar(
        "DTSTART;TZID=Europe/London:20270322T090000\nDTEND;TZID=Europe/London:20270322T100000\nRRULE:FREQ=WEEKLY;COUNT=2"
    )
    assert [
        s.starts_at.astimezone(london).strftime("%d %H:%M") for s in busy(raw, london, NOW)
    ] == ["22 09:00", "29 09:00"]
