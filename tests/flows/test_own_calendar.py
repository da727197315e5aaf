"""Counsel's own calendar: named on their page, read by the beat, heeded by suggestions, never shown."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import BusyCalendar, BusyTime
from app.core import web
from app.core.calendar_fetching import CalendarFetcher
from app.core.db import db
from app.rehearsal.browser import HtmlPage
from tests.conftest import House, proposal
from tests.flows import test_propose_page as round_page
from tests.flows.test_suggestions import browser, days, enter, press, suggest
from tests.rules.test_elsewhere import calendar
from tests.tls import TlsServer, gives

WEEK = calendar("DTSTART:20261209T000000Z\nDTEND:20261211T100000Z")


@pytest.fixture
def server() -> Iterator[TlsServer]:
    """Where counsel's calendar lies."""
    with TlsServer(gives(WEEK, ETag='"1"')) as made:
        yield made


@pytest.fixture
def link(house: House, server: TlsServer) -> str:
    """A link of counsel in a house that may ask that server."""
    given = house.app.extensions["tingqi"]
    gateway = CalendarFetcher(server.context, server.also)
    gateways = dataclasses.replace(given.gateways, calendars=gateway)
    house.app.extensions["tingqi"] = web.Services(given.settings, gateways)
    body = proposal(enter(house), override_reason="双方同意")
    assert house.api("POST", "/hearings", body)[0] == 201
    house.beat()
    return house.link("zhao@")


def name(house: House, link: str, address: str) -> Any:
    """Name an address on counsel's page."""
    client = browser(house)
    import re

    nonce = re.search(r'name="nonce" value="([^"]+)"', client.get(link + "/away").text)
    assert nonce
    return client.post(link + "/away/calendar", data={"nonce": nonce[1], "address": address})


def later(house: House, **time: float) -> None:
    """Let time pass and the worker beat."""
    house.wait(**time)
    house.beat()


def test_busy_times_are_read_heeded_and_shown_to_nobody(
    house: House, link: str, server: TlsServer
) -> None:
    assert days(suggest(house, 1, limit=1)) == ["2026-12-09T09:00"]
    assert name(house, link, server.url.replace("https", "webcal")).status_code == 303
    assert server.asked == []  # no request waits for another house
    later(house, minutes=1)
    assert days(suggest(house, 1, limit=1)) == ["2026-12-14T09:00"]
    assert "Read on" in browser(house).get(link + "/away").text
    for page in (
        browser(house).get(house.link("li@") + "/away").text,
        house.sign_in().get("/cases/1").text,
        str(house.api("GET", "/cases/1/contacts")[1]),
    ):
        assert str(server.port) not in page
        assert "secret" not in page


def test_what_counsel_declined_takes_none_of_their_time(
    house: House, link: str, server: TlsServer
) -> None:
    said_no = "\nATTENDEE;PARTSTAT=DECLINED:MAILTO:Zhao@Jinmao.example"
    server.answer = gives(
        calendar("DTSTART:20261209T000000Z\nDTEND:20261211T100000Z" + said_no), ETag='"1"'
    )
    name(house, link, server.url)
    later(house, minutes=1)
    assert len(server.asked) == 1
    assert days(suggest(house, 1, limit=1)) == ["2026-12-09T09:00"]
    # The court has another address of theirs by now: the calendar is read whole again.
    desk = house.sign_in()
    [form] = [
        each
        for each in HtmlPage(desk.get("/cases/1/counsel/2").text).forms
        if "email" in each.fields
    ]
    changed = form.filled(email="lei.zhao@jinmao.example")
    assert desk.post("/cases/1/counsel/2", data=changed).status_code == 303
    later(house, minutes=40)
    assert "If-None-Match" not in server.asked[-1]
    assert days(suggest(house, 1, limit=1)) == ["2026-12-14T09:00"]


def test_it_is_read_again_every_half_hour_and_not_sooner(
    house: House, link: str, server: TlsServer
) -> None:
    name(house, link, server.url)
    for _ in range(5):
        later(house, minutes=1)
    assert len(server.asked) == 1
    server.answer = gives(b"", 304)
    later(house, minutes=40)
    assert server.asked[-1]["If-None-Match"] == '"1"'
    assert days(suggest(house, 1, limit=1)) == ["2026-12-14T09:00"]
    server.answer = gives(calendar(), ETag='"2"')
    later(house, minutes=40)
    assert days(suggest(house, 1, limit=1)) == ["2026-12-09T09:00"]


def test_what_cannot_be_read_is_said_keeps_what_was_read_and_is_left_alone_at_last(
    house: House, link: str, server: TlsServer
) -> None:
    name(house, link, server.url)
    later(house, minutes=1)
    server.answer = gives(b"<html>Sign in</html>")
    later(house, minutes=40)
    page = browser(house).get(link + "/away").text
    assert "There is no calendar at this address." in page
    assert "what was read before still counts" in page
    assert days(suggest(house, 1, limit=1)) == ["2026-12-14T09:00"]
    for _ in range(8):
        later(house, minutes=40)
    assert len(server.asked) == 1 + 5
    assert "not tried any more" in browser(house).get(link + "/away").text
    server.answer = gives(WEEK)
    name(house, link, server.url)
    later(house, minutes=1)
    assert "Read on" in browser(house).get(link + "/away").text


def test_an_empty_address_forgets_it_and_its_times(
    house: House, link: str, server: TlsServer
) -> None:
    name(house, link, server.url)
    later(house, minutes=1)
    assert name(house, link, "").status_code == 303
    with house.app.app_context():
        assert db.session.scalars(sa.select(BusyCalendar)).all() == []
        assert db.session.scalars(sa.select(BusyTime)).all() == []
    assert days(suggest(house, 1, limit=1)) == ["2026-12-09T09:00"]


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
    house: House, link: str, address: str
) -> None:
    answer = name(house, link, address)
    assert answer.status_code == 422
    assert "address-error" in answer.text
    assert (
        house.client.post(
            link + "/away/calendar", data={"address": "https://calendar.example/"}
        ).status_code
        == 422
    )


def test_an_address_that_leads_inward_is_refused_by_the_beat_and_sending_goes_on(
    house: House, link: str
) -> None:
    assert name(house, link, "https://localhost/").status_code == 303
    later(house, minutes=1)
    assert "not on the open internet" in browser(house).get(link + "/away").text
    assert press(house, link, "/away", **{"away-from": "2026-12-09"}).status_code == 303


def test_the_way_from_elsewhere_is_said_as_the_way(
    house: House, link: str, server: TlsServer
) -> None:
    server.answer = gives(calendar("DTSTART:20261209T010000Z\nDTEND:20261209T020000Z"))
    name(house, link, server.url)
    later(house, minutes=1)
    desk = house.sign_in()
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
