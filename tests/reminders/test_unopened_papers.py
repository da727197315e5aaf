"""Steps towards counsel who do not open papers: reminder, call, post; ended by opening."""

import io
from typing import Any

import pytest

from app.core.db import db
from app.tasks.models import Task
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import ZHAO, browser, nonce, words
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import entries, key

pytestmark = pytest.mark.database


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def give(scenario: Scenario) -> None:
    """The court gives a paper to all sides."""
    form = {"file": (io.BytesIO(PDF), "order.pdf"), "name": "Order", "kind": "record"}
    assert scenario.sign_in().post("/cases/1/papers", data=form).status_code == 303
    scenario.beat()


def later(scenario: Scenario, days: int) -> None:
    """Let some days pass, and the worker do what is due."""
    scenario.wait(days=days)
    scenario.beat()
    scenario.beat()


def steps(scenario: Scenario, name: str) -> list[tuple[str, str]]:
    """The steps towards one counsel, in order, as (way, state)."""
    counsel = {"Zhao Lei": "respondent", "李敏": "claimant"}[name]
    with scenario.app.app_context():
        tasks = db.session.query(Task).filter_by(side=counsel).order_by(Task.opens_at)
        return [(task.way, task.state) for task in tasks]


def home(scenario: Scenario) -> str:
    """The court's home page in words."""
    return words(scenario.sign_in().get("/?lang=en"))


def do(scenario: Scenario, name: str, path: str, **fields: Any) -> Any:
    """Press a button of counsel's page of papers."""
    client, link = browser(scenario), key(scenario, name)
    fields["nonce"] = nonce(client.get(f"{link}/papers"))
    return client.post(f"{link}/papers{path}", data=fields)


def test_papers_of_the_court_that_are_not_opened_are_reminded_of_called_about_and_posted(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    give(scenario)
    waiting = [("reminder", "waiting"), ("call", "waiting"), ("paper", "waiting")]
    assert steps(scenario, "Zhao Lei") == steps(scenario, "李敏") == waiting
    assert do(scenario, "李敏", "/item", paper="1").status_code == 303
    before = len(scenario.letters(to=ZHAO))
    later(scenario, 3)
    [letter] = scenario.letters(to=ZHAO)[before:]
    assert "Nothing shows yet that you opened this one." in letter.body
    assert "1. Order" in letter.body
    assert steps(scenario, "李敏")[0] == ("reminder", "withdrawn")
    assert "papers not opened" not in home(scenario)
    later(scenario, 3)
    page = home(scenario)
    assert "Call Zhao Lei : papers not opened" in page
    assert "are neither opened nor served" in page
    assert "Call 李敏" not in page
    later(scenario, 3)
    assert "Post papers to Zhao Lei" in home(scenario)
    assert "Zhao Lei" in words(scenario.sign_in().get("/cases/1/papers?lang=en"))
    assert words(scenario.sign_in().get("/paper?lang=en")).count("Zhao Lei") == 0
    # Opening ends the call; what was handed to the post is on the record.
    with scenario.app.app_context():
        task = db.session.query(Task).filter_by(way="paper", side="respondent").one()
    for _ in range(2):
        posted = scenario.sign_in().post(f"/tasks/{task.id}/papers-posted")
        assert posted.status_code == 303
    told = [each for each in entries(scenario, case) if each["what"] == "told"]
    assert [(each["channel"], each["detail"]["outcome"]) for each in told] == [("letter", "told")]
    assert do(scenario, "Zhao Lei", "/received", paper="1", sure="1").status_code == 303
    scenario.beat()
    assert steps(scenario, "Zhao Lei") == [
        ("reminder", "done"),
        ("call", "withdrawn"),
        ("paper", "done"),
    ]
    assert "papers not opened" not in home(scenario)


def test_papers_of_another_side_are_reminded_of_and_called_about_and_not_posted(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    link, client = key(scenario, "李敏"), browser(scenario)
    draft(client, link, [("file", "lease.pdf", PDF), ("file", "note.pdf", PDF + b"2")])
    assert draft(client, link, do="file").status_code == 303
    scenario.beat()
    assert steps(scenario, "李敏") == []
    assert steps(scenario, "Zhao Lei") == [("reminder", "waiting"), ("call", "waiting")]
    assert do(scenario, "Zhao Lei", "/item", paper="1").status_code == 303
    before = len(scenario.letters(to=ZHAO))
    later(scenario, 3)
    [letter] = scenario.letters(to=ZHAO)[before:]
    assert "2. note" in letter.body
    assert "1. lease" not in letter.body
    assert do(scenario, "Zhao Lei", "/item", paper="2").status_code == 303
    later(scenario, 3)
    assert steps(scenario, "Zhao Lei")[1] == ("call", "withdrawn")
    assert "papers not opened" not in home(scenario)


def test_nobody_is_called_who_left_or_has_no_number(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    give(scenario)
    leaves = {"name": "李敏", "email": "li@huacheng.example", "do": "leave"}
    left = scenario.sign_in().post("/cases/1/counsel/1", data=leaves)
    assert left.status_code in (200, 303)
    later(scenario, 10)
    assert {state for _, state in steps(scenario, "Zhao Lei")} <= {"done", "open"}
