"""Counsel's record of contact has the words of questions, on every page of it, but no private ones."""

from typing import Any

import pytest

from tests.conftest import CASE, Scenario, confirmed
from tests.counsel.test_answers import browser, words
from tests.questions.test_questions import ANSWER, WORDS, ask, key, questions, reply

pytestmark = pytest.mark.database
SECRET_WORDS = "I am under treatment that week."


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def record(scenario: Scenario, name: str, page: int = 1) -> str:
    reader = browser(scenario)
    return words(reader.get(f"{key(scenario, name)}/record?lang=en&page={page}"))


def test_both_sides_read_question_and_answer_on_the_record(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    assert ask(browser(scenario), zhao).status_code == 303
    assert reply(scenario, questions(scenario, case)[0]["id"])[0] == 200
    for name in ("Zhao Lei", "李敏"):
        assert WORDS in record(scenario, name)
        assert ANSWER in record(scenario, name)


def test_older_questions_are_on_older_pages(scenario: Scenario, case: dict[str, Any]) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for n in range(30):
        client.environ_base["REMOTE_ADDR"] = f"10.0.1.{n}"
        assert ask(client, zhao, text=f"Question number {n}.").status_code == 303
        assert reply(scenario, questions(scenario, case)[0]["id"])[0] == 200
        scenario.wait(days=1)
    first, last = record(scenario, "李敏"), record(scenario, "李敏", 99)
    assert "Question number 29." in first
    assert "Question number 0." not in first
    assert "Question number 0." in last


def test_of_a_private_question_the_record_shows_that_it_was_asked_and_of_which_kind(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao = key(scenario, "Zhao Lei")
    done = ask(
        browser(scenario), zhao, text=SECRET_WORDS, in_private="1", private="health", all_sides=""
    )
    assert done.status_code == 303
    number = questions(scenario, case)[0]["id"]
    seen = record(scenario, "李敏")
    assert "Private: health" in seen
    assert SECRET_WORDS not in seen
    judge = scenario.sign_in("chen@court.example")
    assert confirmed(judge, f"/questions/{number}/disclose").status_code == 303
    assert SECRET_WORDS in record(scenario, "李敏")
    assert reply(scenario, number)[0] == 200
    assert ANSWER in record(scenario, "李敏")


def test_counsel_reads_twenty_questions_at_once_and_asks_on_an_older_one(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    for n in range(22):
        client.environ_base["REMOTE_ADDR"] = f"10.0.2.{n}"
        assert ask(client, zhao, text=f"Question number {n}.").status_code == 303
        assert reply(scenario, questions(scenario, case)[0]["id"])[0] == 200
        scenario.wait(days=1)
    first = words(client.get(f"{zhao}/questions"))
    assert "Page 1 of 2" in first
    assert "Question number 0." not in first
    second = client.get(f"{zhao}/questions?page=2")
    assert "Question number 0." in words(second)
    oldest = questions(scenario, case)[-1]["id"]
    assert f"follows={oldest}#ask" in second.text
    form = client.get(f"{zhao}/questions?follows={oldest}")
    assert f'name="follows" value="{oldest}"' in form.text
    refused = ask(client, zhao, text="", follows=str(oldest))
    assert refused.status_code == 422
    assert f'name="follows" value="{oldest}"' in refused.text
    assert ask(client, zhao, text="And then?", follows=str(oldest)).status_code == 303
    for page in ("99", "0", "-1", "x", "1e9"):
        assert client.get(f"{zhao}/questions?page={page}").status_code == 200
