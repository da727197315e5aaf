"""The figures of the same court are the same numbers on both databases."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import db, transaction
from app.court.models import Court, Judge
from app.demo.history import PastMonths
from app.figures import report, rules
from app.figures.queries import Scope
from app.figures.report import FiguresReport
from app.people import service as people
from tests.conftest import CASE, NOW, SECRET, make_court, make_scenario

pytestmark = [pytest.mark.extended]


def _reports(folder: Path, database: str) -> list[FiguresReport]:
    """Return the figures of several scopes of a court with months behind it."""
    folder.mkdir(exist_ok=True)
    scenario = make_scenario(folder, database)
    make_court(scenario)
    scenario.api("POST", "/cases", CASE)
    with scenario.app.app_context():
        with transaction() as session:
            user = people.find_user(session, "wang@court.example")
            PastMonths(session, user.court, user, NOW.date(), SECRET).write()
        session = db.session()
        court = session.scalars(sa.select(Court)).one()
        last = rules.month_of(NOW.date())
        whole = Scope(court, rules.months(last.plus(-9), last))
        judges = session.scalars(sa.select(Judge.id).order_by(Judge.id)).all()
        scopes = [
            whole,
            replace(whole, procedure="summary"),
            replace(whole, months=whole.months[-2:]),
            *(replace(whole, judge_id=each) for each in judges),
        ]
        found = [report.build(session, each, NOW) for each in scopes]
    scenario.close()
    return found


def test_both_databases_count_alike(
    empty_sqlite: Path, tmp_path: Path, maintenance: sa.Engine
) -> None:
    shutil.copy(empty_sqlite, tmp_path / "tingqi.db")
    with maintenance.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE figures TEMPLATE empty STRATEGY file_copy")
    url = maintenance.url.set(database="figures").render_as_string(hide_password=False)
    try:
        pairs = zip(
            _reports(tmp_path / "one", f"sqlite:///{tmp_path / 'tingqi.db'}"),
            _reports(tmp_path / "two", url),
            strict=True,
        )
        for one, two in pairs:
            assert one.cells
            # Medians are computed by the databases, from times of whole microseconds.
            assert [replace(each, value=None) for each in one.cells] == [
                replace(each, value=None) for each in two.cells
            ]
            for each, other in zip(one.cells, two.cells, strict=True):
                assert each.value == pytest.approx(other.value, abs=0.011)
            assert one.comparison == two.comparison
            assert (one.outcomes, one.moves, one.court_moves) == (
                two.outcomes,
                two.moves,
                two.court_moves,
            )
    finally:
        with maintenance.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE figures WITH (FORCE)")
