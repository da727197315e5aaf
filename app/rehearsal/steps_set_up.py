"""Steps: an empty database becomes a court with an assistant, courtrooms and cases."""

import csv
import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from flask_migrate import upgrade

from app.core.db import schema_check, transaction
from app.core.errors import N_, Message
from app.people import service as people
from app.people import tokens
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, NotObserved, expect
from app.rehearsal.script import (
    ASSISTANT,
    COURT,
    NUMBERS,
    PASSWORD,
    ROOMS,
    ZONE,
    RehearsalScript,
    rows,
)

HOME = Path(__file__).parents[2]  # the folder from which this package is imported


def migrate(env: RehearsalEnvironment, _script: RehearsalScript) -> Message:
    """Create the tables of the empty database."""
    with env.app.app_context():
        upgrade()
        fault = schema_check.fault()
    if fault:
        raise NotObserved(fault)
    return Message(N_("%(database)s has the tables of this version"), database=env.database)


def court(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Add a court and its assistant, and a token for programs."""
    with env.app.app_context(), transaction() as session:
        new_court = people.add_court(session, COURT, zone=ZONE, country="CN", language="zh")
        user = people.add_user(
            session, new_court, ASSISTANT, role="assistant", password=PASSWORD, now=script.start
        )
        env.token = tokens.create(session, user, "rehearsal", script.start)[1]
    return Message("%(court)s, %(user)s", court=COURT, user=ASSISTANT)


def token(env: RehearsalEnvironment, _script: RehearsalScript) -> Message:
    """Check that the API needs the token; add courtrooms."""
    token, env.token = env.token, ""
    status, _ = env.api("POST", "/courtrooms", {"name": "Nobody's room"})
    env.token = token
    expect(status == 401, N_("without a token the API answered %(status)s, not 401"), status=status)
    for name, location in ROOMS:
        status, answer = env.api("POST", "/courtrooms", {"name": name, "location": location})
        expect(
            status == 201, ANSWERED, request="POST /courtrooms", status=status, answer=str(answer)
        )
    names = [name for name, _ in ROOMS]
    return Message(N_("401 without it, 201 with it: %(courtrooms)s"), courtrooms=names)


def import_file(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Import two cases from a file by the command; a second import changes nothing."""
    file = env.folder / "cases.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, fieldnames=list(rows()[0]))
        writer.writeheader()
        writer.writerows(rows())
    for _ in range(2):
        _import(env, file)
    for number in NUMBERS:
        status, answer = env.api("GET", f"/cases?number={quote(number)}")
        cases = answer.get("cases", []) if status == 200 else []
        expect(
            len(cases) == 1,
            N_("%(count)s cases of the number %(number)s were found: %(answer)s"),
            count=len(cases),
            number=number,
            answer=str(answer),
        )
        counsel = sum(len(party["counsel"]) for party in cases[0]["parties"])
        wanted = sum(row["number"] == number for row in rows())
        expect(
            counsel == wanted,
            N_("%(number)s has %(count)s counsel, not %(expected)s"),
            number=number,
            count=counsel,
            expected=wanted,
        )
        script.case_ids.append(int(cases[0]["id"]))
    return Message(
        N_("%(rows)s CSV rows became %(cases)s cases; a second import changed nothing"),
        rows=len(rows()),
        cases=len(NUMBERS),
    )


def _import(env: RehearsalEnvironment, file: Path) -> None:
    # The rehearsal's settings replace the user's own: no other database is written to.
    own = {
        "TINGQI_INSTANCE": str(env.folder),
        "TINGQI_DATABASE_URL": env.database_url,
        "TINGQI_SECRET_KEY": secrets.token_hex(32),
    }
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("TINGQI_")
    }
    done = subprocess.run(  # noqa: S603  (our own command, with a file of our own)
        [sys.executable, "-m", "app", "import", str(file)],
        env={**inherited, **own},
        cwd=HOME,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    errors = " ".join(done.stderr.split())[-300:]
    expect(
        done.returncode == 0,
        N_("%(command)s ended with %(status)s: %(error)s"),
        command="`tingqi import`",
        status=done.returncode,
        error=errors,
    )
