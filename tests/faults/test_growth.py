"""No page and no call of the API reads a table whole that grows: each question's plan is asked for.

Tables here are tiny, so databases are told to go by their indexes wherever there is one: what then
still reads a whole table would do so at a million hearings.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from tests.conftest import Scenario
from tests.counsel.test_answers import browser
from tests.flows.test_language_of_pages import scene

pytestmark = pytest.mark.database

GROWING = frozenset(
    {
        "record_line",
        "record_content",
        "record_head",
        "notice",
        "receipt",
        "hearing",
        "proposal",
        "slot",
        "invitation",
        "answer",
        "offered_half_day",
        "booking",
        "case_file",
        "party",
        "representation",
        "counsel",
        "task",
        "inbound",
        "move_document",
        "filing",
        "paper",
        "paper_file",
        "paper_reading",
        "stored_file",
        "rendered_event",
        "gone_hearing",
        "api_repeat",
        "setting_change",
    }
)
LISTS = (
    "/hearings?q=1234",
    "/cases?q=1234",
    "/hearings?judge=1&from=2026-12-01&to=2026-12-31&whose=mine",
    "/cases?judge=1&sort=number",
    "/cases?sort=oldest",
    "/cases/known?of=counsel&q=li",
    "/cases/known?of=firm&q=li",
    "/hearings/new?find=1234",
)
# What may read one whole, by words of the question, and why.
ALLOWED = {
    "lower(party.name) LIKE": "a word that is searched may stand anywhere in a name; what would "
    "index that (pg_trgm, FTS5) is not on every court's server, and reads no Chinese",
}
BY_INDEX = ("seqscan", "hashjoin", "mergejoin", "material")
PART = re.compile(r"_(\d{6}|before|other)$")


def asked(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Open each page, and make each call that only reads; yield its address as it is done."""
    made = scene(scenario)
    desk, admin = scenario.sign_in(), scenario.sign_in("admin@court.example")
    counsel = browser(scenario, "en")
    known = {"case_id": made["case_id"], "hearing_id": made["fixed"]["id"]}
    link = made["open"]["links"][0]
    yield "", ""
    for path in (*LISTS, f"/hearings/new?case_id={made['case_id']}"):
        yield path, desk.get(path).status
    for rule in scenario.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "bootstrap.static"):
            continue
        path = filled(str(rule), known)
        if path.startswith("/api/v1"):
            yield path, str(scenario.api("GET", path.removeprefix("/api/v1"))[0])
        elif path.startswith("/r/1"):
            yield path, counsel.get(path.replace("/r/1", link, 1)).status
        else:
            status = desk.get(path).status_code
            yield path, str(admin.get(path).status_code if status == 403 else status)


def filled(rule: str, known: Mapping[str, int]) -> str:
    """Return a page's address with the numbers of what it is about."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known.get(found[1], 1)), rule)


def questions(scenario: Scenario) -> dict[str, tuple[Any, str]]:
    """Every SELECT of the walk: its words, with values and the address that first asked it."""
    heard: dict[str, tuple[Any, str]] = {}
    fresh: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, words: str, values: Any, *_: Any) -> None:
        if words.lstrip().startswith(("SELECT", "WITH")):
            fresh.append((words, values))

    with scenario.app.app_context():
        engine = db.engine
    walk = asked(scenario)
    next(walk)
    sa.event.listen(engine, "before_cursor_execute", hear)
    for path, _ in walk:
        for words, values in fresh:
            heard.setdefault(words, (values, path))
        fresh.clear()
    sa.event.remove(engine, "before_cursor_execute", hear)
    return heard


def read_whole(connection: sa.Connection, words: str, values: Any) -> set[str]:
    """Return the growing tables that a question reads whole, by the database's own plan."""
    if connection.dialect.name == "sqlite":
        return _scanned(connection, words, values)
    [[plan]] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {words}", values).fetchall()
    found = plan if isinstance(plan, list) else json.loads(plan)
    small = set(
        _partial(connection, "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%% WHERE %%'")
    )
    return set(_unbounded(found[0]["Plan"], small)) & GROWING


def _scanned(connection: sa.Connection, words: str, values: Any) -> set[str]:
    small = set(
        _partial(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'",
        )
    )
    aliases = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", words)}
    found = set()
    for *_, step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values):
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if scan and scan[2] not in small:
            found.add(aliases.get(scan[1], scan[1]))
    return found & GROWING


def _partial(connection: sa.Connection, words: str) -> list[str]:
    return [row[0] for row in connection.exec_driver_sql(words)]


def bounded(condition: str) -> bool:
    """Tell whether a condition on an index leaves anything out: that there is a value does not."""
    return bool(condition) and not re.fullmatch(r"\(\w+ IS NOT NULL\)", condition)


def _unbounded(node: Mapping[str, Any], small: set[str], limited: bool = False) -> Iterator[str]:
    """Yield what is read from its first row to its last: in no order, or in an index's."""
    whole = node["Node Type"] == "Seq Scan" or (
        node["Node Type"] in ("Index Scan", "Index Only Scan")
        and not bounded(node.get("Index Cond", ""))
        and node["Index Name"] not in small
        and not limited
    )
    if whole:
        yield PART.sub("", node["Relation Name"])
    for each in node.get("Plans", ()):
        yield from _unbounded(each, small, node["Node Type"] == "Limit")


def test_no_page_and_no_call_reads_a_growing_table_whole(scenario: Scenario) -> None:
    heard = questions(scenario)
    faults = []
    with scenario.app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            for way in BY_INDEX:
                connection.exec_driver_sql(f"SET enable_{way} = off")
        for words, (values, path) in heard.items():
            whole = read_whole(connection, words, values)
            if whole and not any(each in words for each in ALLOWED):
                faults.append(f"{path} reads {sorted(whole)} whole: {words}")
    assert len(heard) > 100
    assert faults == [], "\n\n".join(faults)
