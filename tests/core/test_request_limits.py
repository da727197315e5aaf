"""The counts behind rate limits, which all processes of an installation share."""

import datetime as dt
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.core.db import db, retrying
from app.core.web import shared_counts
from app.core.web.rate_limits import InstallationCounts
from app.core.web.shared_counts import DatabaseCounts, RateCount, RedisCounts
from tests.conftest import SECRET, Scenario, make_scenario

pytestmark = pytest.mark.database
FULL = 2  # of SQLite's PRAGMA synchronous
ACTS, PAGES = "LIMITER/10.0.0.1/counsel/10/1/minute", "LIMITER/10.0.0.1/counsel/1200/1/minute"


def counts_of(scenario: Scenario, now: Callable[[], float] = lambda: 1000.0) -> InstallationCounts:
    """Return the counts of one more process of the installation."""
    with scenario.app.app_context():
        return InstallationCounts(DatabaseCounts(db.engine, SECRET), now)


def test_hits_are_counted_by_key_within_one_window(scenario: Scenario) -> None:
    counts = counts_of(scenario)
    assert [counts.hit("a", 60, 1), counts.hit("b", 60, 1), counts.hit("a", 60, 2)] == [1, 1, 3]
    assert (counts.count("a").hits, counts.count("nobody").hits) == (3, 0)
    assert (counts.count("a").ends_at, counts.count("nobody").ends_at) == (1060, 1000)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_count_that_moves_the_log_into_the_database_syncs_both(
    database: str, tmp_path: Path
) -> None:
    scenario = make_scenario(tmp_path, database, durable=True)
    statements: list[str] = []
    with scenario.app.app_context():
        connection = db.engine.raw_connection()
        connection.driver_connection.set_trace_callback(statements.append)  # type: ignore[union-attr]
        connection.close()  # back into the pool, which gives it to the counts
        DatabaseCounts(db.engine, SECRET).add("a", 1, 60, 1000.0)
        with db.engine.connect() as after:
            assert after.exec_driver_sql("PRAGMA synchronous").scalar() == FULL
    levels = [each for each in statements if each.startswith("PRAGMA synchronous=")]
    assert levels == ["PRAGMA synchronous=1", "PRAGMA synchronous=2"]
    scenario.close()


def test_two_processes_count_together(scenario: Scenario) -> None:
    one, other = counts_of(scenario), counts_of(scenario)
    assert [each.hit(ACTS, 60, 1) for each in (one, other) * 3] == [1, 2, 3, 4, 5, 6]
    assert one.count(ACTS).hits == other.count(ACTS).hits == 6


def test_a_window_that_is_over_begins_anew_and_is_deleted_by_the_worker(scenario: Scenario) -> None:
    now = 1000.0
    counts = counts_of(scenario, lambda: now)
    for key in ("a", "b"):
        counts.hit(key, 60, 1)
    now = 1061.0
    assert (counts.count("a").hits, counts.hit("a", 60, 1)) == (0, 1)
    assert list(counts._windows) == ["a"]
    with scenario.app.app_context():
        at = dt.datetime.fromtimestamp(now, dt.UTC)
        assert retrying(lambda session: shared_counts.delete_expired(session, at)) == 1
    scenario.beat()
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(RateCount.digest))) == 0


def test_after_the_clock_was_set_back_nobody_waits_for_the_old_time(scenario: Scenario) -> None:
    now = 100_000.0
    counts = counts_of(scenario, lambda: now)
    counts.hit("a", 60, 1)
    now = 50_000.0
    assert (counts.hit("a", 60, 1), counts_of(scenario, lambda: now).hit("a", 60, 1)) == (1, 2)


def test_a_page_that_is_opened_now_and_then_writes_nothing(scenario: Scenario) -> None:
    counts = counts_of(scenario)
    statements: list[str] = []
    with scenario.app.app_context():
        sa.event.listen(
            db.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
        )
    assert [counts.hit(PAGES, 60, 1) for _ in range(29)] == list(range(1, 30))
    assert statements == []
    assert counts.hit(PAGES, 60, 1) == 30
    assert len([each for each in statements if "rate_count" in each]) == 1


def test_a_flood_over_several_processes_passes_a_large_limit_by_little(scenario: Scenario) -> None:
    processes = [counts_of(scenario) for _ in range(4)]
    let_through = 0
    while all(each.hit(PAGES, 60, 1) <= 1200 for each in processes):
        let_through += len(processes)
    assert 1200 - 4 <= let_through <= 1200 * 1.1


def test_no_hit_is_lost_in_a_crowd(scenario: Scenario) -> None:
    processes = [counts_of(scenario) for _ in range(2)]

    def hit(counts: InstallationCounts) -> None:
        for _ in range(10):
            counts.hit(ACTS, 60, 1)

    threads = [threading.Thread(target=hit, args=(each,)) for each in processes * 2]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counts_of(scenario).count(ACTS).hits == 40


def test_each_process_counts_alone_while_the_shared_counts_are_away(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    with scenario.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rate_count"))
    counts = counts_of(scenario)
    assert [counts.hit(ACTS, 60, 1) for _ in range(3)] == [1, 2, 3]
    assert counts.count(ACTS).hits == 3
    assert caplog.text.count("rate limits are counted by each process alone") == 1


def test_no_address_and_no_name_is_stored(scenario: Scenario) -> None:
    scenario.client.post("/sign-in", data={"email": "wang@court.example", "password": "wrong"})
    with scenario.app.app_context():
        stored = [list(row) for row in db.session.execute(sa.select(RateCount.digest))]
    assert len(stored) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", digest) for [digest] in stored)


def test_tries_to_sign_in_are_limited_whichever_process_is_asked(scenario: Scenario) -> None:
    services = scenario.app.extensions["tingqi"]
    second = create_app(services.settings, services.external)
    data = {"email": "wang@court.example", "password": "wrong password"}
    clients = [scenario.app.test_client(), second.test_client()] * 6
    answers = [each.post("/sign-in", data=data).status_code for each in clients]
    assert answers == [422] * 10 + [429] * 2
    with second.app_context():
        db.engine.dispose()


HITS = """
import sys
import sqlalchemy as sa
from app.core.db import configure_engine
from app.core.web.rate_limits import InstallationCounts
from app.core.web.shared_counts import DatabaseCounts
engine = sa.create_engine(sys.argv[1])
configure_engine(engine)
counts = InstallationCounts(DatabaseCounts(engine, sys.argv[2].encode()), lambda: 1000.0)
print(sum(counts.hit(sys.argv[3], 60, 1) <= 10 for _ in range(8)))
engine.dispose()
"""


@pytest.mark.extended
def test_two_real_processes_let_no_more_through_than_one(database: str, scenario: Scenario) -> None:
    command = [sys.executable, "-c", HITS, database, SECRET.decode(), ACTS]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    let_through = [int(each.communicate()[0]) for each in running]
    assert sum(let_through) == 10
    assert len(let_through) == 3


@pytest.mark.extended
def test_counts_in_redis_are_those_in_the_database(tmp_path: Path) -> None:
    pytest.importorskip("redis", reason="the client comes with `pip install 'tingqi[redis]'`")
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("there is no redis-server here: apt-get install redis-server")
    socket = tmp_path / "redis.sock"
    command = [server, "--port", "0", "--unixsocket", str(socket), "--save", ""]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    stores = [RedisCounts(f"unix://{socket}", SECRET) for _ in range(2)]
    try:
        assert running.stdout
        assert any("eady to accept" in line for line in running.stdout)
        one, other = (InstallationCounts(each, time.time) for each in stores)
        assert [each.hit(ACTS, 60, 1) for each in (one, other) * 3] == [1, 2, 3, 4, 5, 6]
        assert one.count(ACTS).hits == 6
        assert 0 < one.count(ACTS).ends_at - time.time() <= 60
        assert (one.clear(ACTS), other.count(ACTS).hits, one.clear()) == (1, 0, 0)
    finally:
        running.terminate()
        running.communicate(timeout=10)
    assert [one.hit(ACTS, 60, 1), one.hit(ACTS, 60, 1)] == [1, 2]
    for each in stores:
        each.close()
