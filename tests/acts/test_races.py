"""Fifty acts at once on one request or one question: one truth, no entry lost, no deadlock."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.hearings.models import Booking, MoveRequest
from app.questions.models import AddedWord, Question
from app.record.models import Entry
from tests.acts import table
from tests.acts.table import Stage
from tests.conftest import Scenario
from tests.faults.test_races import all_at_once

pytestmark = [pytest.mark.database, pytest.mark.extended]

CROWD = 50
# A redirect after an act, a refusal in words, a decision of the API; never a fault.
FINE = {200, 303, 409, 410, 422}


@pytest.fixture
def stage(scenario: Scenario) -> Stage:
    """A case with a fixed hearing and one that is asked about; the API's token is there."""
    scenario.token("wang@court.example")
    return table.stage(scenario)


def press(stage: Stage, name: str, side: str, **changes: Any) -> Callable[[], int]:
    """A press on a button of a page that is open already."""
    act = table.act(name)
    hearing = act.hearing
    form = {**act.fields(stage, side), "nonce": stage.key(side, hearing), **changes}
    return lambda: act.post(stage, side, form).status_code


def call(stage: Stage, path: str, **body: Any) -> Callable[[], int]:
    """A call of the API."""
    return lambda: stage.scenario.api("POST", path, body)[0]


def crowd(*doings: Callable[[], int]) -> list[tuple[int, Any]]:
    """Do fifty things at once, of these in turn; return which each was, and what it came to."""
    many = [doings[n % len(doings)] for n in range(CROWD)]
    came = all_at_once(*many)
    assert set(came) <= FINE, Counter(map(str, came))
    return [(n % len(doings), status) for n, status in enumerate(came)]


def entries(stage: Stage, **columns: Any) -> list[Entry]:
    """Entries of the case's record, the oldest first."""
    db.session.remove()
    found = sa.select(Entry).filter_by(case_id=stage.case_id, **columns).order_by(Entry.seq)
    return list(db.session.scalars(found))


def test_opinions_orders_and_a_cancellation_of_one_hearing(stage: Stage) -> None:
    table.ask_with_times(stage, "respondent")
    [asked] = stage.requests()
    slot = asked["slots"][0]["id"]
    path = f"/hearings/{stage.fixed_id}"
    doings = [
        press(stage, "move_opinions", "claimant", stance="all", words=""),
        press(stage, "move_opinions", "claimant"),
        press(stage, "move_requests", "claimant", kind="settlement"),
        press(stage, "move_requests", "respondent"),
        call(stage, f"{path}/move-requests/1", decision="refuse", reason="No."),
        call(stage, f"{path}/move-requests/1", decision="move", slot=slot, reason="By order."),
        press(stage, "questions", "claimant"),
        call(stage, f"{path}/cancel", reason="Settled."),
    ]
    crowd(*doings)
    hearing = stage.api("GET", path)
    [request, *more] = stage.requests()
    with stage.scenario.app.app_context():
        decided = [each.kind for each in entries(stage, what="skipped", kind="move")]
        booked = db.session.scalars(
            sa.select(Booking).where(Booking.hearing_id == stage.fixed_id)
        ).all()
        opinions = entries(stage, kind="move")
        for each in db.session.scalars(
            sa.select(MoveRequest).where(MoveRequest.hearing_id == stage.fixed_id)
        ):
            for opinion in each.opinions:
                said = [
                    entry.what
                    for entry in opinions
                    if entry.attempt == f"k{each.task_id}.{opinion.counsel_id}"
                    and entry.what in ("agreed", "objected")
                ]
                # Pressed again it is the same answer, not another entry.
                assert all(one != another for one, another in pairwise(said)), said
                last = {"agreed": "agree", "objected": "object"}
                if said and not opinion.asks:
                    assert opinion.stance == last[said[-1]]
        assert len(entries(stage, kind="question", what="asked")) == 1
        assert len({(each.resource, each.starts_at) for each in booked}) == len(booked)
    states = [each["state"] for each in (request, *more)]
    assert "open" not in states
    assert len(decided) == states.count("refused")
    assert hearing["state"] == "cancelled"
    stage.verify()


def test_one_answer_one_word_and_three_questions_of_many_at_once(stage: Stage) -> None:
    table.act("questions").do(stage, "respondent")
    number = stage.questions()[0]["id"]
    with_number = {"question": str(number)}
    path = f"/questions/{number}/answer"
    doings = [
        call(stage, path, words="One."),
        press(stage, "added_words", "claimant", **with_number),
        call(stage, path, words="Two.", outcome="merits"),
        *(press(stage, "questions", "respondent", words=f"Another? {n}") for n in range(5)),
        press(stage, "question_ratings", "respondent", **with_number),
    ]
    came = crowd(*doings)
    assert sum(status == 200 for n, status in came if n in (0, 2)) == 1
    with stage.scenario.app.app_context():
        question = db.session.get_one(Question, number)
        assert question.state == "answered"
        [replied] = entries(stage, what="replied")
        assert replied.detail["reply"] == question.outcome
        words = db.session.scalar(sa.select(sa.func.count()).select_from(AddedWord))
        assert len(entries(stage, kind="question_word")) == words
        own = db.session.scalars(sa.select(Question).where(Question.id != number)).all()
        # Three are open at the most, and each is on the record once.
        assert 2 <= len(own) <= 3
        assert len(entries(stage, kind="question", what="asked")) == 1 + len(own)
        assert len({each.words for each in own}) == len(own)
    stage.verify()


def test_the_last_answers_and_everything_else_in_the_case_at_once(stage: Stage) -> None:
    """Acts that lock the hearing first meet acts that lock the case, and the worker."""
    table.act("questions").do(stage, "respondent")
    doings = [
        press(stage, "answers", "claimant"),
        press(stage, "answers", "respondent"),
        press(stage, "answers", "other"),
        press(stage, "questions", "claimant"),
        press(stage, "acknowledgements", "claimant"),
        press(stage, "callbacks", "respondent"),
        press(stage, "move_requests", "claimant"),
        press(stage, "days_away", "claimant"),
        lambda: 200 + 0 * stage.scenario.beat(),
        call(stage, f"/questions/{stage.questions()[0]['id']}/answer", words="Yes."),
    ]
    crowd(*doings)
    assert stage.api("GET", f"/hearings/{stage.asked_id}")["state"] == "fixed"
    with stage.scenario.app.app_context():
        for kind, what in (("question", "asked"), ("move", "asked"), ("callback", "asked")):
            side = "claimant" if kind != "callback" else "respondent"
            assert len(entries(stage, kind=kind, what=what, side=side)) == 1, kind
        assert len(entries(stage, what="replied")) == 1
    stage.scenario.beat()
    stage.verify()


def test_a_key_that_is_revoked_while_it_is_used(stage: Stage) -> None:
    """Each press is done by the key that was good then, or refused; none half."""
    counsel = f"/cases/{stage.case_id}/counsel/{stage.representation_id('respondent')}"
    desk = stage.desk()
    leaves = {"name": stage.names["respondent"], "email": "left@firm.example", "do": "leave"}
    doings = [
        press(stage, "questions", "respondent"),
        press(stage, "move_requests", "respondent"),
        press(stage, "answers", "respondent"),
        lambda: desk.post(counsel, data=leaves).status_code,
    ]
    crowd(*doings)
    with stage.scenario.app.app_context():
        for kind in ("question", "move"):
            assert len(entries(stage, kind=kind, what="asked", side="respondent")) <= 1
    for name in ("questions", "move_requests", "answers"):
        assert press(stage, name, "respondent")() == 410
    page = stage.page("respondent")
    assert page.status_code == 410
    assert not re.search("May she speak|abroad", page.text)
    stage.verify()
