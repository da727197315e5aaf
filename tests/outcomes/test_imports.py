"""Outcomes in files: of hearings that come with them, and of hearings that are known."""

import re

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.outcomes.models import Absence, HearingOutcome
from app.record.models import Entry
from app.worker import beat
from tests.conftest import Scenario
from tests.flows.test_import_page import check, count, words
from tests.outcomes.test_outcomes import fixed, over

HEAD = "案号,承办法官,当事人,诉讼地位,代理人,邮箱,开庭日期,开庭时间,开庭结果,未到庭,结果原因\n"


def rows(number: str, outcome: str, absent: str = "", reason: str = "", day: str = "") -> str:
    """A case of two parties whose first row has the hearing with its outcome."""
    day = day or "2026-03-02"
    return (
        f"{number},陈法官,甲公司,原告,李敏,li@x.example,{day},09:30,{outcome},{absent},{reason}\n"
        f"{number},陈法官,乙公司,被告,赵雷,zhao@x.example,,,,,\n"
    )


def imported(scenario: Scenario, text: str) -> str:
    """Import a file by page; return what the page of the import says."""
    desk = scenario.sign_in("admin@court.example")
    path = check(scenario, desk, text)
    desk.post(path, data={"do": "enter", "partial": "1"})
    beat.process_file(scenario.app)
    return words(desk.get(f"{path}?lang=en"))


def entered(scenario: Scenario) -> list[tuple[str, str, int]]:
    """Outcome, cause and number of absent people of all hearings, in order."""
    with scenario.app.app_context():
        found = db.session.scalars(sa.select(HearingOutcome).order_by(HearingOutcome.id))
        return [(each.outcome, each.cause, len(each.absences)) for each in found]


@pytest.mark.parametrize(
    ("outcome", "absent", "reason", "found"),
    [
        ("已开庭", "", "", ("held", "", 0)),
        ("held", "被告", "", ("held", "", 1)),
        ("延期开庭", "", "", ("adjourned", "other", 0)),
        ("未开庭", "双方", "", ("not_held", "absence", 2)),
        ("未开庭", "赵雷；李敏", "", ("not_held", "absence", 2)),
        ("未开庭", "乙公司", "", ("not_held", "absence", 1)),
        ("not held", "", "法官生病", ("not_held", "court", 0)),
        ("未开庭", "", "", ("not_held", "other", 0)),
        ("部分开庭", "", "", ("held_in_part", "", 0)),
    ],
)
def test_an_outcome_comes_with_its_hearing(
    scenario: Scenario, outcome: str, absent: str, reason: str, found: tuple[str, str, int]
) -> None:
    number = "（2026）沪0115民初31号"
    imported(scenario, HEAD + rows(number, outcome, absent, reason))
    assert entered(scenario) == [found]
    # Nothing was sent about it, so nothing is on the record, and the import can be undone.
    assert count(scenario, Entry) == [0]


def test_what_cannot_be_is_refused_at_its_cell(scenario: Scenario) -> None:
    text = (
        HEAD
        + rows("（2026）沪0115民初32号", "胜诉")
        + rows("（2026）沪0115民初33号", "未开庭", "王五")
        + rows("（2026）沪0115民初34号", "已开庭", day="2026-12-28")
        + rows("（2026）沪0115民初35号", "", "被告")
        + rows("（2026）沪0115民初36号", "已开庭")
    )
    page = imported(scenario, text)
    assert entered(scenario) == [("held", "", 0)]
    for said in ("Choose one of", "Nobody in the case is called 王五", "still to come", "too."):
        assert said in page, said


def test_an_import_that_is_undone_takes_its_outcomes_along(scenario: Scenario) -> None:
    desk = scenario.sign_in("admin@court.example")
    path = check(scenario, desk, HEAD + rows("（2026）沪0115民初37号", "未开庭", "被告"))
    desk.post(path, data={"do": "enter"})
    beat.process_file(scenario.app)
    assert count(scenario, HearingOutcome, Absence) == [1, 1]
    desk.post(path, data={"do": "undo"})
    assert count(scenario, HearingOutcome, Absence) == [0, 0]


def test_the_outcome_of_a_known_hearing_is_entered_with_its_evidence(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    on, at = re.match(r"([\d-]+)T(\d\d:\d\d)", hearing["starts_at"]).groups()  # type: ignore[union-attr]
    head = "number,judge,party,side,counsel,email,hearing_on,hearing_at,outcome,absent\n"
    row = f"{hearing['number']},陈法官,远洋设备有限公司,原告,李敏,li@firm.example,{on},{at},未开庭,Zhao Lei\n"
    imported(scenario, head.replace("_", " ") + row)
    found = scenario.api("GET", f"/hearings/{hearing['id']}")[1]["outcome"]
    assert (found["outcome"], [each["evidence"] for each in found["absent"]]) == (
        "not_held",
        ["E1"],
    )
    what = [each["what"] for each in scenario.record(hearing["id"])]
    assert (what.count("outcome"), what.count("absent")) == (1, 1)
