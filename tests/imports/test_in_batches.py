"""A long file is imported in short transactions where one would keep all others from writing."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import sqlalchemy as sa

from app.cases.models import Case
from app.cli import cli
from app.core.db import db
from app.hearings.models import Hearing
from app.imports import pipeline
from tests.conftest import Scenario
from tests.flows.test_import import as_csv, idaho, run

ROWS = [idaho(n, PhoneNumber=f"208-555-{n:04}") for n in range(100, 111)]


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "AT_ONCE", 5)
    monkeypatch.setattr(pipeline, "IN_TRANSACTION", 3)
    monkeypatch.setattr(pipeline, "FEWEST", 1)


class CrashError(Exception):
    """The process ends, as far as the import can tell."""


@pytest.fixture
def sizes(scenario: Scenario) -> Iterator[list[int]]:
    """How many cases there are after each commit."""
    counts: list[int] = []

    @sa.event.listens_for(db.session, "after_commit")
    def _committed(session: sa.orm.Session) -> None:
        with db.engine.connect() as other:
            counts.append(other.scalar(sa.select(sa.func.count()).select_from(Case)) or 0)

    yield counts
    sa.event.remove(db.session, "after_commit", _committed)


def stored(scenario: Scenario) -> tuple[int, int]:
    """How many cases and hearings there are."""
    with scenario.app.app_context():
        counts = (sa.select(sa.func.count()).select_from(each) for each in (Case, Hearing))
        cases, hearings = (db.session.scalar(each) or 0 for each in counts)
    return cases, hearings


def is_sqlite(scenario: Scenario) -> bool:
    """Whether the database has one writer at a time."""
    with scenario.app.app_context():
        return db.engine.dialect.name == "sqlite"


def test_each_transaction_has_few_cases(scenario: Scenario, sizes: list[int]) -> None:
    status, said = run(scenario, as_csv(ROWS))
    assert (status, "Cases: 11 new, 0 changed, 0 unchanged. Hearings: 11 new" in said) == (0, True)
    steps = [after - before for before, after in pairwise([0, *sizes])]
    assert (max(steps), sum(steps)) == (3 if is_sqlite(scenario) else 11, 11)
    again = run(scenario, as_csv(ROWS))[1]
    assert "Cases: 0 new, 0 changed, 11 unchanged. Hearings: 0 new, 11 known." in again
    moved = [
        {**row, "PhoneNumber": "208-555-0999"} if n == 7 else row for n, row in enumerate(ROWS)
    ]
    assert "Cases: 0 new, 1 changed, 10 unchanged." in run(scenario, as_csv(moved))[1]
    assert stored(scenario) == (11, 11)


def test_one_bad_row_keeps_the_whole_file_out(scenario: Scenario) -> None:
    rows = [{**row, "PhoneNumber": "12"} if n == 8 else row for n, row in enumerate(ROWS)]
    status, said = run(scenario, as_csv(rows))
    assert (status, "line 10, PhoneNumber: Check “12”" in said) == (1, True), said
    assert "Nothing is imported." in said
    assert stored(scenario) == (0, 0)
    status, said = run(scenario, as_csv(rows), "--partial")
    assert (status, "Cases: 10 new" in said, stored(scenario)) == (1, True, (10, 10)), said


def test_a_dry_run_says_what_an_import_would_do(scenario: Scenario) -> None:
    run(scenario, as_csv(ROWS[:2]))
    changed = [{**ROWS[0], "PhoneNumber": "208-555-0999"}, *ROWS[1:]]
    said = run(scenario, as_csv(changed), "--dry-run")[1]
    words = "Cases: 9 would be new, 1 would be changed, 1 unchanged. Hearings: 9 would be new"
    assert words in said
    assert stored(scenario) == (2, 2)
    assert (
        "Cases: 9 new, 1 changed, 1 unchanged. Hearings: 9 new" in run(scenario, as_csv(changed))[1]
    )


def test_after_a_crash_the_same_file_completes_the_import(scenario: Scenario) -> None:
    kept = 6 if is_sqlite(scenario) else 0

    @sa.event.listens_for(db.session, "before_commit")
    def _die(session: sa.orm.Session) -> None:
        with db.engine.connect() as other:
            committed = other.scalar(sa.select(sa.func.count()).select_from(Case)) or 0
        if committed >= kept:
            raise CrashError

    try:
        with pytest.raises(CrashError):
            scenario.app.test_cli_runner().invoke(
                cli, ["import", _file(scenario)], catch_exceptions=False
            )
    finally:
        sa.event.remove(db.session, "before_commit", _die)
    cases, hearings = stored(scenario)
    assert cases == hearings
    assert kept <= cases < len(ROWS)
    status, said = run(scenario, as_csv(ROWS))
    assert (status, stored(scenario)) == (0, (11, 11)), said


def _file(scenario: Scenario) -> str:
    file = scenario.folder / "crash.csv"
    file.write_text(as_csv(ROWS))
    return str(file)
