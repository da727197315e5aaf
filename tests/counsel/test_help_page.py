"""The page of help for counsel, and the court's public clock."""

from typing import Any

import pytest

from app.counsel.information import markdown
from tests.conftest import CASE, Scenario, proposal
from tests.counsel.test_answers import browser, words
from tests.questions.test_questions import ask, key, questions, reply

PAGES = ("", "/record", "/questions", "/move", "/feed", "/away", "/call-me")


def test_help_is_served_in_both_languages_with_all_its_parts(scenario: Scenario) -> None:
    english = browser(scenario).get("/help/counsel?lang=en")
    chinese = browser(scenario).get("/help/counsel?lang=zh")
    assert english.status_code == chinese.status_code == 200
    for page, parts in (
        (english, ("The link", "Another date", "Questions to the court", "What is recorded")),
        (chinese, ("链接", "改期", "向法院提问", "记录了什么")),
    ):
        for part in parts:
            assert f"<h2>{part}</h2>" in page.text
        assert "|---" not in page.text
        assert "](" not in page.text
        assert page.text.count("<h1>") == 1
    assert "zh/counsel.md" not in english.text


def test_the_foot_of_each_page_of_counsel_leads_to_it(scenario: Scenario) -> None:
    made = scenario.api("POST", "/cases", CASE)[1]
    hearing = scenario.api("POST", "/hearings", proposal(made["id"]))[1]
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    link, client = key(scenario, "Zhao Lei"), browser(scenario)
    for path in PAGES:
        page = client.get(link + path)
        assert page.status_code == 200, path
        assert 'href="/help/counsel?lang=en"' in page.text, path
    for path in ("/r", "/r/" + "x" * 22):
        assert 'href="/help/counsel?lang=' in client.get(path).text


def test_how_a_court_answers_questions_is_there_for_everybody(scenario: Scenario) -> None:
    made: dict[str, Any] = scenario.api("POST", "/cases", CASE)[1]
    stranger = browser(scenario)
    assert "Last 30 days" not in words(stranger.get("/r?lang=en"))
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    assert ask(client, zhao).status_code == 303
    scenario.wait(hours=2)
    assert reply(scenario, questions(scenario, made)[0]["id"])[0] == 200
    scenario.wait(minutes=1)
    assert ask(client, zhao, text="A late one?").status_code == 303
    scenario.wait(days=5)
    told = "Last 30 days: 1 of 2 in time, half within 2 hours."
    for page in (
        stranger.get("/r?lang=en"),
        stranger.get("/help/counsel?lang=en"),
        client.get(f"{zhao}/questions"),
    ):
        assert told in words(page)
    assert "近30天：2件中1件按期答复，半数在2小时内答复。" in words(stranger.get("/r?lang=zh"))
    assert CASE["number"] not in stranger.get("/r").text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A & <b>", "<h1>A &amp; &lt;b&gt;</h1>"),
        ("## A\nwords", "<h2>A</h2>\n<p>words</p>"),
        (
            "- *a* **b**\n- `c*`",
            "<ul><li><em>a</em> <strong>b</strong></li><li><code>c*</code></li></ul>",
        ),
        ("[x](https://a.example/)", '<p><a href="https://a.example/">x</a></p>'),
        ("[x](javascript:alert(1))", "<p>x)</p>"),
        ("[x](settings.md)", "<p>x</p>"),
        ("|a|b|\n|---|---|\n|c|d|", "<td>d</td>"),
    ],
)
def test_a_document_becomes_a_page(text: str, html: str) -> None:
    assert html in markdown.html(text)
