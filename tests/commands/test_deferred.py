"""Commands are imported when they are run; `--help` names them without."""

import os
import subprocess
import sys

import pytest

from app.cli import COMMANDS
from app.core.terminal.deferred import DeferredCommand


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_summary_of_a_command_is_the_first_sentence_of_its_help(
    command: DeferredCommand,
) -> None:
    imported = command.load()
    assert imported.name == command.name
    assert imported.help is not None
    assert command.short_help == imported.help.split("\n")[0]


def test_help_imports_neither_flask_nor_the_database() -> None:
    program = """
import sys
from app.cli import main
try:
    main(["--help"])
finally:
    heavy = {"flask", "sqlalchemy", "alembic", "gunicorn", "openpyxl"}
    print("imported:", *sorted(heavy & sys.modules.keys()))
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert "list-hearings" in done.stdout
    assert done.stdout.splitlines()[-1] == "imported:"
