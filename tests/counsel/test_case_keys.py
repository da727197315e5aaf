"""One key for each representation: it opens the whole case, and every hearing of it acts alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import keys
from app.cases.models import Representation
from app.core import links
from app.core.db import db, transaction
from app.hearings.answers import counsel_keys
from app.hearings.models import Invitation
from tests.conftest import CASE, SECRET, Scenario, at, proposal
from tests.counsel.test_answers import LI, ZHAO, answer, browser, nonce, slots, words

pytestmark = pytest.mark.database


@contextmanager
def session_of(scenario: Scenario) -> Iterator[Any]:
    """A session of its own, committed at the end."""
    with scenario.app.app_context(), transaction() as session:
        yield session


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def propose(scenario: Scenario, case: dict[str, Any], day: int, **more: Any) -> dict[str, Any]:
    """Propose a hearing of the case with one slot so many days ahead, and send the messages."""
    body = proposal(case["id"], (at(day), "第三法庭"), **more)
    status, made = scenario.api("POST", "/hearings", body)
    assert status == 201, made
    scenario.beat()
    return made


def fix_by_answers(scenario: Scenario, hearing: dict[str, Any]) -> None:
    for whom in (LI, ZHAO):
        link = f"{scenario.link(whom)}?hearing={hearing['id']}"
        assert answer(browser(scenario), link, "yes").status_code == 303
    scenario.beat()


def key_without_hearing(scenario: Scenario, name: str) -> str:
    """Issue the key of a counsel to whom no message was sent, and return its path."""
    with session_of(scenario) as session:
        representation = session.scalars(
            sa.select(Representation).where(Representation.counsel.has(name=name))
        ).one()
        keys.issue(session, [representation.id], SECRET)
        return f"/r/{keys.of_representation(SECRET, representation.id, 1).token}"


def test_the_same_key_leads_to_every_hearing_of_the_case(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    first = propose(scenario, case, 14)
    link = scenario.link(ZHAO)
    fix_by_answers(scenario, first)
    second = propose(scenario, case, 20, kind="mediation")
    assert scenario.link(ZHAO) == link
    client = browser(scenario)
    page = client.get(link)
    assert "Sat 19 Dec 2026" not in words(page)
    assert "Which dates suit you?" in words(page)  # what is asked comes first
    assert "Hearings in this case" in words(page)
    assert f'href="{link}?hearing={first["id"]}"' in page.text
    of_first = client.get(f"{link}?hearing={first['id']}")
    assert "The hearing date is fixed" in words(of_first)
    assert f'href="{link}?hearing={second["id"]}"' in of_first.text
    assert f"{link}/hearing.ics?hearing={first['id']}" in of_first.text


def test_a_mail_leads_to_its_hearing_and_a_text_stays_short(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    [mail] = scenario.letters(to=ZHAO, channel="email")
    assert re.search(rf"/r/[\w-]{{22}}\?hearing={hearing['id']}\s", mail.body)
    for text in scenario.letters(channel="sms"):
        assert "?hearing" not in text.body


def test_an_act_reaches_the_hearing_of_its_page_whatever_is_shown_first(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    first, second = propose(scenario, case, 20), propose(scenario, case, 14)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(f"{link}?hearing={first['id']}")
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    done = client.post(link, data=data)
    assert done.status_code == 303
    states = {
        each["id"]: scenario.api("GET", f"/hearings/{each['id']}")[1]["invitations"]
        for each in (first, second)
    }
    answered = {
        number: [each["counsel"] for each in invitations if each["state"] == "answered"]
        for number, invitations in states.items()
    }
    assert answered == {first["id"]: ["Zhao Lei"], second["id"]: []}


@pytest.mark.parametrize("named", ["0", "999", "x", "-1", "9" * 30, "1%00", "１"])
def test_a_hearing_that_is_not_of_the_case_is_told_plainly(
    scenario: Scenario, case: dict[str, Any], named: str
) -> None:
    propose(scenario, case, 14)
    for path in ("", "/record", "/hearing.ics", "/away", "/call-me", "/move"):
        page = browser(scenario).get(f"{scenario.link(ZHAO)}{path}?hearing={named}")
        assert page.status_code == 404 or path in ("/record",), path
        if page.status_code == 404:
            assert "This case has no such hearing." in words(page)


def test_a_hearing_of_another_case_is_not_shown_nor_acted_on(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    link = scenario.link(ZHAO)
    other = {**CASE, "number": "（2026）沪0115民初777号"}
    status, made = scenario.api("POST", "/cases", other)
    assert status == 201
    elsewhere = propose(scenario, made, 21)
    others_link = scenario.link(ZHAO)
    assert others_link != link
    client = browser(scenario)
    assert client.get(f"{link}?hearing={elsewhere['id']}").status_code == 404
    page = client.get(others_link)
    data = {"nonce": nonce(page), **dict.fromkeys(slots(page), "yes")}
    assert client.post(link, data=data).status_code == 422
    assert client.post(f"{link}?hearing={elsewhere['id']}", data=data).status_code in (404, 422)
    _, shown = scenario.api("GET", f"/hearings/{elsewhere['id']}")
    assert {each["state"] for each in shown["invitations"]} == {"waiting"}


def test_a_case_without_a_hearing_has_a_page_on_which_nothing_is_asked(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    link = key_without_hearing(scenario, "Zhao Lei")
    client = browser(scenario)
    page = client.get(link)
    assert page.status_code == 200
    assert "Nothing is asked of you now" in words(page)
    assert CASE["number"] in words(page)
    [key] = re.findall(r'data-nonce="([^"]+)"', page.text)
    assert client.post(f"{link}/opened", data={"nonce": key}).status_code == 204
    assert client.post(f"{link}/opened", data={"nonce": "x"}).status_code == 422
    for path in ("/move", "/hearing.ics"):
        assert client.get(link + path).status_code == 404, path
        assert client.post(link + path, data={"nonce": key}).status_code in (404, 405), path
    for path in ("/record", "/feed", "/away", "/call-me", "/questions", "/needs", "/link"):
        assert client.get(link + path).status_code == 200, path
    _, contacts = scenario.api("GET", f"/cases/{case['id']}/contacts")
    visits = [entry["what"] for each in contacts["attempts"] for entry in each["lines"]]
    assert visits == ["fetched", "opened"]


def test_in_a_case_without_a_hearing_counsel_is_away_and_asks_to_be_called(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    client, link = browser(scenario), key_without_hearing(scenario, "Zhao Lei")
    other = scenario.api("POST", "/cases", {**CASE, "number": "（2026）沪0115民初777号"})[1]
    propose(scenario, other, 21)  # without any hearing home shows how to begin
    page = client.get(f"{link}/away")
    days = {"nonce": nonce(page), "away-from": "2026-12-09"}
    assert client.post(f"{link}/away", data=days).status_code == 303
    calendar = {"nonce": nonce(page), "address": "https://calendar.example/zhao.ics"}
    assert client.post(f"{link}/away/calendar", data=calendar).status_code == 303
    page = words(client.get(f"{link}/away"))
    assert "9 Dec" in page
    wish = {"nonce": nonce(client.get(f"{link}/call-me")), "wish": "after 3 pm"}
    for _ in range(2):
        assert client.post(f"{link}/call-me", data=wish).status_code == 303
    assert "The court has your request" in words(client.get(f"{link}/call-me"))
    desk = scenario.sign_in()
    for path in ("/", "/waiting"):
        home = desk.get(f"{path}?lang=en")
        assert "Call Zhao Lei back" in words(home)
        assert f'href="/cases/{case["id"]}"' in home.text
    shown = scenario.api("GET", f"/cases/{case['id']}")[1]
    [counsel] = shown["parties"][1]["counsel"]
    call = {
        "counsel_id": counsel["id"],
        "channel": "phone",
        "outcome": "spoke",
        "at": at(0, "08:00"),
    }
    assert scenario.api("POST", f"/cases/{case['id']}/contacts", call)[0] == 201
    assert "Call Zhao Lei back" not in words(desk.get("/?lang=en"))


def test_a_callback_names_no_hearing_of_another_case(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    propose(scenario, case, 14)
    client, link = browser(scenario), scenario.link(ZHAO)
    other = scenario.api("POST", "/cases", {**CASE, "number": "（2026）沪0115民初777号"})[1]
    elsewhere = propose(scenario, other, 21)
    for path, more in (("/call-me", {"wish": "now"}), ("/away", {"away-from": "2026-12-09"})):
        key = nonce(client.get(link + path))
        for named in (str(elsewhere["id"]), "999999", "x", "9" * 30):
            refused = client.post(link + path, data={"nonce": key, "hearing_id": named, **more})
            assert refused.status_code == 404, (path, named)
            assert "This case has no such hearing." in words(refused)


def test_a_visit_counts_for_the_hearing_that_was_shown(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    first, second = propose(scenario, case, 20), propose(scenario, case, 14)
    client, link = browser(scenario), scenario.link(ZHAO)
    page = client.get(f"{link}?hearing={first['id']}")
    assert client.post(f"{link}/opened", data={"nonce": nonce(page)}).status_code == 204
    seen = {
        each["id"]: [entry["what"] for entry in scenario.record(each["id"])]
        for each in (first, second)
    }
    assert seen[first["id"]].count("opened") == 1
    assert "opened" not in seen[second["id"]]
    assert "fetched" not in seen[second["id"]]


def test_a_raised_version_revokes_every_key_and_the_next_message_has_a_new_one(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    old = scenario.link(ZHAO)
    with session_of(scenario) as session:
        representation = session.scalars(
            sa.select(Representation).where(Representation.counsel.has(name="Zhao Lei"))
        ).one()
        invitation = session.scalars(
            sa.select(Invitation).where(Invitation.representation_id == representation.id)
        ).one()
        sent = keys.of_invitation(SECRET, invitation.id, 1)  # as before December 2026
        invitation.token_digest = links.digest(sent.token)
        invitation.code_digest = links.digest(sent.code)
        number = representation.id
    client = browser(scenario)
    assert client.get(f"/r/{sent.token}").status_code == 200
    data = {"nonce": nonce(client.get(old)), **dict.fromkeys(slots(client.get(old)), "yes")}
    with session_of(scenario) as session:
        counsel_keys.renew(session, session.get_one(Representation, number), scenario.clock.now())
    for link in (old, f"/r/{sent.token}"):
        assert client.get(link).status_code == 410
        assert client.post(link, data=data).status_code == 410
    assert client.post("/r", data={"code": sent.code}).status_code == 410
    scenario.wait(days=6, hours=10)
    scenario.beat()  # who has not answered is asked once more
    new = scenario.link(ZHAO)
    assert new != old
    assert answer(client, new, "yes").status_code == 303
    _, shown = scenario.api("GET", f"/hearings/{hearing['id']}")
    assert [each["state"] for each in shown["invitations"]] == ["waiting", "answered"]


def test_keys_sent_before_keys_belonged_to_representations_still_answer(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    first, second = propose(scenario, case, 20), propose(scenario, case, 14)
    with session_of(scenario) as session:
        invitation = session.scalars(
            sa.select(Invitation).where(
                Invitation.proposal.has(hearing_id=first["id"]),
                Invitation.counsel.has(name="Zhao Lei"),
            )
        ).one()
        sent = keys.of_invitation(SECRET, invitation.id, 1)
        invitation.token_digest = links.digest(sent.token)
    client = browser(scenario)
    page = client.get(f"/r/{sent.token}")  # its own hearing first, though the other is due sooner
    assert f'href="/r/{sent.token}?hearing={second["id"]}"' in page.text
    assert answer(client, f"/r/{sent.token}", "yes").status_code == 303
    _, shown = scenario.api("GET", f"/hearings/{first['id']}")
    assert [each["state"] for each in shown["invitations"]] == ["waiting", "answered"]


def test_who_left_the_case_sees_that_and_no_more(scenario: Scenario, case: dict[str, Any]) -> None:
    hearing = propose(scenario, case, 20)
    fix_by_answers(scenario, hearing)
    client, link = browser(scenario), scenario.link(ZHAO)
    page_keys = [nonce(client.get(f"{link}{path}")) for path in ("", "/questions")]
    begin = {"nonce": nonce(client.get(f"{link}/feed"))}
    assert client.post(f"{link}/feed", data=begin).status_code == 303
    [feed] = re.findall(r"/feeds/[\w-]+\.ics", client.get(f"{link}/feed").text)[:1]
    assert CASE["number"] in client.get(feed).text
    with session_of(scenario) as session:
        for each in session.scalars(sa.select(Representation)):
            if each.counsel.name == "Zhao Lei":
                each.left_at = scenario.clock.now()
                code = keys.of_representation(SECRET, each.id, each.key_version).code
    scenario.beat()
    rules = [each for each in scenario.app.url_map.iter_rules() if "token" in each.arguments]
    paths = {str(each).removeprefix("/r/<token>"): each for each in rules if str(each)[:3] == "/r/"}
    assert {"", "/record", "/feed", "/away", "/call-me", "/hearing.ics", "/needs"} <= set(paths)
    for path, rule in paths.items():
        shown = [client.get(link + path)] if "GET" in (rule.methods or ()) else []
        for key in page_keys if "POST" in (rule.methods or ()) else ():
            shown.append(client.post(link + path, data={"nonce": key, "wish": "x", "none": "1"}))
        for page in shown:
            assert page.status_code == 410, path
            # Another app's share comes with a key of its own, and is told of that.
            gone = "no longer connected" if rule.endpoint.startswith("counsel.phone_app") else ""
            assert (gone or "you no longer act in this case") in words(page), path
            for secret in ("19 Dec", "13 Dec", "第三法庭", "Zhao Lei", "zhao@", "z•••@"):
                assert secret not in words(page), (path, secret)
    assert CASE["number"] not in client.get(feed).text.replace("\r\n ", "")
    led = client.post("/r", data={"code": code}, follow_redirects=True)
    assert led.status_code == 410
    assert "you no longer act in this case" in words(led)


def test_only_hashes_of_keys_are_stored(scenario: Scenario, case: dict[str, Any]) -> None:
    propose(scenario, case, 20)
    token = scenario.link(ZHAO)[3:]
    with scenario.app.app_context():
        stored = [
            str(row)
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select())
        ]
    assert not any(token in row for row in stored)


def test_a_long_record_is_read_page_by_page_the_newest_first(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 20)
    link, client = scenario.link(ZHAO), browser(scenario)
    for n in range(60):
        body = {
            "channel": "phone",
            "counsel_id": hearing["invitations"][0]["counsel_id"],
            "at": at(0, "08:00"),
            "outcome": "spoke",
            "note": f"call {n}",
            "tell_others": False,
        }
        assert scenario.api("POST", f"/cases/{case['id']}/contacts", body)[0] == 201
    newest = client.get(f"{link}/record")
    assert "Page 1 of 2" in words(newest)
    older = client.get(f"{link}/record?page=2")
    assert "Page 2 of 2" in words(older)
    assert len(newest.data) > len(older.data)
    for odd in ("0", "x", "-1", "99999999", ""):
        assert client.get(f"{link}/record?page={odd}").status_code == 200
