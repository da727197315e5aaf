"""Files are stored by their digest: durable before their row, deleted when nothing refers to them."""

import datetime as dt
import hashlib
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import sqlalchemy as sa
from moto.server import ThreadedMotoServer

from app import config
from app.config import Settings
from app.core.db import db, transaction
from app.core.errors import Misconfigured, Unavailable
from app.hearings.models import MoveDocument
from app.operations import doctor
from app.storage import limits, service, settings, staging, stores
from app.storage.models import StoredFile
from app.storage.settings import StorageSettings
from app.storage.staging import StagedFile
from app.storage.stores import FileStore
from tests.conftest import CASE, NOW, SECRET, Scenario, make_court, make_scenario
from tests.counsel.test_answers import ZHAO, answer, browser, propose
from tests.counsel.test_move_requests import PDF, ask
from tests.papers import tus
from tests.questions.test_questions import key

pytestmark = pytest.mark.database
DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(scope="module")
def bucket() -> Iterator[StorageSettings]:
    """A bucket of an S3 service on this machine."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="court")
    client.close()
    yield StorageSettings("s3://court/papers", endpoint, "key", "secret")
    server.stop()


@pytest.fixture(params=["folder", "shared", "bucket"])
def installed(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court whose papers lie in its own folder, in a shared one, or in a bucket."""
    in_bucket: StorageSettings = request.getfixturevalue("bucket")
    place = {
        "folder": StorageSettings(),
        "shared": StorageSettings(str(tmp_path / "shared")),
        "bucket": replace(in_bucket, place=f"s3://court/{uuid.uuid4().hex}"),
    }
    scenario = make_scenario(tmp_path, database, storage=place[request.param], own_app=True)
    make_court(scenario)
    yield scenario
    scenario.close()


def store_of(scenario: Scenario) -> FileStore:
    store: FileStore = scenario.app.extensions["tingqi"].files
    return store


def staged(scenario: Scenario, body: bytes) -> StagedFile:
    """A finished staged file."""
    file = stores.stage(store_of(scenario), scenario.clock.now(), 1000)
    file.write(body)
    file.finish()
    return file


def rows(scenario: Scenario) -> list[str]:
    """The digests in the database."""
    with scenario.app.app_context():
        return list(db.session.scalars(sa.select(StoredFile.digest)))


def keep(scenario: Scenario, *files: StagedFile) -> None:
    with scenario.app.app_context(), transaction() as session:
        service.keep(session, store_of(scenario), files, scenario.clock.now())


def test_a_document_lies_in_the_store_and_is_read_from_it(installed: Scenario) -> None:
    propose(installed)
    for to in ("+8613800138001", ZHAO):
        answer(browser(installed), installed.link(to), "yes", "no")
    assert ask(browser(installed), installed.link(ZHAO), body=PDF).status_code == 303
    assert installed.sign_in().get("/papers/1").data == PDF
    with closing(store_of(installed).open(DIGEST)) as stream:
        assert stream.read() == PDF
    assert list(store_of(installed).incoming.iterdir()) == []
    found = doctor._papers(installed.app)
    assert found.passed, str(found.message)
    assert "50 MB a file, 200 papers and 1 GB a filing" in str(found.message)


def test_an_upload_in_parts_lies_in_the_store_with_its_last_byte(installed: Scenario) -> None:
    status, _ = installed.api("POST", "/cases", CASE)
    assert status == 201
    client, link = browser(installed), key(installed, "Zhao Lei")
    address = tus.begin(client, link, len(PDF))
    assert tus.patch(client, address, 0, PDF[:5]).status_code == 204
    assert not store_of(installed).has(DIGEST)
    assert tus.patch(client, address, 5, PDF[5:]).status_code == 204
    assert store_of(installed).has(DIGEST)
    assert list(store_of(installed).incoming.iterdir()) == []
    assert rows(installed) == [DIGEST]


def test_the_same_bytes_are_one_file(installed: Scenario) -> None:
    files = [staged(installed, PDF) for _ in range(3)]
    keep(installed, *files[:2])
    keep(installed, files[2])
    for file in files:
        file.discard()
    assert rows(installed) == [DIGEST]
    assert store_of(installed).has(DIGEST)


def test_what_is_released_is_deleted_unless_another_row_needs_it(installed: Scenario) -> None:
    propose(installed)
    for to in ("+8613800138001", ZHAO):
        answer(browser(installed), installed.link(to), "yes", "no")
    for body in (PDF, b"%PDF-1.4 of nobody"):
        file = staged(installed, body)
        keep(installed, file)
        file.discard()
    assert ask(browser(installed), installed.link(ZHAO), body=PDF).status_code == 303
    with installed.app.app_context(), transaction() as session:
        ids = list(session.scalars(sa.select(StoredFile.id)))
        service.release(session, ids, installed.clock.now())
    installed.beat()
    assert rows(installed) == [DIGEST]
    assert store_of(installed).has(DIGEST)
    assert not store_of(installed).has(hashlib.sha256(b"%PDF-1.4 of nobody").hexdigest())
    with installed.app.app_context(), transaction() as session:
        session.execute(sa.update(MoveDocument).values(file_id=None))
        service.release(session, ids, installed.clock.now())
    installed.beat()
    assert rows(installed) == []
    assert not store_of(installed).has(DIGEST)


def test_bytes_that_vanished_are_published_again_when_they_are_kept(installed: Scenario) -> None:
    first, second = staged(installed, PDF), staged(installed, PDF)
    keep(installed, first)
    store_of(installed).publish(second)
    store_of(installed).delete(DIGEST)  # as by a worker between publishing and the transaction
    keep(installed, second)
    assert store_of(installed).has(DIGEST)
    for file in (first, second):
        file.discard()


@pytest.mark.parametrize("moment", ["while it is written", "before the row", "after the commit"])
def test_kill_9_leaves_no_row_without_bytes_and_no_bytes_for_long(
    installed: Scenario, moment: str
) -> None:
    with installed.app.app_context():
        db.session.remove()
        db.engine.dispose()
    child = os.fork()
    if child == 0:
        file = stores.stage(store_of(installed), installed.clock.now(), 1000)
        file.write(PDF)
        if moment != "while it is written":
            store_of(installed).publish(file)
        if moment == "after the commit":
            keep(installed, file)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    committed = moment == "after the commit"
    assert rows(installed) == ([DIGEST] if committed else [])
    assert store_of(installed).has(DIGEST) == (moment != "while it is written")
    installed.wait(hours=23)
    installed.beat()
    assert len(list(store_of(installed).incoming.iterdir())) == 1
    installed.wait(hours=2)
    installed.beat()
    assert list(store_of(installed).incoming.iterdir()) == []
    assert store_of(installed).has(DIGEST) == committed
    assert rows(installed) == ([DIGEST] if committed else [])


def test_more_than_the_limit_is_counted_and_dropped(tmp_path: Path) -> None:
    file = StagedFile(tmp_path, NOW, 10)
    file.write(b"0123456789")
    assert not file.too_large
    file.write(b"more")
    assert (file.size, file.too_large, file.path.stat().st_size) == (14, True, 10)
    file.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_called_by_its_name() -> None:
    full = staging.storage_fault(OSError(28, "No space left on device"))
    assert isinstance(full, Unavailable)
    assert "no disk space left" in str(full.message)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"TINGQI_PAPERS": "s3://court/x"}, "TINGQI_S3_KEY is missing"),
        ({"TINGQI_PAPERS": "s3://court/x", "TINGQI_S3_KEY": "k"}, "TINGQI_S3_SECRET is missing"),
        ({"TINGQI_S3_KEY": "k", "TINGQI_S3_SECRET": "s"}, "TINGQI_PAPERS is missing"),
        ({"TINGQI_PAPERS": "papers"}, "must be an absolute folder"),
        ({"TINGQI_PAPERS": "ftp://court/x"}, "must be an absolute folder"),
        ({"TINGQI_PAPERS": "s3:///x"}, "names no bucket"),
    ],
)
def test_settings_that_are_wrong_are_refused(values: dict[str, Any], missing: str) -> None:
    with pytest.raises(Misconfigured, match=missing):
        settings.read(values)


def test_settings_of_a_shared_folder(tmp_path: Path) -> None:
    read = settings.read({"TINGQI_PAPERS": str(tmp_path)})
    assert (read.in_bucket, read.folder(Path("/x"))) == (False, tmp_path)
    assert settings.read({}).folder(Path("/x")) == Path("/x/papers")


def test_limits_of_papers_are_settings(tmp_path: Path) -> None:
    read = limits.read({"TINGQI_PAPERS_FILE_MB": "20", "TINGQI_PAPERS_FILING_MB": "2048"})
    assert (read.file, read.filing_text, read.items) == (20 * 1024**2, "2 GB", 200)
    for name, text in {
        "TINGQI_PAPERS_FILE_MB": "2000",
        "TINGQI_PAPERS_FILING_MB": "1.5",
        "TINGQI_PAPERS_ITEMS": "0",
    }.items():
        with pytest.raises(Misconfigured, match=name):
            limits.read({name: text})
    set_to = config.read({"TINGQI_PAPERS_ITEMS": "7", "TINGQI_INSTANCE": str(tmp_path)})
    assert set_to.paper_limits.items == 7


def test_every_column_that_refers_to_a_file_is_indexed() -> None:
    for column in service.referring_columns():
        assert column.index, column


def test_a_bucket_that_cannot_be_reached_is_named_by_the_doctor(tmp_path: Path) -> None:
    place = StorageSettings("s3://court/x", "http://127.0.0.1:9", "key", "secret")
    installed = Settings(tmp_path, f"sqlite:///{tmp_path}/x.db", SECRET, storage=place)
    scenario = make_scenario(tmp_path, installed.database_url, storage=place, own_app=True)
    found = doctor._papers(scenario.app)
    assert not found.passed
    assert "s3://court/x cannot be written to" in str(found.message)
    assert "secret" not in str(found.message)
    scenario.close()


def test_a_staged_name_says_since_when(tmp_path: Path) -> None:
    file = StagedFile(tmp_path, NOW, 10)
    assert list(staging.leftovers(tmp_path, NOW)) == []
    [left] = staging.leftovers(tmp_path, NOW + dt.timedelta(seconds=1))
    assert (left.path, left.digest) == (file.path, "")
    file.discard()
