"""A court's standard answers: kept in versions, filled with facts, sent in each side's language."""

import datetime as dt
import html
import re
from typing import Any

import pytest

from app.cases.models import Case
from app.core.db import transaction
from tests.conftest import Scenario, confirmed, proposal
from tests.counsel.test_answers import browser, words
from tests.questions.test_questions import LI, ZHAO, ask, case, entries, key, questions, reply

pytestmark = pytest.mark.database
__all__ = ["case"]  # a fixture

VIDEO = {
    "subject_en": "Video",
    "text_en": "Video is possible in {case}[, at the hearing on {date}]: apply in writing.",
    "subject_zh": "视频",
    "text_zh": "{case}可以视频方式参加[（开庭时间{date}）]，请书面申请。",
}
WHEN = {"subject_en": "When", "text_en": "The hearing is on {date}, {place}, before {judge}."}
NUMBER = "（2026）沪0115民初12345号"


def keep(scenario: Scenario, form: dict[str, str], number: str = "new", **more: str) -> Any:
    """Save a standard answer as the court's administrator does."""
    admin = scenario.sign_in("admin@court.example")
    return admin.post(f"/settings/answers/{number}", data={**form, **more})


def fill(desk: Any, number: int, answer: object, **more: str) -> Any:
    form = {"standard_answer_id": str(answer), **more}
    return desk.post(f"/questions/{number}/fill", data=form)


def field(page: Any, name: str) -> str:
    """Return what a field of the form for an answer holds."""
    text = page.text
    if name == "words":
        return html.unescape(re.search(r"<textarea[^>]*>([^<]*)</textarea>", text)[1])
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])


@pytest.fixture
def number(scenario: Scenario, case: dict[str, Any]) -> int:
    """The id of an open question in a case without a hearing, where one side reads Chinese."""
    assert ask(browser(scenario), key(scenario, "Zhao Lei")).status_code == 303
    return questions(scenario, case)[0]["id"]


def fix_a_date(scenario: Scenario, case_id: int) -> dict[str, Any]:
    _, hearing = scenario.api("POST", "/hearings", proposal(case_id))
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    status, fixed = scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)
    assert status == 200
    return fixed


def test_each_side_is_sent_a_standard_answer_in_its_own_language(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    assert keep(scenario, VIDEO).location == "/settings/answers/1"
    desk = scenario.sign_in()
    filled = fill(desk, number, 1)
    text = field(filled, "words")
    assert (
        f"Video is possible in {NUMBER}: apply in writing."
        in (
            text,
            fill(desk, number, 1, lang="en") and text,
        )
        or "可以视频方式参加" in text
    )
    form = {"words": text, "standard_answer_id": "1", "filled": field(filled, "filled")}
    assert confirmed(desk, f"/questions/{number}/answer", form).status_code == 303
    scenario.beat()
    assert text == f"{NUMBER}可以视频方式参加，请书面申请。"  # the page is in Chinese
    english = f"Video is possible in {NUMBER}: apply in writing."
    chinese = f"{NUMBER}可以视频方式参加，请书面申请。"
    for to, sent, not_sent in ((ZHAO, english, chinese), (LI, chinese, english)):
        body = scenario.letters(to=to, channel="email")[-1].body
        assert sent in body
        assert not_sent not in body
    [asked] = questions(scenario, case)
    assert asked["answers"] == {"en": english, "zh": chinese}
    assert (asked["standard_answer_id"], asked["standard_versions"]) == (1, {"en": 1, "zh": 1})
    [entry] = [each for each in entries(scenario, case) if each["what"] == "replied"]
    assert entry["detail"]["standard_answer"] == 1
    assert entry["detail"]["versions"] == {"en": 1, "zh": 1}
    assert entry["detail"]["changed"] is False
    assert entry["content"]["note"].split("\n") in ([english, chinese], [chinese, english])


def test_a_changed_standard_answer_is_sent_to_all_as_it_was_written(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    keep(scenario, VIDEO)
    desk = scenario.sign_in()
    filled = fill(desk, number, 1)
    form = {"standard_answer_id": "1", "filled": field(filled, "filled"), "words": "Yes, by video."}
    assert confirmed(desk, f"/questions/{number}/answer", form).status_code == 303
    scenario.beat()
    for to in (ZHAO, LI):
        assert "Yes, by video." in scenario.letters(to=to, channel="email")[-1].body
    [asked] = questions(scenario, case)
    assert (asked["answer"], asked["answers"]) == ("Yes, by video.", {})
    assert asked["standard_answer_id"] == 1
    [entry] = [each for each in entries(scenario, case) if each["what"] == "replied"]
    assert entry["detail"]["changed"] is True


def test_a_place_that_nothing_is_known_for_is_named_and_not_sent(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    keep(scenario, WHEN)
    desk = scenario.sign_in()
    filled = fill(desk, number, 1)
    assert "{date} {place}" in words(filled)
    assert "{date}, {place}, before 陈法官" in field(filled, "words")
    for form in (
        {"words": field(filled, "words"), "standard_answer_id": "1"},
        {"words": "On {date}."},
    ):
        refused = confirmed(desk, f"/questions/{number}/answer", form)
        assert refused.status_code == 422
        assert "{date}" in words(refused)
        assert field(refused, "words") == form["words"]
    status, fault = reply(scenario, number, "", standard_answer_id=1)
    assert status == 422, fault
    assert questions(scenario, case)[0]["state"] == "open"
    fix_a_date(scenario, case["id"])
    status, answered = reply(scenario, number, "", standard_answer_id=1)
    assert status == 200, answered
    assert "Mon 7 Dec 2026, 09:30" in answered["answer"]
    assert "第三法庭" in answered["answer"]


def test_a_fact_that_changed_since_it_was_filled_in_is_filled_in_anew(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    keep(scenario, WHEN)
    hearing = fix_a_date(scenario, case["id"])
    desk = scenario.sign_in()
    filled = fill(desk, number, 1)
    form = {name: field(filled, name) for name in ("words", "filled")}
    form["standard_answer_id"] = "1"
    slot = {"starts_at": "2026-12-09T14:30:00+08:00", "courtroom": "第五法庭"}
    moved = {**slot, "reason": "依职权"}
    status, fault = scenario.api("POST", f"/hearings/{hearing['id']}/move", moved)
    assert status == 200, fault
    refused = confirmed(desk, f"/questions/{number}/answer", form)
    assert refused.status_code == 422
    assert "Wed 9 Dec 2026, 14:30" in field(refused, "words")
    again = {name: field(refused, name) for name in ("words", "filled")}
    again["standard_answer_id"] = "1"
    assert confirmed(desk, f"/questions/{number}/answer", again).status_code == 303


def test_filling_loses_nothing_that_was_typed(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    keep(scenario, {"subject_en": "One", "text_en": "First."})
    keep(scenario, {"subject_en": "Two", "text_en": "Second."})
    desk = scenario.sign_in()
    first = fill(desk, number, 1)
    assert field(first, "words") == "First."
    digest = field(first, "filled")
    assert field(fill(desk, number, 2, words="First.", filled=digest), "words") == "Second."
    typed = fill(desk, number, 2, words="First, and more.", filled=digest)
    assert field(typed, "words") == "First, and more.\nSecond."
    assert field(fill(desk, number, "", words="Mine."), "words") == "Mine."
    gone = fill(desk, number, 9, words="Mine.")
    assert field(gone, "words") == "Mine."
    assert 'class="error"' in gone.text
    part = desk.post(
        f"/questions/{number}/fill",
        data={"standard_answer_id": "1"},
        headers={"HX-Request": "true"},
    )
    assert field(part, "words") == "First."
    assert "<html" not in part.text
    assert questions(scenario, case)[0]["state"] == "open"


def test_standard_answers_are_kept_in_versions_and_removed(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    assert keep(scenario, VIDEO).status_code == 303
    assert keep(scenario, {**VIDEO, "text_en": "By video: {case}."}, "1").status_code == 303
    admin = scenario.sign_in("admin@court.example")
    page = admin.get("/settings/answers/1")
    assert "By video: {case}." in page.text
    assert "Video is possible" in admin.get("/settings/answers/1?version=en1").text
    status, listed = scenario.api("GET", "/standard-answers")
    assert status == 200
    [known] = listed["standard_answers"]
    assert {each["language"]: each["version"] for each in known["words"]} == {"en": 2, "zh": 1}
    assert reply(scenario, number, "", standard_answer_id=1)[1]["standard_versions"] == {
        "en": 2,
        "zh": 1,
    }
    assert keep(scenario, {}, "1", do="remove").status_code == 303
    assert scenario.api("GET", "/standard-answers")[1]["standard_answers"] == []
    assert keep(scenario, VIDEO).location == "/settings/answers/2"  # numbers are not used again
    assert questions(scenario, case)[0]["answer"] != ""
    changes = words(admin.get("/settings/changes"))
    assert "1/en" in changes


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "至少用一种语言填写答复。"),
        ({"subject_en": "x"}, ""),
        ({"text_en": "x"}, ""),
        ({"subject_en": "x", "text_en": "{person}"}, "{person}"),
        ({"subject_en": "x", "text_en": "{date"}, ""),
        ({"subject_en": "x", "text_en": "y" * 2001}, "2000"),
        ({"subject_en": "x" * 101, "text_en": "y"}, "100"),
    ],
)
def test_what_is_wrong_with_a_standard_answer_is_said(
    scenario: Scenario, form: dict[str, str], told: str
) -> None:
    refused = keep(scenario, form)
    assert refused.status_code == 422
    assert told in refused.text
    for typed in form.values():
        assert html.escape(typed) in refused.text
    assert scenario.api("GET", "/standard-answers")[1]["standard_answers"] == []


def test_only_the_administrator_keeps_them(scenario: Scenario) -> None:
    for name in ("wang", "chen"):
        desk = scenario.sign_in(f"{name}@court.example")
        assert desk.get("/settings/answers").status_code == 403
        assert desk.post("/settings/answers/new", data=VIDEO).status_code == 403
    assert scenario.sign_in("admin@court.example").get("/settings/answers/7").status_code == 404
    assert scenario.client.get("/settings/answers").status_code in (302, 303)


@pytest.mark.parametrize(
    "form",
    [
        {"standard_answer_id": "x"},
        {"standard_answer_id": "9" * 30},
        {"standard_answer_id": "-1", "words": "<script>alert(1)</script>"},
        {"standard_answer_id": "1", "words": "\u202e{{7*7}} 𠮷 %(x)s"},
        {"standard_answer_id": "1", "words": "x" * 10_000, "filled": "y" * 10_000},
    ],
)
def test_odd_input_is_shown_again_as_text_and_sends_nothing(
    scenario: Scenario, case: dict[str, Any], number: int, form: dict[str, str]
) -> None:
    keep(scenario, {"subject_en": "<b>", "text_en": "<i>{case}</i>"})
    desk = scenario.sign_in()
    for action in ("fill", "answer"):
        page = desk.post(f"/questions/{number}/{action}", data=form)
        assert page.status_code in (200, 422)
        assert "<script>alert" not in page.text
        assert "<i>" not in page.text.split("</head>")[1].replace("<i></i>", "")
        assert "\u202e" not in words(page)
    too_long = desk.post(f"/questions/{number}/answer", data={"words": "x" * 10_000})
    assert too_long.status_code == 422
    assert field(too_long, "words") == "x" * 10_000
    assert scenario.client.post(f"/questions/{number}/fill", data=form).status_code in (302, 401)
    assert desk.post("/questions/999/fill", data=form).status_code == 404
    assert questions(scenario, case)[0]["state"] == "open"


def test_what_waits_for_the_end_of_quiet_hours_is_shown_too(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    scenario.wait(hours=14)  # 23:00 in Shanghai
    desk = scenario.sign_in()
    shown = desk.post(f"/questions/{number}/answer", data={"words": "By video."})
    assert "By video." in words(shown)
    assert "免打扰时段" in words(shown)
    assert "明天08:00" in words(shown)


def test_what_was_typed_comes_back_from_the_messages(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    desk = scenario.sign_in()
    form = {"words": "By video.", "outcome": "answer", "back": "home"}
    shown = desk.post(f"/questions/{number}/answer", data=form)
    seal = re.search(r'name="seen" value="(\w+)"', shown.text)[1]
    again = desk.post(f"/questions/{number}/answer", data={**form, "seen": seal, "go_on": "1"})
    assert field(again, "words") == "By video."
    assert field(again, "back") == "home"
    assert questions(scenario, case)[0]["state"] == "open"
    changed = desk.post(f"/questions/{number}/answer", data={**form, "words": "No.", "seen": seal})
    assert 'name="seen"' in changed.text  # other words are shown before they are sent
    assert questions(scenario, case)[0]["state"] == "open"


def test_the_day_by_which_evidence_is_due_can_be_filled_in(
    scenario: Scenario, case: dict[str, Any], number: int
) -> None:
    keep(scenario, {"subject_en": "Evidence", "text_en": "File by {evidence_due}."})
    assert reply(scenario, number, "", standard_answer_id=1)[0] == 422
    with scenario.app.app_context(), transaction() as session:
        session.get_one(Case, case["id"]).evidence_due_on = dt.date(2026, 12, 8)
    status, answered = reply(scenario, number, "", standard_answer_id=1)
    assert (status, answered["answer"]) == (200, "File by Tue 8 Dec 2026.")
