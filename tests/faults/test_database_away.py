"""The database away or busy: pages say so, the worker goes on, nothing is half done."""

import logging
import socket
import sqlite3
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import request_finished
from sqlalchemy.orm import Session

from app.core.db import db, retrying
from app.core.runtime.logs import ClientDisconnected, one_line_error
from app.people import service as people
from tests.conftest import CASE, Scenario, make_scenario, run_sql
from tests.flows.test_feeds import subscribe
from tests.soak.databases import Database

pytestmark = pytest.mark.database


def nowhere() -> str:
    """The address of a PostgreSQL that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return f"postgresql+psycopg://nobody@127.0.0.1:{port}/none"


@pytest.mark.parametrize(
    "path", ["/r/AAAAAAAAAAAAAAAAAAAAAA", "/readyz", "/feeds/AAAAAAAAAAAAAAAAAAAAAA.ics"]
)
def test_a_page_without_its_database_is_a_503_that_says_when_to_come_back(
    tmp_path: Path, path: str
) -> None:
    scenario = make_scenario(tmp_path, nowhere())
    answer = scenario.client.get(path)
    assert answer.status_code == 503
    assert "Traceback" not in answer.get_data(as_text=True)
    if path != "/readyz":
        assert answer.headers["Retry-After"] == "30"
    assert scenario.client.get("/healthz").status_code == 200
    scenario.close()


def test_the_api_without_its_database_is_a_problem_of_its_own_shape(tmp_path: Path) -> None:
    scenario = make_scenario(tmp_path, nowhere())
    token = {"Authorization": f"Bearer tq_{'x' * 43}"}  # of the form that is looked up
    answer = scenario.client.get("/api/v1/cases/1", headers=token)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]
    scenario.close()


def test_a_beat_without_its_database_ends_in_peace(tmp_path: Path) -> None:
    scenario = make_scenario(tmp_path, nowhere())
    assert scenario.beat() == 0
    scenario.close()


def cut_lines(scenario: Scenario) -> None:
    """Let the server hang up on everybody."""
    Database(scenario.app.config["SQLALCHEMY_DATABASE_URI"]).cut(0)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_connections_that_were_cut_are_made_anew(scenario: Scenario) -> None:
    status, case = scenario.api("POST", "/cases", CASE)
    assert status == 201
    cut_lines(scenario)
    assert scenario.api("GET", f"/cases/{case['id']}")[0] == 200
    assert scenario.beat() == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_calendar_that_did_not_change_is_a_304_over_a_new_connection(
    scenario: Scenario, postgres: str
) -> None:
    name = sa.make_url(scenario.app.config["SQLALCHEMY_DATABASE_URI"]).database
    path = subscribe(scenario, "me")
    known = {"If-None-Match": scenario.client.get(path).headers["ETag"]}
    for _ in range(2):
        assert scenario.client.get(path, headers=known).status_code == 304
        cut_lines(scenario)
    run_sql(postgres, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    assert scenario.client.get(path, headers=known).status_code == 503
    run_sql(postgres, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert scenario.client.get(path, headers=known).status_code == 304


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_line_cut_after_the_last_read_spoils_no_answer(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    with request_finished.connected_to(lambda *_, **__: cut_lines(scenario), scenario.app):
        answers = [scenario.api("GET", f"/cases/{case['id']}") for _ in range(2)]
    assert [(status, shown["number"]) for status, shown in answers] == [(200, CASE["number"])] * 2


@pytest.mark.parametrize(
    "lost",
    [
        psycopg.errors.AdminShutdown("the server\nhung up"),
        sqlite3.OperationalError("disk I/O error"),
    ],
)
def test_what_could_not_be_closed_is_one_line_of_the_log_without_its_way(
    lost: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(ClientDisconnected())

    def logged(logger: str, fault: Exception) -> str:
        caplog.clear()
        try:
            raise fault
        except type(fault):
            logging.getLogger(logger).exception("it went wrong")
        return caplog.text

    pool = "sqlalchemy.pool.impl.QueuePool"
    assert "Traceback" not in logged(pool, lost)
    assert caplog.messages == [f"it went wrong: {str(lost).replace(chr(10), ' ')}"]
    assert "Traceback" in logged(pool, ValueError("a fault of ours"))
    assert "Traceback" in logged("tingqi.worker", lost)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_log_line_of_the_database_has_neither_statement_nor_data(scenario: Scenario) -> None:
    with scenario.app.app_context(), pytest.raises(sa.exc.DBAPIError) as away:
        db.session.execute(sa.text("SELECT\n 1 / strpos('张律师', :name)"), {"name": "李"})
    assert one_line_error(away.value) == "division by zero"
    with pytest.raises(sa.exc.OperationalError) as gone:
        sa.create_engine(nowhere()).connect()
    said = one_line_error(gone.value)
    assert "refused" in said
    assert "\n" not in said


def half(session: Session) -> float:
    """Write something, then fail."""
    people.add_court(session, "Half a court", zone="Asia/Shanghai", country="CN", language="zh")
    return 1 / 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_fails_half_way_leaves_nothing_behind(scenario: Scenario) -> None:
    with scenario.app.app_context():
        with pytest.raises(ZeroDivisionError):
            retrying(half)
        assert not db.session.scalar(
            sa.text("SELECT count(*) FROM court WHERE name = 'Half a court'")
        )
    file = sqlite3.connect(scenario.folder / "tingqi.db")
    assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    file.close()
