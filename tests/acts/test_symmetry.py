"""Symmetry: what one side does, the other sides hold after the same commit, and so does the record.

Held against each act by itself, and against sequences of acts of three counsel and the court.
"""

import html
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.counsel import contact_record
from app.counsel.acts import ACTS
from app.notices.models import Notice
from app.record.models import Entry
from tests.acts import table
from tests.acts.table import COUNSEL, COURT, SECRET_WORDS, SIDES, Reach, Stage
from tests.conftest import Scenario

MARKS = itertools.count(1)
BY_NAME = {each.name: each for each in COUNSEL}
# Where counsel reads what others did.
READ = ("", "/questions", "/move", "/record")
# Kinds of entries that only their own counsel and the court may read in full.
COURT_READS = ("visit",)


def notices(stage: Stage, side: str) -> list[str]:
    """The facts of all notices to one side's counsel, as text."""
    with stage.scenario.app.app_context():
        db.session.remove()
        found = sa.select(Notice.facts).where(
            Notice.case_id == stage.case_id, Notice.counsel_id == stage.counsel_id(side)
        )
        return [str(facts) for facts in db.session.scalars(found)]


def read(stage: Stage, side: str, paths: tuple[str, ...] = READ) -> str:
    """All that one side's pages say."""
    shown = []
    for path in paths:
        page = stage.page(side, path, hearing=str(stage.fixed_id))
        assert page.status_code == 200, path
        shown.append(html.unescape(page.text))
    return "\n".join(shown)


def record(stage: Stage, side: str) -> list[tuple[Any, ...]]:
    """The record as one side may read it, but for whose rows are its own."""
    with stage.scenario.app.app_context():
        db.session.remove()
        case = db.session.get_one(table.Case, stage.case_id)
        page = contact_record.contacts(db.session(), case, stage.counsel_id(side), 1)
        return [
            (row.seq, row.kind, row.event, row.name, row.side, row.channel, row.steps)
            for release in page.releases
            for row in release.rows
            if row.kind not in COURT_READS and row.event not in ("fetched", "opened")
        ]


def last_seq(stage: Stage) -> int:
    """The number of the last entry of the case that is no visit."""
    with stage.scenario.app.app_context():
        db.session.remove()
        entries = sa.select(sa.func.max(Entry.seq)).where(
            Entry.case_id == stage.case_id, Entry.kind != "visit"
        )
        return db.session.scalar(entries) or 0


def hold_alike(stage: Stage, actor: str, reach: Reach, mark: str, before: int) -> None:
    """Check that the other sides hold an act of ``actor`` whose words are ``mark``."""
    records = [record(stage, side) for side in SIDES]
    assert records[0] == records[1] == records[2]
    if reach is Reach.NOBODY:
        return
    assert last_seq(stage) > before
    for side in SIDES:
        if side != actor and reach is Reach.NOTICE:
            assert any(mark in facts for facts in notices(stage, side)), (side, mark)
            assert mark in read(stage, side), (side, mark)


def word_of(texts: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Words that nobody wrote before, in the last of some fields."""
    mark = f"mark{next(MARKS)}."
    return mark, {texts[-1]: mark} if texts else {}


def test_every_act_says_how_others_hold_it() -> None:
    assert [
        each.name for each in COUNSEL if each.reaches is Reach.NOBODY and not each.because
    ] == []


@pytest.mark.parametrize("name", BY_NAME)
def test_an_act_of_one_side_is_held_by_the_others(scenario: Scenario, name: str) -> None:
    act, stage = BY_NAME[name], table.stage(scenario)
    act.prepare(stage, "claimant")
    before, (mark, changes) = last_seq(stage), word_of(act.texts)
    act.do(stage, "claimant", **changes)
    hold_alike(stage, "claimant", act.reaches, mark, before)
    stage.verify()


@pytest.mark.parametrize("name", [each.name for each in COURT])
def test_an_act_of_the_court_reaches_all_sides(scenario: Scenario, name: str) -> None:
    act, stage = next(each for each in COURT if each.name == name), table.stage(scenario)
    act.prepare(stage)
    counts = [len(notices(stage, side)) for side in SIDES]
    mark, changes = word_of(act.texts)
    assert act.post(stage, changes).status_code in (200, 303)
    records = [record(stage, side) for side in SIDES]
    assert records[0] == records[1] == records[2]
    for side, count in zip(SIDES, counts, strict=True):
        new = notices(stage, side)[count:]
        # Who asked in private knows what they asked when it is disclosed.
        assert new or (name.endswith("questions.disclose") and side == "respondent"), side
        if changes:
            assert any(mark in facts for facts in new), side
            assert mark in read(stage, side), side
    stage.verify()


PRIVATE: dict[str, Callable[[Stage], Any]] = {
    "questions": lambda stage: BY_NAME["questions"].do(
        stage,
        "respondent",
        subject=f"{SECRET_WORDS} 1",
        words=f"{SECRET_WORDS} 2",
        all_sides="",
        in_private="1",
        private="health",
    ),
    "move_requests": lambda stage: BY_NAME["move_requests"].do(
        stage, "respondent", kind="illness", reason=SECRET_WORDS, private="1"
    ),
}


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_private_is_known_to_exist_and_its_words_are_nowhere(
    scenario: Scenario, name: str
) -> None:
    stage = table.stage(scenario)
    counts = {side: len(notices(stage, side)) for side in SIDES}
    assert PRIVATE[name](stage).status_code == 303
    if name == "questions":
        number = stage.questions()[0]["id"]
        answer = f"{SECRET_WORDS}: granted."
        stage.api("POST", f"/questions/{number}/answer", {"words": answer})
    scenario.beat()
    scenario.wait(hours=12)
    scenario.beat()
    one_of_many = (
        "/move/document",
        "/papers/item",
        "/receipt",
        "/receipt.json",
        "/papers/receipt",
        "/papers/receipt.json",
        "/papers/sheet",
        "/papers/sheet.json",
    )
    paths = tuple(act.path for act in ACTS if act.show and act.path not in one_of_many)
    for side in ("claimant", "other"):
        assert len(notices(stage, side)) > counts[side]  # that it exists is told
        told = "\n".join(notices(stage, side)) + read(stage, side, (*paths, "/feed"))
        assert SECRET_WORDS not in told
        assert re.search("health|illness|健康|疾病", told)
        letters = [each for each in scenario.letters() if side in each.to]
        assert letters
        assert not any(SECRET_WORDS in f"{each.subject}{each.body}" for each in letters)
    assert SECRET_WORDS in read(stage, "respondent")
    records = [record(stage, side) for side in SIDES]
    assert records[0] == records[1] == records[2]
    stage.verify()


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*BY_NAME, *(each.name for each in COURT)]),
        st.sampled_from(SIDES),
        st.booleans(),
    ),
    min_size=2,
    max_size=8,
)


@pytest.mark.database
@pytest.mark.extended
@settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True)
@given(STEPS)
def test_whatever_is_done_in_whatever_order_all_sides_hold_alike(
    scenario: Scenario, steps: list[tuple[str, str, bool]]
) -> None:
    stage = table.stage(scenario)
    for name, side, later in steps:
        before = last_seq(stage)
        if name in BY_NAME:
            act = BY_NAME[name]
            mark, changes = word_of(act.texts)
            form = {**act.fields(stage, side), "nonce": stage.key(side, act.hearing), **changes}
            response = act.post(stage, side, form)
            reach = act.reaches
            # Who asked for another date themselves and now agrees writes nothing that others read.
            done = response.status_code == act.done and last_seq(stage) > before
        else:
            mark, reach, done, response = of_court(stage, name)
        assert response is None or response.status_code < 500
        if done:
            hold_alike(stage, side if name in BY_NAME else "", reach, mark, before)
        if later:
            scenario.wait(minutes=11)
            scenario.beat()
    records = [record(stage, side) for side in SIDES]
    assert records[0] == records[1] == records[2]
    stage.verify()


def of_court(stage: Stage, name: str) -> tuple[str, Reach, bool, Any]:
    """Do an act of the court where there is something that it is about."""
    act = next(each for each in COURT if each.name == name)
    mark, changes = word_of(act.texts)
    about_question, about_bench = "question" in name, "bench" in name
    if not about_bench and not (stage.questions() if about_question else stage.requests()):
        return mark, Reach.NOBODY, False, None
    if name == "move_requests.move" and not stage.requests()[0]["slots"]:
        return mark, Reach.NOBODY, False, None
    response = act.post(stage, changes)
    reach = Reach.NOTICE if changes else Reach.RECORD
    return mark, reach, response.status_code in (200, 303), response


@pytest.mark.parametrize("name", ["questions", "move_requests"])
def test_who_is_asked_at_night_is_told_in_the_morning(scenario: Scenario, name: str) -> None:
    stage = table.stage(scenario)
    scenario.beat()
    scenario.wait(hours=14)  # 23:00 in Shanghai
    scenario.beat()
    mark, changes = word_of(BY_NAME[name].texts)
    BY_NAME[name].do(stage, "respondent", **changes)
    for side in ("claimant", "other"):
        assert mark in read(stage, side)  # who looks reads it at once
    scenario.beat()
    assert not scenario.letters(containing=mark)
    scenario.wait(hours=9)
    scenario.beat()
    told = {side for side in SIDES if scenario.letters(to=side, containing=mark)}
    assert told == {"claimant", "other"}
