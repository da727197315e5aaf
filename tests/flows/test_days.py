"""Days of the court: sealed after midnight by the beat, chained, and checked against the record."""

import datetime as dt

import pytest

from app.cli import cli
from app.core.db import db
from app.record import daily_seals, hashing, ledger
from app.record.models import DailySeal, Entry
from tests.conftest import CASE, Scenario, case_with, proposal
from tests.faults.test_tampering import do, unlock

pytestmark = pytest.mark.database


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """A case with a record."""
    _, case = scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(case["id"]))
    scenario.beat()
    return case["id"]


def days(scenario: Scenario) -> list[tuple[str, list[list], str, str]]:
    """What is sealed."""
    with scenario.app.app_context():
        return [
            (d.on.isoformat(), d.heads, d.prev, d.hash)
            for d in daily_seals.days_of(db.session(), 1)
        ]


def verify(scenario: Scenario, *words: str) -> tuple[int, str]:
    """Run the command."""
    done = scenario.app.test_cli_runner().invoke(cli, ["record", "verify", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_each_day_is_sealed_once_after_the_courts_midnight(
    scenario: Scenario, case_id: int
) -> None:
    assert [on for on, *_ in days(scenario)] == ["2026-11-22"]  # the day before anything happened
    scenario.wait(hours=14, minutes=59)  # 23:59 in Shanghai
    scenario.beat()
    assert len(days(scenario)) == 1
    scenario.wait(minutes=1)
    scenario.beat()
    scenario.beat()
    (_, _, _, first), (on, heads, prev, _) = days(scenario)
    with scenario.app.app_context():
        last = db.session.query(Entry).order_by(Entry.seq.desc()).first()
        assert (on, prev) == ("2026-11-23", first)
        assert heads == [[case_id, last.seq, last.hash]]
        assert daily_seals.covering(db.session(), last).day.on == dt.date(2026, 11, 23)
    scenario.wait(days=3)  # the worker slept: one day covers them
    scenario.beat()
    assert [on for on, *_ in days(scenario)][2:] == ["2026-11-26"]
    assert verify(scenario)[0] == 0


def test_a_quiet_case_is_sealed_no_second_time(scenario: Scenario, case_id: int) -> None:
    scenario.wait(hours=15)
    scenario.beat()
    other = scenario.api("POST", "/cases", case_with("（2026）沪0115民初99号"))[1]["id"]
    scenario.api(
        "POST",
        f"/cases/{other}/contacts",
        {
            "channel": "phone",
            "direction": "out",
            "at": scenario.clock.now().isoformat(),
            "outcome": "no_answer",
            "counsel_id": 3,
        },
    )
    scenario.wait(hours=24)
    scenario.beat()
    assert [head[0] for head in days(scenario)[-1][1]].count(case_id) <= 1
    assert verify(scenario)[0] == 0


def test_a_chain_that_was_rewritten_with_its_head_is_found(
    scenario: Scenario, case_id: int, database: str
) -> None:
    scenario.wait(hours=15)
    scenario.beat()
    assert verify(scenario)[0] == 0
    unlock(scenario, database)
    with scenario.app.app_context():
        last = db.session.query(Entry).order_by(Entry.seq.desc()).first()
        keep = last.seq - 1
        before = db.session.query(Entry.hash).filter(Entry.seq == keep).scalar()
    do(
        scenario,
        f"DELETE FROM record_content WHERE line_id = {last.id}",
        f"DELETE FROM record_line WHERE id = {last.id}",
        f"UPDATE record_head SET seq = {keep}, hash = '{before}'",
    )
    status, said = verify(scenario)
    assert (status, f"line {last.seq} of case {CASE['number']} is not the one that" in said) == (
        1,
        True,
    ), said
    assert verify(scenario, "--case", CASE["number"])[0] == 1


def test_a_day_that_was_changed_is_found(scenario: Scenario, case_id: int, database: str) -> None:
    scenario.wait(hours=15)
    scenario.beat()
    scenario.wait(hours=24)
    scenario.beat()
    if "postgres" in database:
        do(scenario, "ALTER TABLE record_day DISABLE TRIGGER ALL")
    else:
        unlock(scenario, database)
    do(scenario, "UPDATE record_day SET heads = '[]' WHERE seq = 2")
    status, said = verify(scenario)
    assert (status, "NOT WHOLE at 2026-11-23: it is not what was sealed" in said) == (1, True), said


def test_no_statement_changes_a_day(scenario: Scenario, case_id: int) -> None:
    for words in ("UPDATE record_day SET hash = hash", "DELETE FROM record_day"):
        with pytest.raises(Exception, match="only ever added to"):
            do(scenario, words)


def test_the_list_of_days_can_be_noted_outside(scenario: Scenario, case_id: int) -> None:
    scenario.wait(hours=15)
    scenario.beat()
    done = scenario.app.test_cli_runner().invoke(cli, ["record", "days"])
    with scenario.app.app_context():
        seals = [day.hash for day in db.session.query(DailySeal).order_by(DailySeal.seq)]
    assert [row.split("\t")[2] for row in done.stdout.splitlines()] == seals


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE record_head SET sealed_seq = 1000000",
        "UPDATE record_head SET sealed_seq = 0",
        "UPDATE record_line SET court_id = 2 WHERE seq > 2",
    ],
)
def test_a_case_that_is_kept_out_of_the_days_is_found(
    scenario: Scenario, case_id: int, database: str, words: str
) -> None:
    scenario.wait(hours=15)
    scenario.beat()
    unlock(scenario, database)
    scenario.app.test_cli_runner().invoke(cli, ["court", "add", "Another Court"])
    do(scenario, words)
    assert verify(scenario)[0] == 1


def test_a_seal_of_a_rewritten_chain_is_not_confirmed(
    scenario: Scenario, case_id: int, database: str
) -> None:
    scenario.wait(hours=15)
    scenario.beat()
    with scenario.app.app_context():
        before = db.session.query(Entry).filter_by(seq=2).one().hash
    assert "This seal belongs to" in scenario.client.get(f"/record/{before}?lang=en").get_data(
        as_text=True
    )
    unlock(scenario, database)
    rewrite(scenario, case_id)
    with scenario.app.app_context():
        assert ledger.verify(db.session(), case_id).intact  # the chain alone shows nothing
        head = db.session.query(Entry).order_by(Entry.seq.desc()).first().hash
    said = scenario.client.get(f"/record/{head}?lang=en").get_data(as_text=True)
    assert ("This seal belongs to" in said, "does not match" in said) == (False, True)
    page = scenario.sign_in().get(f"/cases/{case_id}/certificate?lang=en").get_data(as_text=True)
    assert "does not match" in page
    assert verify(scenario)[0] == 1


def rewrite(scenario: Scenario, case_id: int) -> None:
    """Write a whole chain anew from its second line on, head and all, with right hashes."""
    with scenario.app.app_context():
        lines = db.session.query(Entry).filter_by(case_id=case_id).order_by(Entry.seq).all()
        last, columns = lines[0].hash, Entry.__table__.columns
        words = []
        for line in lines[1:]:
            line.prev, line.channel = last, "phone"
            values = {c.key: getattr(line, c.key) for c in columns}
            last = hashing.sha(hashing.covered(values, hashing.instant(line.at)))
            words.append(
                f"UPDATE record_line SET prev = '{line.prev}', channel = 'phone', hash = '{last}' "
                f"WHERE id = {line.id}"
            )
        db.session.rollback()
    do(scenario, *words, f"UPDATE record_head SET hash = '{last}' WHERE case_id = {case_id}")
