"""Outcomes pressed twice, by two people, by another court, from files twice, and erased."""

import html
import re
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Case
from app.core.db import db, transaction
from app.court.models import Court
from app.figures import report, rules
from app.figures.queries import Scope
from app.outcomes.models import Absence, HearingOutcome
from app.people import service as people
from app.record import ledger
from app.retention import erasing
from tests.conftest import PASSWORD, Scenario
from tests.outcomes.test_imports import HEAD, entered, imported, rows
from tests.outcomes.test_outcomes import enter, fixed, over


@pytest.mark.database
def test_two_assistants_who_save_the_same_day_lose_nothing(scenario: Scenario) -> None:
    hearings = [
        fixed(scenario, f"（2026）沪0115民初94{n:02}号", f"{9 + n:02}:00") for n in range(4)
    ]
    over(scenario)
    ids = [each["id"] for each in hearings]
    people_at_work = [scenario.sign_in(), scenario.sign_in("admin@court.example")]
    path = people_at_work[0].get("/outcomes").location.partition("?")[0]
    versions = {f"version-{each}": "1.0" for each in ids}
    answers: list[Any] = []

    def save(browser: Any, outcome: str) -> None:
        typed = {f"outcome-{each}": outcome for each in ids}
        data = {**versions, **typed, "whose": "all", "lang": "en"}
        answers.append(browser.post(f"{path}?whose=all", data=data))

    threads = [
        threading.Thread(target=save, args=(browser, outcome))
        for browser, outcome in zip(people_at_work, ("held", "held_in_part"), strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    # Each outcome is one person's; the other one is shown it, and nothing of theirs is saved.
    assert sorted(each.status_code for each in answers) in ([303, 422], [422, 422])
    with scenario.app.app_context():
        found = db.session.scalars(sa.select(HearingOutcome)).all()
    assert sorted(each.hearing_id for each in found) == sorted(ids)
    assert {each.number for each in found} == {1}


def test_a_double_press_by_program_answers_as_the_first_did(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    path, body = f"/hearings/{hearing['id']}/outcome", {"outcome": "held"}
    first = scenario.api("POST", path, body, **{"Idempotency-Key": "k"})
    assert first[0] == 200
    assert scenario.api("POST", path, body, **{"Idempotency-Key": "k"}) == first
    other = scenario.api("POST", path, {"outcome": "held_in_part"}, **{"Idempotency-Key": "k"})
    assert other[0] in (409, 422)
    what = [each["what"] for each in scenario.record(hearing["id"])]
    assert what.count("outcome") == 1


def test_another_court_enters_nothing(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    with scenario.app.app_context(), transaction() as session:
        other = people.add_court(session, "邻院", zone="Asia/Shanghai", country="CN")
        now = scenario.clock.now()
        email = "liu@other.example"
        people.add_user(
            session, other, email=email, name="刘", role="assistant", password=PASSWORD, now=now
        )
    path, body = f"/hearings/{hearing['id']}/outcome", {"outcome": "held"}
    assert scenario.api("POST", path, body, email=email)[0] == 404
    browser = scenario.sign_in(email)
    assert browser.post(path, data={f"outcome-{hearing['id']}": "held"}).status_code == 404
    day = browser.get("/outcomes", follow_redirects=True).request.path
    data = {f"outcome-{hearing['id']}": "held", f"version-{hearing['id']}": "1.0"}
    assert browser.post(day, data=data).status_code == 303
    assert scenario.api("GET", f"/hearings/{hearing['id']}")[1]["outcome"] is None
    assert hearing["number"] not in browser.get("/figures.csv").get_data(as_text=True)


def test_the_same_file_twice_is_once_and_another_outcome_is_refused(scenario: Scenario) -> None:
    text = HEAD + rows("（2026）沪0115民初41号", "未开庭", "被告")
    imported(scenario, text)
    imported(scenario, text)
    assert entered(scenario) == [("not_held", "absence", 1)]
    page = imported(scenario, HEAD + rows("（2026）沪0115民初41号", "已开庭"))
    assert "has entered an outcome: Not held" in page
    assert entered(scenario) == [("not_held", "absence", 1)]


def test_erasing_a_case_keeps_the_numbers_and_no_name(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    reason = "被告代理人突发疾病"
    body = {"outcome": "adjourned", "cause": "excused", "reason": reason, "absent": ["respondent"]}
    assert enter(scenario, hearing, **body)[0] == 200
    scenario.wait(days=1)
    scenario.beat()

    def figures() -> report.FiguresReport:
        court = db.session.scalars(sa.select(Court)).one()
        now = scenario.clock.now()
        last = rules.month_of(now.date())
        return report.build(db.session(), Scope(court, rules.months(last.plus(-5), last)), now)

    with scenario.app.app_context():
        before = figures().cells
        assert before
        with transaction() as session:
            case = session.get_one(Case, hearing["case_id"])
            now = scenario.clock.now()
            erasing.erase(session, case, by="管理员", why="保存期限届满", now=now, names=True)
        assert figures().cells == before
        assert ledger.verify(db.session(), hearing["case_id"]).intact
        [outcome] = db.session.scalars(sa.select(HearingOutcome)).all()
        assert (outcome.reason, outcome.cause) == ("", "excused")
        [absence] = db.session.scalars(sa.select(Absence)).all()
        assert absence.side == "respondent"
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    for path in (f"/hearings/{hearing['id']}", f"/cases/{hearing['case_id']}/record", "/figures"):
        shown = browser.get(path)
        assert shown.status_code == 200
        page = html.unescape(shown.text)
        assert not re.search(f"Zhao Lei|{reason}", page), path
