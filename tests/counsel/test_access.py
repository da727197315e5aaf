"""Access by link: what unknown, altered and revoked links open, and posts from other sites."""

from typing import Any

import pytest

from app.hearings import queries, service
from app.hearings.models import Invitation
from tests.conftest import Scenario
from tests.counsel.test_answers import (
    ZHAO,
    answers,
    browser,
    do,
    hearing,
    nonce,
    propose,
    slots,
    words,
)


@pytest.mark.parametrize("token", ["A" * 22, "x", "..%2f..", "%00" * 22, "é" * 22, "a" * 3000])
def test_an_unknown_link_is_told_plainly(scenario: Scenario, token: str) -> None:
    propose(scenario)
    for path in ("", "/record", "/hearing.ics", "/feed"):
        page = scenario.client.get(f"/r/{token}{path}")
        assert page.status_code == 404
        assert "Pudong" not in words(page)
    assert scenario.client.post(f"/r/{token}", data={"none": "1"}).status_code == 404


def test_an_altered_link_opens_nothing(scenario: Scenario) -> None:
    propose(scenario)
    link = scenario.link(ZHAO)
    altered = link[:-1] + ("B" if link[-1] != "B" else "C")
    assert scenario.client.get(altered).status_code == 404
    assert "opens nothing" in words(browser(scenario).get(altered))


def test_a_revoked_link_says_how_things_stand_and_no_more(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)

    def revoke(session: Any, here: service.CourtContext) -> None:
        seat = queries.invitation_by_token(session, link[3:])
        session.get_one(Invitation, seat.id).revoked_at = here.now

    do(scenario, revoke)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    for refused in (client.get(link), client.post(link, data=data), client.get(link + "/record")):
        assert refused.status_code == 410
        assert "No date is fixed yet." in words(refused)
        assert "Zhao Lei" not in words(refused)
    assert answers(scenario) == 0
    assert hearing(scenario, made)[0] == "proposed"


def test_another_site_cannot_make_a_browser_answer(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    refused = client.post(link, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert answers(scenario) == 0
