"""The database full, read-only, held by others, restarted; and copies of it, and the way back."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cli import main
from app.core.db import db
from app.record import ledger
from app.worker import beat, jobs
from tests.conftest import CASE, Scenario, case_with, make_scenario, proposal

pytestmark = pytest.mark.database

HURTS = {
    "sqlite": ["PRAGMA query_only = 1", "PRAGMA max_page_count = 1"],
    "postgresql": ["SET default_transaction_read_only = on", "SET statement_timeout = 1"],
}


@pytest.mark.parametrize("which", [0, 1])
def test_a_database_that_takes_nothing_is_a_503_and_nothing_is_half_done(
    scenario: Scenario, which: int
) -> None:
    status, case = scenario.api("POST", "/cases", CASE)
    assert status == 201
    with scenario.app.app_context():
        words = HURTS[db.engine.dialect.name][which]

        def hurt(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute(words)
            connection.commit()  # or a setting of the session goes with a rollback

        db.session.remove()
        sa.event.listen(db.engine, "checkout", hurt)
    answers = [scenario.api("POST", "/hearings", proposal(case["id"]))[0]]
    page = scenario.client.get("/r/AAAAAAAAAAAAAAAAAAAAAA")
    assert scenario.beat() == 0
    with scenario.app.app_context():
        sa.event.remove(db.engine, "checkout", hurt)
        db.session.remove()
        db.engine.dispose()
    assert answers == [503]
    assert page.status_code in (404, 503)
    with scenario.app.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM hearing")) == 0
    status, made = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert status == 201, made
    assert scenario.beat() > 0


def tingqi(*words: str) -> int:
    """Run a command; return its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_copy_made_while_others_write_is_whole_and_leads_back(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(case["id"]))
    scenario.beat()
    scenario.wait(days=1, hours=6)  # a day is sealed
    scenario.beat()
    link = scenario.link("13800138001")
    monkeypatch.setenv("TINGQI_INSTANCE", str(tmp_path))
    monkeypatch.setenv("TINGQI_SECRET_KEY", "x" * 40)
    counsel = CASE["parties"][0]["counsel"][0]

    def write() -> None:
        for n in range(5):
            scenario.api("POST", "/cases", case_with(f"B{n}", counsel))

    writer = threading.Thread(target=write)
    writer.start()
    copy = tmp_path / "copy.db"
    assert tingqi("backup", str(copy)) == 0
    writer.join()
    assert tingqi("backup", str(copy)) == 2
    assert tingqi("restore", str(copy)) == 2
    with scenario.app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert tingqi("restore", str(copy), "--force") == 0
    with scenario.app.app_context():
        assert ledger.verify(db.session(), case["id"]).intact
    assert scenario.client.get(link).status_code == 200
    assert len(list(tmp_path.glob("tingqi.db.before-*"))) == 1
    spoilt = tmp_path / "spoilt.db"
    spoilt.write_bytes(copy.read_bytes())
    with closing(sqlite3.connect(spoilt)) as opened:
        rows = opened.execute(
            "SELECT name FROM sqlite_master WHERE tbl_name='record_day' AND type='trigger'"
        ).fetchall()
        for (name,) in rows:
            opened.execute(f'DROP TRIGGER "{name}"')
        changed = opened.execute(
            "UPDATE record_day SET hash = replace(hash, substr(hash, 1, 1), 'x')"
        )
        assert changed.rowcount >= 1
        opened.commit()
    assert tingqi("restore", str(spoilt), "--force") == 2
    copy.write_bytes(copy.read_bytes()[:8000])
    assert tingqi("restore", str(copy), "--force") == 2


def say_schema(scenario: Scenario, name: str) -> str:
    """Mark the database as another version's; return whose it was."""
    with scenario.app.app_context(), db.engine.begin() as connection:
        own = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        said = sa.text("UPDATE alembic_version SET version_num = :name")
        connection.execute(said, {"name": name})
    return str(own)


def test_a_worker_waits_while_the_schema_is_not_its_own(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(case["id"]))
    own = say_schema(scenario, "9999")
    assert scenario.beat() == 0
    assert scenario.client.get("/readyz").status_code == 503
    say_schema(scenario, own)
    assert scenario.beat() > 0


def test_no_job_and_no_claim_writes_to_another_versions_schema(scenario: Scenario) -> None:
    own = say_schema(scenario, "9999")
    done: list[str] = []
    jobs.run_job(scenario.app, lambda _app, name: done.append(name), "heart")
    assert done == []
    say_schema(scenario, own)
    jobs.run_job(scenario.app, lambda _app, name: done.append(name), "heart")
    assert done == ["heart"]
    _, case = scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(case["id"]))
    # It moves on between the beat's question and a claim, in a sending that takes hours.
    say_schema(scenario, "9999")
    with scenario.app.app_context():
        sender = beat.sender_of(scenario.app)
        assert sum(beat.send(sender, each) for each in ("sms", "email")) == 0
        db.session.remove()
    say_schema(scenario, own)
    with scenario.app.app_context():
        assert sum(beat.send(sender, each) for each in ("sms", "email")) > 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_committed_is_on_the_disk_before_anybody_is_told(
    database: str, tmp_path: Path
) -> None:
    scenario = make_scenario(tmp_path, database, durable=True)
    with scenario.app.app_context(), db.engine.connect() as connection:
        told = connection.exec_driver_sql("PRAGMA synchronous").scalar()
    # FULL: less syncs the log at checkpoints only (sqlite.org, PRAGMA synchronous).
    assert told == 2
    scenario.close()
