"""Somebody owns the database and takes every guard off: each change of the record is named.

Which columns there are is asked of the tables themselves, so that a new one is tried too.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from app.cli import cli
from app.record.models import ChainHead, DailySeal, Entry, EntryContent
from tests.conftest import CASE, Scenario, case_with, make_scenario, proposal

pytestmark = [pytest.mark.database, pytest.mark.extended]

TABLES = {
    each.__tablename__: each.__table__ for each in (Entry, EntryContent, ChainHead, DailySeal)
}
KEY = {
    "record_line": "id",
    "record_content": "line_id",
    "record_head": "case_id",
    "record_day": "seq",
}
COLUMNS = [(name, column.name) for name, table in TABLES.items() for column in table.columns]
REFUSED = (sqlite3.Error, psycopg.Error)


@dataclass
class Owner:
    """The owner of a database, who writes past every guard and leaves the guards as they were."""

    say: Callable[..., Any]
    embedded: bool

    def values(self, table: str, column: str) -> list[Any]:
        """What stands in a column, in the order of the table's key."""
        text = "" if self.embedded else "::text"
        words = f'SELECT "{column}"{text} FROM {table} ORDER BY {table}.{KEY[table]}'
        return [row[0] for row in self.say(words).fetchall()]

    def undo(self) -> None:
        """Write each table back as it was."""
        for table in reversed(TABLES):
            self.say(f"DELETE FROM {table}")
        for table in TABLES:
            self.say(f"INSERT INTO {table} SELECT * FROM kept_{table}")


@pytest.fixture
def owner(scenario: Scenario, database: str) -> Iterator[Owner]:
    """The owner of a court's database with two cases and three sealed days."""
    for number in (CASE["number"], "（2026）沪0115民初77号"):
        _, case = scenario.api("POST", "/cases", {**case_with(number), "number": number})
        status, made = scenario.api(
            "POST",
            "/hearings",
            proposal(case["id"], (f"2026-12-{case['id'] + 9:02}T09:30:00+08:00", "第三法庭")),
        )
        assert status == 201, made
        scenario.beat()
        scenario.wait(hours=24)
    scenario.beat()
    scenario.app.test_cli_runner().invoke(cli, ["court", "add", "Another Court"])
    embedded = database.startswith("sqlite")
    if embedded:
        line: Any = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
        line.text_factory = lambda text: text.decode(errors="surrogateescape")
        guards = line.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = guards.fetchall()
        _take_off(line, guards)
    else:
        url = sa.make_url(database).set(drivername="postgresql")
        line = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
        line.execute("SET session_replication_role = replica")
        for table in TABLES:
            line.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table} CASCADE")
            for column in TABLES[table].columns:
                line.execute(f'ALTER TABLE {table} ALTER COLUMN "{column.name}" DROP NOT NULL')
    for table in TABLES:
        line.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    if embedded:
        for _, words in guards:
            line.execute(words)
        yield Owner(lambda words, *given: _past(line, guards, words, *given), embedded)
    else:
        yield Owner(line.execute, embedded)
    line.close()


def _take_off(line: sqlite3.Connection, guards: list[tuple[str, str]]) -> None:
    for name, _ in guards:
        line.execute(f"DROP TRIGGER {name}")
    line.execute("PRAGMA writable_schema = ON")
    line.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE type = 'table'")
    line.execute("PRAGMA writable_schema = RESET")


def _past(line: sqlite3.Connection, guards: list[tuple[str, str]], words: str, *given: Any) -> Any:
    """Say something with the guards off, and put them back."""
    if words.startswith("SELECT"):
        return line.execute(words, *given)
    line.execute("BEGIN")
    for name, _ in guards:
        line.execute(f"DROP TRIGGER {name}")
    try:
        return line.execute(words.replace("%s", "?"), *given)
    finally:
        for _, again in guards:
            line.execute(again)
        line.execute("COMMIT")


def verify(scenario: Scenario) -> tuple[int, str]:
    """Run the command; it must not fail otherwise than by saying what is wrong."""
    done = scenario.app.test_cli_runner().invoke(cli, ["record", "verify"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def others(value: Any, column: sa.Column, embedded: bool) -> list[Any]:
    """What a column can be made to hold instead of a value."""
    kind = getattr(column.type, "impl", column.type)
    found: list[Any] = [None]
    if isinstance(kind, sa.Integer):
        found += [int(value or 0) + 1, 0, -1, 2**31 - 1, 2**62]
    elif isinstance(kind, sa.DateTime | sa.Date):
        found += ["2026-11-20 00:00:00.000000", "9999-12-31 23:59:59.000000"]
        found += [] if embedded else ["infinity", "-infinity", "2026-11-23 BC", "200000-01-01"]
    elif isinstance(kind, sa.JSON):
        found += [
            "[]",
            "1",
            "null",
            '"x"',
            '{"a": 1e400}',
            "[[1]]",
            "[[1, 2, 3, 4], {}]",
            "{}",
            "[" * 900 + "]" * 900,
            '{"name": 1, "name": 2}',
            '[[1, 9, "x"]]',
        ]
        found += ['{"a":', "", "NaN", "[" * 99999] if embedded else []
    else:
        found += [f"{value or ''}x"[-64:], "0" * 64]
        found += ["", "x" * 5000, "n99999", "n" + "9" * 5000, "a\x00b"] if embedded else [""]
    if embedded:
        found += ["zwölf", b"\xff\x00", 1.5]
    return [each for each in found if str(each) != str(value)]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[".".join(each) for each in COLUMNS])
def test_each_change_of_a_column_is_named(
    scenario: Scenario, owner: Owner, table: str, column: str
) -> None:
    assert verify(scenario)[0] == 0
    keys = owner.values(table, KEY[table])
    tried, before = 0, owner.values(table, column)
    for key, value in list(zip(keys, before, strict=True))[1:2]:
        changes = [("%s", each) for each in others(value, TABLES[table].c[column], owner.embedded)]
        if owner.embedded:
            changes.append(("CAST(x'ff61' AS TEXT)", None))
        for said, other in changes:
            words = f'UPDATE {table} SET "{column}" = {said} WHERE {KEY[table]} = {key}'
            try:
                owner.say(words, [other] if said == "%s" else [])
            except REFUSED:
                continue
            if owner.values(table, column) == before:
                continue  # it is what stood there
            status, words = verify(scenario)
            named = {table, "record_content" if column == "id" else table}
            assert status == 1, (key, str(other)[:80], words)
            assert any(f"({each})" in words or f"{each}:" in words for each in named), (
                key,
                str(other)[:80],
                words,
            )
            owner.undo()
            tried += 1
    assert tried > 1
    assert verify(scenario)[0] == 0


ROWS = {"first": [0], "middle": [1], "last": [-1], "all": None}


@pytest.mark.parametrize("which", ROWS)
@pytest.mark.parametrize("table", TABLES)
def test_each_row_that_is_gone_is_named(
    scenario: Scenario, owner: Owner, table: str, which: str
) -> None:
    keys = owner.values(table, KEY[table])
    gone = keys if which == "all" else [keys[n] for n in ROWS[which] or []]
    for key in gone:
        owner.say(f"DELETE FROM {table} WHERE {KEY[table]} = {key}")
    status, said = verify(scenario)
    assert status == 1, said
    # Days that are all gone are known by the heads that speak of them.
    named = {table, "record_head" if table == "record_day" else table}
    assert any(f"({each})" in said for each in named), said


@pytest.mark.parametrize("table", TABLES)
def test_rows_that_change_places_are_named(scenario: Scenario, owner: Owner, table: str) -> None:
    key = KEY[table]
    one, other = owner.values(table, key)[:2]
    for before, after in ((one, 990001), (other, one), (990001, other)):
        owner.say(f"UPDATE {table} SET {key} = {after} WHERE {key} = {before}")
    status, said = verify(scenario)
    assert status == 1, said
    named = {table, "record_content" if table == "record_line" else table}
    assert any(f"({each})" in said for each in named), said


@pytest.mark.parametrize("case", [1, 999, "NULL"])
@pytest.mark.parametrize("seq", [-1, 0, 3, 1000, "NULL"])
def test_a_forged_line_is_named(scenario: Scenario, owner: Owner, case: Any, seq: Any) -> None:
    columns = [each.name for each in Entry.__table__.columns]
    given = {"id": "990001", "case_id": str(case), "seq": str(seq)}
    picked = ", ".join(given.get(each, each) for each in columns)
    owner.say(
        f"INSERT INTO record_line ({', '.join(columns)}) SELECT {picked} FROM record_line "
        "WHERE case_id = 1 AND seq = 3"
        if (case, seq) != (1, 3) or not owner.embedded
        else f"UPDATE record_line SET hash = prev WHERE case_id = {case} AND seq = {seq}"
    )
    status, said = verify(scenario)
    assert status == 1, said
    assert "record_line" in said, said


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("record_content", "990001, '{}'"),
        ("record_head", "999, 0, '0', NULL, 0"),
        ("record_day", "1, 99, '2026-12-30', '2026-12-31 00:00:00', '[]', 'x', 'x'"),
        ("record_day", "99, 1, '2026-12-30', '2026-12-31 00:00:00', '[]', 'x', 'x'"),
    ],
)
def test_a_row_that_belongs_to_nothing_is_named(
    scenario: Scenario, owner: Owner, table: str, values: str
) -> None:
    names = {
        "record_content": "line_id, body",
        "record_head": "case_id, seq, hash, last_at, sealed_seq",
        "record_day": 'court_id, seq, "on", at, heads, prev, hash',
    }[table]
    owner.say(f"INSERT INTO {table} ({names}) VALUES ({values})")
    status, said = verify(scenario)
    assert status == 1, said
    assert f"({table})" in said or f"{table}:" in said, said


def test_a_message_that_is_gone_is_named(scenario: Scenario, owner: Owner, database: str) -> None:
    gone = owner.say("SELECT max(notice_id) FROM record_line").fetchone()[0]
    owner.say(f"DELETE FROM notice WHERE id = {gone}")
    status, said = verify(scenario)
    assert status == 1, said
    assert f"record_line: there are lines of message {gone}, and no such message" in said


GUARDS = {
    "sqlite": [
        "DROP TRIGGER record_line_no_update",
        "DROP TRIGGER record_day_no_delete",
        "DROP TRIGGER receipt_no_delete",
    ],
    "postgresql": [
        "ALTER TABLE record_line DISABLE TRIGGER record_line_only_added_to",
        "DROP TRIGGER record_head_not_back ON record_head",
        "ALTER TABLE record_day DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
    ],
}


@pytest.mark.parametrize("n", range(4))
def test_a_guard_that_is_missing_is_said(
    database: str, scenario: Scenario, environment: dict[str, str], n: int
) -> None:
    words = GUARDS["sqlite" if "sqlite" in database else "postgresql"]
    if n >= len(words):
        pytest.skip("SQLite has three kinds of it")
    assert verify(scenario)[0] == 0
    with scenario.app.app_context():
        from app.core.db import db

        with db.engine.begin() as connection:
            connection.exec_driver_sql(words[n])
    status, said = verify(scenario)
    assert (status, "NOT GUARDED" in said) == (1, True), said


def test_restore_and_pages_say_so_too(
    scenario: Scenario, owner: Owner, tmp_path: Any, database: str
) -> None:
    """Broken values end neither the certificate, nor its confirmation, nor the way back."""
    if not owner.embedded:
        pytest.skip("PostgreSQL holds no broken JSON")
    seal = owner.values("record_line", "hash")[3]
    desk = scenario.sign_in()
    for words in (
        "UPDATE record_line SET detail = '{\"a\":' WHERE seq = 3",
        "UPDATE record_content SET body = '[1]'",
        "UPDATE record_line SET at = 'never' WHERE seq = 4",
        "UPDATE record_day SET heads = '{', \"on\" = 'x', at = 'y' WHERE seq = 2",
        "UPDATE record_head SET seq = 'many', last_at = 'z', sealed_seq = NULL",
    ):
        owner.say(words)
        page = desk.get("/cases/1/certificate?lang=en")
        assert page.status_code == 200
        assert (
            "Chain broken" in page.text
            or "does not match" in page.text
            or "at the end of the day" in page.text
        ), words
        for path in (f"/record/{seal}?lang=en", "/cases/1/record", "/cases/1", "/hearings/1"):
            assert desk.get(path).status_code == 200, (path, words)
        assert scenario.api("GET", "/cases/1/contacts")[0] == 200, words
        made = make_scenario(tmp_path / "there", f"sqlite:///{tmp_path / 'there.db'}")
        copy = tmp_path / "copy.db"
        done = scenario.app.test_cli_runner().invoke(cli, ["backup", str(copy), "--force"])
        assert done.exit_code == 0, done.output
        done = made.app.test_cli_runner().invoke(cli, ["restore", str(copy)])
        assert "does not verify" in str(done.exception), (words, done.output, done.exception)
        made.close()
        owner.undo()
