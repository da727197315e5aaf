"""Calendars as other programs read them."""

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import ical
from app.core.ical import feed as icalfeed
from app.core.ical.vtimezone import vtimezone
from tests.letters.golden_case import LINK, agrees, facts
from tests.node import read as ical_js

with warnings.catch_warnings():
    # vobject still asks pkg_resources and old dateutil for things at import.
    warnings.simplefilter("ignore", DeprecationWarning)
    import vobject

STAMP = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
COURT = ("上海市浦东新区人民法院", "calendar@court.example")
COUNSEL = ("林一", "lin@firm.example")


def invite(told: dict[str, Any], method: str = "REQUEST", language: str = "zh") -> bytes:
    return ical.invite(
        told, method=method, stamp=STAMP, organizer=COURT, attendee=COUNSEL, language=language
    )


def event(starts_at: datetime, zone: str, **more: Any) -> dict[str, Any]:
    return {
        "uid": f"{starts_at.timestamp():.0f}@court.example",
        "revision": 1,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "zone": zone,
        "summary": "Trial CV-2026-1",
        "location": "Room 3",
        "description": "Ash Ltd v Birch Ltd",
        "status": "CONFIRMED",
        "changed_at": STAMP,
    } | more


def read(calendar: bytes) -> Any:
    """Read by a second code base, whose own deprecations are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return vobject.readOne(calendar.decode())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("kind", "method"), [("fixed", "REQUEST"), ("cancelled", "CANCEL")])
def test_an_invite_reads_as_reviewed(kind: str, method: str, language: str) -> None:
    told = facts(kind, language)
    told["hearing"]["revision"] = 2 if method == "CANCEL" else 1
    assert agrees(f"{kind}/invite.{language}.ics", invite(told, method, language).decode())


def test_an_invite_asks_one_person_on_behalf_of_the_court() -> None:
    [hearing] = icalendar.Calendar.from_ical(invite(facts("fixed", "zh"))).walk("VEVENT")
    assert hearing["ORGANIZER"] == "mailto:calendar@court.example"
    assert hearing["ORGANIZER"].params["CN"] == COURT[0]
    assert hearing["ATTENDEE"] == "mailto:lin@firm.example"
    asked = {key: hearing["ATTENDEE"].params[key] for key in ("ROLE", "PARTSTAT", "RSVP", "CN")}
    assert asked == {
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "CN": "林一",
    }
    assert hearing["UID"] == "hearing-7@court.example"
    assert hearing["SEQUENCE"] == 1
    assert hearing["DTSTAMP"].dt == STAMP
    assert hearing["STATUS"] == "CONFIRMED"
    assert [alarm["TRIGGER"].dt for alarm in hearing.walk("VALARM")] == [timedelta(days=-1)]


def test_a_cancel_outranks_its_invite() -> None:
    told = facts("cancelled", "zh")
    first = read(invite(told))
    told["hearing"]["revision"] = 2
    second = read(invite(told, "CANCEL"))
    assert second.method.value == "CANCEL"
    assert second.vevent.status.value == "CANCELLED"
    assert int(second.vevent.sequence.value) > int(first.vevent.sequence.value)
    assert second.vevent.uid.value == first.vevent.uid.value
    assert not second.vevent.contents.get("valarm")


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Europe/London",
        "Asia/Shanghai",
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "America/Nuuk",
        "America/Santiago",
        "Africa/Casablanca",
        "Africa/Cairo",
    ],
)
def test_others_see_our_wall_clock_in_every_month(zone: str) -> None:
    here = ZoneInfo(zone)
    times = [datetime(2027, month, 10, 14, 0, tzinfo=here) for month in range(1, 13)]
    times += [datetime(2027, month, 28, 9, 30, tzinfo=here) for month in range(1, 13)]
    calendar = icalfeed.feed("all", [event(at.astimezone(UTC), zone) for at in times], stamp=STAMP)
    theirs = sorted(e.dtstart.value for e in read(calendar).vevent_list)
    assert [at.astimezone(UTC) for at in theirs] == sorted(at.astimezone(UTC) for at in times)
    assert {at.strftime("%H:%M") for at in theirs} == {"14:00", "09:30"}
    ours = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert sorted(e["DTSTART"].dt.astimezone(UTC) for e in ours) == sorted(times)
    assert b"RDATE" not in calendar


def test_yearly_rules_are_written_once_and_not_a_list_of_dates() -> None:
    calendar = icalfeed.feed(
        "all",
        [event(datetime(2026, month, 3, 15, tzinfo=UTC), "America/New_York") for month in (1, 7)],
        stamp=STAMP,
    )
    assert calendar.count(b"BEGIN:VTIMEZONE") == 1
    assert calendar.count(b"RRULE:FREQ=YEARLY") == 2


def test_the_second_of_two_like_hours_is_told_in_utc() -> None:
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    calendar = icalfeed.feed("all", [event(second, "America/New_York")], stamp=STAMP)
    assert b"DTSTART:20261101T063000Z" in calendar


def test_utc_needs_no_zone() -> None:
    calendar = icalfeed.feed("all", [event(STAMP, "UTC")], stamp=STAMP)
    assert b"VTIMEZONE" not in calendar
    assert b"DTSTART:20261124T080000Z" in calendar


def test_the_same_events_in_any_order_make_the_same_calendar() -> None:
    events = [event(STAMP + timedelta(days=n), "Europe/London") for n in range(5)]
    first = icalfeed.feed("all", events, stamp=STAMP)
    assert icalfeed.feed("all", events[::-1], stamp=STAMP + timedelta(hours=1)) == first


def test_a_feed_keeps_its_name_and_says_how_often_to_come() -> None:
    told = event(STAMP, "Asia/Shanghai", status="TENTATIVE")
    calendar = icalfeed.feed("Zhou; room 3, all\n", [told], stamp=STAMP, organizer=COURT)
    assert b"NAME:Zhou\\; room 3\\, all\r\n" in calendar
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in calendar
    theirs = read(calendar)
    assert theirs.x_wr_calname.value == "Zhou; room 3, all"
    assert theirs.vevent.status.value == "TENTATIVE"
    assert theirs.vevent.last_modified.value.replace(tzinfo=UTC) == STAMP


def test_an_empty_feed_is_still_a_calendar() -> None:
    assert (
        icalendar.Calendar.from_ical(icalfeed.feed("none yet", [], stamp=STAMP))["METHOD"]
        == "PUBLISH"
    )


def test_a_hearing_without_times_or_another_method_is_refused() -> None:
    told = facts("fixed", "en")
    with pytest.raises(ValueError, match="method"):
        invite(told, "REPLY")
    told["hearing"]["starts_at"] = None
    with pytest.raises(ValueError, match="without times"):
        invite(told)


def test_no_calendar_carries_a_key() -> None:
    told = facts("fixed", "en") | {"bring": f"see {LINK}"}
    told["hearing"]["location"] = f"online, {LINK}"
    for calendar in (
        invite(told),
        icalfeed.feed(LINK, [event(STAMP, "UTC", description=LINK, summary=LINK)], stamp=STAMP),
    ):
        plain = calendar.replace(b"\r\n ", b"")
        assert b"/r/" not in plain
        assert LINK.rpartition("/")[2].encode() not in plain


words = st.text(max_size=200)


@settings(max_examples=60, deadline=None)
@given(name=words, title=words, room=words, number=words)
def test_any_words_make_a_calendar(name: str, title: str, room: str, number: str) -> None:
    told = facts("fixed", "en")
    told["court"]["name"], told["person"]["name"] = name, name
    told["case"] = {"number": number, "title": title}
    told["hearing"] |= {"courtroom": room, "location": room, "judge": name, "kind": room}
    calendar = ical.invite(
        told,
        method="REQUEST",
        stamp=STAMP,
        organizer=(name, "a@court.example"),
        attendee=(title, "b@firm.example"),
        language="en",
    )
    lines = calendar.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert b"/r/" not in calendar.replace(b"\r\n ", b"")
    assert len(icalendar.Calendar.from_ical(calendar).walk("VEVENT")) == 1
    assert read(calendar).vevent.uid.value == "hearing-7@court.example"


def test_a_zone_that_leaves_its_yearly_rules_is_told_change_by_change() -> None:
    told = vtimezone("Africa/Casablanca", STAMP, STAMP + timedelta(days=30)).to_ical()
    assert b"RRULE" not in told
    assert b"RDATE" not in told


def around_changes(zone: str) -> list[datetime]:
    """Instants an hour before and after each change of the clock in two years, and in between."""
    here = ZoneInfo(zone)
    found = [datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2027, 7, 15, 12, tzinfo=UTC)]
    day, hour = timedelta(days=1), timedelta(hours=1)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year < 2028:
        if at.astimezone(here).utcoffset() != (at + day).astimezone(here).utcoffset():
            found += [at + n * hour for n in range(-3, 28)]
        at += day
    return found


@pytest.mark.extended
def test_ical_js_and_vobject_find_the_same_instants_in_every_zone() -> None:
    """In every zone, at every hour around each gap and fold, the wall-clock time is the zone's."""
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc")
    )
    times = {zone: around_changes(zone) for zone in zones}
    feeds = [
        icalfeed.feed("Dates", [event(at, zone) for at in times[zone]], stamp=STAMP)
        for zone in zones
    ]
    for zone, feed, found in zip(zones, feeds, ical_js(feeds), strict=True):
        meant = sorted(at.timestamp() for at in times[zone])
        assert sorted(each["starts_at"][0] for each in found["events"]) == meant, zone
        if len(times[zone]) > 2:
            read_again = [part.dtstart.value for part in read(feed).contents["vevent"]]
            assert sorted(at.timestamp() for at in read_again) == meant, zone


@pytest.mark.parametrize("language", ["en", "zh"])
def test_ical_js_reads_invites_cancels_and_tentative_slots_as_they_are_meant(language: str) -> None:
    told = facts("fixed", language)
    slots = facts("proposal", language)
    said = {"stamp": STAMP, "organizer": COURT, "attendee": COUNSEL, "language": language}
    fixed, gone, asked = ical_js(
        [
            ical.invite(told, method="REQUEST", **said),
            ical.invite(told, method="CANCEL", **said),
            ical.tentative(slots, method="REQUEST", **said),
        ]
    )
    assert [each["method"] for each in (fixed, gone, asked)] == ["REQUEST", "CANCEL", "REQUEST"]
    assert len({each["events"][0]["uid"] for each in (fixed, gone, asked)}) == 1
    [event_] = asked["events"]
    assert (event_["status"], event_["attendees"]) == (
        "TENTATIVE",
        [["mailto:lin@firm.example", "NEEDS-ACTION"]],
    )
    meant = [datetime.fromisoformat(slot["starts_at"]).timestamp() for slot in slots["slots"]]
    assert event_["starts_at"] == meant


NAMES = st.text(
    st.one_of(
        st.sampled_from(" ,;:\"'\\\\^<>@=()é法😀\u202e\u200b\r\n\t\0"), st.characters(codec="utf-8")
    ),
    max_size=200,
)


def named(court: str, counsel: str, address: str = "lin@firm.example") -> bytes:
    """An invite from a court to a counsel of these names."""
    return ical.invite(
        facts("fixed", "en"),
        method="REQUEST",
        stamp=STAMP,
        organizer=(court, COURT[1]),
        attendee=(counsel, address),
    )


@settings(max_examples=200, deadline=None)
@given(NAMES, NAMES)
def test_every_name_reads_back_as_that_very_name(court: str, counsel: str) -> None:
    written = named(court, counsel)
    assert max(map(len, written.split(b"\r\n"))) <= 75
    [seen] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    for key, name in (("ORGANIZER", court), ("ATTENDEE", counsel)):
        assert seen[key].params.get("CN", "") == ical.shown_name(name)
    assert str(seen["ATTENDEE"]) == "mailto:lin@firm.example"


def test_names_read_back_in_another_code_base_too() -> None:
    names = ['Anna "Ann" Groß, LL.M.; <x@y.z>: ^\'', "王，律师", "x" * 200, "O'Neil ^n 😀"]
    shown = {name: name for name in names} | {"a\\b": "a/b"}
    for name, read_back in zip(
        shown.values(), ical_js([named("Court", name) for name in shown]), strict=True
    ):
        assert read_back["events"][0]["names"] == [name]
        assert read_back["events"][0]["attendees"] == [["mailto:lin@firm.example", "NEEDS-ACTION"]]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("anna@faß.example", "mailto:anna@xn--fa-hia.example"),
        ("анна@faß.example", "mailto:%D0%B0%D0%BD%D0%BD%D0%B0@xn--fa-hia.example"),
        ("a+b'c@firm.example", "mailto:a+b'c@firm.example"),
        ("a%b@firm.example", "mailto:a%25b@firm.example"),
        ("kept@☃.example", "mailto:kept@☃.example"),
    ],
)
def test_an_address_is_written_as_a_uri(address: str, written: str) -> None:
    [seen] = icalendar.Calendar.from_ical(named("Court", "Lin", address)).walk("VEVENT")
    assert str(seen["ATTENDEE"]) == written
