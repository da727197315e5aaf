"""What a link opens, and what its visits leave on the record: machines, persons, records, codes."""

from typing import Any

import pytest

from app.core.db import transaction
from app.hearings import queries, service
from app.hearings.models import Invitation
from tests.conftest import SECRET, Scenario
from tests.counsel.test_answers import (
    LI,
    PHONE,
    ZHAO,
    answer,
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


BOTS = [
    "Slackbot-LinkExpanding 1.0",
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1",
    "curl/8.5.0",
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (Windows NT 10.0) HeadlessChrome/130.0",
]


def test_machines_decide_nothing_and_are_written_down_as_machines(scenario: Scenario) -> None:
    made = propose(scenario)
    link = scenario.link(ZHAO)
    for agent in BOTS:
        for method in ("GET", "HEAD"):
            page = scenario.client.open(link, method=method, headers={"User-Agent": agent})
            assert page.status_code == 200
    scenario.client.get(link, headers={"User-Agent": PHONE, "Sec-Purpose": "prefetch;prerender"})
    found = lines(scenario, made, "fetched", "opened", "answered")
    assert [what for what, _ in found] == ["fetched"]
    assert found[0][1]["agent"] == "machine"
    assert answers(scenario) == 0
    assert hearing(scenario, made)[0] == "proposed"


def test_a_visit_is_one_line_in_ten_minutes_for_each_kind_of_visitor(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    for minutes in (0, 5, 6):
        scenario.wait(minutes=minutes)
        client.get(link)
        client.head(link)
    agents = [detail["agent"] for _, detail in lines(scenario, made, "fetched")]
    assert sorted(agents) == ["machine", "machine", "unseen", "unseen"]


def test_only_the_pages_script_can_say_that_a_person_opened_it(scenario: Scenario) -> None:
    made = propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    key = nonce(client.get(link))
    assert client.post(link + "/opened").status_code == 422
    assert client.post(link + "/opened", data={"nonce": "guess"}).status_code == 422
    assert not lines(scenario, made, "opened")
    assert client.post(link + "/opened", data={"nonce": key}).status_code == 204
    assert client.post(link + "/opened", data={"nonce": key}).status_code == 204
    assert len(lines(scenario, made, "opened")) == 1
    assert answers(scenario) == 0


def test_the_record_shows_all_sides_with_the_others_addresses_masked(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    answer(browser(scenario), scenario.link(LI), "yes", "no", comment="上午更好")
    seen = words(client.get(link + "/record"))
    for part in (
        "李敏",
        "Zhao Lei (you)",
        "上午更好",
        "zhao@jinmao.example",
        "l•••@huacheng.example",
        "•••01",
        "answered",
        "accepted",
    ):
        assert part in seen
    assert "li@huacheng.example" not in seen
    assert "13800138001" not in seen


def test_the_record_tells_machines_from_persons_and_plans_from_messages(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    scenario.client.get(link, headers={"User-Agent": "WhatsApp/2.23.20.0"})
    key = nonce(client.get(link))
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    client.post(link + "/opened", data={"nonce": key})
    scenario.beat()
    seen = words(client.get(link + "/record"))
    happened, _, planned = seen.partition("Planned and not sent (")
    for part in ("fetched by a machine", "fetched, no person seen", "opened", "answered"):
        assert part in happened
    assert "reminder" not in happened
    assert "reminder" in planned


def test_the_calendar_file_has_the_date_and_no_link(scenario: Scenario) -> None:
    propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    file = browser(scenario).get(scenario.link(ZHAO) + "/hearing.ics")
    assert file.content_type.startswith("text/calendar")
    assert b"DTSTART;TZID=Asia/Shanghai:20261207T093000" in file.data
    assert b"METHOD:PUBLISH" in file.data
    assert b"/r/" not in file.data


def test_a_short_code_leads_to_the_page(scenario: Scenario) -> None:
    propose(scenario)
    with scenario.app.app_context(), transaction() as session:
        from app.core import links

        seat = queries.invitation_by_token(session, scenario.link(ZHAO)[3:])
        code = links.code(SECRET, seat.id, seat.version)
    client = browser(scenario)
    assert "Type the code" in words(client.get("/r"))
    led = client.post("/r", data={"code": f" {code[:5].lower()}-{code[5:]} "})
    assert (led.status_code, led.location) == (303, scenario.link(ZHAO))


def test_wrong_codes_are_told_kindly_and_soon_slowed_down(scenario: Scenario) -> None:
    client = browser(scenario)
    wrong = client.post("/r", data={"code": "K7QM2-XHPRT"})
    assert wrong.status_code == 422
    assert "No page has this code." in words(wrong)
    assert "K7QM2-XHPRT" in wrong.get_data(as_text=True)
    codes = [client.post("/r", data={"code": "\x00é" * n}).status_code for n in range(12)]
    assert codes[-1] == 429


def test_another_site_cannot_make_a_browser_answer(scenario: Scenario) -> None:
    propose(scenario)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    refused = client.post(link, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert answers(scenario) == 0
