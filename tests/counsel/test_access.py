"""Access by link: what holds for every page and act of counsel, whatever else it does.

The tests at the end go through the table of acts, so that a new act is held to them too.
"""

import re
from typing import Any

import pytest

from app.cases.models import Representation
from app.core.forms import load
from app.counsel.acts import ACTS, Act
from app.hearings import forms, queries, service
from app.hearings.answers import counsel_keys
from tests.conftest import Scenario, at
from tests.counsel.test_answers import (
    LI,
    ZHAO,
    answers,
    browser,
    do,
    hearing,
    lines,
    nonce,
    propose,
    slots,
    words,
)


def revoke(scenario: Scenario, link: str) -> None:
    """End a link."""

    def end(session: Any, here: service.CourtContext) -> None:
        key = counsel_keys.resolve(session, link[3:], here.now)
        counsel_keys.renew(
            session, session.get_one(Representation, key.representation_id), here.now
        )

    do(scenario, end)


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
    assert "This link doesn't work" in words(browser(scenario).get(altered))


def test_a_revoked_link_says_how_things_stand_and_no_more(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    revoke(scenario, link)
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


PAGES = [act.path for act in ACTS if act.show]
SUBMISSIONS = [act.path for act in ACTS if act.submit]
# Fields of all acts at once; each reads its own, and would do something if it were let.
FIELDS = {
    "revision": "1",
    "seen": "1",
    "phone": "13800138002",
    "wish": "after 3 pm",
    "reason": "Trial in Beijing that day",
    "away-from": "2026-12-09",
    "address": "https://calendar.example/zhao.ics",
    "none": "1",
}
DONE = ("answered", "confirmed", "asked", "told", "opened")


@pytest.fixture
def asked(scenario: Scenario) -> int:
    """A hearing whose proposal waits for answers."""
    return propose(scenario)


def propose_anew(scenario: Scenario, hearing_id: int) -> None:
    """Ask counsel again, with another slot."""
    slot = {"starts_at": at(20), "courtroom": "第三法庭"}
    given = load(forms.ProposalIn, {"slots": [slot], "answer_by": at(9), "fix": "auto"})

    def ask(session: Any, here: service.CourtContext) -> None:
        found = queries.find_hearing(session, here.court.id, hearing_id)
        service.open_proposal(session, here, found, given)

    do(scenario, ask)


def test_no_act_is_done_without_the_key_of_a_page_of_this_link(
    scenario: Scenario, asked: int
) -> None:
    client, link = browser(scenario), scenario.link(ZHAO)
    own, others = nonce(client.get(link)), nonce(browser(scenario).get(scenario.link(LI)))
    for path in SUBMISSIONS:
        for key in ("", "guess", others, f"x{own}"):
            refused = client.post(link + path, data={**FIELDS, "nonce": key})
            assert refused.status_code == 422, path
            assert path == "/opened" or re.search(
                "Nothing was [a-z]+[ .:]|Nobody was named", words(refused)
            ), path
    assert lines(scenario, asked, *DONE) == []


def test_no_act_is_done_on_a_page_of_a_superseded_proposal(scenario: Scenario, asked: int) -> None:
    client, link = browser(scenario), scenario.link(ZHAO)
    key = nonce(client.get(link))
    propose_anew(scenario, asked)
    for path in SUBMISSIONS:
        stale = client.post(link + path, data={**FIELDS, "nonce": key})
        assert stale.status_code == 422, path
    assert lines(scenario, asked, *DONE) == []


def test_no_act_is_done_by_a_revoked_or_an_unknown_link(scenario: Scenario, asked: int) -> None:
    client, link = browser(scenario), scenario.link(ZHAO)
    data = {**FIELDS, "nonce": nonce(client.get(link))}
    revoke(scenario, link)
    for path in SUBMISSIONS:
        assert client.post(link + path, data=data).status_code == 410, path
        assert client.post("/r/" + "A" * 22 + path, data=data).status_code == 404, path
    for path in PAGES:
        assert client.get(link + path).status_code == 410, path
    assert lines(scenario, asked, *DONE) == []


def test_reading_decides_nothing_and_leaves_no_copy_behind(scenario: Scenario, asked: int) -> None:
    client, link = browser(scenario), scenario.link(ZHAO)
    for path in {*PAGES, *SUBMISSIONS}:
        for method in ("GET", "HEAD"):
            page = client.open(link + path, method=method, query_string=FIELDS)
            assert page.status_code in ((200, 404) if path in PAGES else (405,)), path
            assert page.headers["Cache-Control"] == "no-store", path
            assert page.headers["Referrer-Policy"] == "same-origin", path
            assert page.headers["X-Robots-Tag"] == "noindex, nofollow", path
    assert lines(scenario, asked, *DONE) == []


def test_acts_are_soon_slowed_down_but_for_those_of_a_whole_office(
    scenario: Scenario, asked: int
) -> None:
    client, link = browser(scenario), scenario.link(ZHAO)
    slowed = {
        path
        for path in SUBMISSIONS
        if [client.post(link + path).status_code for _ in range(11)][-1] == 429
    }
    assert slowed == set(SUBMISSIONS) - {
        "",
        "/knows",
        "/opened",
        "/papers",
        "/papers/item",
        "/papers/received",
        "/papers/opinions",
        "/papers/opinions/same",
        "/papers/opinions/withdrawn",
    }


def test_every_page_bears_the_name_of_the_court(scenario: Scenario, asked: int) -> None:
    revoked = scenario.link(LI)
    revoke(scenario, revoked)
    for path in [scenario.link(ZHAO) + act.path for act in ACTS if act.show] + [revoked]:
        page = browser(scenario).get(path)
        if page.text.startswith("<!doctype"):  # a whole page, and no part of one
            marks = re.findall(r'<span class="mark"><b[^>]*>庭</b>([^<]*)</span>', page.text)
            assert marks == ["Pudong New Area People&#39;s Court"], path


def test_a_link_says_what_it_is_for_where_what_was_counted_is_gone_by_then(
    scenario: Scenario,
) -> None:
    act = Act("callbacks", line="Say when", counted_line=lambda _page, count: "one" * (count > 1))
    page: Any = None
    with scenario.app.test_request_context():
        assert [act.state(page, count) for count in (0, 1, 2)] == ["Say when", "Say when", "one"]
