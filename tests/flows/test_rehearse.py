"""`tingqi rehearse`: the main job over real HTTP, SMTP and Twilio's SDK, on both databases."""

import json
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.errors import Message
from app.rehearsal import perform
from app.rehearsal.browser import HtmlPage
from app.rehearsal.report import RehearsalStep, expect, line
from tests.commands import tingqi_command
from tests.conftest import run_sql

SECRET_KEY = "0123456789abcdef0123456789abcdef"
# Both sides have two channels; a confirmation goes by the first of them only.
MESSAGES = {
    "address_changed": {"email": 2, "sms": 2},
    "address_code": {"sms": 2},
    "answered": {"email": 2, "sms": 2},
    "cancelled": {"email": 2, "sms": 2},
    "fixed": {"email": 8, "sms": 8},
    "hearing_outcome": {"email": 2},
    "member_asked": {"email": 1},
    "member_declined": {"email": 1},
    "member_fixed": {"email": 2},
    "member_reminder": {"email": 1},
    "member_shortened": {"email": 1},
    "move_agreed": {"email": 2},
    "move_answered": {"email": 1, "sms": 1},
    "move_asked": {"email": 2, "sms": 2},
    "moved": {"email": 6, "sms": 6},
    "papers": {"email": 1, "sms": 1},
    "papers_receipt": {"email": 1},
    "proposal": {"email": 4, "sms": 4},
    "question": {"email": 1, "sms": 1},
    "question_answered": {"email": 2, "sms": 2},
    "reminder": {"email": 8, "sms": 8},
}


def rehearse(
    environment: dict[str, str], folder: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    command = tingqi_command("rehearse", *options)
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120
    )


def test_the_whole_job_is_seen_over_real_wires(environment: dict[str, str], tmp_path: Path) -> None:
    done = rehearse(environment, tmp_path, "--json")
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert [step for step in told["steps"] if not step["ok"]] == []
    assert done.returncode == 0
    assert told["ok"] is True
    assert told["database"].startswith("SQLite")
    assert told["messages"] == MESSAGES
    assert told["record_lines"] > 2 * sum(sum(each.values()) for each in MESSAGES.values())
    assert not (tmp_path / "instance" / "tingqi.db").exists()


@pytest.mark.extended
def test_people_read_one_line_for_each_step_and_nothing_is_left_on_the_server(
    postgres: str, environment: dict[str, str], tmp_path: Path
) -> None:
    environment |= {"TINGQI_DATABASE_URL": postgres, "TINGQI_SECRET_KEY": SECRET_KEY}
    done = rehearse(environment, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    steps = [line for line in lines if line.startswith("✓")]
    messages = sum(sum(each.values()) for each in MESSAGES.values())
    assert lines[-1].startswith(f"All {len(steps)} steps were seen: {messages} messages, ")
    assert "PostgreSQL" in done.stdout
    engine = sa.create_engine(postgres)
    with engine.connect() as connection:
        left = connection.scalars(
            sa.text("SELECT datname FROM pg_database WHERE datname LIKE 'tingqi_rehearsal%'")
        ).all()
    engine.dispose()
    assert left == []


def test_a_server_that_allows_no_database_of_ones_own_is_said_in_one_sentence(
    postgres: str, environment: dict[str, str], tmp_path: Path
) -> None:
    run_sql(postgres, "CREATE ROLE poor LOGIN NOCREATEDB")
    try:
        url = sa.make_url(postgres).set(username="poor").render_as_string(hide_password=False)
        environment |= {"TINGQI_DATABASE_URL": url, "TINGQI_SECRET_KEY": SECRET_KEY}
        done = rehearse(environment, tmp_path)
    finally:
        run_sql(postgres, "DROP ROLE poor")
    assert done.returncode == 2
    assert "permission denied" in done.stderr
    assert "CREATEDB" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_server_that_is_not_there_is_said_in_one_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = "postgresql+psycopg://tingqi@127.0.0.1:1/tingqi"
    environment |= {"TINGQI_DATABASE_URL": url, "TINGQI_SECRET_KEY": SECRET_KEY}
    done = rehearse(environment, tmp_path)
    assert done.returncode == 2
    assert "refused" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_step_that_is_not_seen_is_said_and_what_builds_on_it_is_skipped_by_name() -> None:
    def broken(*_: object) -> Message:
        raise ConnectionError("nobody listens")

    steps = (
        RehearsalStep("first", (), lambda *_: Message("one thing")),
        RehearsalStep("second", ("first",), lambda *_: Message(str(expect(False, "nothing came")))),
        RehearsalStep("third", ("second",), lambda *_: Message("never")),
        RehearsalStep("fourth", ("first",), broken),
    )
    heard: list[str] = []
    told = perform(steps, None, None, heard.append)
    assert not told.ok
    assert heard == [
        "✓ first            one thing",
        "✗ second           nothing came",
        "– third            skipped: it needs second",
        "✗ fourth           ConnectionError: nobody listens",
    ]
    assert [line(step)[0] for step in told.steps] == ["✓", "✗", "–", "✗"]
    assert told.as_dict()["steps"][2] == {
        "name": "third",
        "ok": False,
        "seen": "skipped: it needs second",
        "seconds": 0.0,
    }


@pytest.mark.parametrize("checked", ["", " checked"])
def test_a_page_is_read_as_a_browser_without_scripts_does(checked: str) -> None:
    page = HtmlPage(
        "<style>p{}</style><form action='/search'><input name='q'></form>"
        "<form method='post' action='/r/x'><input type='hidden' name='nonce' value='n1'>"
        f"<input type='radio' name='slot-1' value='yes'{checked}><input type='radio' name='slot-1' value='no'>"
        "<textarea name='comment'>\nkept</textarea><button name='send' value='1'>Send</button></form>"
        "<p>Slots of <b>one</b> hearing</p><script>nothing()</script>"
    )
    form = page.form_with("slot-")
    assert form is not None
    assert (form.method, form.action) == ("post", "/r/x")
    assert form.choices == {"slot-1": ["yes", "no"]}
    before = {"slot-1": "yes"} if checked else {}
    assert form.fields == {"nonce": "n1", "comment": "kept", **before}
    assert form.filled(**{"slot-1": "no"})["slot-1"] == "no"
    assert page.words == "Send Slots of one hearing"
