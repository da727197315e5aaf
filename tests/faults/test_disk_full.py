"""No room left: who is told what, before it comes to that and when it has."""

import sqlite3

import psycopg
import pytest
import sqlalchemy as sa

from app.config import Settings
from app.core.db import database_fault, db
from app.core.runtime import disk
from app.operations import doctor
from app.storage import stores
from app.worker import beat as worker
from tests.conftest import CASE, Scenario
from tests.counsel.test_answers import browser, words
from tests.papers.giving import PDF, draft
from tests.questions.test_questions import key

pytestmark = pytest.mark.database


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_is_called_by_its_name(scenario: Scenario) -> None:
    admin = scenario.sign_in("admin@court.example")

    def fill(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite answers as on a full disk

    with scenario.app.app_context():
        db.session.remove()
        sa.event.listen(db.engine, "checkout", fill)
    # A page of the database holds some rows more, so the first may still go in.
    pages = [
        admin.post("/settings/courtrooms", data={"name": f"{n}", "location": "楼" * 150})
        for n in range(9)
    ]
    cases = [
        scenario.api("POST", "/cases", CASE | {"number": f"{n}", "title": "案" * 200})
        for n in range(9)
    ]
    status, problem = cases[-1]
    assert pages[-1].status_code == 503
    assert "法院服务器磁盘已满。" in pages[-1].text
    assert pages[-1].headers["Retry-After"]
    assert status == 503
    assert "has no disk space left" in problem["detail"]
    assert problem["type"].endswith("/unavailable")


def test_only_a_want_of_room_is_a_full_disk() -> None:
    def told(driver: Exception) -> str:
        return str(database_fault(sa.exc.OperationalError("", {}, driver)))

    assert "no disk space left" in told(psycopg.errors.DiskFull())
    assert "try again" in told(psycopg.errors.AdminShutdown())
    assert "try again" in told(sqlite3.OperationalError("database is locked"))


def test_little_room_is_told_by_readyz_metrics_and_doctor(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = scenario.app.extensions["tingqi"].settings
    assert scenario.client.get("/readyz").json["disk"] == "well"
    monkeypatch.setattr(disk, "LOW", disk.free_bytes(settings.instance) + 2**40)
    ready = scenario.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["disk"].startswith("nearly full: ")
    figures = dict(
        line.rsplit(" ", 1) for line in scenario.client.get("/metrics").text.splitlines()
    )
    assert 0 < int(figures["tingqi_disk_free_bytes"]) < disk.LOW
    found = doctor._instance(settings)
    assert not found.passed
    assert "free some space" in str(found.message)


def test_before_the_disk_is_full_it_is_said_and_papers_are_refused(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.api("POST", "/cases", CASE)
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    draft(client, zhao, [("file", "a.pdf", PDF)])
    files = scenario.app.extensions["tingqi"].files
    monkeypatch.setattr(stores, "LOW", files.free_bytes() + 2**40)
    admin = scenario.sign_in("admin@court.example")
    admin.set_cookie("lang", "en")
    assert "The disk of the papers is nearly full" in words(admin.get("/"))
    assert "nearly full" not in scenario.sign_in().get("/").text
    monkeypatch.setattr(stores, "RESERVE", files.free_bytes() + 2**40)
    refused = draft(client, zhao, [("file", "b.pdf", PDF + b"2")])
    assert refused.status_code == 503
    assert "has no disk space left" in words(refused)
    assert worker.read_papers(scenario.app) == 0
    assert "1 paper so far" in words(client.get(f"{zhao}/papers"))
