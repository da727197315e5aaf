"""Somebody outside the court who does not come: an entry, with the evidence of notice beside it."""

import html
import re
from typing import Any

import pytest

from tests.conftest import Scenario, at, case_with, proposal
from tests.members.test_by_link import (
    BENCH,
    MAILS,
    WITNESS,
    add_address,
    link,
    phone,
    say_to_date,
)
from tests.outcomes.test_imports import HEAD, imported, rows
from tests.outcomes.test_outcomes import LI, ROOM, ZHAO, enter

ASSESSOR = "吴陪审"


@pytest.fixture
def hearing(scenario: Scenario) -> Any:
    """A hearing that is over, with an assessor who was reached and a witness who was not."""
    bench = [*BENCH[1:], WITNESS]
    number = "（2026）沪0115民初9001号"
    status, case = scenario.api("POST", "/cases", {**case_with(number, LI, ZHAO), "bench": bench})
    assert status == 201, case
    assert add_address(scenario, ASSESSOR, MAILS[ASSESSOR]).status_code == 303
    body = proposal(case["id"], (at(14, "09:30"), ROOM), minutes=30)
    hearing = scenario.api("POST", "/hearings", body)[1]
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "期限将至"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.beat()
    assert say_to_date(scenario, ASSESSOR, says="come", sure="1").status_code == 303
    scenario.wait(days=14, hours=5)
    return hearing


def people(scenario: Scenario) -> dict[str, int]:
    """The ids of the members of the court's hearings, by name."""
    listed = scenario.api("GET", "/members")[1]["members"]
    return {each["name"]: each["id"] for each in listed}


@pytest.mark.database
def test_a_member_is_noted_absent_with_the_evidence_and_it_is_taken_back(
    scenario: Scenario, hearing: Any
) -> None:
    ids = people(scenario)
    absent = [{"member_id": ids[ASSESSOR]}, {"member_id": ids["Wu Li"]}]
    status, answer = enter(scenario, hearing, outcome="not_held", absent=absent)
    assert status == 200, answer
    assert answer["outcome"]["cause"] == "absence"
    shown = [
        (each["name"], each["role"], each["evidence"], each["sufficient"], each["counsel_id"])
        for each in answer["outcome"]["absent"]
    ]
    assert shown == [
        (ASSESSOR, "assessor", "E4", None, None),
        ("Wu Li", "witness", "E0", None, None),
    ]
    entries = [each for each in scenario.record(hearing["id"]) if each["what"] == "absent"]
    assert [(each["kind"], each["detail"]["grade"]) for each in entries] == [
        ("absence", 4),
        ("member_absence", 0),
    ]
    assert enter(scenario, hearing, outcome="not_held", absent=absent)[0] == 200
    status, answer = enter(scenario, hearing, outcome="held", absent=absent[:1], replaces=1)
    assert status == 200, answer
    back = [each for each in scenario.record(hearing["id"]) if each["what"] == "not_absent"]
    assert [each["kind"] for each in back] == ["member_absence"]


def test_pages_name_them_and_the_parties_read_no_name_of_a_witness(
    scenario: Scenario, hearing: Any
) -> None:
    ids, browser, id = people(scenario), scenario.sign_in(), hearing["id"]
    browser.set_cookie("lang", "en")
    page = browser.get(f"/hearings/{id}/outcome").text
    ticks = dict(re.findall(rf'name="absent-{id}" value="(m\d+)".*?<span>(.*?) <span', page))
    assert list(ticks) == [f"m{ids[name]}" for name in (ASSESSOR, "Wu Li")]
    data = {f"version-{id}": "1.0", f"outcome-{id}": "adjourned", f"cause-{id}": "evidence"}
    posted = browser.post(f"/hearings/{id}/outcome", data={**data, f"absent-{id}": list(ticks)})
    assert posted.status_code == 303, posted.text
    card = html.unescape(browser.get(f"/hearings/{id}").text)
    assert "Wu Li" in card
    again = browser.get(f"/hearings/{id}/outcome").text
    assert again.count(" checked") == 3
    day = browser.get(browser.get("/outcomes").location.partition("?")[0]).text
    assert "Wu Li" in day
    scenario.wait(minutes=11)
    scenario.beat()
    [mail] = scenario.letters(to="zhao@", containing="Hearing adjourned")
    assert [each for each in mail.body.splitlines() if each.startswith("- ")] == [
        f"- {ASSESSOR} (assessor)",
        "- witness",
    ]
    counsel = phone(scenario)
    path = scenario.link("zhao@firm.example").split("?")[0]
    for shown in (f"{path}?hearing={id}", f"{path}/record"):
        text = html.unescape(counsel.get(shown).text)
        assert ASSESSOR in text
        assert "Wu Li" not in text
        assert "did not come" in text
    certificate = html.unescape(browser.get(f"/cases/{hearing['case_id']}/certificate").text)
    assert "Witness" in certificate
    assert "Wu Li" not in certificate
    own = phone(scenario).get(link(scenario, MAILS[ASSESSOR])).text
    assert "The court has recorded that you did not come." in own


@pytest.mark.parametrize(
    "absent", [{"member_id": 999}, {"member_id": "x"}, {"member": 1}, {"member_id": None}]
)
def test_who_is_not_needed_there_is_refused(
    scenario: Scenario, hearing: Any, absent: dict[str, Any]
) -> None:
    status, answer = enter(scenario, hearing, outcome="held", absent=[absent])
    assert status == 422
    [error] = answer["errors"]
    assert error["field"] in ("absent", "absent.0")


def test_a_file_names_them_by_name_or_by_what_they_do(scenario: Scenario) -> None:
    head = HEAD.replace("承办法官", "承办法官,合议庭")
    text = head + rows("（2026）沪0115民初31号", "未开庭", "证人、吴陪审").replace(
        "陈法官,", "陈法官,陈法官、周法官、吴陪审（人民陪审员）、Wu Li（证人）,"
    )
    text = text.replace("证人、吴陪审,", '"证人、吴陪审",')
    page = imported(scenario, text)
    listed = scenario.api("GET", "/hearings?state=fixed")[1]["hearings"]
    assert [
        sorted(each["name"] for each in hearing["outcome"]["absent"]) for hearing in listed
    ] == [["Wu Li", "吴陪审"]], page
