"""A backup takes the papers along, each once, and a restore brings back what is missing."""

import hashlib
import shutil
from pathlib import Path

import pytest

from app.cli import cli
from app.core.db import db, transaction
from app.storage import of_app, service, stores
from tests.conftest import Scenario

BODIES = (b"%PDF-1.4 one", b"%PDF-1.4 two")
DIGESTS = sorted(hashlib.sha256(body).hexdigest() for body in BODIES)


def tingqi(scenario: Scenario, *words: str) -> tuple[int, str]:
    with scenario.app.app_context():
        db.session.remove()
        db.engine.dispose()
    done = scenario.app.test_cli_runner().invoke(cli, list(words))
    return done.exit_code, done.output + str(done.exception or "")


def store(scenario: Scenario, *bodies: bytes) -> None:
    files, now = of_app(scenario.app), scenario.clock.now()
    for body in bodies:
        staged = stores.stage(files, now, len(body))
        staged.write(body)
        with scenario.app.app_context(), transaction() as session:
            service.keep(session, files, [staged], now)
        staged.discard()


def saved(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "papers").glob("??/*"))


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_papers_are_saved_and_brought_back(scenario: Scenario, backups: Path) -> None:
    copy = backups / "one.db"
    store(scenario, BODIES[0])
    assert "1 papers in" in tingqi(scenario, "backup", str(copy))[1]
    store(scenario, BODIES[1])
    status, words = tingqi(scenario, "backup", str(backups / "two.db"))
    assert (status, "2 papers in" in words) == (0, True), words
    assert saved(backups) == DIGESTS
    assert list((backups / "papers" / "incoming").iterdir()) == []
    shutil.rmtree(scenario.folder / "papers")
    status, words = tingqi(scenario, "restore", str(backups / "two.db"), "--force")
    assert status == 0, words
    assert saved(scenario.folder) == DIGESTS


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_paper_that_is_missing_or_damaged_is_named(scenario: Scenario, backups: Path) -> None:
    store(scenario, *BODIES)
    assert tingqi(scenario, "backup", str(backups / "one.db"))[0] == 0
    shutil.rmtree(scenario.folder / "papers")
    (backups / "papers" / DIGESTS[0][:2] / DIGESTS[0]).write_bytes(b"%PDF-1.4 xxx")
    status, words = tingqi(scenario, "restore", str(backups / "one.db"), "--force")
    assert status != 0
    assert f"1 papers of the backup are missing in {backups}/papers" in words
    assert DIGESTS[0] in words
    restored = tingqi(scenario, "restore", str(backups / "one.db"), "--force", "--without-papers")
    assert restored[0] == 0, restored[1]
    assert saved(scenario.folder) == DIGESTS[1:]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_without_a_paper_that_is_needed_fails(scenario: Scenario, backups: Path) -> None:
    store(scenario, BODIES[0])
    shutil.rmtree(scenario.folder / "papers")
    status, words = tingqi(scenario, "backup", str(backups / "one.db"))
    assert status != 0
    assert "is missing or damaged" in words
    assert not (backups / "one.db").exists()
