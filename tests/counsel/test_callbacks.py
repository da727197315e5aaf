"""Callbacks: counsel asks the court to call them."""

import sqlalchemy as sa

from app.cases.models import Case
from app.core.db import transaction
from app.retention.erasing import erase
from app.tasks.models import Task
from tests.conftest import Scenario, at
from tests.counsel.test_answers import words
from tests.flows.test_ladder import ZHAO, lines, nonce, settled


def test_counsel_asks_to_be_called_and_sees_that_the_court_has_it(scenario: Scenario) -> None:
    hearing = settled(scenario)
    browser, link = scenario.client, scenario.link(ZHAO)
    assert "Ask to be called" in words(browser.get(link))
    form = browser.get(f"{link}/call-me").text
    said = {"wish": "after 3 pm", "topic": "Has the other side filed its evidence?"}
    assert f'name="hearing_id" value="{hearing["id"]}"' in form
    about = {"hearing_id": str(hearing["id"])}
    wrong = browser.post(f"{link}/call-me", data={"nonce": nonce(form), "phone": "12", **said})
    assert wrong.status_code == 422
    assert "has too few digits" in words(wrong)
    assert 'value="after 3 pm"' in wrong.text
    assert ">Has the other side filed its evidence?</textarea>" in wrong.text
    for _ in range(2):
        done = browser.post(
            f"{link}/call-me",
            follow_redirects=True,
            data={"nonce": nonce(form), "phone": "", **said, **about},
        )
        assert "The court has your request" in words(done)
    asked = lines(scenario, hearing["id"], "asked")
    assert [line["content"]["note"] for line in asked] == ["after 3 pm"]
    assert [line["content"]["topic"] for line in asked] == [said["topic"]]
    assert "after 3 pm · Has the other side" in words(
        scenario.sign_in().get("/cases/1/record?lang=en")
    )
    scenario.wait(hours=18)
    home = words(scenario.sign_in().get("/?lang=en"))
    assert "Call Zhao Lei back" in home
    assert "18 hours ago" in home
    assert "When: after 3 pm" in home
    assert "What about: Has the other side filed its evidence?" in home
    call = {
        "counsel_id": 2,
        "hearing_id": hearing["id"],
        "channel": "phone",
        "outcome": "spoke",
        "at": at(0, "10:00"),
    }
    assert scenario.api("POST", "/cases/1/contacts", call)[0] == 201
    assert "Call Zhao Lei back" not in words(scenario.sign_in().get("/?lang=en"))
    assert "Ask to be called" in words(browser.get(link))


def test_too_long_a_text_is_named_beside_its_field(scenario: Scenario) -> None:
    settled(scenario)
    browser, link = scenario.client, scenario.link(ZHAO)
    form = browser.get(f"{link}/call-me").text
    for name in ("wish", "topic"):
        data = {"nonce": nonce(form), "phone": "", name: "x" * 301}
        wrong = browser.post(f"{link}/call-me", data=data)
        assert wrong.status_code == 422
        assert f'id="{name}-error"' in wrong.text
        assert "x" * 301 in wrong.text


def test_what_a_call_was_about_is_erased_with_the_case(scenario: Scenario) -> None:
    hearing = settled(scenario)
    browser, link = scenario.client, scenario.link(ZHAO)
    said = {"phone": "", "wish": "after 3 pm", "topic": "my client's illness"}
    browser.post(
        f"{link}/call-me", data={"nonce": nonce(browser.get(f"{link}/call-me").text), **said}
    )
    assert scenario.api("POST", f"/hearings/{hearing['id']}/cancel", {"reason": "撤诉"})[0] == 200
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        case = session.get_one(Case, 1)
        erase(session, case, by="admin", why="test", now=scenario.clock.now())
    with scenario.app.app_context(), transaction() as session:
        [task] = session.scalars(sa.select(Task).where(Task.way == "callback")).all()
        assert (task.wish, task.topic, task.phone) == ("", "", "")
