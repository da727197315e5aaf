"""Notices on paper: chosen, printed together, and on the record only by a button."""

import re

from app.core.db import db
from app.tasks.models import Task
from tests.conftest import CASE, Scenario, at, case_with, proposal
from tests.flows.test_pages import words

SUN = {
    "name": "Sun Yue <b>",
    "email": "sun@office.example",
    "language": "en",
    "channels": ["email"],
}


def silent(scenario: Scenario, many: int = 2) -> list[int]:
    """Hearings of whose date nobody is shown to know, until paper's turn; the tasks' numbers."""
    for n in range(many):
        counsel = {**SUN, "email": f"sun{n}@office.example"}
        case = scenario.api("POST", "/cases", case_with(f"（2026）沪0115民初{n}号", counsel))[1]
        made = scenario.api(
            "POST", "/hearings", proposal(case["id"], (at(21, f"{9 + 3 * n:02}:00"), "第三法庭"))
        )[1]
        order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
        assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    scenario.beat()
    scenario.wait(days=15, hours=1)
    scenario.beat()
    with scenario.app.app_context():
        rows = db.session.query(Task).filter_by(way="paper", state="open")
        return [row.id for row in rows]


def test_a_batch_is_printed_by_reading_and_marked_once_by_a_button(scenario: Scenario) -> None:
    tasks = silent(scenario)
    assert len(tasks) >= 2
    desk = scenario.sign_in()
    listed = desk.get("/paper?lang=en")
    assert "Sun Yue &lt;b&gt;" in listed.text
    asked = "&".join(f"task={each}" for each in tasks)
    page = desk.get(f"/paper/print?{asked}")
    assert page.text.count('class="sheet cn"') == len(tasks)
    assert "The postal address is missing: these notices cannot be delivered." in words(page)
    assert page.text.count("<svg") >= len(tasks)
    assert "fill:#fff" in page.text.replace(" ", "") or 'fill="#fff"' in page.text
    assert "calendar entry" not in page.text  # nothing is enclosed in an envelope
    assert {task.state for task in states(scenario)} == {
        "open"
    }  # looking and printing mark nothing
    nonce = re.search(r'name="page" value="([^"]+)"', page.text)
    assert nonce
    data = {"page": nonce[1], "task": [str(each) for each in tasks]}
    done = desk.post("/paper/posted", data=data, follow_redirects=True)
    assert "on the record as posted" in words(done)
    assert {task.state for task in states(scenario)} == {"done"}
    desk.post("/paper/posted", data=data)  # pressed twice
    letters = [
        line
        for line in scenario.record(1)
        if line["channel"] == "letter" and line["kind"] == "by_hand"
    ]
    assert [line["content"]["by"] for line in letters] == ["王书记员"] * len(
        {line["counsel_id"] for line in letters}
    )


def states(scenario: Scenario) -> list[Task]:
    """The paper tasks that were open."""
    with scenario.app.app_context():
        return [
            t
            for t in db.session.query(Task).filter_by(way="paper")
            if t.opens_at <= scenario.clock.now() and t.state in ("open", "done")
        ]


def test_an_address_is_kept_with_the_person_and_stands_on_the_sheet(scenario: Scenario) -> None:
    scenario.api("POST", "/cases", CASE)
    made = scenario.api("POST", "/hearings", proposal(1, (at(22), "第三法庭")))[1]
    desk = scenario.sign_in()
    refused = desk.get(f"/hearings/{made['id']}/paper/1?lang=en")
    assert (refused.status_code, "no date yet" in words(refused)) == (422, True)
    order = {"slot_id": made["slots"][0]["id"], "reason": "by order"}
    scenario.api("POST", f"/hearings/{made['id']}/fix", order)
    path = f"/hearings/{made['id']}/paper/1"
    assert (
        desk.post(path, data={"postal": " 世纪大道1号 \r\n\r\n200120 上海\x00"}).status_code == 303
    )
    assert "华诚律师事务所\n世纪大道1号\n200120 上海" in desk.get(path).text
    before = len(scenario.record(made["id"]))
    assert desk.post(path, data={"page": "p1"}).status_code == 303
    lines = scenario.record(made["id"])
    assert len(lines) == before + 1
    assert any(line["content"].get("address") == "世纪大道1号, 200120 上海" for line in lines)


def test_more_than_fifty_or_none_are_not_printed(scenario: Scenario) -> None:
    desk = scenario.sign_in()
    many = "&".join(f"task={n}" for n in range(1, 52))
    for asked in ("", many, "task=x", "task=999"):
        assert desk.get(f"/paper/print?{asked}").location == "/paper"
    assert desk.get("/paper?lang=en").status_code == 200
