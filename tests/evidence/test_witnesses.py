"""Two courts witness each other, over real HTTP: what is signed, kept, and convicted."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.evidence.witnesses.models import WitnessStatement
from app.record import daily_seals
from app.record.models import DailySeal
from tests.conftest import Scenario, make_court, make_scenario
from tests.evidence.servers import served
from tests.evidence.test_time_stamps import command, offline, seal_and_stamp
from tests.faults.test_tampering import unlock
from tests.flows.test_pages import words

pytestmark = pytest.mark.database


@pytest.fixture
def other(empty_sqlite: Path, tmp_path: Path) -> Iterator[Scenario]:
    """Another installation with a court of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(empty_sqlite, folder / "tingqi.db")
    scenario = make_scenario(folder, f"sqlite:///{folder / 'tingqi.db'}", own_app=True)
    make_court(scenario)
    yield scenario
    scenario.close()


@pytest.fixture
def address(scenario: Scenario) -> Iterator[str]:
    """A court with one sealed day, served."""
    seal_and_stamp(scenario)
    with served(scenario) as address:
        yield address


def another_day(scenario: Scenario) -> None:
    """Let a day go by, and be sealed."""
    scenario.wait(days=1)
    scenario.beat()


def rewrite_days(scenario: Scenario, database: str, *, drop_from: int = 10**9) -> None:
    """Rewrite the days with all rights on the database: other contents, each hash anew."""
    unlock(scenario, database)
    table = DailySeal.__table__
    with scenario.app.app_context(), db.engine.begin() as connection:
        if "postgres" in database:
            connection.exec_driver_sql("ALTER TABLE record_day DISABLE TRIGGER ALL")
        last = "0" * 64
        for row in connection.execute(sa.select(table).order_by(table.c.seq)).mappings().all():
            where = table.c.seq == row["seq"]
            if row["seq"] >= drop_from:
                connection.execute(sa.delete(table).where(where))
                continue
            day = DailySeal(**(dict(row) | {"heads": [], "prev": last}))
            last = daily_seals.seal(day)
            values = {"heads": [], "prev": day.prev, "hash": last}
            connection.execute(sa.update(table).where(where).values(values))
        connection.exec_driver_sql("UPDATE record_head SET sealed_seq = 0")


def witness(scenario: Scenario, address: str, *more: str) -> tuple[int, str]:
    """Run the witness's command once."""
    return command(scenario, "record", "witness", address, "--once", *more)


def statements(scenario: Scenario) -> dict[str, Any]:
    """Return what a witness publishes, as its command prints it."""
    status, text = command(scenario, "record", "statements")
    published = scenario.client.get("/record/witnesses.json").get_json()
    assert (status, json.loads(text)["statements"]) == (0, published["statements"])
    return dict(json.loads(text))


def test_two_courts_witness_each_other_with_two_commands(
    scenario: Scenario, other: Scenario, address: str, tmp_path: Path
) -> None:
    seal_and_stamp(other)
    with served(other) as back:
        status, said = witness(other, address)
        assert (status, "1 new days, signed; the last is day 1" in said) == (0, True), said
        assert "seen here for the first time" in said
        status, said = witness(scenario, f"{back}/record/days.json")
        assert (status, "1 new days" in said) == (0, True), said
        another_day(scenario)
        status, said = witness(other, address)
        assert (status, "1 new days, signed; the last is day 2" in said) == (0, True), said
        assert "first time" not in said
        assert witness(other, address, "--quiet") == (0, "")
    found = statements(other)
    assert [each["day"]["number"] for each in found["statements"]] == [1, 2]
    assert [each["trust"] for each in found["statements"]] == ["first sight", "seen before"]
    days = scenario.client.get("/record/days.json").get_json()
    keys = scenario.client.get("/record/keys").get_json()
    status, said = offline(tmp_path, days, keys, found)
    assert (status, "2 are about these days, and say the same" in said) == (0, True), said
    answer = scenario.client.post("/verify?lang=en", data={"text": json.dumps(found)})
    assert words(answer).count("The record has the day that the witness saw.") == 2


def test_rewritten_days_are_convicted_by_a_witness(
    scenario: Scenario, other: Scenario, address: str, database: str, tmp_path: Path
) -> None:
    another_day(scenario)
    assert witness(other, address)[0] == 0
    kept = scenario.client.get("/record/keys").get_json()
    rewrite_days(scenario, database)
    shown = scenario.client.get("/record/days.json").get_json()
    status, said = witness(other, address)
    assert (status, "REWRITTEN" in said, "from day 1 on" in said) == (1, True, True), said
    found = statements(other)["statements"]
    for each in found:
        assert each["day"]["hash"] in said
    assert len(found) == 4  # both days, both histories
    assert witness(other, address)[0] == 1  # and so it stays
    status, said = offline(tmp_path, shown, kept, {"statements": found[:2]})
    assert (status, said.count("NOT WHAT WAS SEEN")) == (1, 2), said
    status, said = offline(tmp_path, {"statements": found})
    assert (status, said.count("TWO HISTORIES")) == (1, 2), said
    answer = scenario.client.post("/verify?lang=en", data={"text": json.dumps(found[0])})
    assert "This court signed another history than its record has now." in words(answer)


def test_days_that_are_gone_are_convicted(
    scenario: Scenario, other: Scenario, address: str, database: str
) -> None:
    another_day(scenario)
    assert witness(other, address)[0] == 0
    unlock(scenario, database)
    with scenario.app.app_context(), db.engine.begin() as connection:
        if "postgres" in database:
            connection.exec_driver_sql("ALTER TABLE record_day DISABLE TRIGGER ALL")
        connection.exec_driver_sql("DELETE FROM record_day WHERE seq = 2")
    status, said = witness(other, address)
    assert (status, "the day is gone" in said) == (1, True), said
    [_, second] = statements(other)["statements"]
    answer = scenario.client.post("/verify?lang=en", data={"text": json.dumps(second)})
    assert "The day is gone." in words(answer)


def test_two_witnesses_find_that_a_court_showed_two_histories(
    scenario: Scenario, other: Scenario, address: str, database: str, tmp_path: Path
) -> None:
    assert witness(other, address)[0] == 0
    one = statements(other)
    with other.app.app_context(), db.engine.begin() as connection:  # a second witness
        connection.execute(sa.delete(WitnessStatement.__table__))
    rewrite_days(scenario, database)
    assert witness(other, address)[0] == 0  # alone, it cannot know
    two = statements(other)
    names = []
    for n, each in enumerate((one, two)):
        names.append(str(tmp_path / f"witness-{n}.json"))
        Path(names[n]).write_text(json.dumps(each), encoding="utf-8")
    status, said = command(other, "record", "compare", *names)
    assert (status, "TWO HISTORIES of day 1" in said) == (1, True), said
    assert command(other, "record", "compare", names[0])[0] == 0
    assert offline(tmp_path, one, two)[0] == 1


def test_the_key_that_the_court_told_is_the_only_one_believed(
    scenario: Scenario, other: Scenario, address: str
) -> None:
    scenario.client.get("/record/days.json")
    [key] = [each["id"] for each in scenario.client.get("/record/keys").get_json()["keys"]]
    status, said = witness(other, address, "--key", "0" * 32)
    assert (status, "none of those that you gave" in said) == (2, True), said
    assert statements(other)["statements"] == []
    assert witness(other, address, "--key", key)[0] == 0
    assert statements(other)["statements"][0]["trust"] == "given"
    (scenario.folder / "signing_key.pem").rename(scenario.folder / "former.pem")
    another_day(scenario)
    assert witness(other, address, "--key", key)[0] == 2
    status, said = witness(other, address)
    assert (status, "signs with another key since" in said) == (0, True), said
    assert statements(other)["statements"][-1]["trust"] == "new key"


def test_a_court_that_is_away_or_shows_nonsense_changes_nothing(
    scenario: Scenario, other: Scenario, address: str
) -> None:
    assert witness(other, address)[0] == 0
    status, said = witness(other, "http://127.0.0.1:9")
    assert (status, "cannot be followed, nothing was kept" in said) == (2, True), said
    status, said = witness(other, f"{address}/nowhere")
    assert status == 2
    status, said = witness(other, address, "--court", "7")
    assert status == 0  # a court that has no day yet
    for wrong in ("court", "ftp://court.example", "http://u:p@court.example"):
        status, said = witness(other, wrong)
        assert (status not in (0, None), "Traceback" in said) == (True, False), said
    assert len(statements(other)["statements"]) == 1


@pytest.mark.parametrize("name", ["hash", "number", "on", "court", "key", "seen_at", "address"])
def test_a_statement_of_which_anything_was_changed_is_none(
    scenario: Scenario, other: Scenario, address: str, name: str, tmp_path: Path
) -> None:
    assert witness(other, address)[0] == 0
    [statement] = statements(other)["statements"]
    inside = statement["day"] if name in statement["day"] else statement
    inside = statement["court"] if name == "address" else inside
    inside[name] = {"hash": "0" * 64, "number": 9, "key": "0" * 32}.get(name, "other")
    text = json.dumps(statement)
    answer = scenario.client.post("/verify?lang=en", data={"text": text})
    assert "not about this court, or it was changed since" in words(answer)
    status, said = offline(tmp_path, statement)
    assert (status, "NOT SIGNED" in said, "Traceback" in said) == (1, True, False), said


def test_the_statement_about_another_court_is_none_of_this_one(
    scenario: Scenario, other: Scenario, address: str
) -> None:
    assert witness(other, address)[0] == 0
    [statement] = statements(other)["statements"]
    answer = other.client.post("/verify?lang=en", data={"text": json.dumps(statement)})
    assert "not about this court" in words(answer)


def test_a_bar_association_needs_no_court(address: str, tmp_path: Path, scenario: Scenario) -> None:
    folder = tmp_path / "bar"
    folder.mkdir()
    bar = make_scenario(folder, f"sqlite:///{folder / 'tingqi.db'}", own_app=True)
    try:
        status, said = witness(bar, address)
        assert (status, "1 new days" in said) == (0, True), said
        assert witness(bar, address, "--quiet") == (0, "")
    finally:
        bar.close()
