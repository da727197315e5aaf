"""What is private or erased cannot be read elsewhere, nor guessed from what is left of it."""

import hashlib
import itertools
from typing import Any

import pytest

from app.cases.models import Case
from app.core.db import db, transaction
from app.questions.models import Question
from app.record import ledger
from app.retention.erasing import erase
from tests.acts import table
from tests.acts.table import Stage
from tests.conftest import Scenario

SUBJECT, WORDS, ANSWER, ADDED = "Flu", "Ill?", "Yes.", "No."


@pytest.fixture
def stage(scenario: Scenario) -> Stage:
    """A case with a question of few words that is answered."""
    made = table.stage(scenario)
    asking, adding = table.act("questions"), table.act("added_words")
    asking.do(made, "respondent", subject=SUBJECT, words=WORDS)
    adding.do(made, "claimant", words=ADDED)
    made.api("POST", f"/questions/{made.questions()[0]['id']}/answer", {"words": ANSWER})
    return made


def entries(stage: Stage) -> str:
    """The entries of the case as they are exported, with all that is never blanked."""
    with stage.scenario.app.app_context():
        db.session.remove()
        found = ledger.entries_of(db.session(), case_id=stage.case_id)
        return "\n".join(str(each.detail) for each in found)


def guesses(*words: str) -> set[str]:
    """The digests that somebody would try who knows what the words might be."""
    joined = [
        between.join(chosen)
        for n in (1, 2)
        for chosen in itertools.permutations(words, n)
        for between in ("", "\x00", "\n", " ")
    ]
    return {hashlib.sha256(each.encode()).hexdigest() for each in joined}


def test_few_words_are_not_found_by_trying_all(stage: Stage) -> None:
    kept = entries(stage)
    assert kept.count("sha256") >= 2
    assert not [each for each in guesses(SUBJECT, WORDS, ANSWER, ADDED, "") if each in kept]


def test_erasing_leaves_digests_that_nobody_can_check_words_against(stage: Stage) -> None:
    scenario, before = stage.scenario, entries(stage)
    for hearing in (stage.fixed_id, stage.asked_id):
        stage.api("POST", f"/hearings/{hearing}/cancel", {"reason": "Settled."})
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        digest = session.get_one(Question, stage.questions()[0]["id"]).digest
        case = session.get_one(Case, stage.case_id)
        erase(session, case, by="admin", why="test", now=scenario.clock.now())
    with scenario.app.app_context(), transaction() as session:
        question: Any = session.get_one(Question, stage.questions()[0]["id"])
        assert (question.words, question.answer, question.salt) == ("", "", "")
        assert question.digest == digest
    assert digest in before
    assert digest in entries(stage)
    stage.verify()
