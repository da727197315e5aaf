"""The record sheet of an exchange of evidence, its dates, and opinions that come too early or late."""

import datetime as dt
import re
from typing import Any

import pytest

from tests.conftest import CASE, Scenario, confirmed
from tests.counsel.test_answers import ZHAO, browser, words
from tests.papers.exchanging import clock, court, opened
from tests.papers.giving import PDF, draft
from tests.papers.test_opinions import THIRD, answers, exchange_id, file, opinions, press, shown
from tests.questions.test_questions import entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on three sides."""
    status, made = scenario.api("POST", "/cases", {**CASE, "parties": [*CASE["parties"], THIRD]})
    assert status == 201, made
    return made


def sheet(scenario: Scenario, name: str = "", language: str = "en") -> str:
    """The sheet as the court, or one counsel, reads it, without the way to it."""
    if name:
        page = browser(scenario).get(f"{key(scenario, name)}/papers/sheet?lang={language}")
    else:
        page = court(scenario).get(f"/exchanges/{exchange_id(scenario)}/sheet?lang={language}")
    assert page.status_code == 200, page.text
    [article] = re.findall(r"<article.*</article>", page.text, flags=re.S)
    return " ".join(re.sub(r"<(svg)\b.*?</\1>|<[^>]+>", " ", article, flags=re.S).split())


def test_the_sheet_lists_what_is_disputed_and_why_alike_for_all_in_both_languages(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    opened(scenario, case, "at_once")
    file(scenario, "Zhao Lei", "lease", "delivery note", "temperature log")
    file(scenario, "李敏", "claim")
    everything = {f"{a}-{n}": "yes" for a in ("authentic", "lawful", "relevant") for n in (1, 2)}
    objection = answers(3, "no", "yes", "no", reason="The log is of hall B.")
    objection["relevant_reason-3"] = "It covers another month."
    assert press(scenario, "李敏", **everything, **objection).status_code == 303
    assert press(scenario, "Sun Yu", **everything).status_code == 303
    seen = sheet(scenario)
    assert "Record of the exchange of evidence" in seen
    assert CASE["number"] in seen
    assert "Respondent 1–2 3 – –" in seen
    assert "Reason, authentic: The log is of hall B." in seen
    assert "Reason, relevant: It covers another month." in seen
    assert "No opinion yet: 丙公司" in seen
    assert "art. 56–60" in seen
    assert "Online Litigation Rules art. 12–13" in seen
    assert sheet(scenario, "Zhao Lei") == sheet(scenario, "李敏") == seen
    chinese = sheet(scenario, "Zhao Lei", "zh")
    assert "证据交换笔录" in chinese
    assert "有争议" in chinese
    assert "真实性的理由：The log is of hall B." in chinese.replace("： ", "：")
    assert "关联性的理由：It covers another month." in chinese.replace("： ", "：")
    as_json = court(scenario).get(f"/exchanges/{exchange_id(scenario)}/sheet.json").json
    [respondent] = [each for each in as_json["sides"] if each["side"] == "respondent"]
    states = [each["state"] for each in respondent["papers"]]
    assert states == ["undisputed", "undisputed", "disputed"]
    assert respondent["papers"][2]["copy"] == "contested"
    [opinion] = respondent["papers"][2]["opinions"]
    assert opinion["authentic_reason"] == "The log is of hall B."
    assert opinion["lawful_reason"] == ""
    assert opinion["relevant_reason"] == "It covers another month."
    listed = scenario.api("GET", f"/cases/{case['id']}/papers")[1]
    papers = {paper["name"]: paper for filing in listed["filings"] for paper in filing["papers"]}
    assert papers["temperature log"]["dispute"] == "disputed"
    assert papers["temperature log"]["opinions"][0]["authentic"] is False
    assert papers["claim"]["opinions"] == []
    mine = browser(scenario).get(f"{key(scenario, 'Sun Yu')}/papers/sheet.json").json
    assert mine == as_json


def test_no_opinion_while_sealed_nor_after_the_date_and_the_sheet_tells_no_more(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    closes = opened(scenario, case, "sealed")
    file(scenario, "Zhao Lei", "secret lease")
    refused = press(scenario, "李敏", **answers(1, "yes", "yes", "yes"))
    assert refused.status_code in (409, 422)
    for text in (shown(scenario, "李敏"), sheet(scenario), sheet(scenario, "Sun Yu")):
        assert "secret lease" not in text
    assert "secret lease" not in sheet(scenario, "Zhao Lei")
    assert (
        "secret" not in court(scenario).get(f"/exchanges/{exchange_id(scenario)}/sheet.json").text
    )
    assert opinions(scenario, case) == []
    scenario.wait(seconds=(closes - scenario.clock.now()).total_seconds() + 60)
    scenario.beat()
    if "secret lease" not in sheet(scenario):
        pytest.skip("the exchange does not close yet")
    assert press(scenario, "李敏", **answers(1, "yes", "yes", "yes")).status_code == 303
    scenario.wait(days=8)
    late = press(scenario, "Sun Yu", **answers(1, "no", "no", "no", reason="Late."))
    assert late.status_code in (409, 422)
    withdrawn = press(scenario, "李敏", "/withdrawn", paper="1", sure="1")
    assert withdrawn.status_code in (409, 422)
    assert len(opinions(scenario, case)) == 1
    said = sheet(scenario)
    assert "nobody objected by" in said
    assert "which the court decides" in said


def test_the_court_sets_another_date_and_all_are_told(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    closes = opened(scenario, case, "at_once")
    file(scenario, "Zhao Lei", "lease")
    address = f"/exchanges/{exchange_id(scenario)}/opinions-due"
    for wrong in ("", "yesterday", clock(closes), clock(scenario.clock.now() - dt.timedelta(1))):
        refused = court(scenario).post(address, data={"due_at": wrong})
        assert refused.status_code == 422
        assert 'id="due_at-error"' in refused.text
    before = len(scenario.letters(to=ZHAO))
    due = closes + dt.timedelta(days=30)
    shown_first = court(scenario).post(address, data={"due_at": clock(due)})
    assert shown_first.status_code == 200
    assert "can be given until" in words(shown_first)
    assert [each for each in entries(scenario, case) if each["kind"] == "opinions_due"] == []
    back = court(scenario).post(address, data={"due_at": clock(due), "go_on": "1"})
    assert f'value="{clock(due)}"' in back.text
    for _ in range(2):
        assert confirmed(court(scenario), address, {"due_at": clock(due)}).status_code == 303
    scenario.beat()
    [letter] = scenario.letters(to=ZHAO)[before:]
    assert "can be given until" in letter.body
    assert clock(due)[-5:] in letter.body
    noted = [each for each in entries(scenario, case) if each["kind"] == "opinions_due"]
    assert len(noted) == 1
    scenario.wait(days=35)
    assert press(scenario, "李敏", **answers(1, "yes", "yes", "yes")).status_code == 303


def test_who_gave_no_opinion_is_reminded_once_by_the_days_of_the_court(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    def reminded(name: str) -> list[str]:
        letters = scenario.letters(to=name, containing="Opinions are due")
        return [each.body for each in letters]

    closes = opened(scenario, case, "sealed")
    file(scenario, "Zhao Lei", "secret lease", "log")
    scenario.wait(seconds=(closes - scenario.clock.now()).total_seconds() + 60)
    scenario.beat()
    due = closes + dt.timedelta(days=10)
    address = f"/exchanges/{exchange_id(scenario)}/opinions-due"
    assert confirmed(court(scenario), address, {"due_at": clock(due)}).status_code == 303
    for _ in range(2):
        scenario.beat()
    assert reminded("sun@firm.example") == []
    assert "Who has given no opinion is reminded on" in words(
        court(scenario).get(f"/cases/{case['id']}/exchange")
    )
    scenario.wait(days=3, hours=12)
    for _ in range(2):
        scenario.beat()
    [letter] = reminded("sun@firm.example")  # 7 days before
    assert "no opinion yet on 2 papers" in letter
    assert "secret" not in letter
    assert reminded(ZHAO) == []  # nobody else filed
    sent = [e for e in entries(scenario, case) if e["kind"] == "opinions_reminder"]
    assert {each["what"] for each in sent} >= {"queued", "accepted"}
    assert press(scenario, "Sun Yu", **answers(1, "yes", "yes", "yes")).status_code == 303
    scenario.wait(days=4)
    scenario.beat()
    assert "no opinion yet on a paper" in reminded("sun@firm.example")[-1]  # 3 days before
    assert press(scenario, "Sun Yu", **answers(2, "yes", "yes", "yes")).status_code == 303
    count = len(reminded("sun@firm.example"))
    scenario.wait(days=2)
    scenario.beat()
    assert len(reminded("sun@firm.example")) == count
    scenario.wait(days=5)
    scenario.beat()
    assert len(reminded("sun@firm.example")) == count


def test_papers_in_no_exchange_have_no_opinions(scenario: Scenario, case: dict[str, Any]) -> None:
    client, link = browser(scenario), key(scenario, "Zhao Lei")
    draft(client, link, [("file", "letter.pdf", PDF)])
    assert draft(client, link, do="file").status_code == 303
    refused = press(scenario, "李敏", **answers(1, "yes", "yes", "yes"))
    assert refused.status_code in (409, 422)
    assert browser(scenario).get(f"{link}/papers/sheet").status_code == 404
