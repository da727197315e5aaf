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
from app.people import service as people
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import expect
from app.rehearsal.script import ASSISTANT, COURT, NUMBERS, ROOMS, ZONE, RehearsalScript, rows

HOME = Path(__file__).parents[2]  # the folder from which this package is imported


def migrate(env: RehearsalEnvironment, _script: RehearsalScript) -> str:
    """Create the tables of the empty database."""
    with env.app.app_context():
        upgrade()
        fault = schema_check.fault()
    expect(not fault, fault)
    return f"{env.database} has the tables of this version"


def court(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Add a court and its assistant, and a token for programs."""
    with env.app.app_context(), transaction() as session:
        new_court = people.add_court(session, COURT, zone=ZONE, country="CN", language="zh")
        user = people.add_user(session, new_court, ASSISTANT, role="assistant", now=script.start)
        env.token = people.create_token(session, user, "rehearsal", script.start)
    return f"{COURT}, {ASSISTANT}"


def token(env: RehearsalEnvironment, _script: RehearsalScript) -> str:
    """Check that the API needs the token; add courtrooms."""
    token, env.token = env.token, ""
    status, _ = env.api("POST", "/courtrooms", {"name": "Nobody's room"})
    env.token = token
    expect(status == 401, f"without a token the API answered {status}, not 401")
    for name, location in ROOMS:
        status, answer = env.api("POST", "/courtrooms", {"name": name, "location": location})
        expect(status == 201, f"POST /courtrooms answered {status}: {answer}")
    return f"401 without it, 201 with it: {', '.join(name for name, _ in ROOMS)}"


def import_file(env: RehearsalEnvironment, script: RehearsalScript) -> str:
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
        expect(len(cases) == 1, f"{len(cases)} cases of the number {number} were found: {answer}")
        counsel = sum(len(party["counsel"]) for party in cases[0]["parties"])
        wanted = sum(row["number"] == number for row in rows())
        expect(counsel == wanted, f"{number} has {counsel} counsel, not {wanted}")
        script.case_ids.append(int(cases[0]["id"]))
    return f"{len(rows())} rows of CSV became {len(NUMBERS)} cases; the file again changed nothing"


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
    expect(done.returncode == 0, f"`tingqi import` ended with {done.returncode}: {errors}")
