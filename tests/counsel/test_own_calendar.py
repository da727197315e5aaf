"""Counsel's own calendar: named on their page, read by the beat, heeded by suggestions, never shown."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import BusyCalendar, BusyTime
from app.core.db import db
from app.core.web_client.calendar_fetching import CalendarFetcher
from app.rehearsal.browser import HtmlPage
from tests.conftest import Scenario, proposal
from tests.counsel.test_answers import browser
from tests.counsel.test_days_away import press
from tests.flows import test_propose_page as round_page
from tests.flows.test_suggestions import days, enter, suggest
from tests.hearings.test_calendar_parsing import calendar
from tests.tls import TlsServer, gives

WEEK = calendar("DTSTART:20261209T000000Z\nDTEND:20261211T100000Z")


@pytest.fixture
def server() -> Iterator[TlsServer]:
    """Where counsel's calendar lies."""
    with TlsServer(gives(WEEK, ETag='"1"')) as made:
        yield made


@pytest.fixture
def link(scenario: Scenario, server: TlsServer) -> str:
    """A link of counsel in an installation that may ask that server."""
    services = scenario.app.extensions["tingqi"]
    fetcher = CalendarFetcher(server.context, server.also)
    external = dataclasses.replace(services.external, calendars=fetcher)
    scenario.app.extensions["tingqi"] = dataclasses.replace(services, external=external)
    body = proposal(enter(scenario), override_reason="双方同意")
    assert scenario.api("POST", "/hearings", body)[0] == 201
    scenario.beat()
    return scenario.link("zhao@")


def name(scenario: Scenario, link: str, address: str) -> Any:
    """Name an address on counsel's page."""
    client = browser(scenario)
    import re

    nonce = re.search(r'name="nonce" value="([^"]+)"', client.get(link + "/away").text)
    assert nonce
    return client.post(link + "/away/calendar", data={"nonce": nonce[1], "address": address})


def later(scenario: Scenario, **time: float) -> None:
    """Let time pass and the worker beat."""
    scenario.wait(**time)
    scenario.beat()


def test_busy_times_are_read_heeded_and_shown_to_nobody(
    scenario: Scenario, link: str, server: TlsServer
) -> None:
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-09T09:00"]
    assert name(scenario, link, server.url.replace("https", "webcal")).status_code == 303
    assert server.asked == []  # no request waits for another server
    later(scenario, minutes=1)
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-14T09:00"]
    assert "Read on" in browser(scenario).get(link + "/away").text
    for page in (
        browser(scenario).get(scenario.link("li@") + "/away").text,
        scenario.sign_in().get("/cases/1").text,
        str(scenario.api("GET", "/cases/1/contacts")[1]),
    ):
        assert str(server.port) not in page
        assert "secret" not in page


def test_what_counsel_declined_takes_none_of_their_time(
    scenario: Scenario, link: str, server: TlsServer
) -> None:
    said_no = "\nATTENDEE;PARTSTAT=DECLINED:MAILTO:Zhao@Jinmao.example"
    server.answer = gives(
        calendar("DTSTART:20261209T000000Z\nDTEND:20261211T100000Z" + said_no), ETag='"1"'
    )
    name(scenario, link, server.url)
    later(scenario, minutes=1)
    assert len(server.asked) == 1
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-09T09:00"]
    # The court has another address of theirs by now: the calendar is read whole again.
    desk = scenario.sign_in()
    [form] = [
        each
        for each in HtmlPage(desk.get("/cases/1/counsel/2").text).forms
        if "email" in each.fields
    ]
    changed = form.filled(email="lei.zhao@jinmao.example")
    assert desk.post("/cases/1/counsel/2", data=changed).status_code == 303
    later(scenario, minutes=40)
    assert "If-None-Match" not in server.asked[-1]
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-14T09:00"]


def test_it_is_read_again_every_half_hour_and_not_sooner(
    scenario: Scenario, link: str, server: TlsServer
) -> None:
    name(scenario, link, server.url)
    for _ in range(5):
        later(scenario, minutes=1)
    assert len(server.asked) == 1
    server.answer = gives(b"", 304)
    later(scenario, minutes=40)
    assert server.asked[-1]["If-None-Match"] == '"1"'
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-14T09:00"]
    server.answer = gives(calendar(), ETag='"2"')
    later(scenario, minutes=40)
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-09T09:00"]


def test_what_cannot_be_read_is_said_keeps_what_was_read_and_is_left_alone_at_last(
    scenario: Scenario, link: str, server: TlsServer
) -> None:
    name(scenario, link, server.url)
    later(scenario, minutes=1)
    server.answer = gives(b"<html>Sign in</html>")
    later(scenario, minutes=40)
    page = browser(scenario).get(link + "/away").text
    assert "There is no calendar at this address." in page
    assert "what it read before still counts" in page
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-14T09:00"]
    for _ in range(8):
        later(scenario, minutes=40)
    assert len(server.asked) == 1 + 5
    assert "The court no longer tries" in browser(scenario).get(link + "/away").text
    server.answer = gives(WEEK)
    name(scenario, link, server.url)
    later(scenario, minutes=1)
    assert "Read on" in browser(scenario).get(link + "/away").text


def test_an_empty_address_forgets_it_and_its_times(
    scenario: Scenario, link: str, server: TlsServer
) -> None:
    name(scenario, link, server.url)
    later(scenario, minutes=1)
    assert name(scenario, link, "").status_code == 303
    with scenario.app.app_context():
        assert db.session.scalars(sa.select(BusyCalendar)).all() == []
        assert db.session.scalars(sa.select(BusyTime)).all() == []
    assert days(suggest(scenario, 1, limit=1)) == ["2026-12-09T09:00"]


@pytest.mark.parametrize(
    "address",
    [
        "http://calendar.example/a.ics",
        "https://u:p@calendar.example/",
        "javascript:alert(1)",
        "https://x.example:1/",
        "h" * 2001,
    ],
)
def test_an_address_that_will_never_be_asked_is_refused_at_once(
    scenario: Scenario, link: str, address: str
) -> None:
    answer = name(scenario, link, address)
    assert answer.status_code == 422
    assert "address-error" in answer.text
    assert (
        scenario.client.post(
            link + "/away/calendar", data={"address": "https://calendar.example/"}
        ).status_code
        == 422
    )


def test_an_address_that_leads_inward_is_refused_by_the_beat_and_sending_goes_on(
    scenario: Scenario, link: str
) -> None:
    assert name(scenario, link, "https://localhost/").status_code == 303
    later(scenario, minutes=1)
    assert "not on the open internet" in browser(scenario).get(link + "/away").text
    assert press(scenario, link, "/away", **{"away-from": "2026-12-09"}).status_code == 303


def test_the_way_from_elsewhere_is_said_as_the_way(
    scenario: Scenario, link: str, server: TlsServer
) -> None:
    server.answer = gives(calendar("DTSTART:20261209T010000Z\nDTEND:20261209T020000Z"))
    name(scenario, link, server.url)
    later(scenario, minutes=1)
    desk = scenario.sign_in()
    desk.get("/?lang=en")
    [form] = [
        each
        for each in HtmlPage(desk.get("/cases/1/counsel/2").text).forms
        if "email" in each.fields
    ]
    changed = form.filled(travel_minutes="60")
    assert desk.post("/cases/1/counsel/2", data=changed).status_code == 303
    given = {"slots.0.starts_at": "2026-12-09T10:30", "slots.1.starts_at": "2026-12-09T09:30"}
    words = round_page.press(
        desk, round_page.see(desk, "/hearings/1/round?lang=en"), "add-slot", **given
    ).words
    assert words.count("is on the way then, from or to another place") == 1
    assert words.count("is not free then") == 1
