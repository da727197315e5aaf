"""A migration that dies on its way: the schema is wholly the old one or wholly the new one."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from app.core.db import db
from app.core.db.schema_check import compared
from tests.conftest import CASE, Scenario

pytestmark = pytest.mark.database

OLD = "0009"
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


def back(scenario: Scenario) -> None:
    """Take the newer migrations back."""
    with scenario.app.app_context():
        db.session.remove()
        downgrade(revision=OLD)
        db.engine.dispose()


def test_a_migration_that_is_killed_leaves_the_old_schema_whole(scenario: Scenario) -> None:
    assert scenario.api("POST", "/cases", CASE)[0] == 201
    back(scenario)
    all_ = int(upgraded(scenario, 0).stdout)
    assert all_ > 50
    back(scenario)
    for last in (all_ // 4, all_ // 2, all_ - 1):
        assert upgraded(scenario, last).returncode == -signal.SIGKILL
        with scenario.app.app_context(), db.engine.connect() as connection:
            version = sa.text("SELECT version_num FROM alembic_version")
            assert connection.scalar(version) == OLD, last
            assert "upload" not in sa.inspect(connection).get_table_names()
        with scenario.app.app_context():
            db.engine.dispose()
    with scenario.app.app_context():
        upgrade()
    with scenario.app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": False, "include_object": compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []
    assert [each["number"] for each in scenario.api("GET", "/cases")[1]["cases"]] == [
        CASE["number"]
    ]
