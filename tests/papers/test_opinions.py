"""Opinions on papers of other sides: given, changed, withdrawn, refused; on the record, to all."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.core.db import db, transaction
from app.papers.models import Paper
from app.storage.clamd import ScanState
from tests.acts.table import ASSISTANT
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import ZHAO, browser, nonce, words
from tests.flows.test_erasing import erase
from tests.papers.exchanging import court, opened
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import LI, entries, key

pytestmark = pytest.mark.database

ASPECTS = ("authentic", "lawful", "relevant")
THIRD = {
    "role": "第三人",
    "name": "丙公司",
    "side": "other",
    "counsel": [{"name": "Sun Yu", "email": "sun@firm.example", "language": "en"}],
}


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on three sides; Zhao Lei, respondent, filed three papers."""
    status, made = scenario.api("POST", "/cases", {**CASE, "parties": [*CASE["parties"], THIRD]})
    assert status == 201, made
    opened(scenario, made, "at_once")
    file(scenario, "Zhao Lei", "lease", "delivery note", "temperature log")
    return made


def exchange_id(scenario: Scenario) -> int:
    """The exchange of evidence in the case: a preview that is rolled back may use up a number."""
    [exchange, *_] = scenario.api("GET", "/cases/1/exchanges")[1]["exchanges"]
    return int(exchange["id"])


def file(scenario: Scenario, name: str, *papers: str) -> None:
    """File papers as evidence of one counsel."""
    link, client = key(scenario, name), browser(scenario)
    for paper in papers:
        files = [("file", f"{paper}.pdf", PDF + paper.encode())]
        assert draft(client, link, files).status_code == 303
    exchange = str(exchange_id(scenario))
    filed = draft(client, link, do="file", exchange=exchange, late_reason="It was found today.")
    assert filed.status_code == 303
    scenario.beat()


def answers(paper: int | str, *says: str, reason: str = "") -> dict[str, str]:
    """The fields of one opinion: yes, no or "" to each aspect, and the reason of each no."""
    given = dict(zip(ASPECTS, says, strict=True))
    fields = {f"{name}-{paper}": each for name, each in given.items() if each}
    reasons = {f"{name}_reason-{paper}": reason for name, each in given.items() if each == "no"}
    return fields | reasons


def press(scenario: Scenario, name: str, path: str = "", **fields: Any) -> Any:
    """Press a button of the page of opinions."""
    client, papers = browser(scenario), f"{key(scenario, name)}/papers"
    form = {"nonce": nonce(client.get(papers)), **fields}
    return client.post(f"{papers}/opinions{path}", data=form)


def opinions(scenario: Scenario, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of opinions, the first one first."""
    return [each for each in entries(scenario, case) if each["what"] == "opinion"]


def shown(scenario: Scenario, name: str) -> str:
    """The page of opinions as one counsel reads it."""
    return words(browser(scenario).get(f"{key(scenario, name)}/papers/opinions?lang=en"))


def test_opinions_are_given_in_one_press_told_once_changed_and_withdrawn(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    said = {
        **answers(1, "yes", "yes", "yes"),
        **answers(3, "yes", "yes", "no", reason="The log is of hall B."),
    }
    before = len(scenario.letters(to=ZHAO))
    done = press(scenario, "李敏", **said)
    assert done.status_code == 303
    made = opinions(scenario, case)
    assert [(e["detail"]["number"], e["detail"]["relevant"]) for e in made] == [
        (1, True),
        (3, False),
    ]
    assert made[1]["detail"]["of"] == "respondent"
    assert len(made[1]["detail"]["reason_sha256"]["relevant"]) == 64
    scenario.beat()
    [mail] = scenario.letters(to=ZHAO)[before:]
    assert "has given an opinion on 2 papers" in mail.body
    assert "3. temperature log" in mail.body
    assert [each for each in scenario.letters(to=LI) if "意见" in each.subject] == []
    page = shown(scenario, "Zhao Lei")
    assert re.search("Relevant ?: The log is of hall B.", page)
    assert "3. temperature log · Relevant: The log is of hall B." in words(
        court(scenario).get("/cases/1/record?view=entries")
    )
    assert "There is no paper on which you can give an opinion now." in page
    assert "No opinion yet" in page
    # The same again is no new version; another word is.
    assert press(scenario, "李敏", **said).status_code == 303
    assert len(opinions(scenario, case)) == 2
    changed = answers(3, "yes", "yes", "no", reason="The log is of hall B, not of hall A.")
    assert press(scenario, "李敏", **changed).status_code == 303
    assert [e["detail"]["version"] for e in opinions(scenario, case)] == [1, 1, 2]
    assert "version 2" in shown(scenario, "Sun Yu")
    # Withdrawn only with the tick.
    assert press(scenario, "李敏", "/withdrawn", paper="3").status_code == 422
    assert press(scenario, "李敏", "/withdrawn", paper="3", sure="1").status_code == 303
    assert opinions(scenario, case)[-1]["detail"]["withdrawn"] is True
    assert "hall B, not" not in shown(scenario, "Sun Yu")
    assert press(scenario, "李敏", "/withdrawn", paper="3", sure="1").status_code == 303
    assert len(opinions(scenario, case)) == 4


def test_the_same_for_all_papers_takes_one_press_and_a_tick(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    same = {"paper": ["1", "2", "3"], **answers("all", "yes", "yes", "yes")}
    assert "The same for all: papers 1–3" in shown(scenario, "李敏")
    refused = press(scenario, "李敏", "/same", **same)
    assert refused.status_code == 422
    assert opinions(scenario, case) == []
    before = len(scenario.letters(to=ZHAO))
    assert press(scenario, "李敏", "/same", **same, sure="1").status_code == 303
    assert len(opinions(scenario, case)) == 3
    assert press(scenario, "Sun Yu", "/same", **same, sure="1").status_code == 303
    scenario.beat()
    assert len(scenario.letters(to=ZHAO)) == before + 2
    assert shown(scenario, "Zhao Lei").count("Undisputed") == 3


def test_an_incomplete_opinion_is_refused_beside_its_field_and_nothing_typed_is_lost(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    typed = {**answers(1, "yes", "", "no", reason=""), **answers(2, "yes", "yes", "yes")}
    refused = press(scenario, "李敏", **typed)
    assert refused.status_code == 422
    page = words(refused)
    assert "选择" in page or "Choose yes or no" in page
    assert 'name="relevant-1" value="no" checked' in refused.text
    assert 'name="lawful-2" value="yes" checked' in refused.text
    long = "长" * 5000
    refused = press(scenario, "李敏", **answers(1, "no", "no", "no", reason=long))
    assert refused.status_code == 422
    assert long in refused.text
    nothing = press(scenario, "李敏")
    assert nothing.status_code in (409, 422)
    assert opinions(scenario, case) == []


def test_no_opinion_on_ones_own_side_the_court_or_another_case(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    file(scenario, "李敏", "claim")
    own = press(scenario, "李敏", **answers(4, "yes", "yes", "yes"))
    assert own.status_code in (409, 422)
    assert "4" in words(own)
    scenario.sign_in().post(f"/cases/{case['id']}/papers", data={"name": "Order", "kind": "record"})
    for number in (4, 99, 2**40):
        answer = press(
            scenario,
            "李敏",
            **answers(1, "yes", "yes", "yes"),
            **answers(number, "yes", "yes", "yes"),
        )
        assert answer.status_code in (404, 409, 422), number
    assert opinions(scenario, case) == []  # all or none


def test_a_reason_of_markup_and_other_directions_is_shown_as_text(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    reason = "<script>alert(1)</script> \u202egnorw\u2066 </bdi>"
    assert (
        press(scenario, "李敏", **answers(1, "no", "yes", "yes", reason=reason)).status_code == 303
    )
    page = browser(scenario).get(f"{key(scenario, 'Zhao Lei')}/papers/opinions")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "&lt;/bdi&gt;" in page.text


def test_fifty_presses_at_once_are_one_version(scenario: Scenario, case: dict[str, Any]) -> None:
    link = f"{key(scenario, '李敏')}/papers/opinions"
    form = {"nonce": nonce(browser(scenario).get(link)), **answers(1, "yes", "yes", "yes")}

    def one(_n: int) -> int:
        status: int = browser(scenario).post(link, data=form).status_code
        return status

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(one, range(50))) == {303}
    assert len(opinions(scenario, case)) == 1


def test_a_get_decides_nothing(scenario: Scenario, case: dict[str, Any]) -> None:
    link = f"{key(scenario, '李敏')}/papers/opinions"
    client = browser(scenario)
    form = {"nonce": nonce(client.get(link)), **answers(1, "yes", "yes", "yes"), "sure": "1"}
    client.get(link, query_string=form)
    assert client.get(f"{link}/same", query_string=form).status_code == 405
    assert client.get(f"{link}/withdrawn", query_string=form).status_code == 405
    assert opinions(scenario, case) == []


def test_a_delegate_who_may_only_read_gives_no_opinion_and_one_who_may_act_is_named(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    client, link = browser(scenario), key(scenario, "李敏")
    for name, may in (("Ding Ning", "answer"), ("Fang Yu", "read")):
        form = {**ASSISTANT, "name": name, "email": f"{may}@firm.example", "may": may}
        page = client.get(f"{link}/delegate")
        assert (
            client.post(f"{link}/delegate", data={**form, "nonce": nonce(page)}).status_code < 400
        )
    scenario.beat()
    ways = {
        may: re.findall(r"/r/[\w-]{22}", scenario.letters(to=f"{may}@firm.example")[0].body)[0]
        for may in ("answer", "read")
    }
    said = answers(1, "yes", "yes", "yes")
    acting, reading = browser(scenario), browser(scenario)
    page = acting.get(f"{ways['answer']}/papers/opinions")
    done = acting.post(f"{ways['answer']}/papers/opinions", data={"nonce": nonce(page), **said})
    assert done.status_code == 303
    [entry] = opinions(scenario, case)
    assert entry["detail"]["delegate"]
    assert "Ding Ning" in shown(scenario, "Zhao Lei")
    page = reading.get(f"{ways['read']}/papers/opinions")
    assert page.status_code == 200
    assert 'name="authentic-1"' not in page.text
    forged = {"nonce": nonce(acting.get(f"{ways['answer']}/papers/opinions")), **said}
    assert reading.post(f"{ways['read']}/papers/opinions", data=forged).status_code in (403, 422)
    assert len(opinions(scenario, case)) == 1


def test_an_erased_case_keeps_digests_and_loses_reasons(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    said = answers(1, "no", "yes", "yes", reason="Wholly invented.")
    assert press(scenario, "李敏", **said).status_code == 303
    scenario.wait(days=30)
    scenario.beat()
    status, said_by_command = erase(scenario)
    assert status == 0, said_by_command
    scenario.beat()
    assert "Wholly invented" not in shown(scenario, "Zhao Lei")
    refused = press(scenario, "Sun Yu", **answers(1, "yes", "yes", "yes"))
    assert refused.status_code in (409, 410, 422)


def test_a_paper_in_which_malware_was_found_has_no_opinions(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    with scenario.app.app_context(), transaction() as session:
        paper = session.scalars(sa.select(Paper).where(Paper.number == 2)).one()
        paper.files[0].scan_state = ScanState.FOUND.value
    refused = press(scenario, "李敏", **answers(2, "yes", "yes", "yes"))
    assert refused.status_code in (409, 422)
    assert press(scenario, "李敏", **answers(1, "yes", "yes", "yes")).status_code == 303


def test_a_reason_from_before_is_that_of_each_aspect_that_was_denied(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    said = answers(1, "no", "yes", "no", reason="Of hall B.")
    said |= answers(2, "no", "no", "yes", reason="It is a copy.")
    said["lawful_reason-2"] = "Taken in secret."
    assert press(scenario, "李敏", **said).status_code == 303
    assert press(scenario, "Sun Yu", **answers(1, "yes", "yes", "yes")).status_code == 303
    columns = ("authentic_reason", "lawful_reason", "relevant_reason")
    with scenario.app.app_context():
        db.session.remove()
        downgrade(revision="0047")
        query = sa.text("SELECT reason FROM paper_opinion ORDER BY id")
        before = db.session.scalars(query).all()
        db.session.remove()
        upgrade()
        query = sa.text(f"SELECT {', '.join(columns)} FROM paper_opinion ORDER BY id")
        after = db.session.execute(query).all()
        db.session.remove()
    assert before == ["Of hall B.", "It is a copy.; Taken in secret.", ""]
    joined = before[1]
    assert [tuple(each) for each in after] == [
        ("Of hall B.", "", "Of hall B."),
        (joined, joined, ""),
        ("", "", ""),
    ]
