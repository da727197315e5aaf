"""A migration that dies on its way: the schema is wholly the old one or wholly the new one."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from app.core.db import db
from tests import schema
from tests.conftest import Scenario

pytestmark = [pytest.mark.database, pytest.mark.extended]

# Upgrades, and dies of SIGKILL before its n-th statement; with 0 it counts them.
DYING = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from flask_migrate import upgrade
from app import create_app
from app.config import Settings
from app.core.db import db
folder, url, last = sys.argv[1:]
done = 0
def count(*_):
    global done
    done += 1
    if done == int(last):
        os.kill(os.getpid(), signal.SIGKILL)
app = create_app(Settings(instance=Path(folder), database_url=url, secret_key=b"s" * 40))
with app.app_context():
    sa.event.listen(db.engine, "before_cursor_execute", count)
    upgrade()
print(done)
"""


def upgraded(scenario: Scenario, last: int) -> subprocess.CompletedProcess[str]:
    """Upgrade in a process of its own that dies before its statement of this number."""
    url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    words = [sys.executable, "-c", DYING, str(scenario.folder), str(url), str(last)]
    return subprocess.run(words, capture_output=True, text=True, env=os.environ, check=False)


def put_back(scenario: Scenario) -> None:
    """Take everything out of the database."""
    scenario.close()
    schema.empty(scenario.app.config["SQLALCHEMY_DATABASE_URI"])


def test_a_migration_that_is_killed_leaves_an_empty_database_empty(scenario: Scenario) -> None:
    with scenario.app.app_context(), db.engine.connect() as connection:
        fresh = schema.facts(connection)
    put_back(scenario)
    count = int(upgraded(scenario, 0).stdout)
    assert count > 100
    put_back(scenario)
    for last in (count // 4, count // 2, count - 1):
        assert upgraded(scenario, last).returncode == -signal.SIGKILL
        with scenario.app.app_context(), db.engine.connect() as connection:
            assert sa.inspect(connection).get_table_names() == [], last
        scenario.close()
    with scenario.app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            assert schema.facts(connection) == fresh
