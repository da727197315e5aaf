"""The real command in a process of its own: interrupted, and where OR-Tools or Numba is not there."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from app.core.db import db, transaction
from app.listing.models import Listing
from app.people import service as people
from app.people import sessions
from tests.commands import tingqi_command
from tests.conftest import Scenario, make_court, make_scenario
from tests.flows.test_listing import cases, file_of, number, rows

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = """
import sys

class Nobody:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "ortools":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Nobody())
"""
SENTENCE = "Listing many hearings needs OR-Tools and Numba, which are not both installed here"


@pytest.fixture
def scenario(tmp_path: Path, environment: dict[str, str]) -> Any:
    """A court on a fresh SQLite database, where the environment's commands find it."""
    folder = tmp_path / "instance"
    folder.mkdir()
    made = make_scenario(folder, f"sqlite:///{folder / 'tingqi.db'}")
    with made.app.app_context():
        upgrade()
        db.session.remove()
    make_court(made)
    yield made
    made.close()


def started(environment: dict[str, str], *words: str, code: str = "") -> Any:
    """A command in a process of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *words] if code else tingqi_command(*words),
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# Ctrl-C that arrives where an exception gets lost, as in the import system's own weak references.
UNHEARD = """
import os, signal, sys, weakref

class Thing:
    pass

def interrupt(_):
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        pass

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "ortools.sat.python":
            thing = Thing()
            reference = weakref.ref(thing, interrupt)
            del thing

sys.meta_path.insert(0, Finder())
from app.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("code", ["", UNHEARD], ids=["at once", "while the solver is loaded"])
def test_ctrl_c_keeps_the_best_so_far(
    scenario: Scenario, environment: dict[str, str], code: str
) -> None:
    cases(scenario, 40)
    file = scenario.folder / "list.csv"
    file.write_text(file_of(*rows(40)), encoding="utf-8")
    options = (str(file), "--seconds", "600", "--json")
    with started(environment, "list-hearings", *options, code=code) as command:
        try:
            line = command.stderr.readline()
            assert "Ctrl-C keeps the best so far" in line, line
            if not code:
                command.send_signal(signal.SIGINT)
            said, errors = command.communicate(timeout=120)
        finally:
            command.kill()
    assert command.returncode in (0, 1), errors
    found = json.loads(said)
    assert found["placed"] > 0
    assert sum(bool(each["slots"]) for each in found["listed"]) == found["placed"]
    assert "Traceback" not in errors
    with scenario.app.app_context():
        assert db.session.scalar(sa.select(Listing.state)) == "ready"


@pytest.mark.parametrize("name", ["ortools", "numba"])
def test_without_a_library_one_sentence_says_what_to_do(
    scenario: Scenario, environment: dict[str, str], name: str
) -> None:
    file = scenario.folder / "list.csv"
    file.write_text(f"number\n{number(0)}\n", encoding="utf-8")
    code = WITHOUT.replace("ortools", name) + "from app.cli import main\nmain(sys.argv[1:])\n"
    command = started(environment, "list-hearings", str(file), code=code)
    said, errors = command.communicate(timeout=120)
    assert (command.returncode, said) == (2, "")
    assert errors.count("\n") == 1
    assert errors.startswith(SENTENCE)


def test_without_or_tools_the_page_says_so_and_the_rest_works(
    scenario: Scenario, environment: dict[str, str]
) -> None:
    with scenario.app.app_context(), transaction() as session:
        user = people.find_user(session, "wang@court.example")
        now = scenario.clock.now()
        key = sessions.begin(session, user.id, user.version, "127.0.0.1", "tests", now)
    code = (
        WITHOUT
        + f"""
from app import create_app
browser = create_app().test_client()
with browser.session_transaction() as kept:
    kept.update(_user_id="1", session_key="{key}")
print(browser.get("/listings?lang=en").text)
print(browser.post("/listings", data={{}}).status_code, browser.get("/").status_code)
"""
    )
    said, errors = started(environment, code=code).communicate(timeout=120)
    assert SENTENCE in said, errors
    assert said.rstrip().endswith("422 200")
