"""A need from its telling to its deletion, as counsel, the court and nobody else see it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.needs.models import Need
from app.record.models import Entry
from tests.conftest import CASE, Scenario, at, proposal
from tests.counsel.test_answers import LI, ZHAO, browser, nonce, words
from tests.counsel.test_case_keys import fix_by_answers, propose, session_of
from tests.flows.test_verifier import run
from tests.questions.test_questions import key

pytestmark = pytest.mark.database

GU = {"role": "witness", "name": "Gu Wei", "interpreter": "Uyghur", "hearing_loop": "1"}
SECRETS = ("Gu Wei", "Uyghur", "needs somebody beside her")


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def tell(client: Any, link: str, key: str = "", **fields: Any) -> Any:
    data = {**GU, "nonce": key or nonce(client.get(f"{link}/needs")), **fields}
    return client.post(f"{link}/needs", data=data)


def withdraw(client: Any, link: str, need: int) -> Any:
    data = {"nonce": nonce(client.get(f"{link}/needs")), "need": str(need), "sure": "1"}
    return client.post(f"{link}/needs/withdrawn", data=data)


def needs(scenario: Scenario, case: dict[str, Any]) -> list[dict[str, Any]]:
    status, listed = scenario.api("GET", f"/cases/{case['id']}/needs")
    assert status == 200
    return listed["needs"]


def noted(scenario: Scenario) -> list[Any]:
    with session_of(scenario) as session:
        query = sa.select(Entry).where(Entry.what == "noted").order_by(Entry.id)
        return [
            (each.counsel_id, each.side, each.detail, dict(each.content.body))
            for each in session.scalars(query)
        ]


def test_counsel_tells_changes_and_withdraws_what_a_witness_needs(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    assert "for the court alone" in words(client.get(link))
    done = client.post(
        f"{link}/needs",
        data={**GU, "nonce": nonce(client.get(f"{link}/needs"))},
        follow_redirects=True,
    )
    assert "Saved: the court sees it, and nobody else." in words(done)
    assert "Gu Wei (Witness) Interpreter: Uyghur · Hearing loop" in words(done)
    assert "not seen by the court yet" in words(done)
    [need] = needs(scenario, case)
    assert (need["role"], need["name"], need["interpreter"]) == ("witness", "Gu Wei", "Uyghur")
    assert (need["hearing_loop"], need["step_free"], need["counsel"]) == (True, False, "Zhao Lei")
    form = client.get(f"{link}/needs?need={need['id']}")
    assert 'value="Uyghur"' in form.text
    changed = {"need": str(need["id"]), "version": "1", "other": "needs somebody beside her"}
    assert tell(client, link, **changed).status_code == 303
    [need] = needs(scenario, case)
    assert need["other"] == "needs somebody beside her"
    assert withdraw(client, link, need["id"]).status_code == 303
    assert needs(scenario, case) == []
    assert [body["act"] for *_, body in noted(scenario)] == ["added", "changed", "withdrawn"]


def test_the_other_side_learns_nothing_and_the_record_verifies(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    hearing = propose(scenario, case, 14)
    client, zhao, li = browser(scenario), scenario.link(ZHAO), scenario.link(LI)
    before = {path: words(client.get(li + path)) for path in ("/record", "/needs", "/questions")}
    sent = len(scenario.letters())
    assert tell(client, zhao, other="needs somebody beside her").status_code == 303
    assert tell(client, zhao, name="Ma", step_free="1").status_code == 303
    scenario.beat()
    assert len(scenario.letters()) == sent
    after = {path: words(client.get(li + path)) for path in before}
    for path in ("/needs", "/questions"):
        assert before[path] == after[path]
    for path in ("", "/record", "/needs", "/feed", "/away"):
        page = client.get(li + path)
        assert not [word for word in (*SECRETS, "Note to the court") if word in page.text]
    for _, side, detail, body in noted(scenario):
        assert (side, detail) == ("", {})
        assert not [word for word in SECRETS if word in json.dumps(body, ensure_ascii=False)]
    assert "Note to the court" not in words(client.get(f"{zhao}/record"))
    exported = run(scenario, "record", "export", "--case", CASE["number"], "--format", "json")
    assert not [word for word in SECRETS if word in exported]
    assert "whole" in run(scenario, "record", "verify", "--case", CASE["number"])
    assert scenario.api("GET", f"/hearings/{hearing['id']}/contacts")[1]["chain"]["whole"]


def test_the_court_sees_it_where_it_arranges_the_hearing_and_never_on_the_public_list(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    assert tell(client, link).status_code == 303
    assert "New needs at hearings" in words(desk.get("/"))
    proposing = words(desk.get(f"/hearings/new?case_id={case['id']}"))
    assert "To arrange for the hearing Gu Wei (Witness, Respondent): " in proposing
    assert "Interpreter: Uyghur" in proposing
    hearing = propose(scenario, case, 14)
    other = propose(scenario, case, 15)
    fix_by_answers(scenario, hearing)
    fix_by_answers(scenario, other)
    only = {"name": "Ma Li", "interpreter": "", "step_free": "1", "hearing_id": str(other["id"])}
    assert tell(client, scenario.link(ZHAO), **only).status_code == 303
    for number, named in ((hearing["id"], False), (other["id"], True)):
        page = words(desk.get(f"/hearings/{number}"))
        assert "Interpreter: Uyghur" in page
        assert ("Ma Li" in page) is named
        shown = scenario.api("GET", f"/hearings/{number}")[1]["needs"]
        assert len(shown) == 1 + named
    day = scenario.api("GET", f"/hearings/{hearing['id']}")[1]["starts_at"][:10]
    for path in (
        f"/calendar/list?on={day}",
        f"/calendar?view=day&on={day}",
        f"/cases/{case['id']}",
    ):
        assert "Gu Wei (Witness, Respondent)" in words(desk.get(path)), path
    public = desk.get(f"/calendar/list?on={day}&public=1").text
    assert not [word for word in ("Gu Wei", "Uyghur", "Interpreter", "loop") if word in public]
    assert "Gu Wei" not in scenario.client.get(f"{scenario.link(LI)}/hearing.ics").text


def test_the_court_takes_note_and_counsel_sees_that(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    desk = scenario.sign_in()
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    tell(client, link)
    [need] = needs(scenario, case)
    path = f"/cases/{case['id']}/needs/{need['id']}/note"
    stale = desk.post(path, data={"version": "7"})
    assert stale.status_code == 303
    assert "not seen by the court yet" in words(client.get(f"{link}/needs"))
    assert desk.post(path, data={"version": "1", "back": "home"}).location == "/"
    assert "seen by the court" in words(client.get(f"{link}/needs"))
    assert "Gu Wei" not in words(desk.get("/"))
    tell(client, link, need=str(need["id"]), version="1", step_free="1")
    assert "Gu Wei" in words(desk.get("/"))


def test_an_assistant_enters_one_for_a_counsel_who_called(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    link, path = key(scenario, "Zhao Lei"), f"/cases/{case['id']}/needs"
    page = desk.get(path)
    number = re.findall(r'value="(\d+)">Zhao Lei', page.text)[0]
    assert desk.post(path, data={**GU, "representation_id": number}).status_code == 303
    assert desk.post(path, data={**GU, "name": "Juror"}).status_code == 303
    mine = words(browser(scenario).get(f"{link}/needs"))
    assert "entered by the court" in mine
    assert "Juror" not in mine
    assert [each["counsel"] for each in needs(scenario, case)] == ["Zhao Lei", ""]
    for odd in ("999999", "x", "-1"):
        refused = desk.post(path, data={**GU, "name": "Odd", "representation_id": odd})
        assert refused.status_code == 422
        assert "Choose a counsel who acts in this case." in words(refused)
    assert len(needs(scenario, case)) == 2


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "Enter the name of the person."),
        ({"role": "judge"}, "Choose who it is."),
        ({"interpreter": "", "hearing_loop": ""}, "Say what the person needs"),
        ({"other": "长" * 301}, "At most 300 characters: these are 301."),
        ({"other": "𝒳" * 301}, "At most 300 characters: these are 301."),
        ({"name": "x" * 10_000}, "At most 100 characters: these are 10000."),
        ({"interpreter": "y" * 10_000}, "At most 60 characters: these are 10000."),
        ({"hearing_id": "999999"}, "Choose a hearing of this case."),
        ({"hearing_id": "x"}, "Choose a hearing of this case."),
        ({"hearing_id": "9" * 40}, "Choose a hearing of this case."),
        ({"need": "999999", "version": "1"}, "This entry was withdrawn."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(
    scenario: Scenario, case: dict[str, Any], fields: dict[str, str], error: str
) -> None:
    refused = tell(browser(scenario), key(scenario, "Zhao Lei"), **fields)
    assert refused.status_code in (404, 409, 422)
    assert error in words(refused)
    assert fields.get("name", "Gu Wei")[:200] in refused.text
    assert needs(scenario, case) == []


def test_odd_characters_and_markup_are_kept_as_words(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    name, other = "<b>Gu</b>‮ 𠮷野", "\u0000‮<script>alert(1)</script>" + "𝒳" * 200
    assert tell(client, link, name=name, other=other).status_code == 303
    page = client.get(f"{link}/needs")
    assert "<script>alert" not in page.text
    assert "‮" not in page.text
    [need] = needs(scenario, case)
    assert need["name"] == "<b>Gu</b> 𠮷野"
    assert need["other"].endswith("𝒳" * 200)


def test_a_hearing_of_another_case_is_refused(scenario: Scenario, case: dict[str, Any]) -> None:
    other = {**CASE, "number": "（2026）沪0115民初777号"}
    elsewhere = scenario.api("POST", "/cases", other)[1]
    body = proposal(elsewhere["id"], (at(20), "第三法庭"))
    hearing = scenario.api("POST", "/hearings", body)[1]
    propose(scenario, case, 14)
    refused = tell(browser(scenario), scenario.link(ZHAO), hearing_id=str(hearing["id"]))
    assert refused.status_code in (422, 303)
    assert all(each["hearing_id"] is None for each in needs(scenario, case))
    assert (
        scenario.api(
            "POST",
            f"/cases/{case['id']}/needs",
            {"role": "party", "name": "A", "other": "x", "hearing_id": hearing["id"]},
        )[0]
        == 422
    )


def test_another_counsels_entry_is_out_of_reach(scenario: Scenario, case: dict[str, Any]) -> None:
    client, zhao, li = browser(scenario), key(scenario, "Zhao Lei"), key(scenario, "李敏")
    tell(client, zhao)
    [need] = needs(scenario, case)
    stolen = tell(client, li, need=str(need["id"]), version="1", name="Stolen")
    assert stolen.status_code == 404
    assert "Gu Wei" not in client.get(f"{li}/needs?need={need['id']}").text
    assert withdraw(client, li, need["id"]).status_code == 303
    assert [each["name"] for each in needs(scenario, case)] == ["Gu Wei"]
    for foreign in ("", "x", nonce(client.get(f"{li}/needs"))):
        refused = tell(client, zhao, key=foreign or " ", name="Foreign")
        assert refused.status_code == 422
    assert len(needs(scenario, case)) == 1


def test_a_change_that_another_made_meanwhile_is_shown(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    desk = scenario.sign_in()
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    tell(client, link)
    [need] = needs(scenario, case)
    entry = {"need": str(need["id"]), "version": "1"}
    assert (
        desk.post(
            f"/cases/{case['id']}/needs", data={**GU, **entry, "interpreter": "Kazakh"}
        ).status_code
        == 303
    )
    clash = tell(client, link, **entry, interpreter="Uyghur (Kashgar)")
    assert clash.status_code == 409
    assert "It says now: Gu Wei · Kazakh" in words(clash)
    assert 'value="Uyghur (Kashgar)"' in clash.text
    again = tell(client, link, need=str(need["id"]), version="2", interpreter="Uyghur (Kashgar)")
    assert again.status_code == 303


def test_fifty_at_once_are_one_entry(scenario: Scenario, case: dict[str, Any]) -> None:
    link = key(scenario, "Zhao Lei")
    page_keys = [nonce(browser(scenario).get(f"{link}/needs")) for _ in range(50)]

    def press(page_key: str) -> int:
        return tell(browser(scenario), link, key=page_key).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(press, page_keys))
    assert 303 in statuses
    assert statuses <= {303, 429, 503}
    assert len(needs(scenario, case)) == 1
    assert len(noted(scenario)) == 1


def test_thirty_entries_and_no_more(scenario: Scenario, case: dict[str, Any]) -> None:
    for n in range(30):
        body = {"role": "witness", "name": f"W{n}", "step_free": True}
        assert scenario.api("POST", f"/cases/{case['id']}/needs", body)[0] == 201
    body = {"role": "witness", "name": "one more", "step_free": True}
    assert scenario.api("POST", f"/cases/{case['id']}/needs", body)[0] in (409, 422)
    assert tell(browser(scenario), key(scenario, "Zhao Lei")).status_code == 303


def test_a_program_enters_and_deletes_and_its_answer_is_kept_nowhere(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    path = f"/cases/{case['id']}/needs"
    body = {"role": "party", "name": "Gu Wei", "interpreter": "Uyghur"}
    status, made = scenario.api("POST", path, body, **{"Idempotency-Key": "n1"})
    assert (status, made["interpreter"]) == (201, "Uyghur")
    again = scenario.api("POST", path, body, **{"Idempotency-Key": "n1"})
    assert again == (201, made)
    assert scenario.api("DELETE", f"{path}/{made['id']}")[0] == 204
    assert scenario.api("DELETE", f"{path}/{made['id']}")[0] == 204
    with scenario.app.app_context():
        stored = [
            str(row)
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select())
        ]
    assert not [each for each in stored if "Gu Wei" in each or "Uyghur" in each]
    assert scenario.api("POST", path, {**body, "other": "x" * 301})[0] == 422
    assert scenario.api("POST", "/cases/999/needs", body)[0] == 404


def test_it_is_erased_with_the_case(scenario: Scenario, case: dict[str, Any]) -> None:
    tell(browser(scenario), key(scenario, "Zhao Lei"))
    output = run(scenario, "record", "erase", "--case", CASE["number"], "--why", "over", "--yes")
    assert "erased" in output
    with session_of(scenario) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Need)) == 0
    assert "whole" in run(scenario, "record", "verify", "--case", CASE["number"])
    assert {json.dumps(body) for *_, body in noted(scenario)} == {"{}"}


def test_who_left_the_case_tells_no_more_and_the_court_keeps_what_was_told(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    page_key = nonce(client.get(f"{link}/needs"))
    tell(client, link)
    with session_of(scenario) as session:
        for need in session.scalars(sa.select(Need)):
            need.representation.left_at = scenario.clock.now()
    assert client.get(f"{link}/needs").status_code == 410
    assert tell(client, link, key=page_key, name="Late").status_code == 410
    desk = scenario.sign_in()
    desk.set_cookie("lang", "en")
    page = words(desk.get(f"/cases/{case['id']}/needs"))
    assert "Gu Wei" in page
    assert "acts no longer" in page
