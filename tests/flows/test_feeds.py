"""Calendars to subscribe to: what stands in them, and what a calendar program is answered."""

from typing import Any

import icalendar
import pytest
import sqlalchemy as sa
import vobject

from app.cases import changes
from app.cases import forms as case_forms
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.forms import load
from app.feeds import service as feeds
from app.hearings import forms, service
from app.hearings.models import Hearing
from app.record.models import Entry
from tests.conftest import SECRET, Scenario, at, case_with
from tests.counsel.test_answers import CASE, LI, ZHAO, answer, browser, do, nonce, propose, words


def subscribe(scenario: Scenario, scope: str, whose: int | None = None) -> str:
    """The address of a feed that the assistant opened."""
    return str(
        do(
            scenario,
            lambda session, here: feeds.open_feed(
                session, here.court, scope, whose, here.user, here.now, SECRET
            )[1],
        )
    )


def events(scenario: Scenario, path: str) -> dict[str, Any]:
    """The events of a feed, by UID."""
    page = scenario.client.get(path)
    assert page.status_code == 200
    assert b"/r/" not in page.data
    return {
        str(event["UID"]): event for event in icalendar.Calendar.from_ical(page.data).walk("VEVENT")
    }


def statuses(scenario: Scenario, path: str) -> list[str]:
    """How the events of a feed stand, in order."""
    return [str(event["STATUS"]) for event in events(scenario, path).values()]


def fixed(scenario: Scenario) -> int:
    """A hearing that both sides agreed to."""
    made = propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "no")
    return made


def of(scenario: Scenario, made: int, name: str) -> Any:
    """A value of a hearing."""
    return do(scenario, lambda session, here: getattr(session.get_one(Hearing, made), name))


def test_open_slots_are_tentative_and_become_one_fixed_date(scenario: Scenario) -> None:
    made = propose(scenario)
    path = subscribe(scenario, "me")
    assert statuses(scenario, path) == ["TENTATIVE", "TENTATIVE"]
    assert all(uid != of(scenario, made, "uid") for uid in events(scenario, path))
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "no")
    [(uid, event)] = events(scenario, path).items()
    assert (uid, str(event["STATUS"]), event["SEQUENCE"]) == (
        of(scenario, made, "uid"),
        "CONFIRMED",
        1,
    )
    assert event["DTSTART"].dt.strftime("%Y-%m-%d %H:%M %Z") == "2026-12-07 09:30 CST"


def test_every_scope_has_its_hearings_and_no_others(scenario: Scenario) -> None:
    made = fixed(scenario)
    judge, room = of(scenario, made, "judge_id"), of(scenario, made, "courtroom_id")
    sun = {"name": "Sun Yu", "email": "sun@x.example", "channels": ["email"]}
    other = case_with("（2026）沪0115民初9号", sun, judge="周法官")
    propose(scenario, other, (at(30), "第五法庭"))
    uid = of(scenario, made, "uid")
    for scope, whose in (("judge", judge), ("courtroom", room), ("hearing", made)):
        assert list(events(scenario, subscribe(scenario, scope, whose))) == [uid]
    assert statuses(scenario, subscribe(scenario, "courtroom", room + 1)) == ["TENTATIVE"]
    assert sorted(statuses(scenario, subscribe(scenario, "me"))) == ["CONFIRMED", "TENTATIVE"]


def press(client: Any, link: str, **form: str) -> Any:
    """Press a button of counsel's page to subscribe."""
    path = f"{link}/feed"
    return client.post(path, data={"nonce": nonce(client.get(path)), **form})


def test_counsel_subscribes_from_their_page_and_can_end_it(scenario: Scenario) -> None:
    made = fixed(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    assert press(client, link).location == link + "/feed"
    seen = client.get(link + "/feed").get_data(as_text=True)
    path = "/feeds/" + seen.partition("/feeds/")[2][:26]
    assert "webcal://127.0.0.1:8000/feeds/" in seen
    assert list(events(scenario, path)) == [of(scenario, made, "uid")]
    press(client, link)
    assert path in client.get(link + "/feed").get_data(as_text=True)
    for key in ("", "x"):  # a program that has not opened the page
        assert client.post(link + "/feed", data={"stop": "1", "nonce": key}).status_code == 422
    assert scenario.client.get(path).status_code == 200
    press(client, link, stop="1")
    assert scenario.client.get(path).status_code == 404
    press(client, link)
    assert path not in client.get(link + "/feed").get_data(as_text=True)


def test_a_feed_in_counsels_language_says_proposed(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    press(client, link)
    seen = client.get(link + "/feed").get_data(as_text=True)
    path = "/feeds/" + seen.partition("/feeds/")[2][:26]
    told = [str(event["SUMMARY"]) for event in events(scenario, path).values()]
    assert told == ["Proposed: Trial （2026）沪0115民初12345号"] * 2
    assert "Court dates: Zhao Lei" in scenario.client.get(path).get_data(as_text=True)


def test_a_cancelled_hearing_stays_thirty_days_as_cancelled(scenario: Scenario) -> None:
    made = fixed(scenario)
    path = subscribe(scenario, "me")
    do(scenario, lambda session, here: service.cancel(session, here, made, "Settled"))
    assert statuses(scenario, path) == ["CANCELLED"]
    assert events(scenario, path)[of(scenario, made, "uid")]["SEQUENCE"] == 2
    scenario.wait(days=29)
    assert statuses(scenario, path) == ["CANCELLED"]
    before = scenario.client.get(path)
    scenario.wait(days=1, minutes=1)
    assert statuses(scenario, path) == []
    after = {"If-Modified-Since": before.headers["Last-Modified"]}
    assert scenario.client.get(path, headers=after).status_code == 200


def test_the_same_calendar_again_is_304_until_it_changes(scenario: Scenario) -> None:
    made = fixed(scenario)
    path = subscribe(scenario, "me")
    first = scenario.client.get(path)
    etag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert first.content_type == "text/calendar; charset=utf-8"
    assert "private" in first.headers["Cache-Control"]
    assert not etag.startswith("W/")
    for head in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"x", {etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": date},
    ):
        again = scenario.client.get(path, headers=head)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert (
        scenario.client.get(
            path, headers={"If-None-Match": '"old"', "If-Modified-Since": date}
        ).status_code
        == 200
    )
    assert scenario.client.get(path).data == first.data
    scenario.wait(minutes=1)
    moved = {"starts_at": at(21, "10:00"), "reason": "Judge is ill"}
    do(
        scenario,
        lambda session, here: service.move(session, here, made, load(forms.MoveIn, moved)),
    )
    for head in ({"If-None-Match": etag}, {"If-Modified-Since": date}):
        changed = scenario.client.get(path, headers=head)
        assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)


def test_head_has_the_headers_and_no_body(scenario: Scenario) -> None:
    fixed(scenario)
    path = subscribe(scenario, "me")
    page, head = scenario.client.get(path), scenario.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == page.headers["ETag"]


@pytest.mark.parametrize("token", ["A" * 22, "x", "%00", "é" * 22])
def test_an_unknown_address_is_told_plainly(scenario: Scenario, token: str) -> None:
    page = scenario.client.get(f"/feeds/{token}.ics")
    assert (page.status_code, page.content_type) == (404, "text/plain; charset=utf-8")


def test_a_feed_ends_when_it_is_revoked_or_its_user_is_gone(scenario: Scenario) -> None:
    made = fixed(scenario)
    path, other = subscribe(scenario, "me"), subscribe(scenario, "hearing", made)

    def revoke(session: Any, here: service.CourtContext) -> None:
        [feed, _] = feeds.feeds_of(session, here.court, here.user)
        feeds.revoke(session, here.court, feed.id, here.now)

    do(scenario, revoke)
    assert scenario.client.get(path).status_code == 404
    assert subscribe(scenario, "me") != path
    do(scenario, lambda session, here: setattr(here.user, "active", False))
    assert scenario.client.get(other).status_code == 404


def test_asking_twice_gives_the_same_address(scenario: Scenario) -> None:
    assert subscribe(scenario, "me") == subscribe(scenario, "me")


def test_there_is_no_feed_of_what_is_not_of_this_court(scenario: Scenario) -> None:
    for scope, whose in (("judge", 99), ("hearing", 99), ("courtroom", None)):
        with pytest.raises(NotFound):
            subscribe(scenario, scope, whose)
    with pytest.raises(Invalid):
        subscribe(scenario, "everything", 1)


def test_reading_a_feed_writes_nothing_and_asks_no_more_for_more_hearings(
    scenario: Scenario,
) -> None:
    fixed(scenario)
    path = subscribe(scenario, "me")
    with scenario.app.app_context():
        engine = db.engine
    asked: list[str] = []

    def listen(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        asked.append(statement.split()[0])

    sa.event.listen(engine, "before_cursor_execute", listen)
    scenario.client.get(path)
    one, asked[:] = len(asked), []
    for n in range(4):
        propose(scenario, {**CASE, "number": f"（2026）沪0115民初{n}号"}, (at(40 + n), "第五法庭"))
    asked[:] = []
    assert len(events(scenario, path)) == 5
    assert len([word for word in asked if word == "SELECT"]) <= one + 1  # slots, once there are any
    assert set(asked) <= {"SELECT", "BEGIN"}
    sa.event.remove(engine, "before_cursor_execute", listen)
    assert (
        do(
            scenario,
            lambda session, here: session.scalar(
                sa.select(sa.func.count(Entry.id)).where(Entry.kind == "visit")
            ),
        )
        == 2
    )


def test_the_page_to_subscribe_says_what_the_calendar_has(scenario: Scenario) -> None:
    propose(scenario)
    seen = words(browser(scenario).get(scenario.link(ZHAO) + "/feed"))
    assert "proposed slots marked as tentative" in seen
    assert "Create my calendar address" in seen


def test_other_readers_of_calendars_find_the_same_times(scenario: Scenario) -> None:
    made = fixed(scenario)
    scenario.wait(minutes=1)
    propose(
        scenario,
        {**CASE, "number": "（2026）沪0115民初2号"},
        (at(40), "第三法庭"),
        (at(41), "第三法庭"),
    )
    for scope, whose in (("me", None), ("judge", of(scenario, made, "judge_id"))):
        page = scenario.client.get(subscribe(scenario, scope, whose))
        read = vobject.readOne(page.get_data(as_text=True))
        assert sorted(
            (event.dtstart.value.strftime("%m-%d %H:%M %z"), event.status.value)
            for event in read.vevent_list
        ) == [
            ("01-02 09:30 +0800", "TENTATIVE"),
            ("01-03 09:30 +0800", "TENTATIVE"),
            ("12-07 09:30 +0800", "CONFIRMED"),
        ]
        for token in (
            scenario.link(LI),
            scenario.link(ZHAO),
            scenario.link(LI)[3:],
            scenario.link(ZHAO)[3:],
        ):
            assert token not in page.get_data(as_text=True).replace("\r\n ", "")


def test_a_counsel_who_joined_later_also_sees_that_a_hearing_is_cancelled(
    scenario: Scenario,
) -> None:
    made = fixed(scenario)
    joined = {"name": "Sun Yu", "email": "sun@x.example", "channels": ["email"]}

    def join(session: Any, here: service.CourtContext) -> int:
        hearing = session.get_one(Hearing, made)
        given = load(case_forms.CounselIn, joined)
        party = hearing.case.parties[0]
        seat = changes.add_counsel(session, here.court, hearing.case, party.id, given)
        return int(seat.counsel_id)

    path = subscribe(scenario, "counsel", do(scenario, join))
    assert statuses(scenario, path) == ["CONFIRMED"]
    do(scenario, lambda session, here: service.cancel(session, here, made, "Settled"))
    assert statuses(scenario, path) == ["CANCELLED"]


def test_a_change_that_has_no_date_of_its_own_is_seen_within_the_hour(scenario: Scenario) -> None:
    made = fixed(scenario)
    path = subscribe(scenario, "judge", of(scenario, made, "judge_id"))
    date = scenario.client.get(path).headers["Last-Modified"]

    def rename(session: Any, here: service.CourtContext) -> None:
        session.get_one(Hearing, made).judge.name = "陈大法官"

    do(scenario, rename)
    scenario.wait(hours=1)
    again = scenario.client.get(path, headers={"If-Modified-Since": date})
    assert again.status_code == 200
    assert "陈大法官" in again.get_data(as_text=True)
