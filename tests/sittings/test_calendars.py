"""A hearing of several days in calendars, as three libraries read it and as a program keeps it."""

import datetime as dt
import warnings
from email import message_from_bytes
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import ical
from tests.conftest import CASE, Scenario, at
from tests.letters.golden_case import facts
from tests.members.test_by_link import MAILS, add_address, say
from tests.node import read as ical_js
from tests.outcomes.test_imports import imported
from tests.sittings.conftest import LI, answer_all, propose, sittings
from tests.sittings.test_reminders import until

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import vobject

STAMP = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
COURT, COUNSEL = ("法院", "calendar@court.example"), ("林一", "lin@firm.example")
FAR = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
Times = list[tuple[dt.datetime, dt.datetime]]


def days_by_python(calendar: bytes) -> Times:
    """When each event is, by icalendar and recurring_ical_events."""
    read = icalendar.Calendar.from_ical(calendar)
    found = recurring_ical_events.of(read).between(STAMP, FAR)
    return sorted((each["DTSTART"].dt, each["DTEND"].dt) for each in found)


def days_by_vobject(calendar: bytes) -> list[dt.datetime]:
    """When each event begins, by vobject: the rule's days, each as its override says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        events = vobject.readOne(calendar.decode()).vevent_list
        master = next(each for each in events if not hasattr(each, "recurrence_id"))
        starts = list(master.rruleset) if master.rruleset else [master.dtstart.value]
        moved = {
            each.recurrence_id.value: each.dtstart.value
            for each in events
            if hasattr(each, "recurrence_id")
        }
        return sorted(moved.get(each, each) for each in starts)


def days_by_ical_js(calendar: bytes) -> list[list[int]]:
    """When each event begins and ends, in seconds since 1970, by ical.js."""
    [read] = ical_js([calendar])
    return sorted(each for event in read["events"] for each in event.get("instances", []))


class Program:
    """A calendar program that goes by RFC 5546: the newest SEQUENCE of a UID is all that it has."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, bytes]] = {}

    def receive(self, message: bytes) -> None:
        """Take one iTIP message."""
        calendar = icalendar.Calendar.from_ical(message)
        events = calendar.walk("VEVENT")
        [uid] = {str(each["UID"]) for each in events}
        [sequence] = {int(each["SEQUENCE"]) for each in events}
        if uid in self.kept and self.kept[uid][0] >= sequence:
            return
        cancelled = str(calendar["METHOD"]) == "CANCEL"
        self.kept[uid] = (sequence, b"" if cancelled else message)

    @property
    def days(self) -> Times:
        """All that it shows."""
        return sorted(
            time for _, message in self.kept.values() if message for time in days_by_python(message)
        )


def invites(scenario: Scenario, to: str) -> list[bytes]:
    """Every calendar that was mailed to somebody, in the order of sending."""
    found = []
    for file in sorted((scenario.folder / "outbox").glob("*.eml")):
        mail = message_from_bytes(file.read_bytes())
        if to in str(mail["To"]):
            part = next((p for p in mail.walk() if p.get_content_type() == "text/calendar"), None)
            if part is not None:
                body = part.get_payload(decode=True)
                assert isinstance(body, bytes)
                found.append(body)
    return found


def expected(*parts: dict[str, Any]) -> Times:
    """The sittings of a slot as times."""
    times = []
    for part in parts:
        for each in part["sittings"]:
            begin = dt.datetime.fromisoformat(each["starts_at"])
            times.append((begin, begin + dt.timedelta(minutes=each["minutes"])))
    return sorted(times)


def invite(listed: list[dict[str, Any]], zone: str, method: str = "REQUEST") -> bytes:
    """Return the invite of sittings as facts name them."""
    told = facts("fixed", "en")
    told["court"]["zone"] = zone
    told["hearing"] |= {"sittings": listed, "revision": 1} | {
        name: listed[end][name] for name, end in (("starts_at", 0), ("ends_at", -1))
    }
    return ical.invite(
        told, method=method, stamp=STAMP, organizer=COURT, attendee=COUNSEL, language="en"
    )


days = st.lists(
    st.tuples(st.integers(0, 300), st.integers(8, 12), st.integers(1, 600), st.sampled_from("ab")),
    min_size=2,
    max_size=20,
    unique_by=lambda each: each[0],
)


@settings(max_examples=20)
@given(days, st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "UTC"]))
def test_each_day_is_read_once_by_every_library(
    planned: list[tuple[int, int, int, str]], zone: str
) -> None:
    here = ZoneInfo(zone)
    first = dt.date(2026, 12, 7)
    times = []
    for day, hour, minutes, room in sorted(planned):
        on = first + dt.timedelta(days=day)
        begin = dt.datetime.combine(on, dt.time(hour), tzinfo=here).astimezone(dt.UTC)
        times.append((begin, begin + dt.timedelta(minutes=minutes), room))
    listed = [
        {"starts_at": a.isoformat(), "ends_at": b.isoformat(), "courtroom": room, "location": ""}
        for a, b, room in times
    ]
    calendar = invite(listed, zone)
    assert days_by_python(calendar) == [(a, b) for a, b, _ in times]
    assert days_by_vobject(calendar) == [a for a, _, _ in times]
    assert days_by_ical_js(calendar) == [[a.timestamp(), b.timestamp()] for a, b, _ in times]


def test_a_day_of_two_sittings_is_one_event_with_both_places() -> None:
    listed = [
        {"starts_at": f"2026-12-07T{a}:00+08:00", "ends_at": f"2026-12-07T{b}:00+08:00"}
        | {"courtroom": room, "location": ""}
        for a, b, room in (("09:00", "12:00", "Room 3"), ("13:30", "17:00", "Room 5"))
    ]
    [event] = icalendar.Calendar.from_ical(invite(listed, "Asia/Shanghai")).walk("VEVENT")
    assert (event["DTEND"].dt - event["DTSTART"].dt) == dt.timedelta(hours=8)
    assert str(event["LOCATION"]) == "Room 3, Room 5"
    assert "RRULE" not in event
    assert "13:30–17:00, Room 5" in str(event["DESCRIPTION"])


def test_outlook_gets_no_rdate_and_one_instance_a_day() -> None:
    """What [MS-OXCICAL] 2.1.3.1.1.20.18 and .20 ask of a series and its exceptions."""
    listed = [
        {"starts_at": f"2026-12-{day:02}T0{hour}:00:00+08:00"}
        | {"ends_at": f"2026-12-{day:02}T12:00:00+08:00", "courtroom": "3", "location": ""}
        for day, hour in ((7, 9), (8, 8), (11, 9))
    ]
    calendar = invite(listed, "Asia/Shanghai")
    assert b"RDATE" not in calendar
    events = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert [("RRULE" in each, "RECURRENCE-ID" in each) for each in events] == [
        (True, False),
        (False, True),
    ]
    override = events[1]
    assert override["RECURRENCE-ID"].dt.date() == override["DTSTART"].dt.date()
    assert {str(each["UID"]) for each in events} == {"hearing-7@court.example"}
    assert all("ORGANIZER" in each and "ATTENDEE" in each for each in events)


def test_moved_shrunk_and_cancelled_it_is_in_a_calendar_once(court: Scenario) -> None:
    hearing = propose(court)[1]["id"]
    court.beat()
    answer_all(court)
    steps = [
        sittings(),
        sittings(
            (14, "09:00", 480, "第三法庭"),
            (16, "10:00", 60, "第三法庭"),
            (17, "13:30", 180, "第五法庭"),
        ),
        sittings(
            (21, "09:00", 480, "第三法庭"),
            (22, "09:00", 480, "第三法庭"),
            (23, "09:00", 90, "第三法庭"),
        ),
        sittings((22, "09:00", 60, "第三法庭")),
        sittings((22, "09:00", 60, "第三法庭"), (24, "09:00", 60, "第三法庭")),
    ]
    for slot in steps[1:]:
        body = {"slots": [slot], "reason": "法官生病"}
        status, moved = court.api("POST", f"/hearings/{hearing}/move", body)
        assert status == 200, moved
        court.beat()
    program, messages = Program(), invites(court, LI)
    assert len(messages) == len(steps)
    for message, slot in zip(messages, steps, strict=True):
        program.receive(message)
        assert program.days == expected(slot)
        assert len(program.kept) == 1
    court.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})
    court.beat()
    last = invites(court, LI)[-1]
    assert len(icalendar.Calendar.from_ical(last).walk("VEVENT")) == 1
    program.receive(last)
    assert program.days == []


@pytest.mark.parametrize("scope", ["hearing", "judge", "courtroom"])
def test_feeds_show_each_day_once_and_a_courtroom_its_own(court: Scenario, scope: str) -> None:
    hearing = propose(court)[1]["id"]
    court.beat()
    body = {"scope": scope} | {
        "hearing": {"hearing_id": hearing},
        "judge": {"name": "陈法官"},
        "courtroom": {"name": "第五法庭"},
    }[scope]
    status, feed = court.api("POST", "/feeds", body)
    assert status == 201, feed
    path = "/feeds/" + feed["url"].rsplit("/feeds/", 1)[1]
    asked = court.client.get(path).get_data()
    answer_all(court)
    fixed = court.client.get(path).get_data()
    for calendar in (asked, fixed):
        days_shown = days_by_python(calendar)
        wanted = expected(sittings())
        assert days_shown == (wanted[2:] if scope == "courtroom" else wanted)
        assert len(days_by_vobject(calendar)) == len(days_shown)
    assert at(17, "13:30")[:10].replace("-", "").encode() in fixed


def test_an_outcome_before_the_last_day_takes_the_days_ahead_out_of_all_calendars(
    court: Scenario,
) -> None:
    """Counsel and an assessor have three days; after the first the case is settled."""
    bench = [{"name": "周法官", "role": "judge"}, {"name": "吴陪审", "role": "assessor"}]
    hearing = propose(court, bench=bench)[1]["id"]
    assert add_address(court, "吴陪审", MAILS["吴陪审"]).status_code == 303
    court.beat()
    assert say(court, "吴陪审", "yes").status_code == 303
    answer_all(court)
    until(court, 14.5)
    people = (LI, MAILS["吴陪审"])
    programs = {who: Program() for who in people}
    for who, program in programs.items():
        [message] = invites(court, who)
        program.receive(message)
        assert program.days == expected(sittings())
    body = {"outcome": "held"}
    assert court.api("POST", f"/hearings/{hearing}/outcome", body)[0] == 200
    court.wait(minutes=3)
    # A correction in time takes the place of the message, and says the same of the days.
    body = {"outcome": "adjourned", "cause": "settlement", "replaces": 1}
    assert court.api("POST", f"/hearings/{hearing}/outcome", body)[0] == 200
    court.wait(hours=20)
    court.beat()
    for who, program in programs.items():
        _, message = invites(court, who)
        before = icalendar.Calendar.from_ical(invites(court, who)[0]).walk("VEVENT")[0]
        [event] = icalendar.Calendar.from_ical(message).walk("VEVENT")
        assert event["UID"] == before["UID"]
        assert event["SEQUENCE"] > before["SEQUENCE"]
        program.receive(message)
        assert program.days == expected(sittings())[:1]
        assert days_by_vobject(message) == [day for day, _ in expected(sittings())[:1]]
        assert len(days_by_ical_js(message)) == 1
    [letter] = court.letters(to=LI, containing="延期开庭")
    assert "以下庭期取消：" in letter.body
    assert letter.body.count("第五法庭") == 1
    [letter] = court.letters(to=MAILS["吴陪审"], containing="Further sittings cancelled")
    assert "settle" not in letter.body
    # What went out already is not sent again with a correction of the outcome.
    body = {"outcome": "held", "replaces": 2}
    assert court.api("POST", f"/hearings/{hearing}/outcome", body)[0] == 200
    court.wait(hours=20)
    court.beat()
    assert len(court.letters(to=LI, containing="更正：")) == 1
    assert [len(invites(court, who)) for who in people] == [2, 2]


def test_a_file_does_not_give_days_up(court: Scenario) -> None:
    hearing = propose(court)[1]["id"]
    court.beat()
    answer_all(court)
    until(court, 14.5)
    page = court.sign_in().get(f"/hearings/{hearing}/outcome?lang=en").get_data(as_text=True)
    assert "Ends before 2 sittings" in page
    head = "案号,承办法官,当事人,诉讼地位,代理人,邮箱,开庭日期,开庭时间,开庭结果\n"
    row = f"{CASE['number']},陈法官,远洋设备有限公司,原告,李敏,{LI},{at(14)[:10]},09:00,已开庭\n"
    assert "Enter its outcome on its page" in imported(court, head + row)
    assert len(court.api("GET", f"/hearings/{hearing}")[1]["sittings"]) == 3
