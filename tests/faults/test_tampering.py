"""Somebody with the database at hand changes the record: what is refused, and what is found out."""

import sqlite3
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.record import ledger
from tests.conftest import CASE, Scenario, proposal

pytestmark = pytest.mark.database


@pytest.fixture
def case_id(scenario: Scenario) -> int:
    """A case with a record."""
    _, case = scenario.api("POST", "/cases", CASE)
    status, made = scenario.api("POST", "/hearings", proposal(case["id"]))
    assert status == 201, made
    scenario.beat()
    return case["id"]


def do(scenario: Scenario, *words: str) -> None:
    """Say something to the database past the house."""
    with scenario.app.app_context(), db.engine.begin() as connection:
        for each in words:
            connection.exec_driver_sql(each)


COPY = (
    "INSERT INTO record_line SELECT id, court_id, case_id, seq, at, 'answered', direction, about, "
    "attempt, notice_id, counsel_id, side, channel, kind, detail, content_hash, prev, hash "
    "FROM record_line WHERE seq = 2"
)


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE record_line SET what = what",
        "UPDATE record_content SET body = '{}'",
        "UPDATE receipt SET status = status",
        "DELETE FROM record_line WHERE seq = 1",
        "DELETE FROM record_content",
        f"{COPY} ON CONFLICT (id) DO UPDATE SET what = 'answered'",
        "INSERT INTO record_content SELECT min(id), '{}' FROM record_line WHERE true ON CONFLICT (line_id) DO UPDATE SET body='{}'",
    ],
)
def test_no_statement_changes_a_line(scenario: Scenario, case_id: int, words: str) -> None:
    if "receipt" in words:
        do(
            scenario,
            "INSERT INTO receipt (at, carrier, carrier_id, status, raw) "
            "VALUES ('2026-11-23 01:00:00', 'twilio', 'SM1', 'sent', '{\"a\": 1}')",
        )
    if "ON CONFLICT" in words and "SELECT" in words:
        words = words.replace("WHERE seq = 2 ON", "WHERE seq = 2 AND true ON")
    with pytest.raises(sa.exc.DatabaseError, match="only ever added to"):
        do(scenario, words)


@pytest.mark.parametrize("table", ["record_line", "record_content", "receipt", "case_file"])
def test_no_table_of_the_record_is_emptied_at_a_stroke(
    scenario: Scenario, case_id: int, table: str, database: str
) -> None:
    words = f"TRUNCATE {table} CASCADE" if "postgres" in database else f"DELETE FROM {table}"
    with pytest.raises(sa.exc.DatabaseError):
        do(
            scenario,
            "INSERT INTO receipt (at, carrier, carrier_id, status, raw) "
            "VALUES ('2026-11-23 01:00:00', 'twilio', 'SM1', 'sent', '{\"a\": 1}')",
            words,
        )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", ["record_line", "record_content", "receipt"])
def test_sqlite_replaces_no_line_even_by_a_program_with_other_habits(
    scenario: Scenario, case_id: int, table: str, database: str
) -> None:
    do(
        scenario,
        "INSERT INTO receipt (at, carrier, carrier_id, status, raw) "
        "VALUES ('2026-11-23 01:00:00', 'twilio', 'SM1', 'sent', '{\"a\": 1}')",
    )
    other = sqlite3.connect(database.removeprefix("sqlite:///"))  # recursive_triggers is off here
    try:
        for words in (
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET rowid = rowid",
            f"INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                other.execute(words)
        if table == "record_line":
            columns = [row[1] for row in other.execute("PRAGMA table_info(record_line)")][1:]
            rest = ", ".join(columns)
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                other.execute(f"REPLACE INTO record_line ({rest}) SELECT {rest} FROM record_line")
    finally:
        other.close()


def unlock(scenario: Scenario, database: str) -> None:
    """Take the guards off, as the owner of a database can."""
    with scenario.app.app_context(), db.engine.begin() as connection:
        if "postgres" in database:
            for table in ("record_line", "record_content", "record_head", "receipt"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            return
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in found.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def finding(scenario: Scenario, case_id: int) -> Any:
    """What the check says."""
    with scenario.app.app_context():
        return ledger.verify(db.session(), case_id)


LAST = "(SELECT max(seq) FROM record_line)"
WHOLE_CASE = ("DELETE FROM record_content", "DELETE FROM record_line", "DELETE FROM record_head")


@pytest.mark.parametrize(
    "words",
    [
        ("UPDATE record_line SET what = 'answered' WHERE seq = 3",),
        ("UPDATE record_line SET at = '2026-11-22 01:00:00' WHERE seq = 3",),
        ("UPDATE record_line SET counsel_id = 2 WHERE counsel_id = 1",),
        ("UPDATE record_line SET side = 'respondent' WHERE seq = 1",),
        ("UPDATE record_line SET notice_id = 2 WHERE seq = 1",),
        ("UPDATE record_line SET notice_id = NULL WHERE seq = 1",),
        (
            "UPDATE record_content SET body = '{}' WHERE line_id = (SELECT min(line_id) FROM record_content)",
        ),
        ("DELETE FROM record_content WHERE line_id = (SELECT min(line_id) FROM record_content)",),
        ("DELETE FROM record_content WHERE line_id = 3", "DELETE FROM record_line WHERE seq = 3"),
        (
            f"DELETE FROM record_content WHERE line_id = {LAST}",
            f"DELETE FROM record_line WHERE seq = {LAST}",
        ),
        (
            f"DELETE FROM record_content WHERE line_id = {LAST}",
            f"DELETE FROM record_line WHERE seq = {LAST}",
            "DELETE FROM record_head",
        ),
        ("DELETE FROM record_head",),
        (
            "UPDATE record_line SET seq = 1000 WHERE seq = 2",
            "UPDATE record_line SET seq = 2 WHERE seq = 3",
            "UPDATE record_line SET seq = 3 WHERE seq = 1000",
        ),
        WHOLE_CASE[:2],
        WHOLE_CASE,
        (*WHOLE_CASE[:2], "UPDATE record_head SET seq = 0, hash = '" + "0" * 64 + "'"),
    ],
)
def test_whoever_takes_the_guards_off_is_found_out(
    scenario: Scenario, case_id: int, database: str, words: tuple[str, ...]
) -> None:
    assert finding(scenario, case_id).intact
    unlock(scenario, database)
    do(scenario, *words)
    assert not finding(scenario, case_id).intact
