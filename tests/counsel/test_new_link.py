"""A new link: as counsel asks or the court decides, every link and code sent before ends."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import keys
from app.cases.models import Counsel, Representation
from app.hearings.answers import counsel_keys
from app.notices.models import Notice
from app.record.models import Entry
from tests.conftest import SECRET, Scenario, confirmed
from tests.counsel.test_answers import LI, ZHAO, answer, browser, nonce, propose, words
from tests.counsel.test_case_keys import session_of

pytestmark = pytest.mark.database


@pytest.fixture
def hearing(scenario: Scenario) -> int:
    """A hearing whose proposal waits for answers."""
    return propose(scenario)


def representation_of(session: Any, name: str) -> Representation:
    return session.scalars(
        sa.select(Representation).where(Representation.counsel.has(name=name))
    ).one()


def codes(scenario: Scenario, name: str) -> list[str]:
    """Return the codes of the versions of a counsel's key, up to the present one."""
    with session_of(scenario) as session:
        found = representation_of(session, name)
        versions = range(1, found.key_version + 1)
        return [keys.of_representation(SECRET, found.id, each).code for each in versions]


def ask(client: Any, link: str, key: str | None = None) -> Any:
    data = {"nonce": key or nonce(client.get(f"{link}/link")), "sure": "1"}
    return client.post(f"{link}/link", data=data)


def renewals(scenario: Scenario) -> list[Entry]:
    with session_of(scenario) as session:
        entries = session.scalars(sa.select(Entry).where(Entry.what == "renewed")).all()
        session.expunge_all()
    return list(entries)


def test_counsel_asks_and_the_new_link_goes_to_the_addresses_that_the_court_has(
    scenario: Scenario, hearing: int
) -> None:
    old, others = scenario.link(ZHAO), scenario.link(LI)
    client = browser(scenario)
    page = client.get(f"{old}/link")
    assert "z•••@jinmao.example" in words(page)
    assert ZHAO not in page.text  # whoever has the link does not learn where the new one goes
    asked = ask(client, old)
    assert (asked.status_code, asked.location) == (303, old)
    ended = client.get(old)
    assert ended.status_code == 410
    assert "This link is no longer valid" in words(ended)
    assert "which was sent to z•••@jinmao.example" in words(ended)
    scenario.beat()
    letters = [each for each in scenario.letters(to=ZHAO) if "was replaced" in each.body]
    assert [each.subject for each in letters] == ["Your new link: （2026）沪0115民初12345号"]
    new = scenario.link(ZHAO)
    assert new != old
    assert answer(client, new, "yes", "yes").status_code == 303
    assert scenario.link(LI) == others
    assert client.get(others).status_code == 200


def test_it_is_on_the_record_for_both_sides_without_the_key(
    scenario: Scenario, hearing: int
) -> None:
    old = scenario.link(ZHAO)
    assert ask(browser(scenario), old).status_code == 303
    scenario.beat()
    new = scenario.link(ZHAO)
    for link in (new, scenario.link(LI)):
        record = browser(scenario).get(f"{link}/record")
        assert "Replaced; earlier links ended" in words(record)
    [entry] = renewals(scenario)
    assert (entry.direction, entry.kind, entry.side) == ("in", "key", "respondent")
    with session_of(scenario) as session:
        stored = [str(row) for row in session.execute(sa.select(Entry.__table__))]
        bodies = [each.content.body for each in session.scalars(sa.select(Entry))]
    assert not any(link[3:] in str(each) for link in (old, new) for each in [*stored, *bodies])
    case_id = scenario.api("GET", f"/hearings/{hearing}")[1]["case_id"]
    assert scenario.api("GET", f"/cases/{case_id}/contacts")[1]["chain"]["whole"]


def test_codes_sent_before_say_that_they_were_replaced(scenario: Scenario, hearing: int) -> None:
    client, old = browser(scenario), scenario.link(ZHAO)
    ask(client, old)
    first, second = codes(scenario, "Zhao Lei")
    refused = client.post("/r", data={"code": first})
    assert refused.status_code == 410
    assert "The court has replaced this code." in words(refused)
    scenario.beat()
    opened = client.post("/r", data={"code": second})
    assert (opened.status_code, opened.location) == (303, scenario.link(ZHAO))


@pytest.mark.parametrize("key", ["", "x", "foreign", "hearing"])
def test_without_the_key_of_this_page_nothing_is_renewed(
    scenario: Scenario, hearing: int, key: str
) -> None:
    client, link = browser(scenario), scenario.link(ZHAO)
    other = {"foreign": f"{scenario.link(LI)}/link", "hearing": link}.get(key)
    refused = ask(client, link, nonce(client.get(other)) if other else key or " ")
    assert refused.status_code == 422
    assert "Nothing was recorded." in words(refused)
    assert renewals(scenario) == []
    assert client.get(link).status_code == 200


def test_a_second_press_and_fifty_at_once_renew_once(scenario: Scenario, hearing: int) -> None:
    link = scenario.link(ZHAO)
    page_keys = [nonce(browser(scenario).get(f"{link}/link")) for _ in range(50)]

    def press(key: str) -> int:
        return ask(browser(scenario), link, key).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(press, page_keys))
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 410, 429, 503}
    assert len(renewals(scenario)) == 1


def test_three_a_day_and_then_one_has_to_call(scenario: Scenario, hearing: int) -> None:
    for _ in range(3):
        assert ask(browser(scenario), scenario.link(ZHAO)).status_code == 303
        scenario.beat()
        scenario.wait(hours=1)
    link = scenario.link(ZHAO)
    refused = ask(browser(scenario), link)
    assert refused.status_code in (409, 422)
    assert "3 new links within a day" in words(refused)
    assert browser(scenario).get(link).status_code == 200
    scenario.wait(hours=24)
    assert ask(browser(scenario), link).status_code == 303


def test_nobody_is_cut_off_whom_no_message_reaches(scenario: Scenario, hearing: int) -> None:
    link = scenario.link(ZHAO)
    with session_of(scenario) as session:
        counsel = session.scalars(sa.select(Counsel).where(Counsel.name == "Zhao Lei")).one()
        counsel.email = counsel.phone = ""
    refused = ask(browser(scenario), link)
    assert refused.status_code in (409, 422)
    assert "knows no address" in words(refused)
    assert browser(scenario).get(link).status_code == 200


def test_the_court_sees_what_follows_before_it_replaces_a_link(
    scenario: Scenario, hearing: int
) -> None:
    old = scenario.link(ZHAO)
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    case_id = scenario.api("GET", f"/hearings/{hearing}")[1]["case_id"]
    case = desk.get(f"/cases/{case_id}")
    with session_of(scenario) as session:
        path = f"/cases/{case_id}/counsel/{representation_of(session, 'Zhao Lei').id}/link"
    assert f'href="{path}"' in case.text
    shown = desk.get(path)
    assert "Every link and every code that Zhao Lei has in this case." in words(shown)
    assert "Your new link" in words(shown)
    assert old[3:] not in shown.text
    assert renewals(scenario) == []
    done = confirmed(desk, path, {"version": "1"})
    assert done.status_code == 303
    again = confirmed(desk, path, {"version": "1"})
    assert again.status_code == 303
    [entry] = renewals(scenario)
    assert (entry.direction, entry.detail["version"]) == ("out", 2)
    assert entry.content.body["by"]
    assert "was sent a new link a moment ago" in words(desk.get(f"/cases/{case_id}"))
    assert browser(scenario).get(old).status_code == 410
    scenario.beat()
    assert browser(scenario).get(scenario.link(ZHAO)).status_code == 200


def test_a_program_replaces_a_link(scenario: Scenario, hearing: int) -> None:
    old = scenario.link(ZHAO)
    shown = scenario.api("GET", f"/hearings/{hearing}")[1]
    [counsel] = [each for each in shown["invitations"] if each["counsel"] == "Zhao Lei"]
    path = f"/cases/{shown['case_id']}/counsel/{counsel['counsel_id']}/link"
    status, done = scenario.api("POST", path)
    assert (status, done["counsel"], done["channels"]) == (200, "Zhao Lei", ["email", "sms"])
    assert browser(scenario).get(old).status_code == 410
    assert scenario.api("POST", f"/cases/{shown['case_id']}/counsel/999/link")[0] == 404
    assert scenario.api("POST", f"/cases/999/counsel/{counsel['counsel_id']}/link")[0] == 404


def test_messages_that_wait_carry_the_new_key(scenario: Scenario, hearing: int) -> None:
    old = scenario.link(ZHAO)
    ask(browser(scenario), old)
    scenario.wait(days=6, hours=10)
    scenario.beat()  # who has not answered is asked once more
    with session_of(scenario) as session:
        versions = {
            each.kind: each.link_version
            for each in session.scalars(sa.select(Notice).order_by(Notice.id))
            if each.name == "Zhao Lei"
        }
        resolved = counsel_keys.resolve(session, scenario.link(ZHAO)[3:], scenario.clock.now())
    assert versions["nudge"] == versions["new_link"] == 2
    assert resolved is not None
    assert not resolved.revoked
