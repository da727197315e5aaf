"""The figures of a court, against what was done in it."""

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.court.models import Court, Judge
from app.demo.history import ABSENT_BEFORE, PastMonths
from app.figures import queries, report, rules
from app.figures.queries import Scope
from app.figures.rules import Month
from app.hearings.models import CourtMove, Hearing, MoveRequest, MoveState
from app.notices.models import Notice
from app.outcomes.models import Absence, HearingOutcome
from app.people import service as people
from app.record import ledger
from app.record.rules import Event
from tests.conftest import NOW, SECRET, Scenario, at, case_with, proposal
from tests.outcomes.test_outcomes import LI, ROOM, ZHAO, enter, fixed, over


@pytest.fixture
def past(scenario: Scenario) -> Scenario:
    """A court with months of hearings behind it."""
    scenario.api("POST", "/cases", _case())
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        PastMonths(session, user.court, user, NOW.date(), SECRET).write()
    return scenario


def _case() -> dict[str, Any]:
    from tests.conftest import CASE

    return CASE


def _report(scenario: Scenario, **more: Any) -> report.FiguresReport:
    with scenario.app.app_context():
        court = db.session.scalars(sa.select(Court)).one()
        last = rules.month_of(NOW.date())
        scope = Scope(court, rules.months(last.plus(-9), last.plus(1)), **more)
        return report.build(db.session(), scope, NOW)


def test_the_figures_are_those_of_the_rows(past: Scenario) -> None:
    figures = _report(past)
    with past.app.app_context():
        hearings = db.session.scalars(sa.select(Hearing).where(Hearing.outcome != "")).all()
        with_proposal = [each for each in hearings if each.proposals]
        days = sorted(
            (each.starts_at - each.proposals[0].created_at) / dt.timedelta(days=1)
            for each in with_proposal
            if each.starts_at
        )
        absent = db.session.scalar(
            sa.select(sa.func.count(sa.distinct(Absence.outcome_id))).join(HearingOutcome)
        )
        rounds = [each.proposals[0].state == "decided" for each in with_proposal]
    middle = len(days) // 2
    median = days[middle] if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    total = figures.total
    assert total.days is not None
    assert (total.days.of, total.days.days) == (len(days), pytest.approx(median))
    assert figures.with_outcome == len(hearings) == total.no_shows.of
    assert total.no_shows.count == absent
    assert (total.agreed.count, total.agreed.of) == (sum(rounds), len(rounds))
    assert total.hearings == len(with_proposal)
    with past.app.app_context():
        carried = sa.select(sa.func.count()).where(
            Notice.state.in_(["sent", "delivered"]),
            Notice.counsel_id.is_not(None),
            Notice.about.startswith("hearing/"),
        )
        count = db.session.scalar(carried) or 0
    # Proposal, date and reminder to each of two counsel; more where the hearing was moved.
    assert total.messages_per_hearing("email") == pytest.approx(count / len(with_proposal))
    assert count / len(with_proposal) > 5.5
    for name in ("no_shows", "agreed", "questions"):
        for part in (figures.by_month, figures.by_procedure):
            assert sum(getattr(row, name).of for row in part.values()) == getattr(total, name).of


def test_moves_are_counted_by_reason_and_by_whose_act_they_are(past: Scenario) -> None:
    figures = _report(past)
    with past.app.app_context():
        requests = db.session.scalars(sa.select(MoveRequest)).all()
        granted = sum(each.state == MoveState.MOVED for each in requests)
        own = db.session.scalars(sa.select(CourtMove)).all()
        causes = {each.cause for each in own}
    assert sum(each.of for each in figures.moves.values()) == len(requests) > 0
    assert sum(each.count for each in figures.moves.values()) == granted
    # A granted request is no move of the court's own.
    assert sum(each.of for each in figures.court_moves.values()) == len(own) > 0
    assert set(figures.court_moves) == causes


def test_a_move_that_asks_about_several_slots_counts_once_a_date_is_agreed(
    scenario: Scenario,
) -> None:
    hearing = fixed(scenario)
    slots = [{"starts_at": at(n), "courtroom": ROOM} for n in (20, 21)]
    body = {"slots": slots, "answer_by": at(10), "reason": "合议庭另有安排", "cause": "bench"}
    status, moved = scenario.api("POST", f"/hearings/{hearing['id']}/move", body)
    assert status == 200, moved
    assert _report(scenario).court_moves == {}
    order = {"slot_id": moved["slots"][0]["id"], "reason": "期限将至"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    assert _report(scenario).court_moves == {"bench": rules.Share(1, 1)}
    odd = {"slots": slots[:1], "reason": "x", "cause": "weather"}
    status, problem = scenario.api("POST", f"/hearings/{hearing['id']}/move", odd)
    assert (status, problem["errors"][0]["field"]) == (422, "cause")
    # Without a cause it is counted as not said.
    plain = {"slots": [{"starts_at": at(25), "courtroom": ROOM}], "reason": "法官出差"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/move", plain)[0] == 200
    shown = _report(scenario).court_moves
    assert shown == {"bench": rules.Share(1, 1), "": rules.Share(1, 1)}
    page = html.unescape(scenario.sign_in().get("/figures?lang=en").text)
    assert "a judge or another member cannot sit" in page
    assert "not said" in page


def test_a_judge_owns_the_hearings_in_which_they_sit(scenario: Scenario) -> None:
    case = case_with("（2026）沪0115民初9031号", LI, ZHAO)
    bench = [
        {"name": case["judge"], "role": "presiding"},
        {"name": "孙法官", "role": "judge"},
        {"name": "钱人民", "role": "assessor"},
        {"name": "文翻译", "role": "interpreter"},
    ]
    status, entered = scenario.api("POST", "/cases", case)
    assert status == 201, entered
    body = {**proposal(entered["id"], (at(14), ROOM), minutes=30), "bench": bench}
    status, hearing = scenario.api("POST", "/hearings", body)
    assert status == 201, hearing
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "期限将至"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    over(scenario)
    assert enter(scenario, hearing, outcome="held")[0] == 200
    with scenario.app.app_context():
        judges = {each.name: each.id for each in db.session.scalars(sa.select(Judge))}
    for name, count in ((case["judge"], 1), ("孙法官", 1), ("钱人民", 1), ("文翻译", 0)):
        assert _report(scenario, judge_id=judges[name]).with_outcome == count, name


def test_the_records_of_the_past_are_whole(past: Scenario) -> None:
    with past.app.app_context():
        for case_id in db.session.scalars(sa.select(Hearing.case_id).distinct()):
            assert ledger.verify(db.session(), case_id).intact


def test_no_shows_before_and_after_have_numbers_and_an_interval(past: Scenario) -> None:
    compared = _report(past).comparison
    assert compared is not None
    assert compared.enough
    assert compared.before.of + compared.after.of <= _report(past).with_outcome
    assert abs(compared.before.count / compared.before.of * 100 - ABSENT_BEFORE) < 12
    page = past.sign_in("admin@court.example").get("/figures?lang=en").text
    assert "95% interval" in page
    assert str(compared.before.of) in page


def test_the_page_says_nothing_of_too_few(scenario: Scenario) -> None:
    hearing = fixed(scenario)
    over(scenario)
    assert enter(scenario, hearing, outcome="held")[0] == 200
    with scenario.app.app_context(), transaction() as session:
        session.scalars(sa.select(Court)).one().sends_from = NOW.date()
    page = html.unescape(scenario.sign_in().get("/figures?lang=en").text)
    assert "too few hearings" in page
    assert "0 of 1" in page
    assert "<b>0%</b>" not in page


def test_a_judge_sees_their_own_and_nobody_sees_names(past: Scenario) -> None:
    with past.app.app_context():
        judges = {each.judge.name for each in db.session.scalars(sa.select(Hearing))}
        user = people.find_user(db.session(), "chen@court.example")
        own_id = queries.judge_of(db.session(), user)
        assistant = people.find_user(db.session(), "wang@court.example")
        assert queries.judge_of(db.session(), assistant) is None
        own = db.session.scalar(
            sa.select(sa.func.count()).where(Hearing.judge_id == own_id, Hearing.outcome != "")
        )
    assert _report(past, judge_id=own_id).with_outcome == own
    for email in ("admin@court.example", "chen@court.example", "wang@court.example"):
        page = past.sign_in(email).get("/figures?lang=en").text.split("<main", 1)[1]
        assert not [name for name in judges if name in page]
    assert (
        "Only your own hearings" in past.sign_in("chen@court.example").get("/figures?lang=en").text
    )


def test_the_file_holds_the_same_numbers(past: Scenario) -> None:
    figures = _report(past)
    first, last = figures.scope.months[0], figures.scope.months[-1]
    response = past.sign_in().get(f"/figures.csv?from={first}&to={last}&lang=en")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    agreed = [row for row in table if row["Figure"] == "Agreed in the first round"]
    assert sum(int(row["Count"]) for row in agreed) == figures.total.agreed.count
    assert all(not row["Value"] for row in agreed if int(row["Cases"]) < rules.FEWEST)
    assert "原告" not in response.get_data(as_text=True)
    for odd in ("from=x&to=y", "from=9999-99", "to=0000-01", "procedure=<b>"):
        assert past.sign_in().get(f"/figures?{odd}").status_code == 200


def test_months_are_those_of_the_court(scenario: Scenario) -> None:
    # 00:30 in Shanghai on the first is still the month before in UTC.
    with scenario.app.app_context():
        court = db.session.scalars(sa.select(Court)).one()
        scope = Scope(court, [Month(2026, 11), Month(2026, 12)])
        first = scope.bounds[1]
    assert first == dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)
    assert re.fullmatch(r"2026-12", str(Month(2026, 12)))
    assert Event.OUTCOME.traits.shown_to_counsel
