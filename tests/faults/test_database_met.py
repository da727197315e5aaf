"""Writers who wait for each other, a commit cut short, and databases that have no room for one."""

import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import db, retrying, sqlite, transaction
from app.record import ledger
from app.record.models import DailyCount
from tests.conftest import CASE, Scenario, make_court, make_scenario, proposal, run_sql
from tests.faults.test_races import all_at_once

pytestmark = pytest.mark.database


@contextmanager
def listening(event: str, do: Callable[..., None]) -> Iterator[None]:
    """Let something happen at an event of the database's line."""
    sa.event.listen(db.engine, event, do)
    try:
        yield
    finally:
        sa.event.remove(db.engine, event, do)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_of_two_who_wait_for_each_other_one_is_tried_again_and_both_end_right(
    scenario: Scenario,
) -> None:
    today, both_hold, tries = scenario.clock.now().date(), threading.Barrier(2), []
    with scenario.app.app_context(), db.engine.begin() as line:
        rows = [{"name": name, "on": today, "count": 0} for name in ("a", "b")]
        line.execute(sa.insert(DailyCount), rows)

    def count(first: str, second: str) -> None:
        held = False

        def use_case(session: Session) -> None:
            nonlocal held
            tries.append(first)
            session.execute(sa.text("SET LOCAL deadlock_timeout = '50ms'"))
            for name in (first, second):
                add = (
                    sa.update(DailyCount)
                    .where(DailyCount.name == name)
                    .values(count=DailyCount.count + 1)
                )
                session.execute(add)
                if not held:
                    held = True
                    both_hold.wait(120)

        with scenario.app.app_context():
            retrying(use_case)

    assert all_at_once(lambda: count("a", "b"), lambda: count("b", "a")) == [None, None]
    with scenario.app.app_context():
        assert list(db.session.scalars(sa.select(DailyCount.count))) == [2, 2]
    assert len(tries) == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_writers_of_one_process_take_turns_and_find_the_lock_free(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, begin = [], sqlite._has_begun

    def watched(*given: Any) -> bool:
        found.append(begin(*given))
        return found[-1]

    monkeypatch.setattr(sqlite, "_has_begun", watched)
    with scenario.app.app_context(), transaction() as session:
        session.add(DailyCount(name="turns", on=scenario.clock.now().date()))

    def write() -> None:
        for _ in range(25):
            with scenario.app.app_context(), transaction() as session:
                session.execute(sa.update(DailyCount).values(count=DailyCount.count + 1))

    assert all_at_once(*[write] * 4) == [None] * 4
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(DailyCount.count)) == 100
    assert found == [True] * 101


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("arrived", [True, False], ids=["it was done", "it was not done"])
def test_an_answer_whose_commit_was_cut_is_pressed_again_and_counts_once(
    scenario: Scenario, postgres: str, arrived: bool
) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    scenario.api("POST", "/hearings", proposal(case["id"]))
    scenario.beat()
    link, browser = scenario.link("13800138001"), scenario.client
    page = browser.get(link).get_data(as_text=True)
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    form = {**dict.fromkeys(re.findall(r'name="(slot-\d+)"', page), "yes"), "nonce": nonce[1]}

    def cut(connection: sa.Connection) -> None:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if arrived:  # all of it is done, but for the word that it was
            raw.commit()
            raw.cursor().execute("SELECT 1")
        run_sql(postgres, f"SELECT pg_terminate_backend({raw.info.backend_pid})")  # type: ignore[attr-defined]

    with scenario.app.app_context(), listening("commit", cut):
        said = browser.post(link, data=form)
    assert (said.status_code, said.headers["Retry-After"]) == (503, "30")
    assert browser.post(link, data=form).status_code == 303
    assert scenario.beat() > 0
    with scenario.app.app_context():
        lines = list(ledger.entries_of(db.session(), case_id=case["id"]))
        assert [line.what for line in lines].count("answered") == 1
        queued = [line for line in lines if (line.what, line.kind) == ("queued", "answered")]
        assert len(queued) == 1
        assert ledger.verify(db.session(), case["id"]).intact


def proposed(scenario: Scenario, case: dict[str, Any]) -> tuple[int, str | None]:
    """Propose; return the status and when to come back."""
    head = {"Authorization": f"Bearer {scenario.token('wang@court.example')}"}
    said = scenario.client.post("/api/v1/hearings", json=proposal(case["id"]), headers=head)
    return said.status_code, said.headers.get("Retry-After")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_another_holds_for_long_is_a_503_and_then_it_goes_on(
    scenario: Scenario,
) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    with scenario.app.app_context():
        db.engine.update_execution_options(patience=0.05)
        with db.engine.connect().execution_options(writes=True) as other:
            other.execute(sa.text("UPDATE court SET phone = '1'"))
            assert proposed(scenario, case) == (503, "30")
            page = scenario.client.get("/healthz")
            assert page.status_code == 200
            other.rollback()
        assert proposed(scenario, case) == (201, None)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_lets_nobody_more_in_is_a_503_and_then_it_goes_on(
    database: str, postgres: str, tmp_path: Path
) -> None:
    role = f"few{uuid.uuid4().hex[:12]}"
    run_sql(postgres, f"CREATE ROLE {role} LOGIN")
    run_sql(database, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    run_sql(database, f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    url = sa.make_url(database).set(username=role).render_as_string(hide_password=False)
    scenario = make_scenario(tmp_path, url)
    try:
        make_court(scenario)
        _, case = scenario.api("POST", "/cases", CASE)
        run_sql(postgres, f"ALTER ROLE {role} CONNECTION LIMIT 0")
        scenario.close()
        assert proposed(scenario, case) == (503, "30")
        assert scenario.beat() == 0
        run_sql(postgres, f"ALTER ROLE {role} CONNECTION LIMIT -1")
        assert proposed(scenario, case) == (201, None)
    finally:
        scenario.close()
        run_sql(database, f"DROP OWNED BY {role}")
        run_sql(postgres, f"DROP ROLE {role}")


def test_a_postgresql_database_that_is_not_utf8_is_refused_by_name(
    maintenance: sa.Engine, tmp_path: Path
) -> None:
    name = f"t{uuid.uuid4().hex[:16]}"
    made = f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
    with maintenance.connect() as connection:
        connection.exec_driver_sql(made)
        url = maintenance.url.set(database=name).render_as_string(hide_password=False)
        settings = {**os.environ, "TINGQI_DATABASE_URL": url, "TINGQI_SECRET_KEY": "s" * 40}
        settings["TINGQI_INSTANCE"] = str(tmp_path)
        command = [sys.executable, "-m", "app", "db", "upgrade"]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    assert done.returncode == 2
    assert done.stderr.startswith("The database cannot be used: it has the encoding SQL_ASCII")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_is_prepared_outlasts_a_rollback_and_what_was_written_does_not(
    scenario: Scenario,
) -> None:
    today = scenario.clock.now().date()
    counts = sa.select(sa.func.count()).select_from(DailyCount)
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%% tally%%'"
    with scenario.app.app_context():
        session = db.session()
        for n in range(8):  # psycopg prepares what was sent five times
            session.execute(sa.insert(DailyCount), [{"name": f"{n}", "on": today, "count": n}])
            assert session.scalar(counts) == 1
            session.rollback()
        with pytest.raises(sa.exc.ProgrammingError):
            session.execute(sa.text("SELECT nothing"))
        session.rollback()
        assert session.scalar(counts) == 0
        assert session.connection().exec_driver_sql(prepared).scalar_one() == 2
