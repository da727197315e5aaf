"""Commands as a user types them: what they print, where, and how they end."""

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.operations.backup import pg_dump
from tests.commands import tingqi_command
from tests.conftest import CASE, Scenario, at, proposal


def tingqi(environment: dict[str, str], *words: str, stdin: str = "") -> Any:
    """Run one command as a user does, in the folder that holds the environment's instance."""
    return subprocess.run(
        tingqi_command(*words),
        cwd=Path(environment["TINGQI_INSTANCE"]).parent,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )


def sentence(done: Any) -> str:
    """The one sentence of an error of use: on stderr, with status 2 and nothing on stdout."""
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    return str(line)


@pytest.fixture
def installed(scenario: Scenario, environment: dict[str, str]) -> dict[str, str]:
    """The environment of the house, as its administrator's shell has it."""
    with scenario.app.app_context():
        url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    secret = scenario.app.config["SECRET_KEY"].decode()
    return {**environment, "TINGQI_DATABASE_URL": url, "TINGQI_SECRET_KEY": secret}


def test_a_court_is_set_up_from_nothing(environment: dict[str, str]) -> None:
    added = tingqi(environment, "court", "add", "Dongwan District Court", "--zone", "Asia/Shanghai")
    assert (added.returncode, added.stderr.count("\n")) == (0, 1)
    assert added.stdout == "Court Dongwan District Court is added: Asia/Shanghai, CN, zh.\n"

    user = tingqi(environment, "user", "add", "wang@court.example", "--role", "assistant")
    assert user.stdout.startswith("http://127.0.0.1:8000/password/1/")
    assert user.stdout.count("\n") == 1

    token = tingqi(environment, "token", "create", "wang@court.example", "--name", "cause list")
    assert token.stdout.startswith("tq_")
    listed = tingqi(environment, "token", "list", "wang@court.example").stdout
    assert listed.endswith("\tread,schedule,contact\tnever used\tvalid\tcause list\n")
    assert token.stdout.strip() not in listed

    number = listed.split("\t")[0]
    assert tingqi(environment, "token", "revoke", "wang@court.example", number).returncode == 0
    listed = tingqi(environment, "token", "list", "wang@court.example").stdout
    assert "\trevoked " in listed

    doctor = tingqi(environment, "doctor")
    assert doctor.returncode == 1
    problems = [line for line in doctor.stdout.splitlines() if line.startswith("PROBLEM")]
    assert len(problems) == 1
    assert "`tingqi worker`" in problems[0]

    tingqi(environment, "worker", "--once")
    assert tingqi(environment, "doctor").returncode == 0


def test_a_password_is_taken_from_standard_input(environment: dict[str, str]) -> None:
    tingqi(environment, "court", "add", "Dongwan District Court")
    words = ("user", "add", "li@court.example", "--role", "judge", "--password-stdin")
    assert "10 characters" in sentence(tingqi(environment, *words, stdin="short\n"))
    done = tingqi(environment, *words, stdin="correct horse battery\n")
    assert done.stdout == "User li@court.example (judge) is added to Dongwan District Court.\n"
    assert "already" in sentence(tingqi(environment, *words, stdin="correct horse battery\n"))


@pytest.mark.parametrize(
    ("words", "settings", "named"),
    [
        (("serve", "--bind", "nowhere:port"), {}, "--bind"),
        (("serve", "--bind", " "), {}, "--bind"),
        (("user", "add", "li@court.example"), {}, "--role"),
        (("user", "add", "li@court.example", "--role", "judge"), {}, "tingqi court add"),
        (("court", "add", "A court", "--zone", "Mars/Olympus"), {}, "Mars/Olympus"),
        (("court", "add", "A court", "--country", "XX"), {}, "country"),
        (("token", "create", "nobody@court.example"), {}, "nobody@court.example"),
        (("record", "export", "--case", "（2026）沪0115民初1号"), {}, "There is no database at"),
        (("import", "nothing.csv"), {}, "nothing.csv"),
        (("dance",), {}, "dance"),
        (("serve",), {"TINGQI_SMTP_URL": "smtp://mail.court.example"}, "TINGQI_MAIL_FROM"),
        (("worker",), {"TINGQI_TWILIO_FROM": "+15005550006"}, "TINGQI_TWILIO_ACCOUNT_SID"),
        (
            ("worker",),
            {
                "TINGQI_TWILIO_ACCOUNT_SID": "AC1",
                "TINGQI_TWILIO_AUTH_TOKEN": "x",
                "TINGQI_TWILIO_FROM": "1500****006",
            },
            "TINGQI_TWILIO_FROM must be",
        ),
        (("worker",), {"TINGQI_DATABASE_URL": "no address"}, "TINGQI_DATABASE_URL"),
        (("worker",), {"TINGQI_DATABASE_URL": "sqlite:///"}, "names no file"),
        (("worker",), {"TINGQI_DATABASE_URL": "postgresql+psycopg://u:p@h:abc/x"}, "port"),
        (("worker",), {"TINGQI_PUBLIC_URL": "https://c.example/?x=1"}, "TINGQI_PUBLIC_URL"),
        (
            ("worker",),
            {"TINGQI_SMTP_URL": "smtp://mail.court.example", "TINGQI_MAIL_FROM": "nonsense"},
            "TINGQI_MAIL_FROM",
        ),
        (("record", "verify"), {}, "There is no database at"),
        (("backup", "copy.db"), {}, "There is no database at"),
        (("worker",), {"TINGQI_DATABASE_URL": "postgresql+psycopg://127.0.0.1:1/x"}, "SECRET_KEY"),
        (
            ("worker", "--once"),
            {
                "TINGQI_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/x",
                "TINGQI_SECRET_KEY": "0123456789abcdef0123456789abcdef",
            },
            "database",
        ),
    ],
    ids=lambda each: "-".join(each)[:40] if isinstance(each, tuple) else None,
)
def test_an_error_of_use_is_one_sentence(
    environment: dict[str, str], words: tuple[str, ...], settings: dict[str, str], named: str
) -> None:
    done = tingqi({**environment, **settings}, *words)
    made = "Creating the embedded database"
    done.stderr = "".join(
        line for line in done.stderr.splitlines(keepends=True) if not line.startswith(made)
    )
    assert named in sentence(done)


def test_a_slip_in_a_settings_name_is_told(environment: dict[str, str]) -> None:
    tingqi(environment, "court", "add", "A court")
    slipped = {**environment, "TINGQI_SMPT_URL": "smtp://mail.court.example"}
    told = tingqi(slipped, "doctor")
    problem = "PROBLEM settings: TINGQI_SMPT_URL in the environment: not a setting of Tingqi"
    assert problem in told.stdout.splitlines()
    worked = tingqi(slipped, "worker", "--once")
    assert worked.returncode == 0
    assert "WARNING" in worked.stderr
    assert "TINGQI_SMPT_URL" in worked.stderr


def test_a_record_is_verified_exported_and_found_out(
    scenario: Scenario, installed: dict[str, str]
) -> None:
    scenario.api("POST", "/cases", CASE)
    case_id = scenario.api("GET", "/cases")[1]["cases"][0]["id"]
    assert scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[0] == 201
    scenario.beat()

    done = tingqi(installed, "record", "verify", "--case", CASE["number"])
    assert (done.returncode, done.stdout.split(", ")[-1]) == (0, "whole\n")
    export = tingqi(installed, "record", "export", "--case", CASE["number"], "--format", "csv")
    lines = export.stdout.splitlines()
    assert lines[0].startswith("seq,at,what,")
    assert {line.split(",")[2] for line in lines[1:]} >= {"queued", "started", "accepted"}

    unknown = tingqi(installed, "record", "export", "--case", "（2026）沪0115民初1号")
    assert "（2026）沪0115民初1号" in sentence(unknown)

    with (
        scenario.app.app_context(),
        scenario.app.extensions["sqlalchemy"].engine.begin() as connection,
    ):
        drop_guards(connection)
        connection.execute(sa.text("UPDATE record_line SET channel = 'phone' WHERE seq = 2"))
    found = tingqi(installed, "record", "verify")
    assert found.returncode == 1
    assert "NOT WHOLE at line 2" in found.stdout


def drop_guards(connection: sa.Connection) -> None:
    """Do what somebody with the database's own password could do to the record."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE record_line DISABLE TRIGGER ALL"))
        return
    rows = connection.execute(
        sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='record_line'")
    )
    for (name,) in rows.all():
        connection.execute(sa.text(f'DROP TRIGGER "{name}"'))


def test_the_line_of_pg_dump_has_no_password_and_stands_any_name() -> None:
    url = sa.make_url("postgresql+psycopg://tq:geheim@/tingqi?host=/run/postgresql")
    words = shlex.split(pg_dump(url, Path("/b/it's.dump")))
    assert words == [
        "pg_dump",
        "--format=custom",
        "--file=/b/it's.dump",
        "postgresql://tq@/tingqi?host=%2Frun%2Fpostgresql",
    ]
